"""What falls due for one person, in one list: what they owe, what they wait for, and the timers of their cases."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, Select, exists, or_, select

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.instances.models import ProcessCase
from service.tasks import queries_boxes
from service.tasks.models import NEVER, WAITING, QueueEntry, Task
from service.tasks.queries import LIMIT, holders_of
from service.tasks.queries_boxes import BoxQuery
from workflows.base import table_of
from workflows.models import ProcessInstance, Timer

Kind = Literal["owed", "claimable", "awaited", "drawn"]

_CASE, _TASK, _ENTRY, _TIMER = table_of(ProcessCase), table_of(Task), table_of(QueueEntry), table_of(Timer)
_INSTANCE = table_of(ProcessInstance)


@dataclass(frozen=True)
class Ahead:
    """Something with a deadline. `task_id` is None for a timer drawn in a diagram.

    `kind`: owed (lies with me) | claimable (with a role of mine) | awaited (a step of others in a case that I started)
    | drawn (a timer of a case that I started or had a step of). `holders` are those of an awaited step,
    `on_behalf_of` the names of those with whom it lies and for whom the actor stands in.
    """

    kind: Kind
    due_at: datetime
    task_id: str | None
    instance_id: str
    definition_id: str
    element_id: str
    name: str
    title: str
    business_key: str
    holders: tuple[str, ...] = field(default=())
    on_behalf_of: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Mine:
    """Everything that falls due for somebody, the earliest first; not `complete` when there is more of a kind."""

    items: Sequence[Ahead]
    complete: bool


def mine(actor: Actor, limit: int = LIMIT) -> Mine:
    """What falls due for the actor: the earliest `limit` of each kind, nothing that stands still."""
    if actor.person_id is None:
        return Mine((), True)
    boxes: tuple[tuple[Kind, str], ...] = (("owed", "todo"), ("claimable", "claimable"))
    found: list[Ahead] = []
    complete = True
    for kind, box in boxes:
        page = queries_boxes.page(actor, BoxQuery(box, due_before=NEVER, limit=limit))
        found += [replace(_step(kind, row), on_behalf_of=_represented(actor, row.holder)) for row in page.items]
        complete = complete and page.next is None
    for rows in (_awaited(actor, limit), _drawn(actor, limit)):
        found += rows[:limit]
        complete = complete and len(rows) <= limit
    return Mine(sorted(found, key=lambda each: (each.due_at, each.business_key, each.element_id)), complete)


def _step(kind: Kind, row: Row[Any], holders: tuple[str, ...] = ()) -> Ahead:
    return Ahead(
        kind, row.due_at, row.id, row.instance_id, row.definition_id, row.element_id, row.name, row.title,
        row.business_key, holders,
    )  # fmt: skip


def _represented(actor: Actor, holder: str) -> tuple[str, ...]:
    return tuple(one.name for one in actor.represented.get(holder, ()))


def _awaited(actor: Actor, limit: int) -> list[Ahead]:
    """Open steps in cases of the actor that lie with others, as far as the actor may see them."""
    with_me = exists().where(
        _ENTRY.c.task_id == _TASK.c.id, _ENTRY.c.holder.in_(actor.holders), _ENTRY.c.box.in_(WAITING)
    )
    statement = (
        select(*_TASK.c)
        .join(_CASE, _CASE.c.instance_id == _TASK.c.instance_id)
        .where(_CASE.c.initiator_id == actor.person_id, _TASK.c.state == "open", _TASK.c.due_at < NEVER, ~with_me)
        .where(policy.visible(actor, "task"))
        .order_by(_TASK.c.due_at, _TASK.c.id)
        .limit(limit + 1)
    )
    rows = db.session.execute(statement).all()
    held = holders_of([row.id for row in rows])
    return [_step("awaited", row, held.get(row.id, ())) for row in rows]


def _drawn(actor: Actor, limit: int) -> list[Ahead]:
    """Timers of the diagram in running cases that the actor started or had a step of, and may read."""
    own = _CASE.c.initiator_id == actor.person_id
    statement = (
        select(_TIMER.c.due_at, _TIMER.c.instance_id, _TIMER.c.element_id, _CASE.c.title, _CASE.c.business_key,
               _INSTANCE.c.definition_id)
        .join(_CASE, _CASE.c.instance_id == _TIMER.c.instance_id)
        .join(_INSTANCE, _INSTANCE.c.id == _TIMER.c.instance_id)
        .where(_TIMER.c.kind == "event", _TIMER.c.due_at < NEVER, or_(own, _CASE.c.instance_id.in_(_handled(actor))))
        .where(_INSTANCE.c.state == "running", policy.visible(actor, "case_contents"))
        .order_by(_TIMER.c.due_at, _TIMER.c.id)
        .limit(limit + 1)
    )  # fmt: skip
    return [
        Ahead("drawn", row.due_at, None, row.instance_id, row.definition_id, row.element_id, row.element_id, row.title,
              row.business_key)
        for row in db.session.execute(statement)
    ]  # fmt: skip


def _handled(actor: Actor) -> Select[Any]:
    """Cases of which a step lies, or has lain, with the actor."""
    entries = select(_TASK.c.instance_id).join(_ENTRY, _ENTRY.c.task_id == _TASK.c.id)
    return entries.where(_ENTRY.c.holder.in_(actor.holders))
