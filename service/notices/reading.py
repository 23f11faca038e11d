"""Marks notices as read, and forgets those: whose they are is the permission (access, with its policy, lies above)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from service.db import transaction
from service.notices.queries import NOTICE, READ, Reader, own

CHUNK = 200


def mark_read(reader: Reader, notice_ids: Sequence[str] | None, *, now: datetime) -> None:
    """Mark these notices of the reader as read, or all (None); others' ids and repeated calls change nothing."""
    if reader.person_id is None:
        return
    with transaction() as session:
        found = select(NOTICE.c.id, literal(reader.person_id), literal(now, READ.c.at.type), NOTICE.c.holder).where(
            own(reader)
        )
        if notice_ids is not None:
            found = found.where(NOTICE.c.id.in_(notice_ids))
        columns = ["notice_id", "person_id", "at", "holder"]
        on_sqlite = sqlite.insert(READ).from_select(columns, found).on_conflict_do_nothing()
        on_postgresql = postgresql.insert(READ).from_select(columns, found).on_conflict_do_nothing()
        session.execute(on_sqlite if session.get_bind().dialect.name == "sqlite" else on_postgresql)


def forget_read(now: datetime, days: int) -> int:
    """Delete notices that somebody read more than `days` ago, in short transactions; how many. Unread ones stay."""
    before, deleted = now - timedelta(days=days), 0
    read = select(READ.c.notice_id).where(READ.c.notice_id == NOTICE.c.id, READ.c.at < before).exists()
    old = select(NOTICE.c.id).where(NOTICE.c.at < before, read).limit(CHUNK)
    while True:
        with transaction() as session:
            ids = session.scalars(old).all()
            session.execute(delete(NOTICE).where(NOTICE.c.id.in_(ids)))
        deleted += len(ids)
        if len(ids) < CHUNK:
            return deleted
