"""Reads of the boxes: a page of one, and how many lie in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, FromClause, Row, Select, and_, func, literal, or_, select, union_all

from service.access.actor import Actor
from service.access.case_rows import readable
from service.db import db
from service.errors import Invalid
from service.tasks import boxes, searching
from service.tasks.boxes import ENTRY, Holder, Part
from service.tasks.models import Task, TaskRead
from service.tasks.orders import ARRIVAL, SORTS, Order, order_of, written
from service.tasks.queries import COUNTED, LIMIT, Page
from service.tasks.searching import Wanted
from service.tasks.words import WORDS, sought
from workflows.base import table_of

BOXES = ("todo", "claimable", "done", "started", "copied", "overdue")
MARKED = ("todo", "overdue", "claimable", "copied")
"""Boxes that tell what has not been looked at."""
OPEN = ("todo", "claimable")
"""Boxes whose tasks are open, so that the grams of their cases are there."""
SPARE, FURTHER = 20, 4
"""How many more entries than are wished for are looked at first when a page is searched along a queue, as the marks let
few pass that are not wanted; each further look takes more of them."""
LONGEST_STEP = 5_000
_TASK = table_of(Task)
_READ = table_of(TaskRead)


@dataclass(frozen=True)
class BoxQuery:
    """Which part of a box: `due_before` an aware moment, `flow` a definition key, `sort` due | arrival | priority.

    `started` are the open tasks of cases that the actor began, `overdue` what of `todo` is due before `due_before`.

    `q` are words that the case must all have: parts of its number, title, school or initiator's name.
    """

    box: str = "todo"
    flow: str | None = None
    due_before: datetime | None = None
    q: str | None = None
    organisation_id: str | None = None
    sort: str = "due"
    cursor: str | None = None
    limit: int = 50


def page(actor: Actor, query: BoxQuery) -> Page:
    """A page of the actor's box (`done`, `started` and `copied`: latest first).

    One LIMITed index range per holder, merged (design §3.3).
    Invalid("box.unknown" | "sort.unknown" | "cursor.unreadable").
    """
    if query.box not in BOXES:
        raise Invalid("box.unknown", box=query.box, allowed=", ".join(BOXES))
    if query.sort not in SORTS:
        raise Invalid("sort.unknown", sort=query.sort, allowed=", ".join(SORTS))
    if query.box == "started":
        return _started(actor, query)
    query = _overdue(query)
    limit, order = min(query.limit, LIMIT), order_of(query.box, query.sort)
    found = _found(actor, query, order, limit + 1)
    rows = _tasks([row.id for row in found[:limit]], order)
    return Page(rows, written(order.place(found[limit - 1])) if len(found) > limit else None)


def _overdue(query: BoxQuery) -> BoxQuery:
    """What is overdue is a part of what is to be done; `due_before` says since when."""
    return replace(query, box="todo") if query.box == "overdue" else query


def _started(actor: Actor, query: BoxQuery) -> Page:
    """The open tasks of the cases that the actor began and may read, the latest first: one index range."""
    wanted = Wanted(sought(query.q), query.flow, query.organisation_id)
    statement = select(*_TASK.c).where(_TASK.c.initiator_id == actor.person_id, _TASK.c.state == "open")
    if wanted.words:
        statement = statement.join(WORDS, WORDS.c.instance_id == _TASK.c.instance_id)
    if query.due_before is not None:
        statement = statement.where(_TASK.c.due_at < query.due_before)
    after, limit = ARRIVAL.read(query.cursor), min(query.limit, LIMIT)
    if after is not None:
        statement = statement.where(ARRIVAL.beyond(_TASK, after))
    found = statement.where(*wanted.exactly(), readable(actor, _TASK.c)).order_by(*ARRIVAL.by(_TASK)).limit(limit + 1)
    rows = db.session.execute(found).all()
    return Page(rows[:limit], written(ARRIVAL.place(rows[limit - 1])) if len(rows) > limit else None)


def unread(actor: Actor, task_ids: Sequence[str]) -> frozenset[str]:
    """Which of some tasks the actor has not looked at yet."""
    own = select(_READ.c.task_id).where(_READ.c.person_id == actor.person_id, _READ.c.task_id.in_(task_ids))
    return frozenset(task_ids) - frozenset(db.session.scalars(own)) if task_ids else frozenset()


def _found(actor: Actor, query: BoxQuery, order: Order, wished: int) -> Sequence[Row[Any]]:
    """The first entries that are wanted, each as its place in the order."""
    wanted = Wanted(sought(query.q), query.flow, query.organisation_id)
    holders = boxes.holders_of(actor, query.box)
    part = Part(query.box, query.due_before, order.read(query.cursor))
    if not holders:
        return ()
    if wanted.everything:
        shape, values = boxes.shape_of(part, order, holders, wished)
        return db.session.execute(boxes.page_of(shape), {**values, "me": actor.person_id}).all()
    me = literal(actor.person_id)
    offered = [and_(ENTRY.c.holder == holder.name, boxes.offered(me, query.box, holder)) for holder in holders]
    sure = and_(or_(*offered), *wanted.exactly())
    names = [holder.name for holder in holders]
    rare = searching.few(db.session(), names, query.box, wanted.words) if query.box in OPEN else None
    if rare is not None:
        places = union_all(*boxes.ranges(holders, part, order, None, source=rare)).subquery()
        found = _joined(select(places), places).where(sure).order_by(*order.by(places)).limit(wished)
        return db.session.execute(found).all()
    return _along(holders, part, order, wanted, sure, wished)


def _along(
    holders: Sequence[Holder],
    part: Part,
    order: Order,
    wanted: Wanted,
    sure: ColumnElement[bool],
    wished: int,
) -> Sequence[Row[Any]]:
    """Walks along the queue: as many entries as may be wanted at a time, until enough of them are or it ends."""
    found: list[Row[Any]] = []
    step = wished + SPARE
    while True:
        near = boxes.ranges(holders, part, order, step, lambda _: wanted.maybe(ENTRY))
        looked = boxes.first(near, order, step)
        rows = db.session.execute(_told(looked.cte("looked").prefix_with("MATERIALIZED"), sure, order)).all()
        found.extend(row for row in rows if row.wanted)
        if not rows or rows[-1].looked_at < step or len(found) >= wished:
            return found[:wished]
        part, step = replace(part, after=order.place(rows[-1])), min(step * FURTHER, LONGEST_STEP)


def _told(looked: FromClause, sure: ColumnElement[bool], order: Order) -> Select[Any]:
    """Of the entries `looked` at those that are wanted for sure, and the last, from which a further look goes on."""
    last = select(looked.c.id).order_by(*order.backwards(looked)).limit(1).scalar_subquery()
    count = select(func.count()).select_from(looked).scalar_subquery()
    statement = _joined(select(looked, sure.label("wanted"), count.label("looked_at")), looked)
    return statement.where(or_(sure, looked.c.id == last)).order_by(*order.by(looked))


def _joined(statement: Select[Any], places: FromClause) -> Select[Any]:
    """With the entries at some places their tasks and words, where what is wanted is told for sure."""
    return (
        statement.join(ENTRY, ENTRY.c.id == places.c.id)
        .join(_TASK, _TASK.c.id == ENTRY.c.task_id)
        .outerjoin(WORDS, WORDS.c.instance_id == _TASK.c.instance_id)
    )


def _tasks(entry_ids: Sequence[str], order: Order) -> Sequence[Row[Any]]:
    """The tasks of the page's entries."""
    if not entry_ids:
        return []
    statement = (
        select(*_TASK.c, ENTRY.c.due_at.label("entry_due_at"), ENTRY.c.id.label("entry_id"), ENTRY.c.holder)
        .join(ENTRY, ENTRY.c.task_id == _TASK.c.id)
        .where(ENTRY.c.id.in_(entry_ids))
        .order_by(*order.by(ENTRY))
    )
    return cast("Sequence[Row[Any]]", db.session.execute(statement).all())


def count(actor: Actor, query: BoxQuery) -> int:
    """How many lie in a box, exact to 99; 100 stands for more. Only `box` and `due_before` are asked for."""
    query = _overdue(query)
    holders = boxes.holders_of(actor, query.box)
    if not holders:
        return 0
    shape, values = boxes.shape_of(Part(query.box, query.due_before), ARRIVAL, holders, COUNTED)
    total = db.session.execute(boxes.count_of(shape), {**values, "me": actor.person_id}).scalar_one()
    return min(int(total), COUNTED)
