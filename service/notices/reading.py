"""Marks notices as read: whose they are is the permission (access, with its policy, lies above this room)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import literal, select
from sqlalchemy.dialects import postgresql, sqlite

from service.db import transaction
from service.notices.queries import NOTICE, READ, Reader, own


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
