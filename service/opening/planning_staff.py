"""Rows of the staff sheet: persons and their appointments, new or changed, and what stands in the own file."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from service.opening.context import Context
from service.opening.entries import entries_of
from service.opening.findings import WHO, Line
from service.opening.humans import Human
from service.opening.identity import KEYED, by_key, ids_among
from service.opening.people import Known
from service.opening.register import Unit
from service.opening.steps import Step, differing, given
from service.people import rules, staff
from service.people.members import PERSON
from service.people.persons import APPOINTMENT, PHONE
from service.people.staff import Terms
from service.records.rules_days import plus_months
from workflows.base import new_id

TABLE = "staff"
FACTS = ("name", "sex", "born_on", "degree", "retires_on")
TERMS = {
    "employment_kind": "employment_kind", "post_category": "post_category", "band": "band", "grade": "grade",
    "subject": "subject", "stage": "stage", "title": "title", "document": "document", "valid_from": "appointed_on",
}  # fmt: skip
LEAST_AGE = 16 * 12
"""Months: nobody works or is given a title before (劳动法 art 15)."""


def plan_staff(context: Context, people: Mapping[str, Known], at: Any) -> dict[str, Human]:
    """Check the sheet, plan persons and appointments; the persons by ID number, those of the books included."""
    humans = {number: _of_books(context, number, known) for number, known in people.items()}
    seen: dict[tuple[object, ...], Line] = {}
    for line in context.read.of(TABLE):
        unit = context.place(line, "organisation")
        _check_person(context, line)
        _check_job(context, line)
        number = line[WHO]
        if number is None or not context.expect_once(line, (number,), seen, "id_number"):
            continue
        _rename(context, humans, line)
        human = humans.setdefault(number, new_human(number))
        _take(context, human, line, unit)
        if context.findings.is_good(line) and unit is not None:
            _plan(context, human, at)
        human.is_good = context.findings.is_good(line)
    return humans


def _of_books(context: Context, number: str, known: Known) -> Human:
    person, job = known.person, known.appointment
    own = None if number.startswith(KEYED) else number
    human = Human(person.id, own, person.name, known, sex=person.sex, born_on=person.born_on)
    if job is not None:
        human.unit = context.units.get(job.organisation_id)
        human.job = {name: getattr(job, name) for name in TERMS}
        human.since = job.valid_from
    return human


def _take(context: Context, human: Human, line: Line, unit: Unit | None) -> None:
    """The person as the row tells it: what follows from ID number and grade is filled in."""
    human.line, human.name, human.unit = line, line["name"] or human.name, unit or human.unit
    human.sex = line["sex"] or sex_of(human.id_number)
    human.born_on = line["born_on"] or birth_of(human.id_number)
    human.job |= given(line, TERMS)
    human.job["band"] = line["band"] or band_of(line["grade"]) or (None if "grade" in line else human.job.get("band"))
    human.job["document"] = human.job.get("document") or ""
    human.since = line["appointed_on"]
    human.entries += [(entry, TABLE, line) for entry in entries_of(context, human, line)]


def band_of(grade: int | None) -> str | None:
    """The band in which a grade lies."""
    return next((band for band, grades in rules.BANDS.items() if grade in grades), None)


def _check_person(context: Context, line: Line) -> None:
    facts = {name: line[name] for name in ("name", "sex", "born_on", "id_number", "phone") if line[name] is not None}
    context.findings.add_all(line, rules.person_faults(facts))
    context.expect_past(line, ("born_on", "title_on", "appointed_on", "certificate_on"))
    context.expect_past(line, ("career_checked", "discipline_checked"))
    born = line["born_on"] or birth_of(line["id_number"])
    if born is not None:
        adult = plus_months(born, LEAST_AGE)
        for name in ("title_on", "appointed_on", "certificate_on"):
            if line[name] is not None and line[name] < adult:
                context.findings.add(line, name, "opening.too_young", adult=adult.isoformat())
    if line["retires_on"] is not None and line["retires_on"] <= context.today:
        context.findings.add(line, "retires_on", "opening.retired", day=line["retires_on"].isoformat())


def birth_of(number: str | None) -> date | None:
    """The birthday that a sound ID number tells."""
    return None if number is None or rules.id_number_faults(number) else rules.birth_of(number)


def sex_of(number: str | None) -> str | None:
    """The same of the sex."""
    return None if number is None or rules.id_number_faults(number) else rules.sex_of(number)


def new_human(named: str) -> Human:
    """A person of whom only the file knows; the id of one without an ID number follows from the key."""
    ids = ids_among([named])
    return Human(ids.pop(), None, "") if ids else Human(new_id(), named, "")


def _rename(context: Context, humans: dict[str, Human], line: Line) -> None:
    """Who was known by a key alone is known by the ID number that the row tells as well."""
    number, key = line["id_number"], line["person_key"]
    if key is None:
        return
    known = humans.get(by_key(key))
    if number is None:
        if known is not None and known.known is not None and known.known.person.id_number is not None:
            context.findings.add(line, "id_number", "opening.number_known")
    elif known is not None and known.id_number is None and number not in humans:
        known.id_number = number
        context.renamed[by_key(key)] = number
        humans[number] = humans.pop(by_key(key))


def _check_job(context: Context, line: Line) -> None:
    findings = context.findings
    if line["employment_kind"] is not None and line["post_category"] is not None:
        band = line["band"] or band_of(line["grade"])
        fields = {name: line[name] for name in ("employment_kind", "post_category", "grade", "title")} | {"band": band}
        findings.add_all(line, rules.appointment_faults(fields), {"band": "band" if line["band"] else "grade"})
    for name in ("title_on", "title_document"):
        if line[name] is not None and line["title"] is None:
            findings.add(line, "title", "opening.title_missing")
    certificate = ("certificate", "certificate_number", "certificate_on")
    if any(line[name] is not None for name in certificate):
        for name in certificate:
            if line[name] is None:
                findings.add(line, name, "opening.certificate_part")
    if line["title_document"] is not None and line["title_on"] is None:
        findings.add(line, "title_on", "opening.pair")


def _plan(context: Context, human: Human, at: Any) -> None:
    step = context.plan.step(human.subject)
    if human.known is None:
        assert human.line is not None  # planned for rows only
        context.expect_unused(
            human.line, "organisation", context.register.units.get(human.unit.id) if human.unit else None
        )
        _add(step, human, at)
    else:
        _change_person(step, human, human.known)
        _change_job(context, step, human, human.known)
    if step.moves and human.known is not None:
        _expect_free(context, human, human.known)


def _facts(human: Human) -> dict[str, Any]:
    line = human.line
    assert line is not None
    facts = {**given(line, FACTS), "name": human.name.strip()}
    return facts | {"sex": human.sex, "born_on": human.born_on}


def _add(step: Step, human: Human, at: Any) -> None:
    line = human.line
    assert line is not None and human.unit is not None
    blank = dict.fromkeys((*FACTS, "id_number", "phone"))
    facts = {**blank, **_facts(human), "id_number": human.id_number, "phone": line["phone"]}
    row = {**staff.person_row(facts, at), "id": human.id, **staff.protected(human.id, facts)}
    step.is_new, step.named = human.id_number is not None, human.name
    step.inserts.append((PERSON, row, TABLE))
    _appoint(step, human)


def _appoint(step: Step, human: Human) -> None:
    assert human.unit is not None
    terms = Terms(human.unit.id, **{name: human.job.get(name) for name in TERMS})  # type: ignore[arg-type]
    step.inserts.append((APPOINTMENT, staff.appointment_row(new_id(), human.id, terms), TABLE))


def _change_person(step: Step, human: Human, known: Known) -> None:
    line = human.line
    assert line is not None
    changes = differing(known.person, _facts(human))
    if human.id_number is not None and known.person.id_number is None:
        changes |= staff.protected(human.id, {"id_number": human.id_number})
    if "phone" in line and not _same_phone(known, line["phone"]):
        changes |= staff.protected(human.id, {"phone": line["phone"]})
    if changes:
        step.updates.append((PERSON, {"id": human.id}, {**changes, "version": known.person.version + 1}))


def _same_phone(known: Known, phone: str | None) -> bool:
    if phone is None or known.person.phone_index is None:
        return phone is None and known.person.phone_index is None
    return known.person.phone_index in PHONE.indexes(phone)


def _change_job(context: Context, step: Step, human: Human, known: Known) -> None:
    line, row = human.line, known.appointment
    assert line is not None and human.unit is not None
    if row is None:
        last = max((one.valid_until for one in known.ended), default=None)
        if last is not None and line["appointed_on"] < last:
            context.findings.add(line, "appointed_on", "opening.left_later", day=last.isoformat())
        _appoint(step, human)
        return
    changes = differing(row, {**human.job, "organisation_id": human.unit.id})
    if not changes:
        return
    if row.instance_id is not None:
        context.findings.add(line, "appointed_on", "opening.by_case")
        return
    overlap = any(one.valid_until > line["appointed_on"] for one in known.ended)
    if "valid_from" in changes and overlap:
        context.findings.add(line, "appointed_on", "opening.overlaps")
        return
    step.updates.append((APPOINTMENT, {"id": row.id}, changes))


def _expect_free(context: Context, human: Human, known: Known) -> None:
    """No case uses the school that the person is at, nor the one that the file says."""
    there = context.register.units.get(known.appointment.organisation_id) if known.appointment is not None else None
    assert human.line is not None
    context.expect_unused(human.line, "id_number", there, human.unit)
