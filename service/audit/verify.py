"""Finds every changed, removed, cut-off or reordered event and every deleted stream up to the last checkpoint."""

from datetime import datetime
from itertools import groupby
from typing import Any

from flask import current_app
from sqlalchemy import Select, func, select, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from service.audit.chain import EVENT, STREAM
from service.audit.findings import Report
from service.audit.leaves import Leaves, collected
from service.audit.stored import EVENT_COLUMNS
from service.audit.verify_file import verify_file
from service.audit.verify_stream import StreamCheck
from service.db import reading

ROWS_AT_ONCE = 2000


def verify(now: datetime) -> Report:
    """Check the whole chain against itself and against the signed checkpoints; memory does not grow with it."""
    with reading() as session:
        return verified(session, now)


def verify_newest(session: Session, streams: int, now: datetime) -> Report:
    """Check the newest streams against themselves alone: a quick look, which the checkpoints have no part in."""
    report = Report(now)
    newest = select(STREAM.c.stream).where(STREAM.c.seq > 0).order_by(STREAM.c.stream.desc()).limit(streams)
    names = session.scalars(newest).all()
    rows = session.execute(_events().where(EVENT.c.stream.in_(names)))
    for stream, events in groupby(rows, key=lambda row: row.stream):
        check = StreamCheck(report, str(stream), {})
        for row in events:
            check.take(row)
            report.events += 1
        check.finish(row.head_seq, row.head_hash)
        report.streams += 1
    return report


def verified(session: Session, now: datetime) -> Report:
    """What `verify` finds, as a transaction sees the database."""
    report = Report(now)
    with collected() as leaves:
        verify_file(session, current_app.extensions["lectern.settings"], report, leaves)
        _verify_streams(session, report, leaves)
        _find_deleted(session, report, leaves)
    report.unsealed = session.scalar(select(func.count()).select_from(STREAM).where(STREAM.c.unsealed)) or 0
    return report


def _events() -> Select[*tuple[Any, ...]]:
    """Every event in order, each with the head of its stream: one statement, so one snapshot."""
    heads = (STREAM.c.seq.label("head_seq"), type_coerce(STREAM.c.head, NullType()).label("head_hash"))
    joined = EVENT.outerjoin(STREAM, STREAM.c.stream == EVENT.c.stream)
    return select(*EVENT_COLUMNS, *heads).select_from(joined).order_by(EVENT.c.stream, EVENT.c.seq)


def _verify_streams(session: Session, report: Report, leaves: Leaves) -> None:
    rows = session.execute(_events(), execution_options={"yield_per": ROWS_AT_ONCE})
    for stream, events in groupby(rows, key=lambda row: row.stream):
        check = StreamCheck(report, str(stream), leaves.take(stream))
        for row in events:
            check.take(row)
            report.events += 1
        check.finish(row.head_seq, row.head_hash)
        report.streams += 1


def _find_deleted(session: Session, report: Report, leaves: Leaves) -> None:
    signed = dict[str, int]()
    for stream, seq in leaves.rest():
        report.add("stream.deleted", stream, seq, "signed up to here")
        signed[stream] = seq
    emptied = select(STREAM.c.stream, STREAM.c.seq).where(
        STREAM.c.seq > 0, ~select(EVENT.c.seq).where(EVENT.c.stream == STREAM.c.stream).exists()
    )
    for row in session.execute(emptied, execution_options={"yield_per": ROWS_AT_ONCE}):
        if row.stream not in signed:
            report.add("stream.deleted", row.stream, row.seq, "a head without events")
