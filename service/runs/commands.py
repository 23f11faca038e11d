"""What happens to a run: taken up, told of, ended, given back, cancelled, forgotten."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.db import transaction
from service.errors import Conflict, NotFound
from service.incidents.record import Failure, open_incident
from service.parameters import queries as parameters
from service.runs import ending
from service.runs.declaring import KINDS, Lost
from service.runs.ending import CANCELLED, FAILED, End
from service.runs.rows import OPEN_RUNS, RUN, due_in, held, left
from workflows.base import new_id

LEASE = timedelta(seconds=60)
"""A run of whose process nothing was heard for so long is taken over."""
ATTEMPTS = 3
"""What has ended so many processes is not begun again."""
CHUNK = 400


@dataclass(frozen=True)
class Claimed:
    """A run that this process has taken up; only `holder` may go on with it."""

    id: str
    kind: str
    account_id: str
    person_id: str | None
    organisation_id: str | None
    arguments: dict[str, Any]
    attempt: int
    holder: str


@dataclass(frozen=True)
class Told:
    """How far a run is; None leaves what was told last (a sign of life)."""

    done: int | None = None
    total: int | None = None


def claim(actor: Actor, lane: str, *, now: datetime) -> Claimed | None:
    """Take up the run of a lane that waits longest, or whose process is gone; None when there is none.

    Each is taken by one process only: on PostgreSQL others pass over a row that is being taken.
    """
    with transaction() as session:
        policy.require(actor, "run.work")
        _give_up_lost(session, now)
        due = select(RUN).where(*due_in(lane, now)).order_by(RUN.c.asked_at, RUN.c.id).limit(1)
        row = session.execute(due.with_for_update(skip_locked=True)).first()
        if row is None:
            return None
        holder = new_id()
        taken = {
            "state": "running", "holder": holder, "held_until": now + LEASE, "attempts": row.attempts + 1,
            "began_at": row.began_at or now,
        }  # fmt: skip
        session.execute(update(RUN).where(RUN.c.id == row.id).values(taken))
        names = ("id", "kind", "account_id", "person_id", "organisation_id", "arguments")
        return Claimed(**{name: getattr(row, name) for name in names}, attempt=row.attempts + 1, holder=holder)


def tell(actor: Actor, claimed: Claimed, told: Told, *, now: datetime) -> bool:
    """Keep how far a run is, and hold it for longer; whether somebody has asked to cancel it. Raises Lost."""
    with transaction() as session:
        policy.require(actor, "run.work")
        known = {name: value for name, value in (("done", told.done), ("total", told.total)) if value is not None}
        values = {**known, "held_until": now + LEASE}
        row = session.execute(
            update(RUN).where(*held(claimed.id, claimed.holder)).values(values).returning(RUN.c.cancel_asked_at)
        ).first()
        if row is None:
            raise Lost(claimed.id)
        return row.cancel_asked_at is not None


def end(actor: Actor, claimed: Claimed, how: End, *, now: datetime) -> None:
    """Write how a run ended and tell its asker; of a fault nobody expected the admin too. Raises Lost."""
    with transaction() as session:
        policy.require(actor, "run.work")
        if not ending.close(session, claimed, how, now, *held(claimed.id, claimed.holder)):
            raise Lost(claimed.id)
        if how.unexpected:
            failure = Failure(None, claimed.kind, "run", str(how.fault), how.unexpected, claimed.id)
            open_incident(session, failure, now)


def give_back(actor: Actor, claimed: Claimed, *, now: datetime) -> None:
    """Let another process go on with a run, as this one is to end; that is no attempt that failed."""
    with transaction() as session:
        policy.require(actor, "run.work")
        waiting = {"state": "waiting", "holder": None, "held_until": None, "attempts": claimed.attempt - 1}
        mine = held(claimed.id, claimed.holder)
        session.execute(update(RUN).where(*mine, RUN.c.held_until > now).values(waiting))


def cancel_run(actor: Actor, run_id: str, *, now: datetime) -> None:
    """End a run that waits, or ask one that runs to stop at its next step; what it has done so far stays.

    NotFound("run.absent"), Conflict("run.ended"); Forbidden for who neither asked for it nor is in charge.
    """
    with transaction() as session:
        row = session.execute(select(RUN).where(RUN.c.id == run_id).with_for_update()).first()
        if row is None:
            raise NotFound("run.absent")
        policy.require(actor, "run.cancel", row)
        if row.ended_at is not None:
            raise Conflict("run.ended", state=row.state)
        if row.state == "waiting":
            ending.close(session, row, End(CANCELLED), now, RUN.c.id == run_id)
        elif row.cancel_asked_at is None:
            session.execute(update(RUN).where(RUN.c.id == run_id).values(cancel_asked_at=now))


def clean_up(actor: Actor, *, now: datetime) -> int:
    """Delete at most CHUNK runs that ended longer than `run_kept_days` ago; how many. Call again while it is not 0."""
    with transaction() as session:
        policy.require(actor, "run.work")
        before = now - timedelta(days=int(parameters.county(session, day_of(now))["run_kept_days"]))
        old = session.scalars(select(RUN.c.id).where(RUN.c.ended_at < before).limit(CHUNK)).all()
        session.execute(delete(RUN).where(RUN.c.id.in_(old)))
        return len(old)


def _give_up_lost(session: Session, now: datetime) -> None:
    """End runs whose process is gone and that are not begun anew: cancelled ones, and those that may not be.

    Of a kind that this process does not know, it cannot tell; one that knows it will.
    """
    once = [kind.name for kind in KINDS.values() if not kind.again]
    never = or_(RUN.c.kind.in_(once), RUN.c.attempts >= ATTEMPTS, RUN.c.cancel_asked_at.is_not(None))
    gone = select(RUN).where(OPEN_RUNS, left(now), never, RUN.c.kind.in_(list(KINDS)))
    for row in session.execute(gone.with_for_update(skip_locked=True)).all():
        cancelled = row.cancel_asked_at is not None
        how = End(CANCELLED) if cancelled else End(FAILED, fault="run.interrupted")
        ending.close(session, row, how, now, RUN.c.id == row.id)
