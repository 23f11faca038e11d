"""Writes what was objected and answered anew under the newest key: it may tell of somebody's health."""

from dataclasses import dataclass
from datetime import datetime

from service.access import policy
from service.access.actor import Actor
from service.access.rotating import CHUNK, Rotated, write_chunk
from service.db import transaction
from service.flows.exchange.casework import ANSWER, OBJECTION, TEXT

FIELDS = {"text": TEXT, "answer": ANSWER}


@dataclass(frozen=True)
class RotateObjectionKeys:
    """Go on after the objection `after`; `limit` rows a call keep the transaction short."""

    after: str = ""
    limit: int = CHUNK


def rotate_objection_keys(actor: Actor, command: RotateObjectionKeys, *, now: datetime) -> Rotated:
    """Encrypt one chunk under the newest of LECTERN_FIELD_KEYS; call until `last` is None."""
    with transaction() as session:
        policy.require(actor, "person.rotate_keys")
        return write_chunk(session, actor, OBJECTION, FIELDS, command, "exchange.keys_rotated", now)
