"""Who could be the second person for somebody's work, and from when: told before anybody waits for it in vain."""

from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import independence, roles
from service.access.accounts import ACCOUNT, ROLE
from service.access.days import day_of
from service.access.standing import in_force
from service.calendar.queries import zone_of
from service.deployments.releasing import INDEPENDENCE
from service.parameters import queries as parameters


@dataclass(frozen=True)
class Second:
    """An admin other than the authors; `since` is the day from which that one counts as a second person, None: now."""

    person_id: str
    since: date | None


def seconds(session: Session, of: Collection[str], now: datetime) -> list[Second]:
    """The admins who can log in today and wrote nothing of it, those who count already first."""
    days = int(parameters.county(session, day_of(now))[INDEPENDENCE])
    open_ = select(ACCOUNT.c.person_id).where(ACCOUNT.c.closed_at.is_(None))
    wanted = select(ROLE.c.person_id).where(
        ROLE.c.role.in_(roles.ADMIN), in_force(ROLE.c, day_of(now)), ROLE.c.person_id.in_(open_)
    )
    others = sorted(set(session.scalars(wanted)) - set(of))
    found = [Second(one, _since(session, one, of, now, days)) for one in others]
    return sorted(found, key=lambda one: (one.since is not None, one.since or date.min))


def _since(session: Session, who: str, of: Collection[str], now: datetime, days: int) -> date | None:
    """The day on which nothing that makes one depend on the others is young enough to count any more."""
    lately = now - timedelta(days=days)
    if not independence.depends(session, who, of, roles.ADMIN, lately):
        return None
    today = day_of(now)
    midnight = datetime.combine(today + timedelta(days=1), time.min, zone_of(session)).astimezone(now.tzinfo)

    def free(later: int) -> bool:
        since = midnight + timedelta(days=later - days)
        return not independence.depends(session, who, of, roles.ADMIN, since)

    return today + timedelta(days=bisect_left(range(days), True, key=free))
