"""Keeps the list true to the appointments of today: a regrade at the same school, or another subject, is followed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from service.access.actor import Actor
from service.access.days import day_of
from service.flows.exchange import casework
from service.flows.exchange.casework import PLAN, Plan
from service.flows.exchange.drawing_up import ENTRY
from service.records.queries import Facts, facts_of


@dataclass(frozen=True)
class Followed:
    """An entry as it stands after following, and what is true of the person on the plan's day."""

    entry: Row[Any]
    facts: Facts | None


def follow(session: Session, plan: Plan, actor: Actor, rows: Sequence[Row[Any]], now: datetime) -> list[Followed]:
    """Entries whose person has another appointment at the same school since take over what it says, with an event.

    Who is at another school, or gone, stays as listed: what they may do is `rules.bar`'s to say.
    """
    effective = session.execute(select(PLAN.c.effective_on).where(PLAN.c.instance_id == plan.instance_id)).scalar_one()
    facts = facts_of(session, [row.person_id for row in rows], max(day_of(now), effective))
    changed = {row.id: values for row in rows if (values := _changes(row, facts.get(row.person_id)))}
    for entry_id, values in sorted(changed.items()):
        anew = {**values, "version": ENTRY.c.version + 1}
        session.execute(update(ENTRY).where(ENTRY.c.id == entry_id).values(anew))
        casework.record(session, plan.instance_id, actor, "exchange.followed", now, {"entry_id": entry_id, **values})
    fresh = {row.id: row for row in session.execute(select(ENTRY).where(ENTRY.c.id.in_(list(changed))))}
    return [Followed(fresh.get(row.id, row), facts.get(row.person_id)) for row in rows]


def _changes(row: Row[Any], facts: Facts | None) -> dict[str, str]:
    post = None if facts is None else facts.employment
    if post is None or post.organisation_id != row.organisation_id or post.id == row.appointment_id:
        return {}
    return {
        "appointment_id": post.id, "band": post.band or "", "subject": post.subject or "", "stage": post.stage or "",
    }  # fmt: skip
