"""Commands of what the opening keeps encrypted: write all anew under the newest key."""

from dataclasses import dataclass
from datetime import datetime

from service.access import policy
from service.access.actor import Actor
from service.access.rotating import CHUNK, Rotated, write_chunk
from service.db import transaction
from service.opening.journal import KEPT
from service.opening.staging import FAULTS, SHEETS
from service.opening.written import EFFECT, IMPORT

KIND = "opening.keys_rotated"


@dataclass(frozen=True)
class RotateOpeningKeys:
    """Go on after the id `after` of a workbook."""

    after: str = ""
    limit: int = CHUNK


@dataclass(frozen=True)
class RotateEffectKeys:
    """Go on after the id `after` of what a load did."""

    after: str = ""
    limit: int = CHUNK


def rotate_opening_keys(actor: Actor, command: RotateOpeningKeys, *, now: datetime) -> Rotated:
    """Encrypt one chunk of workbooks under the newest of LECTERN_FIELD_KEYS; call until `last` is None."""
    with transaction() as session:
        policy.require(actor, "opening.rotate_keys")
        return write_chunk(
            session, actor, IMPORT, {"sheets": SHEETS, "faults": FAULTS}, command, "opening.keys_rotated", now
        )


def rotate_effect_keys(actor: Actor, command: RotateEffectKeys, *, now: datetime) -> Rotated:
    """Encrypt one chunk of what loads have kept under the newest key; call until `last` is None."""
    with transaction() as session:
        policy.require(actor, "opening.rotate_keys")
        return write_chunk(session, actor, EFFECT, {"kept": KEPT}, command, KIND, now)
