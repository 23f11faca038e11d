"""Reads of runs: one, one's own, and whether something waits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.errors import NotFound
from service.runs.rows import RUN, due_in


def run_of(actor: Actor, run_id: str) -> Row[Any]:
    """A run that the actor may see; NotFound("run.absent")."""
    row = find(actor, run_id)
    if row is None:
        raise NotFound("run.absent")
    return row


def find(actor: Actor, run_id: str) -> Row[Any] | None:
    """A run that the actor may see; None for one that is hidden or was forgotten."""
    return db.session.execute(select(RUN).where(RUN.c.id == run_id, policy.visible(actor, "run"))).first()


def own(actor: Actor, *, before: str | None = None, limit: int = 50) -> Sequence[Row[Any]]:
    """The runs that the actor asked for, newest first, below the id `before`."""
    wanted = select(RUN).where(RUN.c.account_id == actor.account_id)
    if before is not None:
        wanted = wanted.where(RUN.c.id < before)
    return db.session.execute(wanted.order_by(RUN.c.id.desc()).limit(limit)).all()


def waits(lane: str, now: datetime) -> bool:
    """Whether a run of a lane could be taken up; asks without writing."""
    found = db.session.execute(select(RUN.c.id).where(*due_in(lane, now)).limit(1)).first()
    db.session.rollback()
    return found is not None
