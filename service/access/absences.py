"""Writes the days on which the holder of a role is away, inside the transaction of a command."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, update
from sqlalchemy.orm import Session

from service.access.accounts import ROLE
from service.access.actor import Actor
from service.audit import chain


def note(session: Session, actor: Actor, row: Row[Any], first: date | None, until: date | None, now: datetime) -> None:
    """Away on first ≤ day < until (open when None), `first` None: there again; with the event of the person.

    Meanwhile the standing alternate stands for the role as well.
    """
    session.execute(update(ROLE).where(ROLE.c.id == row.id).values(absent_from=first, absent_until=until))
    days = {"from": first and first.isoformat(), "until": until and until.isoformat()}
    behalf = None if actor.person_id == row.person_id else row.person_id
    event = chain.NewEvent("role.absence", actor.account_id, behalf, body={"id": row.id, "role": row.role, **days})
    chain.append(session, f"person:{row.person_id}", [event], at=now)
