"""Writes candidates' protected fields anew under the newest key, as `people` does for persons."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from service.access import policy
from service.access.actor import Actor
from service.access.fields import write_anew
from service.access.rotating import CHUNK, Rotated, tell
from service.db import transaction
from service.flows.hiring.roster import CANDIDATE, ID_NUMBER, PHONE


@dataclass(frozen=True)
class RotateCandidateKeys:
    """Go on after candidate id `after`; `limit` rows a call keep the transaction short."""

    after: str = ""
    limit: int = CHUNK


def rotate_candidate_keys(actor: Actor, command: RotateCandidateKeys, *, now: datetime) -> Rotated:
    """Encrypt and index one chunk under the newest of LECTERN_FIELD_KEYS; call until `last` is None.

    An old key may be taken out of the ring only when persons and candidates have both been gone through.
    """
    columns = (CANDIDATE.c.id, CANDIDATE.c.id_number, CANDIDATE.c.phone)
    chunk = select(*columns).where(CANDIDATE.c.id > command.after).order_by(CANDIDATE.c.id).limit(command.limit)
    with transaction() as session:
        policy.require(actor, "person.rotate_keys")
        rows = session.execute(chunk.with_for_update()).all()
        written = sum(write_anew(session, CANDIDATE, (ID_NUMBER, PHONE), row) for row in rows)
        tell(session, actor, "candidate.keys_rotated", written, now)
    return Rotated(written, rows[-1].id if len(rows) == command.limit else None)
