"""Pure rules of personnel changes: the kinds, what each asks for, what is wrong with one (policy.md §3.C)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from service.errors import Fault
from service.people.rules import BANDS, FULL_SENIOR, TITLES, appointment_faults, is_full_senior

GROUPS = ("in", "out", "inside", "absent")
IDENTITY = ("name", "id_number", "phone", "degree")
POST = ("post_category", "band", "grade", "subject", "stage", "title")
ASKED = (
    *IDENTITY,
    *POST,
    "title_since",
    "person_id",
    "to_school",
    "new_name",
    "assessment",
    "reason",
    "loan",
    "until",
    "back_from",
)
"""What some kinds ask for and others do not."""
PAPER = ("effective_on", "document", "document_on", "scan", "note")
"""What every change carries: the day from which it holds, and the paper that it rests on."""


@dataclass(frozen=True)
class Kind:
    """One kind of change: `needs` must be filled in, `takes` may be; `because` is why a lent post ends, `locked`
    whether a service lock forbids it, `arrives` whether somebody comes into a headcount or a post."""

    group: str
    zh: str
    en: str
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    because: str = ""
    locked: bool = False
    arrives: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the form that the kind shows, in order."""
        return (*self.needs, *self.takes, *PAPER)


def _arrival(zh: str, en: str) -> Kind:
    needs, takes = ("name", "id_number", "post_category"), ("phone", "degree", *POST[1:], "title_since")
    return Kind("in", zh, en, needs, takes, arrives=True)


def _out(zh: str, en: str, because: str = "exit", *, locked: bool = False) -> Kind:
    return Kind("out", zh, en, ("person_id", "name"), because=because, locked=locked)


KINDS: Mapping[str, Kind] = {
    "transfer_in": _arrival("调入", "Transfer in"),
    "graduate": _arrival("公费师范生安置", "Placement of a state-funded graduate"),
    "veteran": _arrival("退役军人安置", "Placement of a veteran"),
    "special_post": Kind(
        "in", "特岗教师安置", "Placement of a special-post teacher", ("name", "id_number"),
        ("phone", "degree", "subject", "stage", "title", "title_since"),
    ),
    "conversion": Kind(
        "in", "特岗转编", "Special post becomes staff", ("person_id", "name", "post_category"),
        ("band", "grade", "title"), arrives=True,
    ),
    "retirement": _out("退休", "Retirement", "retirement"),
    "resignation": _out("辞职", "Resignation"),
    "death": _out("去世", "Death"),
    "transfer_out": _out("调出", "Transfer out", "transfer", locked=True),
    "dismissal": _out("辞退、开除", "Dismissal"),
    "transfer": Kind(
        "inside", "县内调动", "Transfer within the county", ("person_id", "name", "to_school"),
        ("band", "grade", "subject", "stage"), because="transfer", locked=True, arrives=True,
    ),
    "post": Kind(
        "inside", "岗位类别变动", "Another category of post", ("person_id", "name", "post_category"),
        ("band", "grade", "subject", "stage"), because="exit", arrives=True,
    ),
    "grade": Kind("inside", "岗位等级变动", "Another grade of the band", ("person_id", "name", "grade")),
    "title": Kind("inside", "职称变动", "Another title", ("person_id", "name", "title")),
    "rename": Kind("inside", "姓名变更", "Change of name", ("person_id", "name", "new_name")),
    "promotion": Kind(
        "inside", "聘期考核后晋级", "Promotion after the term assessment",
        ("person_id", "name", "assessment", "band", "grade"), because="returned", arrives=True,
    ),
    "demotion": Kind(
        "inside", "聘期考核后降级", "Demotion after the term assessment",
        ("person_id", "name", "assessment", "band", "grade"), because="demotion", arrives=True,
    ),
    "absence": Kind("absent", "离岗", "Absence", ("person_id", "name", "reason"), ("until",)),
    "loan": Kind("absent", "支教、借调", "Loan", ("person_id", "name", "loan"), ("to_school", "until")),
    "back": Kind("absent", "返岗", "Return to the post", ("person_id", "name", "back_from")),
}  # fmt: skip
"""Kind of change → what it is. A transfer within the county is one change: the source and the target move at once."""

_ORDER = ("junior", "middle", "senior")


@dataclass(frozen=True)
class Standing:
    """The appointment that a change starts from; None where somebody comes from outside."""

    organisation_id: str
    employment_kind: str
    post_category: str
    band: str | None
    grade: int | None
    valid_from: date


def shape_faults(values: Mapping[str, Any]) -> list[Fault]:
    """What is missing from a change, and what it must not say."""
    kind = KINDS[values["kind"]]
    faults = [_fault(name, "field.required") for name in kind.needs if values.get(name) in (None, "", [])]
    extra = [name for name in ASKED if values.get(name) not in (None, "") and name not in kind.fields]
    faults += [_fault(name, "personnel.not_asked") for name in extra]
    until = values.get("until")
    if until and date.fromisoformat(until) <= date.fromisoformat(values["effective_on"]):
        faults.append(_fault("until", "dates.order"))
    return faults


def standing_faults(values: Mapping[str, Any], standing: Standing | None, school: str, on: date) -> list[Fault]:
    """What does not fit the appointment that the change starts from."""
    kind = KINDS[values["kind"]]
    if "person_id" not in kind.needs:
        return []
    if standing is None or standing.organisation_id != school:
        return [_fault("person_id", "personnel.not_here")]
    if on < standing.valid_from:
        return [_fault("effective_on", "personnel.before_appointment", {"since": standing.valid_from.isoformat()})]
    checks = {
        "conversion": standing.employment_kind == "special" or "personnel.not_special",
        "transfer": values.get("to_school") != school or "personnel.same_school",
        "loan": values.get("to_school") != school or "personnel.same_school",
        "grade": values.get("grade") in BANDS.get(standing.band or "", ()) or "personnel.other_band",
        "promotion": _rises(standing.band, values.get("band")) or "personnel.not_higher",
        "demotion": _rises(values.get("band"), standing.band) or "personnel.not_lower",
    }
    found = checks.get(values["kind"], True)
    return [] if found is True else [_fault(_PLACE[values["kind"]], str(found))]


_PLACE = {
    "conversion": "person_id", "transfer": "to_school", "loan": "to_school", "grade": "grade", "promotion": "band",
    "demotion": "band",
}  # fmt: skip


def leads_higher(before: Standing, after: Mapping[str, Any]) -> bool:
    """Whether the change leads to a higher post, which any sanction in force forbids (policy.md §3.T 1).

    Higher is a higher band, a post of a band for who had none, and a lower number of the grade within the band.
    """
    if after["band"] != before.band:
        return _rises(before.band, after["band"])
    if after["band"] is None or after["grade"] is None or after["grade"] == before.grade:
        return False
    return before.grade is None or bool(after["grade"] < before.grade)


def title_faults(before: Standing | None, after: Mapping[str, Any], titles: Collection[str]) -> list[Fault]:
    """What the titles held do not reach: the band to which a change raises, and the grades 1–4, which are of 正高.

    A junior post needs no title yet; what somebody has already is not asked about. Who comes from outside has at least
    one, named by the paper.
    """
    held = before.band if before is not None else None
    if after["band"] not in (None, "junior") and _rises(held, after["band"]):
        if before is None and not titles:
            return [_fault("title", "personnel.title_of_arrival")]
        if all(_rises(TITLES[title], after["band"]) for title in titles):
            return [_fault("band", "personnel.title_below_band")]
    if is_full_senior(after["grade"]) and _first(before, after["grade"]) and FULL_SENIOR not in titles:
        return [_fault("grade", "personnel.title_below_grade")]
    return []


def _first(before: Standing | None, grade: int) -> bool:
    """Whether somebody comes to a higher grade than the one held: a lower number, or any for who had none."""
    return before is None or before.grade is None or grade < before.grade


def _rises(low: str | None, high: str | None) -> bool:
    rank = {band: number for number, band in enumerate(_ORDER, start=1)}
    return rank.get(low or "", 0) < rank.get(high or "", 0)


def terms_of(values: Mapping[str, Any], standing: Standing | None) -> dict[str, Any]:
    """Employment kind, category, band and grade after the change."""
    kind, before = values["kind"], standing
    if kind == "special_post":
        return {"employment_kind": "special", "post_category": "professional", "band": None, "grade": None}
    if before is None:
        return {"employment_kind": "staffed", **{name: values.get(name) for name in POST[:3]}}
    after = {name: getattr(before, name) for name in ("employment_kind", "post_category", "band", "grade")}
    if kind == "conversion":
        after["employment_kind"] = "staffed"
    if kind in ("post", "conversion"):
        after |= {name: values.get(name) for name in POST[:3]}
    if kind in ("promotion", "demotion", "grade", "transfer"):
        after |= {name: values[name] for name in ("band", "grade") if values.get(name) is not None}
    if kind == "transfer" and values.get("band") and values.get("grade") is None:
        after["grade"] = None
    return after


def terms_faults(values: Mapping[str, Any], after: Mapping[str, Any]) -> list[Fault]:
    """What is wrong with the post after the change: a band only for professional posts, the grade within its band."""
    if not KINDS[values["kind"]].arrives and values["kind"] != "grade":
        return []
    found = appointment_faults({**after, "title": values.get("title")})
    return [Fault(f"values.{fault.path}", fault.code, params=fault.params) for fault in found]


def needed(values: Mapping[str, Any], standing: Standing | None, school: str) -> list[tuple[str, str]]:
    """(Organisation, headcount or band) that the change comes into and that must be free before."""
    kind = KINDS[values["kind"]]
    if not kind.arrives:
        return []
    after = terms_of(values, standing)
    moves = values["kind"] == "transfer"
    place = values["to_school"] if moves else school
    enters = standing is None or moves or standing.employment_kind != "staffed"
    found = [(place, "headcount")] if enters and after["employment_kind"] == "staffed" else []
    if after["band"] and (standing is None or moves or after["band"] != standing.band):
        found.append((place, after["band"]))
    return found


def leaves_post(values: Mapping[str, Any], standing: Standing) -> bool:
    """Whether the band that the person has had is left: by going, by moving, by another band."""
    kind = values["kind"]
    if standing.band is None:
        return False
    return KINDS[kind].group == "out" or kind == "transfer" or terms_of(values, standing)["band"] != standing.band


def is_future(on: date, today: date) -> bool:
    """Whether a change waits for its day."""
    return on > today


def last_day(first_without: date) -> date:
    """The last day before the first day without."""
    return first_without - timedelta(days=1)


def _fault(name: str, code: str, params: Mapping[str, Any] | None = None) -> Fault:
    return Fault(f"values.{name}", code, params=dict(params or {}))
