"""Persons of the books whom a workbook names by their ID numbers, with all that a load may change."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, Table, select
from sqlalchemy.orm import Session

from service.access.accounts import ROLE
from service.opening import identity
from service.opening.register import chunks
from service.people.members import PERSON, RELATION
from service.people.persons import APPOINTMENT, ID_NUMBER, LOCK
from service.posts import lending
from service.posts.lending import Loan
from service.records.reading import CHECK, RECORD, Record, opened


@dataclass
class Known:
    """One person of the books: the open appointment, the end of the last one before, and the own file."""

    person: Row[Any]
    appointment: Row[Any] | None = None
    ended: list[Row[Any]] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    checks: dict[str, Row[Any]] = field(default_factory=dict)
    locks: list[Row[Any]] = field(default_factory=list)
    roles: list[Row[Any]] = field(default_factory=list)
    relations: list[Row[Any]] = field(default_factory=list)
    loan: Loan | None = None


def known_people(session: Session, named: Collection[str]) -> dict[str, Known]:
    """What rows name → the person, of those who are in the books: ID numbers under whichever key of the ring, ids."""
    ids = identity.ids_among(named)
    numbers = (one for one in named if not one.startswith(identity.KEYED))
    by_index = {index: number for number in numbers for index in ID_NUMBER.indexes(number)}
    found: dict[str, Known] = {}
    for part in chunks(by_index):
        rows = session.execute(select(PERSON).where(PERSON.c.id_number_index.in_(part)))
        found |= {by_index[row.id_number_index]: Known(row) for row in rows}
    for ids_part in chunks(ids):
        rows = session.execute(select(PERSON).where(PERSON.c.id.in_(ids_part)))
        found |= {identity.KEYED + row.id: Known(row) for row in rows}
    fill(session, {known.person.id: known for known in found.values()})
    return found


def fill(session: Session, people: Mapping[str, Known]) -> None:
    """Put appointments, files, locks, roles and lent posts beside the persons; a statement for each kind."""
    for row in _rows(session, APPOINTMENT, people):
        if row.valid_until is None:
            people[row.person_id].appointment = row
        elif row.struck_at is None:
            people[row.person_id].ended.append(row)
    _fill_files(session, people)
    for row in _rows(session, LOCK, people):
        if row.struck_at is None:
            people[row.person_id].locks.append(row)
    for row in _rows(session, RELATION, people):
        people[row.person_id].relations.append(row)
    for row in _rows(session, ROLE, people):
        people[row.person_id].roles.append(row)
    for part in chunks(people):
        for person_id, loan in lending.open_loans(session, part).items():
            people[person_id].loan = loan


def _fill_files(session: Session, people: Mapping[str, Known]) -> None:
    for row in _rows(session, RECORD, people):
        if row.voided_at is None:
            people[row.person_id].records.append(opened(row))
    for row in _rows(session, CHECK, people):
        people[row.person_id].checks[row.topic] = row


def _rows(session: Session, table: Table, people: Mapping[str, Known]) -> Iterable[Row[Any]]:
    for part in chunks(people):
        yield from session.execute(select(table).where(table.c.person_id.in_(part)).order_by(*table.primary_key))
