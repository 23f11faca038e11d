"""Reads of work: the boxes, one task as its page shows it, counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Row, String, cast, not_, or_, select
from sqlalchemy.orm import Session

from service.access import policy, sealed
from service.access.actor import Actor
from service.access.case_rows import ANONYMOUS
from service.db import db
from service.errors import Conflict, Invalid, NotFound
from service.parameters.scopes import COUNTY
from service.tasks import extension, queue, recalling, urging, voting
from service.tasks.around import surroundings
from service.tasks.completion import Completed
from service.tasks.facts import TaskFacts
from service.tasks.models import WAITING, Draft, QueueEntry, Seat, Task
from service.tasks.returning import Returned
from service.tasks.signing import LIVE
from workflows import store
from workflows.base import table_of

COUNTED = 100
LIMIT = 200
_ENTRY = table_of(QueueEntry)
_TASK = table_of(Task)


@dataclass(frozen=True)
class Page:
    """One page of a list; `next` is the cursor of the following page, None at the end."""

    items: Sequence[Any]
    next: str | None


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


def task(actor: Actor, task_id: str) -> TaskFacts:
    """One task with its seats; NotFound("task.absent") when absent or not visible."""
    session: Session = db.session()
    found = queue.read(session, task_id)
    if not queue.may_see(session, actor, found):
        raise NotFound("task.absent", task_id=task_id)
    return voting.veiled(found, actor)


def urging_from(actor: Actor, task_ids: Sequence[str], now: datetime) -> datetime | None:
    """When the actor may next urge one of these tasks; None: now."""
    around = surroundings(db.session(), actor, now, COUNTY)
    first = min(urging.next_moments(around, task_ids, actor.person_id or "").values())
    return first if first > now else None


def proposed_extension(actor: Actor, task_id: str, wish: extension.Wish, now: datetime) -> extension.Extended:
    """What an extension would come to; NotFound("task.absent") and the refusals of `extension.proposed`."""
    found = task(actor, task_id)
    policy.require(actor, "task.extend", found)
    return extension.proposed(surroundings(db.session(), actor, now, found.case.about), found, wish)


def completed(actor: Actor, task_id: str, kept: Mapping[str, Any]) -> Completed:
    """The answer to a repeated completion: what the first one kept, for a task that is still visible."""
    found = task(actor, task_id)
    return Completed(found.id, found.instance_id, kept["decided"], kept["outcome"])


def returned(actor: Actor, task_id: str, kept: Mapping[str, Any]) -> Returned:
    """The answer to a repeated return: what the first one kept, for a task that is still visible."""
    found = task(actor, task_id)
    return Returned(found.id, found.instance_id, kept["target"], kept["reentry"])


@dataclass(frozen=True)
class RecallOffer:
    """Whether the actor may take a decision back: until when, or `refused` with the reason."""

    until: datetime | None
    refused: Conflict | None


def recall_offer(actor: Actor, task_id: str, now: datetime) -> RecallOffer | None:
    """What the actor may take back at a task; None where the actor has signed nothing."""
    session: Session = db.session()
    found, person_id = task(actor, task_id), actor.person_id or ""
    if not any(seat.person_id == person_id and seat.state == "signed" for seat in found.seats):
        return None
    held = store.read(session, found.instance_id)
    around = surroundings(session, actor, now, found.case.about)
    try:
        return RecallOffer(recalling.expect(around, held, found, person_id).undo.until, None)
    except Conflict as refused:
        return RecallOffer(None, refused)


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


def open_of(instance_id: str, reader: Actor | None = None) -> Sequence[TaskFacts]:
    """The open tasks of a case that the caller has found visible, as the reader may see who signs them."""
    session: Session = db.session()
    ids = session.scalars(select(Task.id).where(Task.instance_id == instance_id, Task.state == "open")).all()
    return [voting.veiled(queue.read(session, task_id), reader) for task_id in ids]


def holders_of(task_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Task → with whom it lies, persons or roles; for tasks that the caller has found visible. No member of an
    anonymous vote is named."""
    told = not_(cast(_TASK.c.properties, String).contains(f'"{ANONYMOUS}"'))
    here = (_ENTRY.c.task_id.in_(task_ids), _ENTRY.c.box.in_(WAITING), told)
    waiting = select(_ENTRY.c.task_id, _ENTRY.c.holder).join(_TASK, _TASK.c.id == _ENTRY.c.task_id).where(*here)
    held: dict[str, tuple[str, ...]] = {}
    for row in db.session.execute(waiting.order_by(_ENTRY.c.id)):
        held[row.task_id] = (*held.get(row.task_id, ()), row.holder)
    return held


def held_by(actor: Actor, person_id: str) -> Sequence[Row[Any]]:
    """Open tasks that wait for a person now or later, or of which there is a draft: to hand over when a role ends."""
    drafts = select(Draft.task_id).where(Draft.person_id == person_id)
    entries = select(_ENTRY.c.task_id).where(_ENTRY.c.holder == f"person:{person_id}", _ENTRY.c.box == "todo")
    seats = select(Seat.task_id).where(Seat.person_id == person_id, Seat.state.in_(LIVE))
    statement = (
        select(*_TASK.c)
        .where(_TASK.c.state == "open", or_(*(_TASK.c.id.in_(found) for found in (entries, seats, drafts))))
        .where(policy.visible(actor, "task"))
        .order_by(_TASK.c.due_at, _TASK.c.id)
    )
    return db.session.execute(statement).all()
