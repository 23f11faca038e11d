"""Named holds: booked by bureau HR, ended by their owner or by the clock, with a notice before (policy §8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, update
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.calendar import queries as calendars
from service.db import answer, transaction
from service.errors import Fault, Invalid
from service.notices import outbox
from service.notices.outbox import Message
from service.parameters import queries as parameters
from service.people import queries as people
from service.people.members import names
from service.posts import named
from service.posts.ledger import Cause
from service.posts.named import HOLD

DUE, ENDED = "named_hold.due", "named_hold.ended"
HR = "role:bureau_hr_officer"


@dataclass(frozen=True)
class BookHold:
    """Keep `lines` (account → count) of one organisation for `owner` until a day, by a document."""

    organisation_id: str
    owner: str
    reason: str
    document: str
    decided_on: date
    until: date
    lines: Mapping[str, int]


@dataclass(frozen=True)
class EndHold:
    """A hold that is needed no more, and why."""

    hold_id: str
    reason: str


def book_hold(actor: Actor, command: BookHold, *, now: datetime) -> str:
    """Reserve what is kept; the hold's id.

    NotFound("organisation.absent" | "ledger_account.absent"), Conflict("ledger.full" | "ledger.others_wait"),
    Invalid("named_hold.invalid" | "named_hold.nothing" | "named_hold.elsewhere").
    """
    with transaction() as session:
        policy.require(actor, "named_hold.book")
        people.organisation_row(session, actor, command.organisation_id)
        _expect(command, day_of(now))
        cause = _cause(actor, now, command.document.strip(), command.decided_on)
        row = {
            "organisation_id": command.organisation_id, "owner": command.owner, "reason": command.reason.strip(),
            "document": command.document.strip(), "decided_on": command.decided_on, "until": command.until,
            "booked_by": cause.actor_id, "booked_at": now,
        }  # fmt: skip
        hold_id = named.book(session, cause, row, dict(command.lines), day_of(now))
        answer(session, hold_id=hold_id)
        return hold_id


def end_hold(actor: Actor, command: EndHold, *, now: datetime) -> None:
    """Its owner, or bureau HR, gives back what it kept; the owner hears of it.

    NotFound("named_hold.absent"), Conflict("named_hold.over"), Invalid("reason.missing").
    """
    with transaction() as session:
        row = named.lock(session, command.hold_id)
        policy.require(actor, "named_hold.end", row)
        if not command.reason.strip():
            raise Invalid("reason.missing", faults=(Fault("reason", "reason.missing"),))
        named.end(session, _cause(actor, now), row, named.OWNER, command.reason.strip()[:500])
        outbox.post(session, [Message(ENDED, row.owner, _told(row))], now)


def expire_holds(actor: Actor, *, now: datetime) -> int:
    """End the hold whose last day has been over longest; 1, or 0 when there is none. Owner and bureau HR are told."""
    with transaction() as session:
        policy.require(actor, "named_hold.expire")
        found = named.open_until(session, day_of(now))
        if not found:
            return 0
        row = named.lock(session, found[0].id)
        named.end(session, _cause(actor, now), row, named.CLOCK)
        outbox.post(session, [Message(ENDED, holder, _told(row)) for holder in (row.owner, HR)], now)
        return 1


def remind_of_holds(actor: Actor, *, now: datetime) -> int:
    """Tell the owner, once for each last day, of a hold that is going to end; how many."""
    with transaction() as session:
        policy.require(actor, "named_hold.expire")
        soon = _soon(session, now)
        found = [row for row in named.open_until(session, soon) if row.noticed_until != row.until]
        outbox.post(session, [Message(DUE, row.owner, _told(row)) for row in found], now)
        ids = [row.id for row in found]
        if ids:
            session.execute(update(HOLD).where(HOLD.c.id.in_(ids)).values(noticed_until=HOLD.c.until))
        return len(ids)


def _soon(session: Session, now: datetime) -> date:
    days = int(parameters.county(session, day_of(now))["named_hold_notice_workdays"])
    return calendars.calendar(session).add_workdays(day_of(now), days) + timedelta(days=1)


def _expect(command: BookHold, today: date) -> None:
    faults = []
    kind, _, owner_id = command.owner.partition(":")
    known = names([owner_id]) if kind == "person" else "@" in command.owner
    if not known:
        faults.append(Fault("owner", "named_hold.owner"))
    if not command.reason.strip():
        faults.append(Fault("reason", "reason.missing"))
    if not command.document.strip():
        faults.append(Fault("document", "paper.document"))
    if command.until < today:
        faults.append(Fault("until", "named_hold.until"))
    if command.decided_on > today:
        faults.append(Fault("decided_on", "outside.future"))
    if faults:
        raise Invalid("named_hold.invalid", faults=tuple(faults))


def _told(row: Row[Any]) -> dict[str, Any]:
    return {"reason": row.reason, "document": row.document, "until": row.until.isoformat()}


def _cause(actor: Actor, now: datetime, document: str | None = None, decided_on: date | None = None) -> Cause:
    return Cause(None, "", "", actor.person_id or actor.account_id, now, document, decided_on)
