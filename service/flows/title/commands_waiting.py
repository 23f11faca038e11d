"""The queue for posts: whoever is next is called when one becomes free, by whatever freed it (policy §3.T 7)."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.db import transaction
from service.flows.title import claims
from service.flows.title.committees import POST_FREE
from service.flows.title.roster import APPLICATION, INSTANCE
from service.flows.title.rules import band_of
from service.notices import outbox
from service.notices.outbox import THROWN, Message
from service.posts.posting import ACCOUNT
from service.posts.sitting import sittings
from service.records.queries import facts_of

AGAIN = timedelta(hours=1)
"""A call that nobody has answered after so long is made once more."""


def serve_waiting(actor: Actor, *, now: datetime) -> int:
    """Call as many of each queue as posts are free, who has left the school at once; how many were called.

    Who is barred by the file keeps the place and is passed over. The case then takes the post, or waits on. A case that
    stands still (suspended) is not called: its place is kept.
    """
    with transaction() as session:
        policy.require(actor, "title.serve_waiting")
        waiting = _waiting(session)
        if not waiting:
            return 0
        called = _next(session, waiting, now)
        messages = [
            Message(THROWN, f"message:{POST_FREE}", {"name": POST_FREE, "correlation_key": one, "payload": {}})
            for one in called
        ]
        outbox.post(session, messages, now)
        marked = update(APPLICATION).where(APPLICATION.c.instance_id.in_(called))
        session.execute(marked.values(post_called_at=now))
        return len(called)


def _waiting(session: Session) -> Sequence[Row[Any]]:
    """Everybody who waits and can be called, in the order of every queue."""
    found = (
        select(APPLICATION)
        .join(INSTANCE, INSTANCE.c.id == APPLICATION.c.instance_id)
        .where(APPLICATION.c.waiting_since.is_not(None), INSTANCE.c.state == "running")
        .order_by(APPLICATION.c.waiting_since, APPLICATION.c.school_score.desc(), APPLICATION.c.instance_id)
        .with_for_update(of=APPLICATION, skip_locked=True)
    )
    return session.execute(found).all()


def _next(session: Session, waiting: Sequence[Row[Any]], now: datetime) -> list[str]:
    free = _free(session, {row.organisation_id for row in waiting})
    persons = [row.person_id for row in waiting]
    facts, seats = facts_of(session, persons, day_of(now)), sittings(session, persons)
    holding = claims.holding(session, [row.instance_id for row in waiting])
    taken: Counter[tuple[str, str]] = Counter()
    called = []
    for row in waiting:
        place, standing = (row.organisation_id, band_of(row.target)), facts.get(row.person_id)
        takes = row.instance_id not in holding and claims.needs_post(row, seats[row.person_id])
        if _under_way(row, now):
            taken[place] += takes
        elif _has_left(row, standing):
            called.append(row.instance_id)
        elif not claims.is_barred(standing) and (not takes or taken[place] < free.get(place, 0)):
            called.append(row.instance_id)
            taken[place] += takes
    return called


def _under_way(row: Row[Any], now: datetime) -> bool:
    return row.post_called_at is not None and now - row.post_called_at < AGAIN


def _has_left(row: Row[Any], facts: Any) -> bool:
    """Not at the school any more: gone for good, or at another one, where the pass goes on waiting."""
    return facts is None or facts.employment is None or facts.employment.organisation_id != row.organisation_id


def _free(session: Session, organisations: set[str]) -> dict[tuple[str, str], int]:
    """(school, band) → free posts of its own."""
    own = (ACCOUNT.c.organisation_id.in_(organisations), ACCOUNT.c.kind == "post", ~ACCOUNT.c.pool)
    rows = session.execute(select(ACCOUNT).where(*own))
    return {
        (row.organisation_id, row.band): row.approved + row.excess - row.occupied - row.reserved - row.lent
        for row in rows
    }
