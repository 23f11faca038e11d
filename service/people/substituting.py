"""What naming a substitute (代理) asks, writes and tells, inside the transaction of a command."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session

from service.access.actor import Actor
from service.access.days import day_of
from service.access.models import Account
from service.access.rules_substitutes import clash, may_hold
from service.access.standing import ROLE
from service.access.substitutes import SUBSTITUTION
from service.attachments.models import Attachment
from service.audit import chain
from service.errors import Conflict, Fault, Invalid, NotFound
from service.notices import outbox
from service.notices.outbox import Message
from service.people.locking import lock_persons
from service.people.members import PERSON, names
from service.people.recording import plain
from workflows.base import new_id, table_of
from workflows.models import ProcessDefinition

_ACCOUNT = table_of(Account)
_ATTACHMENT = table_of(Attachment)
_DEFINITION = table_of(ProcessDefinition)


@dataclass(frozen=True)
class NameSubstitute:
    """`substitute_id` acts for `represented_id` on first ≤ day < until in these flows (keys; empty: all).

    Bureau HR may name one for somebody who cannot, with `reason` and paper (`attachment_id`, an own upload).
    """

    represented_id: str
    substitute_id: str
    first: date
    until: date
    flows: Sequence[str] = ()
    reason: str = ""
    attachment_id: str | None = None


@dataclass(frozen=True)
class Place:
    """A role at an organisation."""

    role: str
    organisation_id: str


def name(session: Session, actor: Actor, command: NameSubstitute, now: datetime) -> str:
    """The id of a new substitution, after everything that it asks; the caller has asked the policy."""
    expect_sound(session, actor, command, now)
    lock(session, command)
    expect_permitted(session, command)
    expect_no_clash(session, command)
    return write(session, actor, command, now)


def expect_sound(session: Session, actor: Actor, command: NameSubstitute, now: datetime) -> None:
    """Days, persons, flows and what bureau HR must bring; Invalid("substitute.invalid") with a fault each."""
    faults = [*_faults_of_days(command, day_of(now)), *_faults_of_persons(actor, command)]
    known = set(session.scalars(select(_DEFINITION.c.key).where(_DEFINITION.c.key.in_(command.flows)).distinct()))
    faults += [
        Fault(f"flows.{n}", "substitute.flow", flow) for n, flow in enumerate(command.flows) if flow not in known
    ]
    if actor.person_id != command.represented_id:
        faults += [] if command.reason.strip() else [Fault("reason", "substitute.reason")]
        faults += [] if _brings(session, actor, command) else [Fault("attachment_id", "substitute.paper")]
    if faults:
        raise Invalid("substitute.invalid", faults=tuple(faults))


def _faults_of_days(command: NameSubstitute, today: date) -> list[Fault]:
    faults = [Fault("first", "substitute.past")] if command.first < today else []
    return faults + ([Fault("until", "dates.order")] if command.until <= command.first else [])


def _faults_of_persons(actor: Actor, command: NameSubstitute) -> list[Fault]:
    """Nobody stands in for oneself, and nobody gives oneself the power of another."""
    if command.substitute_id == command.represented_id:
        return [Fault("substitute_id", "substitute.oneself")]
    return [Fault("substitute_id", "substitute.names_oneself")] if command.substitute_id == actor.person_id else []


def _brings(session: Session, actor: Actor, command: NameSubstitute) -> bool:
    mine = (_ATTACHMENT.c.id == command.attachment_id, _ATTACHMENT.c.uploaded_by == actor.person_id)
    return session.execute(select(_ATTACHMENT.c.id).where(*mine)).first() is not None


def lock(session: Session, command: NameSubstitute) -> None:
    """Both persons, in the order of ids: what is named of either meanwhile waits. NotFound("person.absent")."""
    both = (command.represented_id, command.substitute_id)
    lock_persons(session, both)
    if len(session.scalars(select(PERSON.c.id).where(PERSON.c.id.in_(both))).all()) != 2:
        raise NotFound("person.absent")


def expect_permitted(session: Session, command: NameSubstitute) -> None:
    """Both can log in, and the substitute may hold a role of the other's within the period.

    Conflict("substitute.no_account" | "substitute.not_permitted"). On each day it is looked at again.
    """
    both = (command.represented_id, command.substitute_id)
    live = select(_ACCOUNT.c.person_id).where(_ACCOUNT.c.person_id.in_(both), _ACCOUNT.c.closed_at.is_(None))
    if without := set(both) - set(session.scalars(live)):
        raise Conflict("substitute.no_account", person_id=min(without))
    lasting = or_(ROLE.c.valid_until.is_(None), ROLE.c.valid_until > command.first)
    shared = (ROLE.c.person_id.in_(both), ROLE.c.valid_from < command.until, lasting)
    rows = session.execute(select(ROLE.c.person_id, ROLE.c.role, ROLE.c.organisation_id).where(*shared)).all()
    held = {one: [Place(row.role, row.organisation_id) for row in rows if row.person_id == one] for one in both}
    if not any(may_hold(held[command.substitute_id], place) for place in held[command.represented_id]):
        raise Conflict("substitute.not_permitted", roles=sorted({one.role for one in held[command.represented_id]}))


def expect_no_clash(session: Session, command: NameSubstitute) -> None:
    """No other substitution of either shares a day and a flow: no second one, no chain, no circle; Conflict."""
    both = (command.represented_id, command.substitute_id)
    of_either = or_(SUBSTITUTION.c.represented_id.in_(both), SUBSTITUTION.c.substitute_id == command.represented_id)
    days = (SUBSTITUTION.c.valid_from < command.until, SUBSTITUTION.c.valid_until > command.first)
    rows = session.execute(select(SUBSTITUTION).where(of_either, *days, SUBSTITUTION.c.ended_at.is_(None)))
    for row in rows:
        code = clash(command, row)
        if code is not None:
            raise Conflict(code, first=row.valid_from.isoformat(), until=row.valid_until.isoformat())


def is_over(row: Any, now: datetime) -> bool:
    """Whether its last day has passed."""
    return bool(row.valid_until <= day_of(now))


def write(session: Session, actor: Actor, command: NameSubstitute, now: datetime) -> str:
    """The row, the event on both persons' streams, and the notice to both; its id."""
    row = {
        "id": new_id(),
        "represented_id": command.represented_id,
        "substitute_id": command.substitute_id,
        "flows": sorted(set(command.flows)),
        "valid_from": command.first,
        "valid_until": command.until,
        "attachment_id": command.attachment_id,
        "named_at": now,
        "named_by": actor.account_id,
        "ended_at": None,
    }
    session.execute(insert(SUBSTITUTION), row)
    written = session.execute(select(SUBSTITUTION).where(SUBSTITUTION.c.id == row["id"])).one()
    tell(session, "substitute.named", actor, written, now, command.reason.strip())
    return str(row["id"])


def tell(session: Session, kind: str, actor: Actor, row: Any, now: datetime, reason: str = "") -> None:
    """An event of both persons, in the name of the represented where another acted, and a notice to both.

    The reason stands encrypted in the event of the represented alone.
    """
    shown = ("id", "represented_id", "substitute_id", "flows", "valid_from", "valid_until", "attachment_id")
    body = plain({name: getattr(row, name) for name in shown})
    behalf = None if actor.person_id == row.represented_id else row.represented_id
    both = (row.represented_id, row.substitute_id)
    event = chain.NewEvent(kind, actor.account_id, behalf, body=body)
    explained = replace(event, sensitive={"reason": reason}) if reason else event
    told = {f"person:{row.represented_id}": [explained], f"person:{row.substitute_id}": [event]}
    chain.append_all(session, told, at=now)
    named = names(both)
    days = {"first": body["valid_from"], "until": body["valid_until"]}
    said = {"represented": named[row.represented_id], "substitute": named[row.substitute_id], **days}
    outbox.post(session, [Message(kind, f"person:{one}", said) for one in both], now)
