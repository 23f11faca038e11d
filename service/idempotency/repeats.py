"""One request that may be repeated: claims its key first and keeps its answer last, in the command's transaction.

The edge writes `with once(repeat):` round the command, `transaction()` does the rest. A command that makes something
calls `answer(session, instance_id=…)`; one whose ids all stand in the route calls nothing.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import bindparam, delete, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from service.db import answer, guarded
from service.errors import Invalid
from service.idempotency.models import IdempotencyKey
from workflows.writing import write

__all__ = ["KEPT", "Previous", "Repeat", "Replayed", "answer", "claim", "forget", "hash_of", "once"]

KEPT = timedelta(hours=24)
KEY = re.compile(r"[\x21-\x7e]{1,255}")

_COLUMNS = (IdempotencyKey.actor_id, IdempotencyKey.route, IdempotencyKey.key)
_COUNTED = {"preserve_rowcount": True}
_CLAIM = {
    "postgresql": postgresql.insert(IdempotencyKey).on_conflict_do_nothing().execution_options(**_COUNTED),
    "sqlite": sqlite.insert(IdempotencyKey).on_conflict_do_nothing().execution_options(**_COUNTED),
}
_MINE = tuple(column == bindparam(f"my_{column.key}") for column in _COLUMNS)
_READ = select(IdempotencyKey.body_hash, IdempotencyKey.status, IdempotencyKey.reply).where(*_MINE)
_KEEP = update(IdempotencyKey).where(*_MINE).values(reply=bindparam("ids"))


@dataclass(frozen=True)
class Previous:
    """What the first request was answered: its HTTP status, and by name the ids that it made."""

    status: int
    ids: Mapping[str, Any]


class Replayed(Exception):
    """Leaves a command whose request was answered before; the edge renders `previous` under today's rights."""

    def __init__(self, previous: Previous) -> None:
        super().__init__(previous.status)
        self.previous = previous


@dataclass
class Repeat:
    """A request that carries an Idempotency-Key; a `service.db.Guard`.

    `route` is method and path as requested, `body_hash` from `hash_of`, `status` the HTTP status of its success.
    Raises Invalid `idempotency.key_unreadable` unless the key is 1–255 visible ASCII characters.
    """

    actor_id: str
    route: str
    key: str
    body_hash: str
    status: int
    now: datetime
    ids: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not KEY.fullmatch(self.key):
            raise Invalid("idempotency.key_unreadable")

    def begun(self, session: Session) -> None:
        """Claim the key; a twin waits here until the first one commits or fails. Raises Replayed, Invalid."""
        previous = claim(session, self)
        if previous is not None:
            raise Replayed(previous)

    def ending(self, session: Session) -> None:
        """Keep the ids; without any the claim's row already is the whole answer."""
        if self.ids:
            write(session, _KEEP, self.identity | {"ids": self.ids})

    def made(self, ids: Mapping[str, Any]) -> None:
        """Remember what the command made."""
        self.ids |= ids

    @property
    def identity(self) -> dict[str, Any]:
        return {"my_actor_id": self.actor_id, "my_route": self.route, "my_key": self.key}


def hash_of(body: Any) -> str:
    """The SHA-256 of a cleaned body (plain values; of uploads their checksums), whatever the order of its members."""
    return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()


@contextmanager
def once(repeat: Repeat | None) -> Iterator[None]:
    """Make the command inside repeatable; None (no key was sent) changes nothing."""
    if repeat is None:
        yield
        return
    with guarded(repeat):
        yield


def claim(session: Session, repeat: Repeat) -> Previous | None:
    """None when the key is new and now ours until the transaction ends; else what it was answered.

    Raises Invalid `idempotency.key_reused` when the key came with another body before.
    """
    row = {
        "actor_id": repeat.actor_id,
        "route": repeat.route,
        "key": repeat.key,
        "body_hash": repeat.body_hash,
        "status": repeat.status,
        "reply": {},
        "at": repeat.now,
    }
    connection = session.connection()
    if connection.execute(_CLAIM[connection.dialect.name], row).rowcount == 1:
        return None
    body_hash, status, ids = connection.execute(_READ, repeat.identity).one()
    if body_hash != repeat.body_hash:
        raise Invalid("idempotency.key_reused")
    return Previous(status, ids)


def forget(session: Session, now: datetime, limit: int = 1000) -> int:
    """Delete at most `limit` keys that are older than 24 hours; returns how many."""
    old = select(*_COLUMNS).where(IdempotencyKey.at < now - KEPT).limit(limit)
    return session.connection().execute(delete(IdempotencyKey).where(tuple_(*_COLUMNS).in_(old))).rowcount
