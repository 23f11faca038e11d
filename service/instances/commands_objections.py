"""Somebody objects to what is published: the period stops and bureau HR inquires (policy §3), however it came in."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, select, update
from sqlalchemy.orm import Session

from service.access import policy, throttle
from service.access.actor import Actor
from service.access.days import day_of
from service.attachments import links
from service.audit import chain
from service.audit.chain import NewEvent
from service.db import db, transaction
from service.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from service.flows.publicity import queries, running
from service.flows.publicity.declaring import Line
from service.flows.publicity.periods import PUBLICITY
from service.flows.publicity.sources import HEARINGS, INQUIRED, MADE_UP, OBJECTION, WAITS
from service.instances import facts, objecting
from service.instances.objecting import CHANNELS, KEPT_FOR, PAGE, Brought, Receipt, Said
from service.tasks import advance, objected
from service.tasks.around import surroundings


@dataclass(frozen=True)
class ObjectTo:
    """An objection to one published line (the only one if it is not named). `name` and `contact` may be left out.

    `address` is where it comes from, so that nobody floods the page: of who gives no name a keyed digest is kept.
    """

    publicity_id: str
    text: str
    line: str = ""
    name: str = ""
    contact: str = ""
    address: str = ""

    @property
    def said(self) -> Said:
        return Said(self.text, self.line, self.name, self.contact)


def object_to(actor: Actor, command: ObjectTo, *, now: datetime) -> Receipt:
    """The receipt of the objection. Its text is sealed in the case's record, for bureau HR alone.

    NotFound("publicity.absent") for what is not published (any more), Invalid("publicity.objection") with a fault for
    each field, Forbidden("publicity.throttled"): all before the case is locked, so that nobody holds up a case by what
    is refused.
    """
    _judge(db.session(), command, now)
    with transaction() as session:
        policy.require(actor, "publicity.object")
        row, held, runs = objecting.locked(session, command.publicity_id, day_of(now), inside=False)
        if not runs:
            raise NotFound("publicity.absent", publicity_id=command.publicity_id)
        throttle.admit(session, "objection", command.address, now)
        line = _judged(objecting.meant(session, row, command.line), command.said, now)
        return objecting.put(session, row, held, line, command.said, Brought(sender=command.address), now, runs=True)


@dataclass(frozen=True)
class RegisterObjection:
    """What somebody said on the telephone (`phone`), wrote (`letter`) or came to say (`visit`), as a clerk enters it.

    `received_on` is the day on which it reached the bureau; `attachment_id` the letter or a note of the talk, uploaded
    before. A letter that came in time is registered when its period is over, too: it then stops nothing by itself.
    """

    publicity_id: str
    channel: str
    received_on: date | None
    text: str
    line: str = ""
    name: str = ""
    contact: str = ""
    attachment_id: str = ""

    @property
    def said(self) -> Said:
        return Said(self.text, self.line, self.name, self.contact)


def register_objection(actor: Actor, command: RegisterObjection, *, now: datetime) -> Receipt:
    """The receipt of an objection that did not come over the page; it goes the same way as one that did.

    NotFound("publicity.absent"), Invalid("publicity.objection") with a fault for each field,
    Forbidden("publicity.interest") for who has an interest in the case.
    """
    with transaction() as session:
        policy.require(actor, "publicity_objection.register")
        row, held, runs = objecting.locked(session, command.publicity_id, day_of(now), inside=True)
        if queries.interested(actor, facts.read(session, held).definition_key, held.id):
            raise Forbidden("publicity.interest")
        found = objecting.meant(session, row, command.line)
        line = _judged(found, command.said, now, _brought_faults(command, row.from_on, now))
        letter = None
        if command.attachment_id:
            letter = links.keep(session, actor, command.attachment_id, held.id, KEPT_FOR)
        brought = Brought(command.channel, actor.person_id, command.received_on, letter)
        return objecting.put(session, row, held, line, command.said, brought, now, runs=runs)


@dataclass(frozen=True)
class HearObjection:
    """What somebody of bureau HR makes of an objection that has stopped nothing: `inquired` stops the period for an
    inquiry, `nothing_new` lets it go on; `made_up` says that nobody of the name on the page could be found.
    """

    objection_id: str
    outcome: str
    reason: str = ""


def hear_objection(actor: Actor, command: HearObjection, *, now: datetime) -> None:
    """Recorded with its reason, which is sealed like the objection itself.

    NotFound("publicity_objection.absent"), Invalid("publicity.heard") with a fault for each field,
    Forbidden("publicity.interest"), Conflict("publicity.heard_before" | "publicity.stopped").
    """
    with transaction() as session:
        policy.require(actor, "publicity_objection.hear")
        found = session.execute(_visible(actor).where(OBJECTION.c.id == command.objection_id)).first()
        if found is None:
            raise NotFound("publicity_objection.absent", objection_id=command.objection_id)
        period, held, runs = objecting.locked(session, found.publicity_id, day_of(now), inside=True)
        case = facts.read(session, held)
        if queries.interested(actor, case.definition_key, held.id):
            raise Forbidden("publicity.interest")
        row = session.execute(select(OBJECTION).where(OBJECTION.c.id == command.objection_id)).one()
        _expect_hearing(row, command)
        body = {"objection_id": row.id, "outcome": command.outcome}
        heard = NewEvent("publicity.heard", actor.person_id or actor.account_id, element_id=running.STEP, body=body,
                         sensitive={"reason": command.reason.strip()})  # fmt: skip
        head = chain.append(session, advance.stream_of(held.id), [heard], at=now)
        values = {"hearing": command.outcome, "reached": row.reached or command.outcome == INQUIRED}
        session.execute(update(OBJECTION).where(OBJECTION.c.id == row.id).values(values))
        if command.outcome == INQUIRED:
            around = surroundings(session, Actor.system(), now, case.about)
            if not runs or period.suspended or not objected.stop(around, held, case, period, head):
                raise Conflict("publicity.stopped")


def _visible(actor: Actor) -> Select[Any]:
    return select(OBJECTION).where(policy.visible(actor, "publicity_objection"))


def _expect_hearing(row: Row[Any], command: HearObjection) -> None:
    """Only what waits is let stop its period or found to say nothing new; a name is found to be made up at any time."""
    made_up = command.outcome == MADE_UP
    looked_at = (
        (command.outcome not in HEARINGS, Fault("outcome", "publicity.heard_outcome")),
        (made_up and not (row.named and row.channel == PAGE), Fault("outcome", "publicity.heard_name")),
        (command.outcome != INQUIRED and not command.reason.strip(), Fault("reason", "reason.missing")),
    )
    faults = tuple(fault for is_wrong, fault in looked_at if is_wrong)
    if faults:
        raise Invalid("publicity.heard", faults=faults)
    if row.hearing == MADE_UP or (row.hearing != WAITS and not made_up):
        raise Conflict("publicity.heard_before")


def _judge(session: Session, command: ObjectTo, now: datetime) -> None:
    """Refuse what is certain, locking and writing nothing; what changes in this moment is refused under the lock."""
    row = session.execute(running.running(day_of(now)).where(PUBLICITY.c.id == command.publicity_id)).first()
    if row is None:
        raise NotFound("publicity.absent", publicity_id=command.publicity_id)
    _judged(objecting.meant(session, row, command.line), command.said, now)
    throttle.expect(session, "objection", command.address, now)


def _judged(line: Line | None, said: Said, now: datetime, more: tuple[Fault, ...] = ()) -> Line:
    """The line that is meant, everything else being as it should; Invalid("publicity.objection")."""
    faults = (*more, *objecting.faults(said, line, now))
    if faults or line is None:
        raise Invalid("publicity.objection", faults=faults)
    return line


def _brought_faults(command: RegisterObjection, from_on: date, now: datetime) -> tuple[Fault, ...]:
    received, today = command.received_on, day_of(now)
    looked_at = (
        (command.channel not in CHANNELS, Fault("channel", "publicity.channel")),
        (received is None or not from_on <= received <= today,
         Fault("received_on", "publicity.received_on", params={"first": from_on.isoformat()})),
        (command.channel == "letter" and not command.attachment_id, Fault("attachment_id", "publicity.letter")),
    )  # fmt: skip
    return tuple(fault for is_wrong, fault in looked_at if is_wrong)
