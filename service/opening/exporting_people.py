"""Persons as rows of the opening workbook: who is there, who has left, how they are related."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from service.opening.exporting_numbers import Row
from service.opening.people import Known, fill
from service.opening.register import chunks
from service.opening.vocabulary import written
from service.people.members import PERSON, names
from service.people.persons import APPOINTMENT, ID_NUMBER

ORDER = ("id_number", "person_key", "kind", "relative_id_number", "relative_name")
_OPEN = select(APPOINTMENT.c.person_id).where(APPOINTMENT.c.valid_until.is_(None))
_ENDED = select(APPOINTMENT.c.person_id).where(
    APPOINTMENT.c.valid_until.is_not(None), APPOINTMENT.c.struck_at.is_(None)
)


def employed(session: Session) -> list[Known]:
    """Who is employed, by ID number; who has none is found again by the id."""
    return _people(session, PERSON.c.id.in_(_OPEN))


def departed(session: Session) -> list[Known]:
    """The same of who was employed and is no more."""
    return _people(session, PERSON.c.id.in_(_ENDED) & PERSON.c.id.not_in(_OPEN))


def _people(session: Session, chosen: ColumnElement[bool]) -> list[Known]:
    rows = session.execute(select(PERSON).where(chosen))
    found = {row.id: Known(row) for row in rows}
    fill(session, found)
    return sorted(found.values(), key=lambda one: (number_of(one), one.person.id))


def number_of(one: Known) -> str:
    """The ID number in plain."""
    row = one.person
    return "" if row.id_number is None else ID_NUMBER.unseal(row.id, row.id_number)


def who_of(one: Known) -> Row:
    """The columns by which a row names a person."""
    number = number_of(one)
    return {"id_number": number or None, "person_key": None if number else one.person.id, "name": one.person.name}


def last_of(one: Known) -> Any:
    """The last appointment of who has left, which has a sheet of its own; None of who is there."""
    return None if one.appointment is not None else max(one.ended, key=lambda job: (job.valid_until, job.id))


def departed_row(one: Known, codes: Mapping[str, str], locale: str) -> Row:
    """Somebody who has left, with the last appointment."""
    person, job = one.person, last_of(one)
    left = [record for record in one.records if record.kind == "departure" and record.valid_from == job.valid_until]
    record = left[-1] if left else None
    return {
        **who_of(one), "organisation": codes[job.organisation_id], "sex": written("sex", person.sex, locale),
        "born_on": person.born_on, "degree": written("degree", person.degree, locale),
        "employment_kind": written("employment_kind", job.employment_kind, locale),
        "post_category": written("post_category", job.post_category, locale),
        "band": written("band", job.band, locale), "grade": job.grade, "title": job.title,
        "appointed_on": job.valid_from, "left_on": job.valid_until,
        "reason": written("departure", record.value, locale) if record else None,
        "document": record.document if record else None,
    }  # fmt: skip


def relation_rows(people: Sequence[Known], locale: str) -> list[Row]:
    """What each has declared; a relative without an ID number is named."""
    numbers = {one.person.id: number_of(one) for one in people}
    others = {row.relative_id for one in people for row in one.relations if row.relative_id not in (None, *numbers)}
    others |= {one for one, number in numbers.items() if not number}
    known = {person: name for part in chunks(others) for person, name in names(part).items()}
    rows = [
        {**who_of(one), "kind": written("relation", row.kind, locale), "note": row.note,
         "relative_id_number": numbers.get(row.relative_id) or None,
         "relative_name": row.relative_name or known.get(row.relative_id)}
        for one in people for row in one.relations
    ]  # fmt: skip
    return sorted(rows, key=lambda row: [str(row[name] or "") for name in ORDER])
