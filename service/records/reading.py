"""Reads the rows behind the facts of many persons, in a number of statements that does not depend on how many."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Row, column, select, table
from sqlalchemy.orm import Session

from service.access.fields import Field
from service.access.standing import ROLE, in_force
from service.people.members import PERSON
from service.people.persons import APPOINTMENT, LOCK
from service.records.deriving import Rows
from service.records.models import CorrectionRequest, PersonRecord, RecordCheck
from workflows.base import table_of

RECORD = table_of(PersonRecord)
CHECK = table_of(RecordCheck)
REQUEST = table_of(CorrectionRequest)
SEALED = Field("person_record", "sealed")
ASKED, ANSWER = Field("correction_request", "sealed"), Field("correction_request", "answer")

_PLACE = table("organisation", *(column(name) for name in ("id", "kind", "name", "name_en", "area", "weak", "stage")))


@dataclass(frozen=True)
class Record:
    """A stored record with its sealed fields in plain."""

    id: str
    person_id: str
    kind: str
    value: str | None
    basis: str | None
    year: int | None
    amount: int | None
    organisation_id: str | None
    valid_from: date
    valid_until: date | None
    document: str
    note: str
    hidden: bool
    instance_id: str | None
    entered_at: Any
    entered_by: str
    replaces_id: str | None
    voided_at: Any
    void_reason: str | None


def opened(row: Row[Any], *, sealed: bool = True) -> Record:
    """The record of a row; `sealed=False` leaves what is encrypted unread (None, or empty text)."""
    values: dict[str, Any] = {name: getattr(row, name, None) for name in Record.__dataclass_fields__}
    if sealed and row.sealed is not None:
        values |= orjson.loads(SEALED.unseal(row.id, row.sealed))
    return Record(**values)


def rows_of(session: Session, person_ids: Collection[str], on: date) -> list[Rows]:
    """All rows of the persons who exist, in the order of `person_ids`; at most seven statements."""
    ids = list(dict.fromkeys(person_ids))
    if not ids:
        return []
    persons = {row.id: row for row in session.execute(select(PERSON).where(PERSON.c.id.in_(ids)))}
    standing = (APPOINTMENT.c.person_id.in_(ids), APPOINTMENT.c.struck_at.is_(None))
    appointments = _by_person(session.execute(select(APPOINTMENT).where(*standing)))
    locks = _by_person(session.execute(select(LOCK).where(LOCK.c.person_id.in_(ids), LOCK.c.struck_at.is_(None))))
    stored = select(RECORD).where(RECORD.c.person_id.in_(ids), RECORD.c.voided_at.is_(None))
    records = _by_person(opened(row) for row in session.execute(stored))
    topics = _by_person(session.execute(select(CHECK).where(CHECK.c.person_id.in_(ids))))
    heads = _by_person(session.execute(_principals(ids, on)))
    places = _places(session, (*appointments.values(), *records.values()))
    return [
        Rows(
            persons[one], appointments[one], locks[one], records[one], {row.topic for row in topics[one]},
            {row.organisation_id for row in heads[one]}, places,
        )
        for one in ids
        if one in persons
    ]  # fmt: skip


def _by_person(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.person_id].append(row)
    return found


def _principals(ids: Sequence[str], on: date) -> Any:
    held = (ROLE.c.role == "principal", ROLE.c.kind == "holder", in_force(ROLE.c, on))
    return select(ROLE.c.person_id, ROLE.c.organisation_id).where(ROLE.c.person_id.in_(ids), *held)


def _places(session: Session, groups: Iterable[Sequence[Any]]) -> Mapping[str, Any]:
    ids = {row.organisation_id for group in groups for row in group if row.organisation_id is not None}
    return {row.id: row for row in session.execute(select(_PLACE).where(_PLACE.c.id.in_(ids)))} if ids else {}
