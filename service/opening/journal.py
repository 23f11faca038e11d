"""Writes the steps of a plan and keeps what was there before; the same, backwards, takes a load back."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Row, Table, and_, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from service.access.accounts import ROLE
from service.access.fields import Field
from service.opening.register import chunks
from service.opening.steps import Step
from service.opening.written import EFFECT, NUMBER
from service.people import staff
from service.people.members import PERSON, RELATION
from service.people.persons import APPOINTMENT, LOCK, PHONE
from service.people.queries import AUTHORISATION, ORGANISATION
from service.posts.lending import LOAN
from service.posts.posting import ACCOUNT, ENTRY
from service.records.reading import CHECK, RECORD
from service.runs.rows import RUN
from workflows.base import new_id
from workflows.writing import write

KEPT = Field("opening_effect", "kept")
ORDER = (ORGANISATION, AUTHORISATION, NUMBER, PERSON, APPOINTMENT, ROLE, LOCK, RELATION, RECORD, CHECK, LOAN)
"""Tables in the order in which rows may be inserted; backwards they may be deleted."""
BY_NAME = {table.name: table for table in ORDER}
Kept = dict[str, Any]
PLAIN = "phone in plain"
PROTECTED = frozenset({PHONE.name, f"{PHONE.name}_index"})


def write_steps(session: Session, import_id: str, steps: Sequence[Step]) -> None:
    """Carry out the steps, each kind of write of a table at once, and keep how each is undone."""
    moving = [step for step in steps if step.moves]
    effects = [effect_of(import_id, step, _old(session, step)) for step in moving]
    for table in reversed(ORDER):
        _delete(session, table, [row for step in moving for where, row in step.removes if where is table])
    for step in moving:
        for table, key, values in step.updates:
            session.execute(update(table).where(*_is(table, key)).values(values))
    for table in ORDER:
        rows = [row for step in moving for where, row, _ in step.inserts if where is table]
        if table is ORGANISATION:
            rows.sort(key=lambda row: row["path"].count("/"))
        write(session, insert(table), rows)
    write(session, insert(EFFECT), effects)


def effect_of(import_id: str, step: Step, kept: Kept) -> dict[str, Any]:
    """The row of what a step did."""
    effect_id = new_id()
    inserted = [[str(table.name), key_of(table, row), sheet] for table, row, sheet in step.inserts]
    sealed = KEPT.seal(effect_id, orjson.dumps(kept).decode()) if any(kept.values()) else None
    return {"id": effect_id, "import_id": import_id, "subject": step.subject, "inserted": inserted, "kept": sealed}


def key_of(table: Table, row: Mapping[str, Any]) -> dict[str, str]:
    """The primary key of a row."""
    return {str(column.name): row[column.name] for column in table.primary_key.columns}


def kept_of(row: Row[Any]) -> Kept:
    """What an effect keeps in plain: `updates` [table, key, old values], `removes` [table, row], `figures`."""
    kept: Kept = {} if row.kept is None else orjson.loads(KEPT.unseal(row.id, row.kept))
    return kept


def _old(session: Session, step: Step) -> Kept:
    updates = []
    for table, key, values in step.updates:
        row = session.execute(select(table).where(*_is(table, key))).one()
        updates.append([str(table.name), key, _old_values(table, row, values)])
    removes = [[str(table.name), {name: _packed(value) for name, value in row.items()}] for table, row in step.removes]
    return {"updates": updates, "removes": removes}


def _old_values(table: Table, row: Row[Any], names: Iterable[str]) -> dict[str, Any]:
    """What a row held; an encrypted phone is kept in plain in the sealed whole, which is written anew with its keys."""
    old = {name: _packed(getattr(row, name)) for name in names if not (table is PERSON and name in PROTECTED)}
    if table is PERSON and PHONE.name in names:
        old[PLAIN] = None if row.phone is None else PHONE.unseal(row.id, row.phone)
    return old


def undo(session: Session, effects: Iterable[Row[Any]]) -> None:
    """Take back the row effects of one load: delete what it made, put back what it changed and took away."""
    every = list(effects)
    made = [(BY_NAME[name], key) for effect in every for name, key, _ in effect.inserted]
    for table in reversed(ORDER):
        rows = [key for where, key in made if where is table]
        _delete(session, table, _without_books(session, rows) if table is ORGANISATION else rows)
    opened = [kept_of(effect) for effect in every]
    for kept in opened:
        for name, key, old in kept.get("updates", ()):
            table = BY_NAME[name]
            plain = {PHONE.name: old.pop(PLAIN)} if PLAIN in old else {}
            values = {**_unpacked(table, old), **staff.protected(key.get("id", ""), plain)}
            session.execute(update(table).where(*_is(table, key)).values(values))
    back = [(BY_NAME[name], _unpacked(BY_NAME[name], row)) for kept in opened for name, row in kept.get("removes", ())]
    for table in ORDER:
        write(session, insert(table), [row for where, row in back if where is table])


def _without_books(session: Session, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Organisations that nothing of the ledger names, the lowest first; the others are closed from their first day."""
    ids = [row["id"] for row in rows]
    kept = set(session.scalars(select(ACCOUNT.c.organisation_id).where(ACCOUNT.c.organisation_id.in_(ids))))
    kept |= set(session.scalars(select(ENTRY.c.borrower_id).where(ENTRY.c.borrower_id.in_(ids))))
    kept |= set(session.scalars(select(RUN.c.organisation_id).where(RUN.c.organisation_id.in_(ids))))
    above = select(ORGANISATION.c.path).where(ORGANISATION.c.id.in_(kept))
    kept |= {one for path in session.scalars(above) for one in path.split("/") if one}
    closed = update(ORGANISATION).where(ORGANISATION.c.id.in_(kept & set(ids)))
    session.execute(closed.values(valid_until=ORGANISATION.c.valid_from, version=ORGANISATION.c.version + 1))
    return [row for row in rows if row["id"] not in kept]


def _delete(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Delete rows by their keys; with a key of one column many at once."""
    columns = list(table.primary_key.columns)
    if len(columns) == 1:
        for part in chunks(row[columns[0].name] for row in rows):
            session.execute(delete(table).where(columns[0].in_(part)))
        return
    gone = delete(table).where(*(column == bindparam(f"k_{column.name}") for column in columns))
    write(session, gone, [{f"k_{column.name}": row[column.name] for column in columns} for row in rows])


def _is(table: Table, key: Mapping[str, Any]) -> list[Any]:
    return [and_(*(table.c[name] == value for name, value in key.items()))]


def _packed(value: Any) -> Any:
    """A value as JSON keeps it."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, date | datetime) else value


def _unpacked(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(table.c[name].type.python_type, value) for name, value in values.items()}


def _value(kind: type, value: Any) -> Any:
    if value is None:
        return None
    if issubclass(kind, bytes):
        return base64.b64decode(value)
    if issubclass(kind, datetime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if issubclass(kind, date) else value
