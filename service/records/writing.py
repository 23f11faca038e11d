"""Writes records inside another command's transaction, with an event on the person's stream each.

Events of open records tell what was written; of hidden ones only that something was, because the stream is read by
more people than they are (policy §7): the record itself stays for good, and its ciphertext cannot be moved or altered
unseen.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from service.audit import chain, timeline
from service.errors import Conflict, Invalid, NotFound
from service.people import recording
from service.people.locking import lock_persons
from service.records.reading import CHECK, RECORD, SEALED, Record, opened
from service.records.rules import KINDS, TOPICS, Entry, entry_faults, sealed_fields
from workflows.base import new_id


def add(session: Session, person_id: str, entry: Entry, *, by: str, now: datetime) -> str:
    """The id of a new record. Of the same case, kind and day it is written once: a replayed step changes nothing.

    Invalid("record.invalid") with faults; Conflict("database.duplicate") for a second assessment of one year.
    """
    return add_many(session, {person_id: [entry]}, by=by, now=now)[0]


def add_many(session: Session, entries: dict[str, Sequence[Entry]], *, by: str, now: datetime) -> list[str]:
    """Person id → entries to write; their ids in order. Three statements for any number but the events' own."""
    faults = [fault for several in entries.values() for entry in several for fault in entry_faults(entry)]
    if faults:
        raise Invalid("record.invalid", faults=tuple(faults))
    known = _written_already(session, entries)
    rows, ids = [], []
    events: dict[str, list[chain.NewEvent]] = {}
    for person_id, several in entries.items():
        for entry in several:
            old = known.get((person_id, entry.instance_id, entry.kind, entry.valid_from))
            row = row_of(person_id, entry, by, now)
            ids.append(old or row["id"])
            if old is None:
                rows.append(row)
                events.setdefault(f"person:{person_id}", []).append(event_of("record.added", row["id"], entry, by))
    if rows:
        session.execute(insert(RECORD), rows)
        chain.append_all(session, events, at=now)
    return ids


def row_of(person_id: str, entry: Entry, by: str, now: datetime) -> dict[str, Any]:
    """The row of a new record; what its kind keeps secret is encrypted and bound to its id."""
    kind, record_id = KINDS[entry.kind], new_id()
    values = asdict(entry)
    secret = {name: values[name] for name in sealed_fields(kind) if values[name]}
    values = {name: value for name, value in values.items() if name != "basis"}
    values |= {name: "" if name in ("document", "note") else None for name in secret if name != "basis"}
    sealed = SEALED.seal(record_id, orjson.dumps(secret).decode()) if secret else None
    return {
        "id": record_id, "person_id": person_id, **values, "sealed": sealed, "hidden": kind.hidden,
        "entered_by": by, "entered_at": now, "replaces_id": None, "voided_at": None, "voided_by": None,
        "void_reason": None,
    }  # fmt: skip


def event_of(kind: str, record_id: str, entry: Entry | Record, by: str, **more: Any) -> chain.NewEvent:
    """The event of a record: openly what is open, of a hidden one its id alone."""
    held = KINDS[entry.kind]
    secret = sealed_fields(held)
    told = ("kind", "value", "year", "amount", "organisation_id", "valid_from", "valid_until", "document")
    shown = {} if held.hidden else {name: getattr(entry, name) for name in told if name not in secret}
    body = {name: value for name, value in shown.items() if value not in (None, "")}
    return chain.NewEvent(kind, by, body=recording.plain({"id": record_id, **body, **more}))


def end(session: Session, record_id: str, on: date, *, document: str = "", by: str, now: datetime) -> None:
    """End a record that lasts, or earlier than it was to end; `on` is the first day on which it no longer holds.

    NotFound("record.absent"); Conflict("record.ended") when it ends before, Invalid("dates.order") before its first
    day. The same end again changes nothing.
    """
    row = lock(session, record_id)
    if row.valid_until == on:
        return
    if row.voided_at is not None or (row.valid_until is not None and row.valid_until < on):
        raise Conflict("record.ended", on=(row.valid_until or on).isoformat())
    if on < row.valid_from:
        raise Invalid("dates.order")
    session.execute(update(RECORD).where(RECORD.c.id == record_id).values(valid_until=on))
    record = replace(opened(row, sealed=False), valid_until=on)
    event = event_of("record.ended", record_id, record, by, paper=document)
    chain.append(session, f"person:{row.person_id}", [event], at=now)


def reopen(session: Session, record_id: str, *, document: str, by: str, now: datetime) -> date | None:
    """A record goes on that was ended too early; the end with which it was written. Conflict("record.voided")."""
    row = lock(session, record_id)
    if row.voided_at is not None:
        raise Conflict("record.voided")
    until = _written_until(session, row)
    session.execute(update(RECORD).where(RECORD.c.id == record_id).values(valid_until=until))
    record = replace(opened(row, sealed=False), valid_until=until)
    event = event_of("record.reopened", record_id, record, by, paper=document)
    chain.append(session, f"person:{row.person_id}", [event], at=now)
    return until


def _written_until(session: Session, row: Row[Any]) -> date | None:
    """The last day that the event of its entry names; None for one that was to last."""
    told = timeline.latest(session, f"person:{row.person_id}", limit=1000)
    written = (event.body for event in told if event.kind == "record.added" and event.body)
    until = next((body.get("valid_until") for body in written if body["id"] == row.id), None)
    return date.fromisoformat(until) if until else None


def void(session: Session, record_id: str, reason: str, *, by: str, now: datetime) -> None:
    """Take a record back: it stays, marked, with the reason. Conflict("record.voided") when it was before."""
    row = lock(session, record_id)
    if row.voided_at is not None:
        raise Conflict("record.voided")
    gone = {"voided_at": now, "voided_by": by, "void_reason": reason[:200]}
    session.execute(update(RECORD).where(RECORD.c.id == record_id).values(gone))
    event = event_of("record.voided", record_id, opened(row, sealed=False), by)
    chain.append(session, f"person:{row.person_id}", [event], at=now)


def correct(session: Session, record_id: str, entry: Entry, reason: str, *, by: str, now: datetime) -> str:
    """The id of the record that stands in place of another, which is voided and kept. Of the same person and kind.

    Invalid("record.invalid") with faults; Conflict("record.voided").
    """
    row = lock(session, record_id)
    if entry.kind != row.kind:
        raise Invalid("record.other_kind", kind=row.kind)
    void(session, record_id, reason, by=by, now=now)
    new = add(session, row.person_id, replace(entry, instance_id=None), by=by, now=now)
    origin = {"replaces_id": record_id, "instance_id": row.instance_id}
    session.execute(update(RECORD).where(RECORD.c.id == new).values(origin))
    return new


def confirm(session: Session, person_ids: Collection[str], topic: str, on: date, *, by: str, now: datetime) -> None:
    """HR has looked through the files of these persons on a topic: from now on what is not there is not."""
    if topic not in TOPICS:
        raise Invalid("record.topic", topic=topic)
    ids = list(dict.fromkeys(person_ids))
    there = select(CHECK.c.person_id).where(CHECK.c.topic == topic, CHECK.c.person_id.in_(ids))
    new = sorted(set(ids) - set(session.scalars(there)))
    if not new:
        return
    rows = [{"person_id": one, "topic": topic, "checked_on": on, "checked_by": by, "at": now} for one in new]
    session.execute(insert(CHECK), rows)
    body = {"topic": topic, "on": on.isoformat()}
    events = {f"person:{one}": [chain.NewEvent("record.file_checked", by, body=body)] for one in new}
    chain.append_all(session, events, at=now)


def lock(session: Session, record_id: str) -> Row[Any]:
    """Lock the person of a record, then the record; NotFound("record.absent")."""
    person_id = session.scalar(select(RECORD.c.person_id).where(RECORD.c.id == record_id))
    lock_persons(session, [person_id] if person_id is not None else [])
    row = session.execute(select(RECORD).where(RECORD.c.id == record_id).with_for_update()).first()
    if row is None:
        raise NotFound("record.absent")
    return row


def _written_already(session: Session, entries: dict[str, Sequence[Entry]]) -> dict[tuple[Any, ...], str]:
    """(person, case, kind, first day) → the standing record that a case has written."""
    cases = {entry.instance_id for several in entries.values() for entry in several if entry.instance_id}
    if not cases:
        return {}
    key = (RECORD.c.person_id, RECORD.c.instance_id, RECORD.c.kind, RECORD.c.valid_from)
    found = select(RECORD.c.id, *key).where(RECORD.c.instance_id.in_(cases), RECORD.c.voided_at.is_(None))
    return {(row.person_id, row.instance_id, row.kind, row.valid_from): row.id for row in session.execute(found)}
