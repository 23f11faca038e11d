"""Reads of work: the boxes, one task as its page shows it, counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, FromClause, Row, Select, and_, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from service.access import policy, sealed
from service.access.actor import Actor
from service.access.case_rows import substitutable
from service.db import db
from service.errors import Invalid, NotFound
from service.tasks import extension, queue, searching, urging, voting
from service.tasks.around import surroundings
from service.tasks.capacity import NO_PROXY
from service.tasks.completion import Completed
from service.tasks.facts import TaskFacts
from service.tasks.models import WAITING, Draft, QueueEntry, Seat, Task
from service.tasks.returning import Returned
from service.tasks.words import sought
from workflows.base import table_of

BOXES = ("todo", "claimable", "done")
COUNTED = 100
LIMIT = 200
_ENTRY = table_of(QueueEntry)
_TASK = table_of(Task)


@dataclass(frozen=True)
class Page:
    """One page of a list; `next` is the cursor of the following page, None at the end."""

    items: Sequence[Any]
    next: str | None


@dataclass(frozen=True)
class BoxQuery:
    """Which part of a box: `due_before` an aware moment, `flow` a definition key.

    `q` are words that the case must all have: parts of its number, title, school or initiator's name.
    """

    box: str = "todo"
    flow: str | None = None
    due_before: datetime | None = None
    q: str | None = None
    cursor: str | None = None
    limit: int = 50


def page(actor: Actor, query: BoxQuery) -> Page:
    """A page of the actor's box, by due moment (`done`: latest first).

    One LIMITed index range per holder, merged (design §3.3). Invalid("box.unknown" | "cursor.unreadable").
    """
    if query.box not in BOXES:
        raise Invalid("box.unknown", box=query.box, allowed=", ".join(BOXES))
    limit = min(query.limit, LIMIT)
    newest_first = query.box == "done"
    after, words = read_cursor(query.cursor), sought(query.q)
    holders = _holders(actor, query.box)
    found_few = searching.few(db.session(), holders, query.box, words) if words and not newest_first else None
    source = _ENTRY if found_few is None else found_few
    waiting = [_waiting(actor, holder, query.box, source) for holder in holders]
    narrowed = [searching.narrowed(found, source, query.flow, words) for found in waiting]
    ranges = [_range(found, source, query.due_before, after, limit + 1, newest_first) for found in narrowed]
    if not ranges:
        return Page((), None)
    merged = union_all(*(select(found.subquery()) for found in ranges)).subquery()
    order = (merged.c.due_at.desc(), merged.c.entry_id.desc()) if newest_first else (merged.c.due_at, merged.c.entry_id)
    statement = (
        select(*_TASK.c, merged.c.due_at.label("entry_due_at"), merged.c.entry_id, merged.c.holder)
        .join(merged, merged.c.task_id == _TASK.c.id)
        .order_by(*order)
        .limit(limit + 1)
    )
    rows = db.session.execute(statement).all()
    following = cursor(rows[limit - 1].entry_due_at, rows[limit - 1].entry_id) if len(rows) > limit else None
    return Page(rows[:limit], following)


def _holders(actor: Actor, box: str) -> Sequence[str]:
    """`claimable` lies with roles, everything else with the person; what waits, also with whom they represent."""
    every = [*actor.holders, *(actor.represented if box in ("todo", "claimable") else ())]
    return [holder for holder in every if holder.startswith("person:") != (box == "claimable")]


def _waiting(actor: Actor, holder: str, box: str, source: FromClause = _ENTRY) -> Select[Any]:
    """Entries of one holder; a task that the actor has stepped aside from is not offered to them again.

    Of a holder that the actor represents only what a substitute may act on.
    """
    entries = select(source.c.task_id, source.c.due_at, source.c.id.label("entry_id"), literal(holder).label("holder"))
    entries = entries.where(source.c.holder == literal(holder), source.c.box == box)
    if holder in actor.represented:
        entries = entries.where(_substitutable(actor, holder, source))
    elif box != "claimable":
        return entries
    aside = exists().where(Seat.task_id == source.c.task_id, Seat.person_id == actor.person_id, Seat.state == "recused")
    return entries.where(~aside)


def _substitutable(actor: Actor, holder: str, source: FromClause) -> ColumnElement[bool]:
    """Tasks of the flows in which the actor stands in here, of cases neither started nor signed by the actor."""
    able = []
    for one in actor.represented[holder]:
        free = substitutable(actor.person_id, one.person_id, _TASK.c.initiator_id, _TASK.c.instance_id)
        able.append(and_(free, _TASK.c.definition_key.in_(one.flows)) if one.flows else free)
    return exists().where(_TASK.c.id == source.c.task_id, _TASK.c.signing.not_in(NO_PROXY), or_(*able))


def _range(
    statement: Select[Any],
    source: FromClause,
    due_before: datetime | None,
    after: tuple[datetime, str] | None,
    limit: int,
    newest_first: bool,
) -> Select[Any]:
    due_at, entry_id = source.c.due_at, source.c.id
    if due_before is not None:
        statement = statement.where(due_at < due_before)
    if after is not None:
        statement = statement.where(_beyond(due_at, entry_id, after, newest_first))
    if newest_first:
        return statement.order_by(due_at.desc(), entry_id.desc()).limit(limit)
    return statement.order_by(due_at, entry_id).limit(limit)


def _beyond(first: Any, second: Any, after: tuple[datetime, str], newest_first: bool) -> ColumnElement[bool]:
    moment, entry_id = after
    if newest_first:
        return or_(first < moment, and_(first == moment, second < entry_id))
    return or_(first > moment, and_(first == moment, second > entry_id))


def cursor(moment: datetime, last_id: str) -> str:
    """The opaque place after a row, for the next page."""
    return orjson.dumps([moment.isoformat(), last_id]).hex()


def read_cursor(text: str | None) -> tuple[datetime, str] | None:
    """What `cursor` wrote; Invalid("cursor.unreadable") for anything else."""
    if not text:
        return None
    try:
        moment, last_id = orjson.loads(bytes.fromhex(text))
        after = datetime.fromisoformat(moment).astimezone(UTC), str(last_id)
    except (ValueError, TypeError, OverflowError):
        raise Invalid("cursor.unreadable", cursor=text[:80]) from None
    if not after[1].replace("-", "").isalnum():
        raise Invalid("cursor.unreadable", cursor=text[:80])
    return after


def count(actor: Actor, box: str, *, due_before: datetime | None = None) -> int:
    """How many lie in a box, exact to 99; 100 stands for more."""
    ranges = []
    for holder in _holders(actor, box):
        found = _waiting(actor, holder, box)
        if due_before is not None:
            found = found.where(_ENTRY.c.due_at < due_before)
        ranges.append(select(found.limit(COUNTED).subquery()))
    if not ranges:
        return 0
    total = db.session.execute(select(func.count()).select_from(union_all(*ranges).subquery())).scalar_one()
    return min(int(total), COUNTED)


def task(actor: Actor, task_id: str) -> TaskFacts:
    """One task with its seats; NotFound("task.absent") when absent or not visible."""
    session: Session = db.session()
    found = queue.read(session, task_id)
    if not queue.may_see(session, actor, found):
        raise NotFound("task.absent", task_id=task_id)
    return voting.veiled(found)


def is_secret_vote(actor: Actor, task_id: str) -> bool:
    """Whether nothing may be kept of what is sent to this task; NotFound("task.absent")."""
    return voting.is_secret(task(actor, task_id).properties)


def urging_from(actor: Actor, task_ids: Sequence[str], now: datetime) -> datetime | None:
    """When the actor may next urge one of these tasks; None: now."""
    around = surroundings(db.session(), actor, now)
    first = min(urging.next_moments(around, task_ids, actor.person_id or "").values())
    return first if first > now else None


def proposed_extension(actor: Actor, task_id: str, wish: extension.Wish, now: datetime) -> extension.Extended:
    """What an extension would come to; NotFound("task.absent") and the refusals of `extension.proposed`."""
    found = task(actor, task_id)
    policy.require(actor, "task.extend", found)
    return extension.proposed(surroundings(db.session(), actor, now), found, wish)


def completed(actor: Actor, task_id: str, kept: Mapping[str, Any]) -> Completed:
    """The answer to a repeated completion: what the first one kept, for a task that is still visible."""
    found = task(actor, task_id)
    return Completed(found.id, found.instance_id, kept["decided"], kept["outcome"])


def returned(actor: Actor, task_id: str, kept: Mapping[str, Any]) -> Returned:
    """The answer to a repeated return: what the first one kept, for a task that is still visible."""
    found = task(actor, task_id)
    return Returned(found.id, found.instance_id, kept["target"], kept["reentry"])


@dataclass(frozen=True)
class Kept:
    """A draft in plain."""

    values: Mapping[str, Any]
    decision: str | None
    opinion: str | None
    saved_at: datetime


def draft(actor: Actor, task_id: str) -> Kept | None:
    """The actor's own draft of a task."""
    mine = select(table_of(Draft)).where(Draft.task_id == task_id, Draft.person_id == actor.person_id)
    row = db.session.execute(mine).first()
    if row is None:
        return None
    place = sealed.draft(row.person_id, task_id)
    return Kept(sealed.shown(place, row.values), row.decision, sealed.opened(place, row.opinion), row.saved_at)


def open_of(instance_id: str) -> Sequence[TaskFacts]:
    """The open tasks of a case that the caller has found visible."""
    session: Session = db.session()
    ids = session.scalars(select(Task.id).where(Task.instance_id == instance_id, Task.state == "open")).all()
    return [voting.veiled(queue.read(session, task_id)) for task_id in ids]


def holders_of(task_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Task → with whom it lies, persons or roles; for tasks that the caller has found visible."""
    waiting = select(_ENTRY.c.task_id, _ENTRY.c.holder).where(_ENTRY.c.task_id.in_(task_ids), _ENTRY.c.box.in_(WAITING))
    held: dict[str, tuple[str, ...]] = {}
    for row in db.session.execute(waiting.order_by(_ENTRY.c.id)):
        held[row.task_id] = (*held.get(row.task_id, ()), row.holder)
    return held


def held_by(actor: Actor, person_id: str) -> Sequence[Row[Any]]:
    """Open tasks in which a person has a seat or a draft: the handover list when a role ends (design: part 3)."""
    drafts = select(Draft.task_id).where(Draft.person_id == person_id)
    entries = select(_ENTRY.c.task_id).where(_ENTRY.c.holder == f"person:{person_id}", _ENTRY.c.box == "todo")
    statement = (
        select(*_TASK.c)
        .where(_TASK.c.state == "open", or_(_TASK.c.id.in_(entries), _TASK.c.id.in_(drafts)))
        .where(policy.visible(actor, "task"))
        .order_by(_TASK.c.due_at, _TASK.c.id)
    )
    return db.session.execute(statement).all()
