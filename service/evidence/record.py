"""The record of one case as it leaves the house: events byte for byte, and the checkpoints that signed them."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service import crypto
from service.audit.chain import EVENT, place
from service.audit.checkpoint import CHECKPOINT, parse
from service.audit.hashing import moment

NEAR = 5
"""Checkpoints after an event that are looked at for the head of its stream; busy heads are signed one later."""
LOOKS = 50
"""Events from the end for which a checkpoint is looked for: those of the last minute are not signed yet."""

Shown = Callable[[str, str, bytes], bool]
"""Whether contents may be handed over: of an event's kind, element and body (JSON)."""


def events(session: Session, stream: str, upto: int) -> Sequence[Row[Any]]:
    """The events of a stream up to a number, in order."""
    found = select(EVENT).where(EVENT.c.stream == stream, EVENT.c.seq <= upto).order_by(EVENT.c.seq)
    return session.execute(found).all()


def line(row: Row[Any], shown: Shown) -> bytes:
    """An event as a line of JSON. Salt, body and sensitive part are left out of what the receiver may not see."""
    told = {
        "seq": row.seq,
        "at": moment(row.at),
        "actor_id": row.actor_id,
        "on_behalf_of": row.on_behalf_of,
        "kind": row.kind,
        "element_id": row.element_id,
        "digest": row.digest.hex(),
        "hash": row.hash.hex(),
        "redacted_at": None if row.redacted_at is None else moment(row.redacted_at),
    }
    if row.redacted_at is not None:
        return orjson.dumps(told) + b"\n"
    if not shown(row.kind, row.element_id, row.body.encode()):
        return orjson.dumps(told | {"withheld": True}) + b"\n"
    sensitive = _opened(row)
    return orjson.dumps(told | {"salt": row.salt.hex(), "body": row.body, "sensitive": sensitive}) + b"\n"


def _opened(row: Row[Any]) -> str | None:
    if row.sensitive is None:
        return None
    return crypto.ring().decrypt(row.sensitive, place(row.stream, row.seq)).decode()


def checkpoints(session: Session, stream: str, rows: Sequence[Row[Any]]) -> list[str]:
    """The line of the newest checkpoint that signed one of these events; none when that has not happened yet."""
    for row in reversed(rows[-LOOKS:]):
        for text in _lines_after(session, row.at):
            if any((leaf.stream, leaf.seq) == (stream, row.seq) for leaf in parse(text).heads):
                return [text]
    return []


def _lines_after(session: Session, at: datetime) -> Iterator[str]:
    found = select(CHECKPOINT.c.line).where(CHECKPOINT.c.at >= at).order_by(CHECKPOINT.c.at, CHECKPOINT.c.n).limit(NEAR)
    yield from session.scalars(found)
