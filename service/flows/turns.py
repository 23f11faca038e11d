"""One at a time where nothing stands yet that could be locked: the second of two waits, and then sees the first."""

from zlib import crc32

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def take_turns(session: Session, what: str, key: str) -> None:
    """Hold the turn of (what, key) to the end of the transaction; on SQLite there is one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        first, second = crc32(what.encode()) - 2**31, crc32(key.encode()) - 2**31
        session.execute(select(func.pg_advisory_xact_lock(first, second)))
