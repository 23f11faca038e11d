"""Figures of reports as pages and API show them: numbers, targets and verdicts in words, the rows of a list."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from service.errors import Invalid
from service.people import queries as people
from service.records.deriving import TIERS
from service.reports import rules
from service.reports.declaring import Found, Line
from service.reports.queries import Behind
from service.reports.rules import Aim, Measure
from service.web import edge
from service.web.recordview import value_words
from service.web.words import words

DEGREES = {
    "phd": ("博士", "PhD"), "master": ("硕士", "Master"), "bachelor": ("本科", "Bachelor"),
    "associate": ("专科", "Associate"), "secondary": ("中师、中专", "Secondary"),
}  # fmt: skip
WHICH = ("counted", "others", "unknown")
"""Rows of a list: that count, that do not, of which it is not known."""


def figure_of(found: Found, on: date) -> dict[str, Any]:
    """One figure: its numbers, its target and what that says of them."""
    figure, measure, aim, locale = found.figure, found.measure, found.aim, edge.locale()
    verdict = rules.verdict(measure, aim, on, mean=figure.mean)
    return {
        "key": figure.key,
        "topic": figure.topic,
        "name": words(f"figure.{figure.key}", {}, locale),
        "rule": words(f"figure.{figure.key}.rule", {}, locale),
        "ground": figure.ground,
        "unit": figure.unit,
        "subject": figure.subject,
        "basis": figure.basis,
        "mean": figure.mean,
        "bare": figure.bare,
        "numerator": measure.part,
        "denominator": None if figure.bare else measure.whole,
        "unknown": measure.unknown,
        "quotient": _quotient(found),
        "target": None if aim is None else {"value": aim.value, "sense": aim.sense, "until": aim.until or None},
        "verdict": verdict,
        "verdict_words": words(f"verdict.{verdict}", {}, locale),
        **_need(measure, aim, figure.mean),
        "parts": [
            {"name": words(f"figure.{figure.key}.{part.name}", {}, locale), "number": number}
            for part, number in zip(figure.parts, found.parts, strict=True)
        ],
    }


def _quotient(found: Found) -> str | None:
    """The mean, or the share in percent."""
    if found.figure.bare:
        return None
    said = rules.average if found.figure.mean else rules.percent
    return said(found.measure, found.aim) or None


def _need(measure: Measure, aim: Aim | None, mean: bool) -> dict[str, int | None]:
    """How many a share must reach, and how many are missing (or too many)."""
    if aim is None or mean or measure.whole == 0:
        return {"needed": None, "missing": None}
    least = rules.needed(measure, aim)
    return {"needed": least, "missing": max(0, least - measure.part)}


def rows_of(lines: Iterable[Line], found: Found) -> list[dict[str, Any]]:
    """Rows of a list in words."""
    lines = list(lines)
    places = people.organisation_names({line.organisation_id for line in lines if line.organisation_id}, edge.locale())
    kind = found.figure.shown[1] if found.figure.shown else ""
    return [
        {
            "id": line.id, "name": line.name, "organisation_id": line.organisation_id,
            "organisation": places.get(line.organisation_id or "", ""), "part": line.part, "whole": line.whole,
            "band": line.band, "subject": line.subject, "shown": fact(line.shown, kind),
        }
        for line in lines
    ]  # fmt: skip


def columns_of(found: Found) -> list[str]:
    """The headings of a list that is taken away."""
    head = (_("Name"), _("School or office"), _("Band"), _("Subject"), _("Counts"), _("Out of"), heading(found))
    return [str(text) for text in head]


def cells_of(lines: Iterable[Line], found: Found) -> list[list[str]]:
    """Rows of a list for a workbook or CSV; what a cell holds is a text that no program computes."""
    return [
        [harmless(text) for text in (
            row["name"], row["organisation"], words(f"account.{row['band']}", {}, edge.locale()) if row["band"] else "",
            row["subject"] or "", "" if row["part"] is None else str(row["part"]), str(row["whole"]), row["shown"],
        )]
        for row in rows_of(lines, found)
    ]  # fmt: skip


def harmless(text: str) -> str:
    """A text that a spreadsheet would read as a formula is marked as one that it is not."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


def fact(value: Any, kind: str) -> str:
    """The fact of a row in words; empty where it is not known."""
    if value is None:
        return ""
    if kind == "day":
        return (value if isinstance(value, date) else date.fromisoformat(str(value))).isoformat()
    if kind == "word":
        return _word(value)
    return str(value)


def _word(value: Any) -> str:
    if isinstance(value, int):
        return value_words(TIERS[value]) or ""
    return DEGREES[value][edge.locale() == "en"] if value in DEGREES else str(value)


def heading(found: Found) -> str:
    """The heading of the fact, "" for a figure that shows none."""
    return words(f"figure.heading.{found.figure.shown[0]}", {}, edge.locale()) if found.figure.shown else ""


def chosen(lines: Sequence[Line], which: str) -> list[Line]:
    """Rows that count (in any amount), that do not, or of which it is not known; all for ""."""
    return [line for line in lines if which in ("", kind_of(line))]


def kind_of(line: Line) -> str:
    """Of which kind of `WHICH` a row is."""
    return "unknown" if line.part is None else "counted" if line.part else "others"


def place_of(cursor: str | None, length: int) -> int:
    """Where the page of a list begins; Invalid("cursor.unreadable")."""
    if cursor is None:
        return 0
    start = int(cursor) if cursor.isdecimal() else -1
    if not 0 < start < length:
        raise Invalid("cursor.unreadable", cursor=cursor)
    return start


def by_place(behind: Behind) -> list[dict[str, Any]]:
    """The list added up by school, the least share first."""
    sums: dict[str, list[int]] = {}
    for line in behind.lines:
        here = sums.setdefault(line.organisation_id or "", [0, 0, 0])
        here[0] += line.part or 0
        counts = line.part is not None or not behind.found.figure.mean
        here[1] += line.whole if counts else 0
        here[2] += line.part is None
    names = people.organisation_names([one for one in sums if one], edge.locale())
    rows = [
        {"id": one, "name": names.get(one, ""), "part": part, "whole": whole, "unknown": unknown,
         "quotient": _place_quotient(behind.found, Measure(part, whole, unknown))}
        for one, (part, whole, unknown) in sums.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: str(row["name"]))


def _place_quotient(found: Found, measure: Measure) -> str | None:
    return _quotient(Found(found.figure, measure, None))


def school_year_words(on: date) -> str:
    """2026–2027 学年."""
    first = rules.school_year(on).year
    return words("school_year", {"first": first, "second": first + 1}, edge.locale())
