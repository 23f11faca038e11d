"""Reads for who looks after timers: every deadline that runs, one timer of a diagram, flows that begin by themselves.

Nothing of a case's content is told: who fires and moves deadlines need not see cases.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, and_, or_, select

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.errors import NotFound
from service.instances.models import ProcessCase
from service.tasks.queries import LIMIT, Page, cursor, read_cursor
from workflows import starts
from workflows.base import table_of
from workflows.models import ProcessInstance, Timer
from workflows.spans import NEVER

_TIMER = table_of(Timer)


def deadlines(actor: Actor, kind: str | None = None, after: str | None = None, limit: int = 50) -> Page:
    """Every deadline that runs, the next due first, and none that stands still; for who may fire them.

    `kind` is event | due | remind | overdue. With number, definition and state of its case.
    Forbidden("access.role_missing").
    """
    policy.require(actor, "timer.fire")
    limit = min(limit, LIMIT)
    statement = _with_case().where(_TIMER.c.due_at < NEVER)
    if kind is not None:
        statement = statement.where(_TIMER.c.kind == kind)
    beyond = read_cursor(after)
    if beyond is not None:
        same = and_(_TIMER.c.due_at == beyond[0], _TIMER.c.id > beyond[1])
        statement = statement.where(or_(_TIMER.c.due_at > beyond[0], same))
    rows = db.session.execute(statement.order_by(_TIMER.c.due_at, _TIMER.c.id).limit(limit + 1)).all()
    following = cursor(rows[limit - 1].due_at, rows[limit - 1].id) if len(rows) > limit else None
    return Page(rows[:limit], following)


def _with_case() -> Select[Any]:
    return (
        select(*_TIMER.c, ProcessCase.business_key, ProcessInstance.definition_id, ProcessInstance.state)
        .join(ProcessCase, ProcessCase.instance_id == _TIMER.c.instance_id)
        .join(ProcessInstance, ProcessInstance.id == _TIMER.c.instance_id)
    )


def drawn(actor: Actor, timer_id: str) -> Row[Any]:
    """A timer of a diagram with number, definition and state of its case; NotFound("timer.gone")."""
    policy.require(actor, "timer.move")
    row = db.session.execute(_with_case().where(_TIMER.c.id == timer_id, _TIMER.c.kind == "event")).first()
    if row is None:
        raise NotFound("timer.gone", timer_id=timer_id)
    return row


def all_starts(actor: Actor) -> Sequence[Row[Any]]:
    """Every flow that begins by itself, switched on or off, the next first; for who may switch them."""
    policy.require(actor, "timer.switch")
    return starts.every(db.session())


def own_start(actor: Actor, key: str) -> Row[Any]:
    """One of them; NotFound("start.absent")."""
    policy.require(actor, "timer.switch")
    return _start(key)


def next_start(actor: Actor, key: str) -> Row[Any]:
    """When a flow next begins by itself and whether that is switched on, for everybody; NotFound("start.absent")."""
    policy.require(actor, "definition.read")
    return _start(key)


def _start(key: str) -> Row[Any]:
    row = starts.read(db.session(), key)
    if row is None:
        raise NotFound("start.absent", key=key)
    return row
