"""Named holds inside a command's transaction: booked, ended, taken over by a case (policy §8)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.orm import Session

from service.errors import Conflict, Fault, Invalid, NotFound
from service.posts import ledger, posting, queueing, recording
from service.posts.ledger import NAMED, Cause, Full, Line, Posted
from service.posts.models import NamedHold
from service.posts.posting import ENTRY
from workflows.base import new_id, table_of

HOLD = table_of(NamedHold)
OWNER, CLOCK, CASE = "owner", "clock", "case"


def book(session: Session, cause: Cause, row: dict[str, Any], counts: dict[str, int], on: date) -> str:
    """Write a hold and reserve what it keeps; its id. Nobody who waits for a post is passed by.

    Conflict("ledger.full" | "ledger.others_wait"), Invalid("named_hold.nothing" | "named_hold.elsewhere").
    """
    if not counts or min(counts.values()) < 1:
        raise Invalid("named_hold.nothing", faults=(Fault("lines", "named_hold.nothing"),))
    hold_id = new_id()
    own = Cause(hold_id, "", "", cause.actor_id, cause.now, cause.document, cause.decided_on)
    lines = [Line(account_id, NAMED, count) for account_id, count in sorted(counts.items())]
    accounts = posting.lock(session, own, list(counts))
    if any(accounts[one].row.organisation_id != row["organisation_id"] for one in counts):
        raise Invalid("named_hold.elsewhere", faults=(Fault("lines", "named_hold.elsewhere"),))
    queueing.expect_free(session, counts, accounts, on)
    posted = ledger.hold_many(session, own, lines)
    if isinstance(posted, Full):
        ledger.refuse(posted)
    session.execute(insert(HOLD), {**_EMPTY, **row, "id": hold_id})
    recording.record(session, own, posted)
    return hold_id


_EMPTY = dict.fromkeys(("ended_by", "ended_at", "ended_because", "end_reason", "instance_id", "noticed_until"))


def lock(session: Session, hold_id: str) -> Row[Any]:
    """Lock one that is open; NotFound("named_hold.absent"), Conflict("named_hold.over")."""
    row = session.execute(select(HOLD).where(HOLD.c.id == hold_id).with_for_update()).first()
    if row is None:
        raise NotFound("named_hold.absent")
    if row.ended_at is not None:
        raise Conflict("named_hold.over", because=row.ended_because)
    return row


def end(session: Session, cause: Cause, hold: Row[Any], because: str, reason: str | None = None) -> Posted:
    """Give back what it keeps."""
    own = Cause(hold.id, "", new_id(), cause.actor_id, cause.now, hold.document, hold.decided_on)
    posted = ledger.release_all(session, own)
    recording.record(session, own, posted)
    _close(session, hold.id, cause, because, end_reason=reason)
    return posted


def take_over(session: Session, cause: Cause, hold: Row[Any]) -> None:
    """The case of the cause holds from now on what the hold has kept, until it says for what."""
    lines = [Line(account_id, NAMED, count) for account_id, count in kept(session, hold.id).items()]
    own = Cause(hold.id, "", new_id(), cause.actor_id, cause.now, hold.document, hold.decided_on)
    ledger.hand_over(session, own, cause, lines)
    _close(session, hold.id, cause, CASE, instance_id=cause.instance_id)


def leave_rest(session: Session, cause: Cause) -> Posted | None:
    """What the case has taken over and needs for nothing is free again; None where it needs all."""
    rest = [Line(account_id, NAMED, 0) for account_id in kept(session, cause.instance_id or "")]
    if not rest:
        return None
    posted = ledger.hold_many(session, cause, rest)
    assert isinstance(posted, Posted)
    return posted


def kept(session: Session, holder_id: str) -> dict[str, int]:
    """Account → how many a hold keeps, or a case that has taken one over has not yet used."""
    held = func.sum(ENTRY.c.reserved)
    found = (
        select(ENTRY.c.account_id, held.label("held"))
        .where(ENTRY.c.instance_id == holder_id, ENTRY.c.line == NAMED)
        .group_by(ENTRY.c.account_id)
        .having(held > 0)
    )
    return {row.account_id: int(row.held) for row in session.execute(found)}


def open_until(session: Session, before: date) -> Sequence[Row[Any]]:
    """Open holds whose last day is before a day, the earliest first."""
    due = select(HOLD).where(HOLD.c.ended_at.is_(None), HOLD.c.until < before).order_by(HOLD.c.until, HOLD.c.id)
    return session.execute(due.limit(50)).all()


def _close(session: Session, hold_id: str, cause: Cause, because: str, **values: Any) -> None:
    closed = {"ended_by": cause.actor_id, "ended_at": cause.now, "ended_because": because, **values}
    session.execute(update(HOLD).where(HOLD.c.id == hold_id).values(closed))
