"""Flows that begin by themselves: one row a flow says when next; it follows the active version."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, bindparam, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from workflows.base import table_of
from workflows.definition import Definition
from workflows.diagram.elements import Element
from workflows.errors import Invalid
from workflows.models import StartTimer
from workflows.series import parse_series
from workflows.spans import NEVER

START = table_of(StartTimer)
_OWN = START.c.definition_key == bindparam("b_key")
_ROW = select(*START.c).where(_OWN)
_LOCK = _ROW.with_for_update()
_TRY = _ROW.with_for_update(skip_locked=True)
_EVERY = select(*START.c).order_by(START.c.due_at, START.c.definition_key)
_DUE = (
    select(START.c.definition_key)
    .where(
        START.c.active,
        START.c.due_at <= bindparam("now"),
        or_(START.c.retry_at.is_(None), START.c.retry_at <= bindparam("now")),
    )
    .order_by(START.c.due_at, START.c.definition_key)
)


def drawn(definition: Definition) -> Element | None:
    """The timer start event of a flow; None when people or the API start it."""
    starts = (e for e in definition.spec.elements.values() if e.kind == "startEvent" and e.scope == definition.key)
    return next((element for element in starts if element.event.kind == "timer"), None)


def follow(session: Session, definition: Definition, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Let the row of a flow follow its new version; when it next begins by itself, None when it does not.

    The same rule goes on as it stands, so that publishing again starts nothing twice; another one begins after `now`.
    Invalid("series.past") when that has no moment left.
    """
    element, known = drawn(definition), session.connection().execute(_LOCK, {"b_key": definition.key}).first()
    if element is None:
        if known is not None:
            session.connection().execute(delete(START).where(START.c.definition_key == definition.key))
        return None
    values: dict[str, Any] = {"definition_id": definition.id, "element_id": element.id, "rule": element.event.text}
    if known is None or known.rule != element.event.text:
        values |= _from(element.event.text, now, zone)
    if known is None:
        row = {"definition_key": definition.key, "active": True, **values}
        session.connection().execute(insert(START), row)
    else:
        change(session, definition.key, values)
    due_at: datetime = values["due_at"] if "due_at" in values or known is None else known.due_at
    return due_at


def _from(rule: str, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    due_at = parse_series(rule, zone).after(now)
    if due_at is None:
        raise Invalid("series.past", rule=rule)
    return {"due_at": due_at, "attempts": 0, "last_error": None, "retry_at": None}


def due(session: Session, now: datetime) -> Sequence[str]:
    """Keys of flows whose moment has come, the oldest first, read without locks."""
    return session.connection().execute(_DUE, {"now": now}).scalars().all()


def try_lock(session: Session, key: str) -> Row[Any] | None:
    """The row of a flow, locked; None when there is none or another transaction has it."""
    return session.connection().execute(_TRY, {"b_key": key}).first()


def read(session: Session, key: str) -> Row[Any] | None:
    """The row of a flow, only to look at it."""
    return session.connection().execute(_ROW, {"b_key": key}).first()


def every(session: Session) -> Sequence[Row[Any]]:
    """Every row, the next first."""
    return session.connection().execute(_EVERY).all()


def lock(session: Session, key: str) -> Row[Any] | None:
    """Like `try_lock`, but waits for it."""
    return session.connection().execute(_LOCK, {"b_key": key}).first()


def following(row: Row[Any], now: datetime, zone: ZoneInfo) -> datetime:
    """The moment after one that has begun a case: moments that were missed are left out, not made up for."""
    return parse_series(row.rule, zone).after(max(now, row.due_at)) or NEVER


def resumed(row: Row[Any], now: datetime, zone: ZoneInfo) -> datetime:
    """When a flow that was switched off begins once it is switched on: at the moment that failed, else at the next."""
    due_at: datetime = row.due_at
    return due_at if row.last_error or due_at > now else following(row, now, zone)


def forget(session: Session, key: str) -> None:
    """Nothing begins any more; a row that was switched off stays, so that the flow comes back as it was."""
    session.connection().execute(delete(START).where(START.c.definition_key == key, START.c.active))


def change(session: Session, key: str, values: dict[str, Any]) -> None:
    """Write columns of the row of a flow."""
    session.connection().execute(update(START).where(START.c.definition_key == key).values(**values))
