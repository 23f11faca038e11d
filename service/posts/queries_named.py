"""Reads of named holds: what is kept, for whom, until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.errors import NotFound
from service.posts import named
from service.posts.named import HOLD


@dataclass(frozen=True)
class NamedHoldView:
    """A hold; `lines` account → what it keeps now, empty once it is over (`ended_because` owner | clock | case)."""

    id: str
    organisation_id: str
    owner: str
    reason: str
    document: str
    decided_on: date
    until: date
    booked_by: str
    booked_at: datetime
    ended_by: str | None
    ended_at: datetime | None
    ended_because: str | None
    end_reason: str | None
    instance_id: str | None
    lines: dict[str, int]


def holds(actor: Actor, organisation_id: str | None = None, *, over: bool = False) -> Sequence[NamedHoldView]:
    """Those of the organisations whose ledger the actor sees, open ones by their last day, or those that are over."""
    wanted = select(HOLD).where(policy.visible(actor, "named_hold"))
    wanted = wanted.where(HOLD.c.ended_at.is_not(None) if over else HOLD.c.ended_at.is_(None))
    if organisation_id is not None:
        wanted = wanted.where(HOLD.c.organisation_id == organisation_id)
    return [_view(row) for row in db.session.execute(wanted.order_by(HOLD.c.until, HOLD.c.id).limit(200))]


def hold(actor: Actor, hold_id: str) -> NamedHoldView:
    """One of them; NotFound("named_hold.absent")."""
    row = db.session.execute(select(HOLD).where(HOLD.c.id == hold_id, policy.visible(actor, "named_hold"))).first()
    if row is None:
        raise NotFound("named_hold.absent")
    return _view(row)


def _view(row: Row[Any]) -> NamedHoldView:
    columns = {name: value for name, value in row._mapping.items() if name != "noticed_until"}
    return NamedHoldView(**columns, lines={} if row.ended_at else named.kept(db.session(), row.id))
