"""Whether two persons are two: nobody approves with credentials or a role that came from who asks (four eyes).

A password, a slip, a linked identity, a new account or a role makes whoever gave it able to act as that person, so what
it opens does not count as a second person until some days have passed; in a chain of several givers as well. The
command line and the closing of an account by a personnel change are nobody's.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.accounts import ACCOUNT, ROLE
from service.access.actor import SYSTEM
from service.audit.chain import EVENT

CREDENTIALS = ("account.created", "account.password_reset", "account.slip_issued", "account.identity_linked")
"""Events of an account after which somebody else can know how to log in with it."""
CLOSED, ENDED = "account.closed", "role.ended"


def depends(session: Session, who: str, on: Collection[str], roles: Collection[str], since: datetime) -> bool:
    """Whether account, password or one of `roles` of somebody came since then from one of `on`, or from who so depends.

    Everybody is named as events name actors: by person, else by account.
    """
    wanted, seen = _accounts(session, on), _accounts(session, [who])
    todo = _givers(session, seen, roles, since) - seen
    while todo and not todo & wanted:
        seen |= todo
        todo = _givers(session, todo, roles, since) - seen
    return bool(todo)


def removed(session: Session, who: str, roles: Collection[str], since: datetime) -> bool:
    """Whether somebody has since then closed the account, or ended the role, of another who held one of `roles`."""
    mine = _accounts(session, [who])
    held = select(ROLE.c.person_id).where(ROLE.c.role.in_(roles))
    accounts = select(ACCOUNT.c.id).where(ACCOUNT.c.closed_at >= since, ACCOUNT.c.person_id.in_(held))
    streams = [f"account:{one}" for one in session.scalars(accounts)]
    ended = select(ROLE.c.person_id).where(ROLE.c.role.in_(roles), ROLE.c.valid_until >= since.date())
    streams += [f"person:{one}" for one in session.scalars(ended)]
    told = select(EVENT.c.actor_id).where(
        EVENT.c.stream.in_(streams), EVENT.c.kind.in_((CLOSED, ENDED)), EVENT.c.at >= since
    )
    return bool(_accounts(session, session.scalars(told)) & mine)


def _givers(session: Session, accounts: Collection[str], roles: Collection[str], since: datetime) -> set[str]:
    """The accounts of those who gave credentials to accounts, or one of `roles` to their persons."""
    streams = [f"account:{one}" for one in accounts]
    told = select(EVENT.c.actor_id).where(
        EVENT.c.stream.in_(streams), EVENT.c.kind.in_(CREDENTIALS), EVENT.c.at >= since
    )
    persons = select(ACCOUNT.c.person_id).where(ACCOUNT.c.id.in_(accounts))
    given = select(ROLE.c.assigned_by).where(
        ROLE.c.person_id.in_(persons), ROLE.c.role.in_(roles), ROLE.c.assigned_at >= since
    )
    return _accounts(session, [*session.scalars(told), *session.scalars(given)])


def _accounts(session: Session, named: Iterable[str]) -> set[str]:
    """The accounts of persons, and accounts that are named themselves; those of `system` are none."""
    names = {one for one in named if one != SYSTEM}
    found = select(ACCOUNT.c.id).where(ACCOUNT.c.person_id.in_(names))
    return {*session.scalars(found), *names}
