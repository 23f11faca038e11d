"""From the rows of one person to the facts of a day: pure, no session, no clock."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from service.records import rules_retirement as retirement
from service.records.deriving_career import exchanges, worked
from service.records.facts import Employment, Ethics, Facts, Lock, Sanction
from service.records.rules import TOPICS
from service.records.rules_days import plus_months, whole_years

TIERS = ("special", "province", "city", "county", "school")
DESTINATIONS = ("remote", "weak", "other")
TRAINING_YEARS = 5
SANCTION_MONTHS = {
    "warning": "sanction_warning_months",
    "demerit": "sanction_demerit_months",
    "major_demerit": "sanction_major_demerit_months",
    "demotion": "sanction_demotion_months",
    "removal": "sanction_demotion_months",
}
"""Kind of sanction → the parameter with its term, as bpmn/shared/sanctions.dmn reads it."""


@dataclass(frozen=True)
class Rows:
    """All that is stored of one person, as objects with the columns as attributes; records without the voided ones.

    `records` carry the sealed fields in plain (`value`, `basis`, …); `places` are the organisations by id.
    """

    person: Any
    appointments: Sequence[Any] = ()
    locks: Sequence[Any] = ()
    records: Sequence[Any] = ()
    topics: Collection[str] = ()
    principal_of: Collection[str] = ()
    places: Mapping[str, Any] = field(default_factory=dict)


def facts_of_rows(rows: Rows, parameters: Mapping[str, Any], on: date) -> Facts:
    """The facts of one person on a day; `parameters` are those in force on it."""
    person = rows.person
    begun = [record for record in rows.records if record.valid_from <= on]
    return Facts(
        person_id=person.id, on=on, name=person.name, sex=person.sex, born_on=person.born_on, degree=person.degree,
        records_checked=set(TOPICS) <= set(rows.topics),
        **_employment(rows, begun, on),
        **_retirement(rows, on),
        **_title(rows, begun, on),
        **worked(rows.appointments, begun, rows.places, current(rows, on), "career" in rows.topics, on),
        **_yearly(rows, begun, on),
        **_discipline(rows, begun, parameters, on),
        **_ties(rows, begun, on),
        **_exchanges(rows, begun, on),
        absent=bool(holding(begun, "absence", on)),
        health_deferral=True if holding(begun, "health", on) else None,
    )  # fmt: skip


def holding(begun: Sequence[Any], kind: str, on: date) -> list[Any]:
    """Those records of a kind that hold on the day."""
    return [record for record in begun if record.kind == kind and holds(record, on)]


def _of(begun: Sequence[Any], kind: str) -> list[Any]:
    return sorted((r for r in begun if r.kind == kind), key=lambda r: (r.valid_from, r.id))


def current(rows: Rows, on: date) -> Any | None:
    """The appointment in force on the day."""
    found = [a for a in rows.appointments if holds(a, on)]
    return max(found, key=lambda a: a.valid_from, default=None)


def holds(row: Any, on: date) -> bool:
    """valid_from ≤ day < valid_until."""
    return bool(row.valid_from <= on and (row.valid_until is None or row.valid_until > on))


def _employment(rows: Rows, begun: Sequence[Any], on: date) -> dict[str, Any]:
    found = current(rows, on)
    left = _of(begun, "departure")
    retired = False if found else (left[-1].value == "retirement" if left else None)
    if found is None:
        return {"employment": None, "staffed": False, "retired": retired}
    place = rows.places[found.organisation_id]
    employment = Employment(
        found.id, found.organisation_id, place.kind, found.employment_kind, found.post_category, found.band,
        found.grade, found.subject, found.stage or place.stage, found.title, found.valid_from, place.area, place.weak,
        found.instance_id,
    )  # fmt: skip
    return {"employment": employment, "staffed": found.employment_kind == "staffed", "retired": retired}


def _retirement(rows: Rows, on: date) -> dict[str, Any]:
    day, by = retires_on(rows.person, _of(rows.records, "retirement_choice"), current(rows, on))
    return {"retires_on": day, "retires_by": by}


def retires_on(
    person: Any, choices: Sequence[Any], appointment: Any | None
) -> tuple[date | None, Literal["choice", "stored", "tables", "unknown"]]:
    """The day of retirement, and what it rests on."""
    if choices:
        return choices[-1].valid_from, "choice"
    if person.retires_on is not None:
        return person.retires_on, "stored"
    track = retirement.track_of(person.sex, appointment.post_category if appointment else None)
    if person.born_on is None or track is None:
        return None, "unknown"
    return retirement.statutory(person.born_on, track), "tables"


def _title(rows: Rows, begun: Sequence[Any], on: date) -> dict[str, Any]:
    held = [r for r in _of(begun, "title") if holds(r, on)]
    found = current(rows, on)
    title = held[-1].value if held else (found.title if found else None)
    since = held[-1].valid_from if held else None
    return {
        "title": title,
        "title_since": since,
        "titles": {record.value: record.valid_from for record in reversed(held)},
        "years_in_title": None if since is None else whole_years(since, on),
    }


def _yearly(rows: Rows, begun: Sequence[Any], on: date) -> dict[str, Any]:
    known = "career" in rows.topics
    assessed = {r.year: r.value for r in _of(begun, "assessment") if r.year < on.year}
    trained: dict[int, int] = {}
    for record in _of(begun, "training"):
        if record.year < on.year:
            trained[record.year] = trained.get(record.year, 0) + record.amount
    window = [trained.get(year, 0) for year in range(on.year - TRAINING_YEARS, on.year)]
    terms = _of(begun, "term_assessment")
    return {
        "assessments": assessed,
        "excellent": sum(value == "excellent" for value in assessed.values()) if known else None,
        "term_assessment": terms[-1].value if terms else None,
        "training": trained,
        "training_hours": sum(window) if known else None,
    }


def _discipline(rows: Rows, begun: Sequence[Any], parameters: Mapping[str, Any], on: date) -> dict[str, Any]:
    known = "discipline" in rows.topics
    sanctions = tuple(_sanction(record, parameters) for record in _of(begun, "sanction"))
    in_force = [one for one in sanctions if one.ends_on is not None and one.ends_on > on]
    ethics = {record.value for record in holding(begun, "ethics", on)}
    fraud = _of(begun, "fraud")
    word: Ethics | None = "upheld" if "upheld" in ethics else "investigation" if ethics else "clear" if known else None
    opened = bool(in_force) or "investigation" in ethics or bool(holding(begun, "inquiry", on))
    nothing = Sanction("none") if known else None
    return {
        "ethics": word,
        "sanction": max(in_force, key=_weight, default=nothing),
        "sanctions": sanctions,
        "open_case": True if opened else (False if known else None),
        "fraud_on": fraud[-1].valid_from if fraud else None,
    }


def _sanction(record: Any, parameters: Mapping[str, Any]) -> Sanction:
    term = plus_months(record.valid_from, parameters[SANCTION_MONTHS[record.value]])
    ends = term if record.valid_until is None else min(term, record.valid_until)
    return Sanction(record.value, record.basis, record.valid_from, ends)


def _weight(sanction: Sanction) -> tuple[bool, int, date]:
    """What bars more weighs more: any governmental one, then by kind, then who ends later."""
    order = list(SANCTION_MONTHS)
    return sanction.system == "governmental", order.index(sanction.kind), sanction.ends_on or date.max


def _ties(rows: Rows, begun: Sequence[Any], on: date) -> dict[str, Any]:
    known = "career" in rows.topics
    locks = tuple(
        Lock(lock.organisation_id, lock.starts_on, lock.ends_on)
        for lock in sorted(rows.locks, key=lambda lock: lock.ends_on)
        if lock.starts_on <= on <= lock.ends_on
    )
    here = current(rows, on)
    is_principal = here is not None and here.organisation_id in rows.principal_of
    terms = [
        r for r in _of(begun, "principal_term")
        if here is not None and r.organisation_id == here.organisation_id and r.valid_until and r.valid_until <= on
    ]  # fmt: skip
    tiers = {record.value for record in holding(begun, "backbone", on)}
    return {
        "locks": locks,
        "lock_active": True if locks else (False if known else None),
        "is_principal": is_principal,
        "principal_terms": 0 if not is_principal else (len(terms) if known else None),
        "backbone": next((tier for tier in TIERS if tier in tiers), "none" if known else None),
    }


def _exchanges(rows: Rows, begun: Sequence[Any], on: date) -> dict[str, Any]:
    known = "career" in rows.topics
    found = exchanges(_of(begun, "exchange"), rows.places, on)
    ways = {one.destination for one in found}
    best = next((way for way in DESTINATIONS if way in ways), None)
    return {
        "exchanges": found,
        "exchanged": True if found else (False if known else None),
        "exchange_destination": best or ("none" if known else None),
        "exchange_months": sum(one.months for one in found) if known else None,
    }
