"""Who is away or back, where a correction takes that back: the record of the file, and who stands for the roles."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from service.flows.corrections.declaring import Correcting
from service.flows.personnel import carrying
from service.flows.personnel.carrying import AWAY
from service.flows.personnel.change import Change
from service.records import writing
from service.records.reading import RECORD


def ended(wanted: Correcting, row: Row[Any], old: Mapping[str, Any]) -> date | None:
    """The day on which an absence ended by something else than its own expected day of return; None while it lasts."""
    if row.kind not in AWAY:
        return None
    mine = (RECORD.c.instance_id == wanted.instance_id, RECORD.c.kind == row.kind, RECORD.c.voided_at.is_(None))
    until: date | None = wanted.session.scalar(select(RECORD.c.valid_until).where(*mine))
    return None if until is None or until.isoformat() == old.get("until") else until


def take_back(wanted: Correcting, row: Row[Any], old: Mapping[str, Any]) -> None:
    """Who was away is there, who was back is away again as before; the records of the case itself are void already."""
    change = _as(wanted, old)
    if row.kind in AWAY:
        carrying.there_again(change)
        return
    for found in _ended_by(wanted, row, old):
        until = writing.reopen(wanted.session, found.id, document=wanted.document, by=wanted.by, now=wanted.now)
        away = {**old, "until": until and until.isoformat()}
        carrying.note_roles(_as(wanted, away), away=found.valid_from)


def end_again(wanted: Correcting, new: Mapping[str, Any], kind: str, on: date) -> None:
    """What had ended has ended still. Invalid("dates.order") where it would begin only later."""
    mine = (RECORD.c.instance_id == wanted.instance_id, RECORD.c.kind == kind, RECORD.c.voided_at.is_(None))
    for record_id in wanted.session.scalars(select(RECORD.c.id).where(*mine)).all():
        writing.end(wanted.session, record_id, on, document=wanted.document, by=wanted.by, now=wanted.now)
    carrying.there_again(_as(wanted, {**new, "effective_on": on.isoformat()}))


def _ended_by(wanted: Correcting, row: Row[Any], old: Mapping[str, Any]) -> list[Row[Any]]:
    """What the return to the post has ended."""
    mine = (RECORD.c.person_id == row.person_id, RECORD.c.kind == old["back_from"], RECORD.c.voided_at.is_(None))
    found = select(RECORD).where(*mine, RECORD.c.valid_until == row.effective_on).order_by(RECORD.c.id)
    return list(wanted.session.execute(found))


def _as(wanted: Correcting, values: Mapping[str, Any]) -> Change:
    return Change(wanted.call(dict(values)), values, None)
