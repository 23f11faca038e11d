"""The reserved pool of the county as flows lend from it: one account a band (policy §2, §3.P)."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import Conflict
from service.posts.posting import ACCOUNT


def accounts(session: Session) -> Mapping[str, str]:
    """Band → the account of its pool: the oldest, where a band has several."""
    found = select(ACCOUNT.c.band, ACCOUNT.c.id).where(ACCOUNT.c.pool).order_by(ACCOUNT.c.id.desc())
    return {row.band: row.id for row in session.execute(found)}


def account(session: Session, band: str) -> str:
    """The account of a band's pool; Conflict("ledger.no_account")."""
    return expect(accounts(session), band)


def expect(known: Mapping[str, str], band: str) -> str:
    """That of a band among those that `accounts` found; Conflict("ledger.no_account")."""
    if band not in known:
        raise Conflict("ledger.no_account", kind=band)
    return known[band]
