"""What the end of a case gives back, told before somebody cancels it: its holds, then what its flow ends besides."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import column, func, select, table
from sqlalchemy.orm import Session

from service.posts.posting import ACCOUNT, ENTRY

Told = tuple[str, Mapping[str, Any]]
"""A code of words and its parameters."""

Foresee = Callable[[Session, str, date], Sequence[Told]]
"""(session, instance id, day) → what the end of this case would do besides releasing what it holds; writes nothing."""

FORESEEN: dict[str, Foresee] = {}
ORGANISATION = table("organisation", column("id"), column("name"), column("path"))
NOTHING = "cancel.nothing"


def foresees(flow: str) -> Callable[[Foresee], Foresee]:
    """Declare the decorated function as what says beforehand what `ending` of `flow` does."""

    def declare(look: Foresee) -> Foresee:
        FORESEEN[flow] = look
        return look

    return declare


def at_end(session: Session, definition_key: str, instance_id: str, on: date) -> list[Told]:
    """What a cancel would do as things stand on that day; one that says so where it is nothing."""
    look = FORESEEN.get(definition_key)
    found = [*_released(session, instance_id), *(look(session, instance_id, on) if look else ())]
    return found or [(NOTHING, {})]


def _released(session: Session, instance_id: str) -> list[Told]:
    """What the case holds, account by account."""
    held = func.sum(ENTRY.c.reserved)
    named = (ORGANISATION.c.name, ACCOUNT.c.kind, ACCOUNT.c.band, ACCOUNT.c.pool)
    found = (
        select(*named, held.label("held"))
        .join(ACCOUNT, ACCOUNT.c.id == ENTRY.c.account_id)
        .join(ORGANISATION, ORGANISATION.c.id == ACCOUNT.c.organisation_id)
        .where(ENTRY.c.instance_id == instance_id)
        .group_by(ACCOUNT.c.id, *named, ORGANISATION.c.path)
        .having(held > 0)
        .order_by(ORGANISATION.c.path, ACCOUNT.c.pool, ACCOUNT.c.kind, ACCOUNT.c.band)
    )
    return [
        ("cancel.pool" if row.pool else "cancel.released",
         {"school": row.name, "kind": row.kind, "band": row.band, "count": int(row.held)})
        for row in session.execute(found)
    ]  # fmt: skip
