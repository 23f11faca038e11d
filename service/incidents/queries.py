"""Reads of incidents."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.incidents.models import Incident
from workflows.base import table_of


def incidents(actor: Actor, *, resolved: bool = False, limit: int = 100) -> Sequence[Row[Any]]:
    """Open (or resolved) incidents that the actor may see, the newest first."""
    state = Incident.resolved_at.is_not(None) if resolved else Incident.resolved_at.is_(None)
    statement = select(table_of(Incident)).where(state, policy.visible(actor, "incident"))
    return db.session.execute(statement.order_by(Incident.at.desc(), Incident.id.desc()).limit(limit)).all()


def open_count(actor: Actor) -> int:
    """How many open incidents the actor may see."""
    statement = select(func.count()).select_from(Incident)
    return db.session.execute(
        statement.where(Incident.resolved_at.is_(None), policy.visible(actor, "incident"))
    ).scalar_one()
