"""Commands on files of persons: enter, correct and take back records, look a file through."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.db import answer, transaction
from service.errors import Fault, Invalid
from service.people import persons
from service.records import retiring, writing
from service.records.rules import Entry


@dataclass(frozen=True)
class AddRecord:
    """One dated fact of a person."""

    person_id: str
    entry: Entry


@dataclass(frozen=True)
class CorrectRecord:
    """`entry` stands in place of the record from now on; of the same kind."""

    record_id: str
    entry: Entry
    reason: str


@dataclass(frozen=True)
class VoidRecord:
    """Take a record back that should not be there."""

    record_id: str
    reason: str


@dataclass(frozen=True)
class CheckFile:
    """HR has looked through a person's file on a topic."""

    person_id: str
    topic: str


def add_record(actor: Actor, command: AddRecord, *, now: datetime) -> str:
    """The id of a new record. NotFound("person.absent"), Invalid("record.invalid"), Conflict("database.duplicate")."""
    with transaction() as session:
        facts = persons.lock(session, command.person_id, day_of(now))
        policy.require(actor, "file.enter", facts)
        _expect_possible(session, command.person_id, command.entry)
        record_id = writing.add(session, command.person_id, command.entry, by=actor.account_id, now=now)
        answer(session, record_id=record_id)
        return record_id


def correct_record(actor: Actor, command: CorrectRecord, *, now: datetime) -> str:
    """The id of the record that stands in its place; what was there stays, marked, with the reason.

    NotFound("record.absent"), Conflict("record.voided"), Invalid("record.invalid" | "record.other_kind" |
    "reason.missing").
    """
    _refuse_without_reason(command.reason)
    with transaction() as session:
        row = writing.lock(session, command.record_id)
        policy.require(actor, "record.correct", policy.Target(id=row.id, person_id=row.person_id))
        _expect_possible(session, row.person_id, command.entry)
        by, reason = actor.account_id, command.reason
        new = writing.correct(session, command.record_id, command.entry, reason, by=by, now=now)
        answer(session, record_id=new)
        return new


def void_record(actor: Actor, command: VoidRecord, *, now: datetime) -> None:
    """Take a record back; NotFound("record.absent"), Conflict("record.voided"), Invalid("reason.missing")."""
    _refuse_without_reason(command.reason)
    with transaction() as session:
        row = writing.lock(session, command.record_id)
        policy.require(actor, "record.void", policy.Target(id=row.id, person_id=row.person_id))
        writing.void(session, command.record_id, command.reason, by=actor.account_id, now=now)


def check_file(actor: Actor, command: CheckFile, *, now: datetime) -> None:
    """What is not in the file on this topic is not, from now on. NotFound("person.absent"), Invalid("record.topic")."""
    with transaction() as session:
        facts = persons.lock(session, command.person_id, day_of(now))
        policy.require(actor, "file.check", facts)
        topic, today = command.topic, day_of(now)
        writing.confirm(session, [command.person_id], topic, today, by=actor.account_id, now=now)


def _expect_possible(session: Session, person_id: str, entry: Entry) -> None:
    faults = retiring.choice_faults(session, person_id, entry)
    if faults:
        raise Invalid("record.invalid", faults=tuple(faults))


def _refuse_without_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid("reason.missing", faults=(Fault("reason", "reason.missing"),))
