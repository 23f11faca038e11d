"""Rows of who has left: the person with the last appointment, ended, and the record of the departure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from service.opening.context import Context
from service.opening.findings import WHO, Line
from service.opening.humans import Human
from service.opening.people import Known
from service.opening.planning_staff import FACTS, band_of, birth_of, new_human, sex_of
from service.opening.register import Unit
from service.opening.steps import differing, given
from service.people import rules, staff
from service.people.members import PERSON
from service.people.persons import APPOINTMENT
from service.people.staff import Terms
from service.records.rules import Entry
from workflows.base import new_id

TABLE = "departed"
TERMS = ("employment_kind", "post_category", "band", "grade", "title")


def plan_departed(context: Context, humans: dict[str, Human], at: Any) -> None:
    """Check the sheet and plan persons, ended appointments and departures; they are among the persons afterwards."""
    seen: dict[tuple[object, ...], Line] = {}
    for line in context.read.of(TABLE):
        unit, number = context.place(line, "organisation"), line[WHO]
        _check(context, line)
        if number is None or not context.expect_once(line, (number,), seen, "id_number"):
            continue
        human = humans.setdefault(number, new_human(number))
        if human.line is not None:
            context.findings.add(line, "id_number", "opening.departed")
        if human.known is not None and human.known.appointment is not None:
            context.findings.add(line, "id_number", "opening.still_there")
        if context.findings.is_good(line) and unit is not None and line["left_on"] is not None:
            _take(human, line, unit)
            _plan(context, human, unit, at)
        human.is_good = context.findings.is_good(line)


def _check(context: Context, line: Line) -> None:
    facts = {name: line[name] for name in ("name", "sex", "born_on", "id_number") if line[name] is not None}
    context.findings.add_all(line, rules.person_faults(facts))
    context.expect_past(line, ("born_on", "appointed_on", "left_on"))
    first, last = line["appointed_on"], line["left_on"]
    if first is not None and last is not None and last <= first:
        context.findings.add(line, "left_on", "dates.order")
    if line["employment_kind"] is not None and line["post_category"] is not None:
        told = {name: line[name] for name in ("employment_kind", "post_category", "grade", "title")}
        band = line["band"] or band_of(line["grade"])
        faults = rules.appointment_faults(told | {"band": band})
        context.findings.add_all(line, faults, {"band": "band" if line["band"] else "grade"})


def _take(human: Human, line: Line, unit: Unit) -> None:
    left = line["left_on"]
    human.line, human.name, human.unit, human.left = line, line["name"] or human.name, unit, left
    human.sex = line["sex"] or sex_of(human.id_number)
    human.born_on = line["born_on"] or birth_of(human.id_number)
    if line["reason"] is not None:
        departure = Entry("departure", left, value=line["reason"], document=line["document"] or "")
        human.entries.append((departure, TABLE, line))


def _plan(context: Context, human: Human, unit: Unit, at: Any) -> None:
    line, step = human.line, context.plan.step(human.subject)
    assert line is not None
    told = {name: line[name] for name in FACTS if name in line}
    facts = told | {"name": human.name.strip(), "sex": human.sex, "born_on": human.born_on}
    terms: dict[str, Any] = given(line, TERMS) | {"band": line["band"] or band_of(line["grade"])}
    if human.known is None:
        blank = dict.fromkeys((*FACTS, "id_number", "phone"))
        step.is_new, step.named = human.id_number is not None, human.name
        step.inserts.append((PERSON, _person(human, blank | facts, at), TABLE))
    elif changes := differing(human.known.person, facts):
        step.updates.append((PERSON, {"id": human.id}, {**changes, "version": human.known.person.version + 1}))
    there = _ended(human.known, unit, line["appointed_on"])
    if there is None:
        if _overlaps(human.known, line["appointed_on"], line["left_on"]):
            context.findings.add(line, "appointed_on", "opening.overlaps")
        step.inserts.append((APPOINTMENT, _appointment(human, unit, line, terms), TABLE))
    elif changes := differing(there, terms | {"valid_until": line["left_on"]}):
        if not context.written.is_from(APPOINTMENT, there.id, TABLE):
            context.findings.add(line, "left_on", "opening.by_case")
        step.updates.append((APPOINTMENT, {"id": there.id}, changes))


def _person(human: Human, facts: dict[str, Any], at: Any) -> dict[str, Any]:
    known = facts | {"id_number": human.id_number}
    return {**staff.person_row(known, at), "id": human.id, **staff.protected(human.id, known)}


def _appointment(human: Human, unit: Unit, line: Line, terms: Mapping[str, Any]) -> dict[str, Any]:
    shape = dict.fromkeys(Terms.__dataclass_fields__) | {"document": ""}
    told = shape | dict(terms) | {"organisation_id": unit.id, "valid_from": line["appointed_on"]}
    row = staff.appointment_row(new_id(), human.id, Terms(**told))  # type: ignore[arg-type]
    return row | {"valid_until": line["left_on"], "ended_because": line["reason"]}


def _ended(known: Known | None, unit: Unit, first: date) -> Any:
    """The appointment of the books that the row speaks of."""
    ended = known.ended if known else []
    return next((one for one in ended if (one.organisation_id, one.valid_from) == (unit.id, first)), None)


def _overlaps(known: Known | None, first: date, last: date) -> bool:
    return any(one.valid_from < last and first < one.valid_until for one in (known.ended if known else []))
