"""Forgetting keys that are older than a day."""

from datetime import datetime

from service.access import policy
from service.access.actor import Actor
from service.db import transaction
from service.idempotency import repeats

CHUNK = 1000


def clean_up(actor: Actor, *, now: datetime) -> int:
    """Delete at most CHUNK old keys; how many: call again while it is not 0. Raises Forbidden: only jobs may."""
    with transaction() as session:
        policy.require(actor, "idempotency.clean_up")
        return repeats.forget(session, now, CHUNK)
