"""Reads of notices: one's own and those of one's roles; and what could not be delivered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, cast

from sqlalchemy import ColumnElement, Row, Select, Table, func, select, text

from service.db import db
from service.errors import NotFound
from service.notices.models import UNDELIVERED, Notice, NoticeRead
from service.notices.outbox import OUTBOX

NOTICE = cast("Table", Notice.__table__)
READ = cast("Table", NoticeRead.__table__)
COUNTED = 100
"""A count is exact to 99; 100 stands for "99+"."""


class Reader(Protocol):
    """Who reads (`access.Actor`): the person, and the queue holders that they stand for. Access lies above."""

    @property
    def person_id(self) -> str | None: ...

    @property
    def holders(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice; `words.text(kind, params, locale)` is its sentence."""

    id: str
    kind: str
    params: Mapping[str, Any]
    instance_id: str | None
    task_id: str | None
    at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Failure:
    """A message that is not delivered: waiting for its next attempt, or given up (`state` failed)."""

    id: str
    channel: str
    kind: str
    state: str
    attempts: int
    next_at: datetime
    error: str


def own(reader: Reader, source: Table = NOTICE) -> ColumnElement[bool]:
    """Notices to the reader: to the person, to a role at an organisation, to a role wherever it is held."""
    wherever = {f"role:{holder.partition('@')[0]}" for holder in reader.holders if "@" in holder}
    return source.c.holder.in_([*reader.holders, *sorted(wherever)])


def _read_by(reader: Reader) -> ColumnElement[bool]:
    return (READ.c.notice_id == NOTICE.c.id) & (READ.c.person_id == reader.person_id)


def unread(reader: Reader) -> int:
    """How many notices the reader has not read, exact to 99: those there are less those read, both by index alone."""
    if reader.person_id is None:
        return 0
    there = select(func.count()).select_from(NOTICE).where(own(reader))
    read = select(func.count()).select_from(READ).where(READ.c.person_id == reader.person_id, own(reader, READ))
    left: int = db.session.execute(select(there.scalar_subquery() - read.scalar_subquery())).scalar_one()
    return min(left, COUNTED)


def notices(reader: Reader, *, before: str | None = None, limit: int = 50) -> tuple[NoticeView, ...]:
    """The reader's notices, newest first, below the id `before`."""
    found = _notices(reader).order_by(NOTICE.c.id.desc()).limit(limit)
    if before is not None:
        found = found.where(NOTICE.c.id < before)
    return tuple(map(_view, db.session.execute(found)))


def notice(reader: Reader, notice_id: str) -> NoticeView:
    """One notice of the reader; NotFound("notice.absent") for another's."""
    row = db.session.execute(_notices(reader).where(NOTICE.c.id == notice_id)).one_or_none()
    if row is None:
        raise NotFound("notice.absent", notice_id=notice_id)
    return _view(row)


def _notices(reader: Reader) -> Select[Any]:
    return select(NOTICE, READ.c.at.label("read_at")).outerjoin(READ, _read_by(reader)).where(own(reader))


def _view(row: Row[Any]) -> NoticeView:
    return NoticeView(row.id, row.kind, row.params, row.instance_id, row.task_id, row.at, row.read_at)


def failures(*, before: str | None = None, limit: int = 50) -> tuple[Failure, ...]:
    """Messages that failed at least once and are not sent, the newest first; the caller has checked the right."""
    found = undelivered().limit(limit)
    if before is not None:
        found = found.where(OUTBOX.c.id < before)
    return tuple(
        Failure(row.id, row.channel, row.kind, row.state, row.attempts, row.next_at, row.last_error or "")
        for row in db.session.execute(found)
    )


def undelivered() -> Select[Any]:
    """Their rows, the newest first."""
    return select(OUTBOX).where(text(UNDELIVERED)).order_by(OUTBOX.c.id.desc())
