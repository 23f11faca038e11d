"""Anybody objects to what is published: the period stops and bureau HR inquires (policy §3), as after a letter."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from service.access import policy, throttle
from service.access.actor import Actor
from service.access.days import day_of
from service.audit import chain
from service.audit.chain import Head, NewEvent
from service.db import answer, db, transaction
from service.errors import Fault, Invalid, NotFound
from service.flows.publicity import queries
from service.flows.publicity.declaring import PUBLISHED, Line
from service.flows.publicity.periods import PUBLICITY
from service.flows.publicity.queries import OBJECTION, SUBSCRIPTION
from service.instances import facts
from service.tasks import advance
from service.tasks.around import surroundings
from service.tasks.facts import SYSTEM
from workflows import engine, store
from workflows.base import new_id
from workflows.store import Held

LONGEST, LONGEST_NAME = 2000, 100
SEEN_IN_THE_CASE = "公示页面收到异议，内容由人事科在“公示异议”中查看。"
"""What the case tells of it: who objected, and in which words, is for bureau HR alone."""


@dataclass(frozen=True)
class ObjectTo:
    """An objection to one published line (the only one if it is not named). `name` and `contact` may be left out.

    `address` is where it comes from, so that nobody floods the page; it is not kept with the objection.
    """

    publicity_id: str
    text: str
    line: str = ""
    name: str = ""
    contact: str = ""
    address: str = ""


def object_to(actor: Actor, command: ObjectTo, *, now: datetime) -> str:
    """The id of the objection. Its text is sealed in the case's record, for bureau HR alone.

    NotFound("publicity.absent") for what is not published (any more), Invalid("publicity.objection") with a fault for
    each field, Forbidden("publicity.throttled"): all before the case is locked, so that nobody holds up a case by what
    is refused.
    """
    _judge(db.session(), command, now)
    with transaction() as session:
        policy.require(actor, "publicity.object")
        row, held = _locked(session, command.publicity_id)
        throttle.admit(session, "objection", command.address, now)
        line = _line(session, row, command, now)
        objection_id = new_id()
        head = chain.append(session, advance.stream_of(held.id), [_said(objection_id, line, command)], at=now)
        values = {"id": objection_id, "publicity_id": row.id, "about": line.name, "named": bool(command.name.strip())}
        session.execute(insert(OBJECTION), {**values, "event_seq": head.seq, "at": now})
        answer(session, objection_id=objection_id)
        _reach(session, row, held, line, command.text.strip(), head, now)
        return objection_id


def _judge(session: Session, command: ObjectTo, now: datetime) -> None:
    """Refuse what is certain, locking and writing nothing; what changes in this moment is refused under the lock."""
    row = session.execute(queries.running().where(PUBLICITY.c.id == command.publicity_id)).first()
    if row is None:
        raise NotFound("publicity.absent", publicity_id=command.publicity_id)
    _line(session, row, command, now)
    throttle.expect(session, "objection", command.address, now)


def _locked(session: Session, publicity_id: str) -> tuple[Row[Any], Held]:
    """The period and its case, locked: read again then, because it may have ended in this moment."""
    known = session.scalar(select(PUBLICITY.c.instance_id).where(PUBLICITY.c.id == publicity_id))
    held = store.lock(session, known) if known else None
    row = session.execute(queries.running().where(PUBLICITY.c.id == publicity_id)).first()
    if held is None or row is None:
        raise NotFound("publicity.absent", publicity_id=publicity_id)
    return row, held


def _line(session: Session, row: Row[Any], command: ObjectTo, now: datetime) -> Line:
    """The line that is meant, everything else being as it should; Invalid("publicity.objection")."""
    lines = PUBLISHED[row.flow].lines(session, row.instance_id, row.subject, "zh")
    meant = [line for line in lines if line.key == (command.line or (lines[0].key if len(lines) == 1 else ""))]
    named_only = queries.named_only(day_of(now))
    name, text = command.name, command.text
    looked_at = (
        (not meant, Fault("line", "publicity.line")),
        (not text.strip() or len(text) > LONGEST, Fault("text", "publicity.text")),
        (len(name) > LONGEST_NAME or (named_only and not name.strip()), Fault("name", "publicity.name")),
        (len(command.contact) > LONGEST_NAME, Fault("contact", "publicity.contact")),
    )
    faults = tuple(fault for is_wrong, fault in looked_at if is_wrong)
    if faults:
        raise Invalid("publicity.objection", faults=faults)
    return meant[0]


def _said(objection_id: str, line: Line, command: ObjectTo) -> NewEvent:
    body = {"objection_id": objection_id, "line": line.key, "named": bool(command.name.strip())}
    said = {"text": command.text.strip(), "name": command.name.strip(), "contact": command.contact.strip()}
    return NewEvent("publicity.objected", SYSTEM, element_id=queries.STEP, body=body, sensitive=said)


def _reach(session: Session, row: Row[Any], held: Held, line: Line, text: str, head: Head, now: datetime) -> None:
    """The case hears of it: its period stops by the message of its flow, or the objection waits for its inquiry.

    While an inquiry runs it is one more for the same inquiry.
    """
    found = PUBLISHED[row.flow]
    if found.receive is not None:
        found.receive(session, line.key, text, now)
        return
    if row.suspended:
        return
    waiting = select(SUBSCRIPTION).where(
        SUBSCRIPTION.c.instance_id == held.id,
        SUBSCRIPTION.c.name == found.message,
        SUBSCRIPTION.c.correlation_key == row.subject,
    )
    subscription = session.execute(waiting).one()
    around = surroundings(session, Actor.system(), now)
    told = {"objection_from": None, "objection_text": SEEN_IN_THE_CASE}
    step = engine.deliver(held, subscription, told, around)
    body = {"name": found.message, "message_id": "", "passed": list(step.passed)}
    event = NewEvent("message.delivered", SYSTEM, element_id=subscription.element_id, body=body)
    advance.apply(around, facts.read(session, held), step, [event], head=head)
