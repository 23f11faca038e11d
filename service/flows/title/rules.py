"""Pure rules of title evaluation: titles and their bands, who is refused at once, marks, the order of waiting."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from service.people.rules import BANDS, FULL_SENIOR, FULL_SENIOR_GRADE, TITLES, is_full_senior

LEVELS = tuple(TITLES)
"""The titles from the lowest to the highest."""
SENIOR = ("高级", FULL_SENIOR)
PROVINCIAL = FULL_SENIOR
"""The title that no committee of a county or city decides (policy §3.T 3)."""

FINAL = frozenset({"retired", "ethics", "ethics_investigation", "sanction", "fraud", "step_by_step"})
"""Reasons of the table against which no explanation helps: whoever applies is told at once (policy §3.T 1)."""
COMMITTEES = ("series", "specialty", "other")
"""Kinds of committee: of a senior series, of a senior specialty, of lower and middle titles (policy §3.T 5)."""
MARKS = ("demonstration", "interview")
REFUSALS = (*sorted(FINAL), "no_rule", "years", "nearly", "rural")
"""What `refusal` may answer; the last ones an explanation may overcome."""


def band_of(level: str) -> str:
    """The band of posts that a title belongs to (policy §1)."""
    return TITLES[level]


def is_higher(level: str, title: str | None) -> bool:
    """Whether a level lies above the title that a person has; above an unknown one it may."""
    return title not in LEVELS or LEVELS.index(level) > LEVELS.index(title)


def needs_post(level: str, band: str | None) -> bool:
    """Whether the title needs a post of another band than the person has."""
    return band_of(level) != band


def is_higher_post(level: str, band: str | None, grade: int | None) -> bool:
    """Whether an appointment by the title leads to a higher post: another band, or 正高 above the grades of 副高."""
    return needs_post(level, band) or (level == FULL_SENIOR and not is_full_senior(grade))


def first_grade(level: str, band: str | None, grade: int | None) -> int | None:
    """The grade with which the title begins: the lowest of its own where the post is a higher one, else as it was."""
    if not is_higher_post(level, band, grade):
        return grade
    return FULL_SENIOR_GRADE if level == FULL_SENIOR else BANDS[band_of(level)][-1]


def band_left(title: str | None, from_band: str | None, band: str | None) -> str | None:
    """The band in which somebody may stay who keeps `title` alone: never above the present one.

    `from_band` is the band before the title that is lost: who sat higher than the title kept says goes back there.
    """
    allowed = max((TITLES.get(title or ""), from_band), key=_height)
    return min((allowed, band), key=_height)


def _height(band: str | None) -> int:
    return -1 if band is None else tuple(reversed(BANDS)).index(band)


def refusal(eligibility: Mapping[str, Any], note: str | None) -> str | None:
    """Why an application is not taken: the table's reason, or None.

    What is certain is refused; where facts are unknown, years nearly complete or an exception possible, the applicant
    may say so in a note, and a person of the bureau looks at it (no automated decision, policy §7).
    """
    result, reason = eligibility.get("result"), str(eligibility.get("reason"))
    if result == "eligible":
        return None
    if result != "unknown" and reason in FINAL:
        return reason
    if result == "unknown" or (note or "").strip():
        return None
    return "nearly" if result == "near_miss" else reason


def hundredths(score: float | int | str | None) -> int | None:
    """A score of 0 to 100 as whole hundredths; ValueError for anything else."""
    if score is None or score == "":
        return None
    value = round(float(score) * 100)
    if not 0 <= value <= 10000 or abs(value / 100 - float(score)) > 1e-9:
        raise ValueError(score)
    return value


def points(score: int | None) -> float | None:
    """Hundredths as points."""
    return None if score is None else score / 100


def seats_needed(level: str, kind: str, least: Mapping[str, int]) -> int:
    """The least number of members of a sitting: `least` by kind is the parameters'; only senior titles have two."""
    return least[kind] if level in SENIOR else least["other"]


def recent(assessments: Mapping[int, str], on: date, years: int) -> dict[str, str]:
    """Year → assessment of so many years before the day's own, as text keys; a year without one is left out."""
    wanted = range(on.year - years, on.year)
    return {str(year): assessments[year] for year in wanted if year in assessments}
