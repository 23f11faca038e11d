"""Writing sealed columns of a table anew under the newest key, a chunk of rows in each transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from service.access.actor import Actor
from service.access.fields import Field, reseal
from service.audit import chain

CHUNK = 200


class Chunk(Protocol):
    """The command of a chunk: `limit` rows after the id `after`."""

    @property
    def after(self) -> str: ...

    @property
    def limit(self) -> int: ...


@dataclass(frozen=True)
class Rotated:
    """`written` rows were encrypted anew; `last` is where the next call goes on, None at the end."""

    written: int
    last: str | None


def write_chunk(
    session: Session, actor: Actor, table: Table, fields: Mapping[str, Field], command: Chunk, kind: str, now: datetime
) -> Rotated:
    """Seal anew what a chunk of rows holds in the columns `fields`, and tell it as an event `kind` of the actor."""
    columns = (table.c.id, *(table.c[name] for name in fields))
    chunk = select(*columns).where(table.c.id > command.after).order_by(table.c.id).limit(command.limit)
    rows = session.execute(chunk.with_for_update()).all()
    written = sum(reseal(session, table, fields, row) for row in rows)
    tell(session, actor, kind, written, now)
    return Rotated(written, rows[-1].id if len(rows) == command.limit else None)


def tell(session: Session, actor: Actor, kind: str, written: int, now: datetime) -> None:
    """The event of a chunk, among those of the actor's account."""
    event = chain.NewEvent(kind, actor.account_id, body={"written": written})
    chain.append(session, f"account:{actor.account_id}", [event], at=now)
