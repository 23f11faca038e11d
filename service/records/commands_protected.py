"""Commands of the sealed fields of records and of requests for corrections: write all anew under the newest key."""

from dataclasses import dataclass
from datetime import datetime

from service.access import policy
from service.access.actor import Actor
from service.access.rotating import CHUNK, Rotated, write_chunk
from service.db import transaction
from service.records.reading import ANSWER, ASKED, RECORD, REQUEST, SEALED

KIND = "record.keys_rotated"


@dataclass(frozen=True)
class RotateRecordKeys:
    """Go on after record id `after`."""

    after: str = ""
    limit: int = CHUNK


@dataclass(frozen=True)
class RotateCorrectionKeys:
    """Go on after the id `after` of a request for a correction."""

    after: str = ""
    limit: int = CHUNK


def rotate_record_keys(actor: Actor, command: RotateRecordKeys, *, now: datetime) -> Rotated:
    """Encrypt one chunk of records under the newest of LECTERN_FIELD_KEYS; call until `last` is None."""
    with transaction() as session:
        policy.require(actor, "record.rotate_keys")
        return write_chunk(session, actor, RECORD, {"sealed": SEALED}, command, KIND, now)


def rotate_correction_keys(actor: Actor, command: RotateCorrectionKeys, *, now: datetime) -> Rotated:
    """Encrypt one chunk of requests and answers under the newest key; call until `last` is None."""
    with transaction() as session:
        policy.require(actor, "record.rotate_keys")
        return write_chunk(
            session, actor, REQUEST, {"sealed": ASKED, "answer": ANSWER}, command, "record.keys_rotated", now
        )
