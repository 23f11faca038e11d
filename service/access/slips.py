"""Activation slips: a code of sixty random bits on paper, its digest in the database, used once."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, insert, update
from sqlalchemy.orm import Session

from service.access import passwords, sessions
from service.access.accounts import ACCOUNT, IDENTITY, SLIP

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: nothing that is read for something else on paper."""
GROUPS, GROUP = 3, 4
READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def new_code() -> str:
    """Three groups of four letters."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))


def digest(code: str) -> str:
    """SHA-256 of a code however it was typed; sixty random bits need no slow hash."""
    return hashlib.sha256(code.strip().upper().translate(READ_AS).encode()).hexdigest()


def issue(session: Session, account_ids: Sequence[str], by: str, now: datetime, until: datetime) -> dict[str, str]:
    """A code for each account: what let people in before does so no more.

    That is password, sessions, older slips and the link to the provider of sign-on.
    """
    codes = {account_id: new_code() for account_id in account_ids}
    for of in (SLIP, IDENTITY):
        session.execute(delete(of).where(of.c.account_id.in_(codes)))
    rows = [
        {"account_id": one, "digest": digest(code), "issued_at": now, "issued_by": by, "expires_at": until}
        for one, code in codes.items()
    ]
    if rows:
        session.execute(insert(SLIP), rows)
    for account_id in account_ids:
        values = {"password_hash": passwords.unusable(), "password_changed_at": now}
        session.execute(update(ACCOUNT).where(ACCOUNT.c.id == account_id).values(values))
        sessions.revoke(session, account_id, now)
    return codes


def use(session: Session, account_id: str, code: str, now: datetime) -> bool:
    """Take the slip away; whether it was there, valid and this one."""
    mine = (SLIP.c.account_id == account_id, SLIP.c.digest == digest(code), SLIP.c.expires_at > now)
    return cast("CursorResult[Any]", session.execute(delete(SLIP).where(*mine))).rowcount == 1
