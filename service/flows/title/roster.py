"""The application of a case as operations read and mark it, inside the engine's transaction."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from service.errors import Conflict
from service.flows.title.models import TitleApplication, TitleBatch, TitleCertificate
from service.flows.title.rules import band_of
from service.notices import outbox
from service.notices.outbox import Message
from service.people.locking import lock_persons
from workflows.base import table_of
from workflows.models import ProcessInstance

BATCH, APPLICATION = table_of(TitleBatch), table_of(TitleApplication)
CERTIFICATE, INSTANCE = table_of(TitleCertificate), table_of(ProcessInstance)
UNDER_WAY = ("running", "suspended", "failed")
"""States of a case that has not ended."""
TAKEN_BACK = ("withdrawn", "cancelled")
"""States of a case after which the person may apply again in the same year."""


def open_batch(session: Session, on: date) -> Row[Any]:
    """The batch that takes applications on a day, locked against its closing.

    Conflict("title.no_batch" | "title.too_early" | "title.too_late"): the last one tells when it ended.
    """
    found = select(BATCH).where(BATCH.c.year == on.year).with_for_update(read=True)
    return expect_open(session.execute(found).first(), on)


def expect_open(row: Row[Any] | None, on: date) -> Row[Any]:
    """The batch of the year where it takes applications on a day; raises as `open_batch`."""
    if row is None:
        raise Conflict("title.no_batch", year=on.year)
    if on < row.opens_on:
        raise Conflict("title.too_early", opens_on=row.opens_on.isoformat())
    if row.state != "open" or on > row.closes_on:
        raise Conflict("title.too_late", closes_on=row.closes_on.isoformat())
    return row


def refuse_second(session: Session, batch_id: str, person_id: str) -> None:
    """One application a year; one that was withdrawn does not count. Conflict("title.twice") with its case.

    The person is locked first, so that of two at once one is seen by the other.
    """
    lock_persons(session, [person_id])
    mine = (APPLICATION.c.batch_id == batch_id, APPLICATION.c.person_id == person_id)
    counts = INSTANCE.c.state.not_in(TAKEN_BACK)
    joined = APPLICATION.join(INSTANCE, INSTANCE.c.id == APPLICATION.c.instance_id)
    earlier = session.scalar(select(APPLICATION.c.instance_id).select_from(joined).where(*mine, counts))
    if earlier is not None:
        raise Conflict("title.twice", case=earlier)


def register(session: Session, row: dict[str, Any]) -> None:
    """Write the application of a case."""
    empty = dict.fromkeys(column.name for column in APPLICATION.c)
    session.execute(insert(APPLICATION), {**empty, "version": 1, **row})


def application(session: Session, instance_id: str) -> Row[Any]:
    """The application of a case."""
    return session.execute(select(APPLICATION).where(APPLICATION.c.instance_id == instance_id)).one()


def mark(session: Session, instance_id: str, **values: Any) -> None:
    """Change the application of a case."""
    changed = {**values, "version": APPLICATION.c.version + 1}
    session.execute(update(APPLICATION).where(APPLICATION.c.instance_id == instance_id).values(changed))


def close(session: Session, instance_id: str, person_id: str, because: str, now: datetime) -> None:
    """An application that is still under way ends, by a command of its own; what it holds is released."""
    found = (INSTANCE.c.id == instance_id, INSTANCE.c.state.in_(UNDER_WAY))
    if session.scalar(select(INSTANCE.c.id).where(*found)) is None:
        return
    body = {"instance_id": instance_id, "because": because}
    outbox.post(session, [Message(outbox.VOID, f"person:{person_id}", body)], now)


def waiting(session: Session, organisation_id: str, band: str) -> list[str]:
    """The cases that wait for a post of a school's band, the next one first."""
    return [row.instance_id for row in queue(session, [organisation_id]) if band_of(row.target) == band]


def queue(session: Session, organisation_ids: Collection[str]) -> Sequence[Row[Any]]:
    """The applications of these schools that wait for a post, the next one first: by moment, then by school's score."""
    here = (APPLICATION.c.organisation_id.in_(organisation_ids), APPLICATION.c.waiting_since.is_not(None))
    joined = APPLICATION.join(INSTANCE, INSTANCE.c.id == APPLICATION.c.instance_id)
    found = select(APPLICATION).select_from(joined).where(*here, INSTANCE.c.state.in_(UNDER_WAY))
    ordered = found.order_by(APPLICATION.c.waiting_since, APPLICATION.c.school_score.desc(), APPLICATION.c.instance_id)
    return session.execute(ordered).all()


def ahead(session: Session, application: Row[Any]) -> bool:
    """Whether others wait for the same post before this application; who is called is first."""
    queue = waiting(session, application.organisation_id, band_of(application.target))
    if application.post_called_at is not None or application.instance_id in queue[:1]:
        return False
    return bool(queue)
