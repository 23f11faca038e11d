"""Command of protected events: write the sensitive parts of events anew under the newest key."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_, update

from service import crypto
from service.access import policy
from service.access.actor import Actor
from service.audit import chain
from service.audit.chain import EVENT, place
from service.db import transaction

CHUNK = 500


@dataclass(frozen=True)
class RotateEventKeys:
    """Go on after the event (stream, number); `limit` events a call keep the transaction short."""

    after: tuple[str, int] = ("", 0)
    limit: int = CHUNK


@dataclass(frozen=True)
class RotatedEvents:
    """`written` events were encrypted anew; `last` is where the next call goes on, None at the end."""

    written: int
    last: tuple[str, int] | None


def rotate_event_keys(actor: Actor, command: RotateEventKeys, *, now: datetime) -> RotatedEvents:
    """Encrypt one chunk of sensitive parts under the newest of LECTERN_FIELD_KEYS; call until `last` is None.

    Digest and hash are over the plain text, so the chain verifies as before (design §3.6).
    """
    ring = crypto.ring()
    after = tuple_(EVENT.c.stream, EVENT.c.seq) > tuple_(*command.after)
    chunk = select(EVENT.c.stream, EVENT.c.seq, EVENT.c.sensitive).where(EVENT.c.sensitive.is_not(None), after)
    with transaction() as session:
        policy.require(actor, "audit.rotate_keys")
        rows = session.execute(chunk.order_by(EVENT.c.stream, EVENT.c.seq).limit(command.limit)).all()
        old = [row for row in rows if not ring.is_current(row.sensitive)]
        for row in old:
            here = place(row.stream, row.seq)
            sealed = ring.encrypt(ring.decrypt(row.sensitive, here), here)
            own = (EVENT.c.stream == row.stream) & (EVENT.c.seq == row.seq)
            session.execute(update(EVENT).where(own).values(sensitive=sealed))
        event = chain.NewEvent("audit.keys_rotated", actor.account_id, body={"written": len(old)})
        chain.append(session, f"account:{actor.account_id}", [event], at=now)
    last = (rows[-1].stream, rows[-1].seq) if len(rows) == command.limit else None
    return RotatedEvents(len(old), last)
