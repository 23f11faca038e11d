"""Find and lock the task of a command: one statement for the instance, one for task, seats and chain head."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, exists, literal, select
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.case_rows import CONFIDENTIAL
from service.audit.chain import STREAM, Head
from service.errors import Conflict, Invalid, NotFound
from service.tasks.capacity import Against, asking, may_know
from service.tasks.facts import CaseFacts, TaskFacts
from service.tasks.models import WAITING, Draft, QueueEntry, Seat, Task
from service.tasks.reentry import Reentry
from service.tasks.signing import SeatState
from workflows import store
from workflows.base import table_of

_TASK = table_of(Task)
_SEAT = table_of(Seat)
_DRAFT = table_of(Draft)
_ENTRY = table_of(QueueEntry)
_LOCK = store.locking(select(_TASK.c.instance_id).where(_TASK.c.id == bindparam("b_task")).scalar_subquery())
_LOAD = (
    select(
        *_TASK.c,
        STREAM.c.seq.label("stream_seq"),
        STREAM.c.head.label("stream_head"),
        exists().where(_DRAFT.c.task_id == _TASK.c.id).label("has_draft"),
        *[column.label(f"seat_{column.name}") for column in _SEAT.c],
    )
    .join(STREAM, STREAM.c.stream == literal("instance:") + _TASK.c.instance_id)
    .outerjoin(_SEAT, _SEAT.c.task_id == _TASK.c.id)
    .where(_TASK.c.id == bindparam("task_id"))
    .order_by(_SEAT.c.position, _SEAT.c.id)
)


@dataclass(frozen=True)
class Locked:
    """A task whose instance is locked until the transaction ends."""

    task: TaskFacts
    instance: store.Held
    head: Head


def lock(session: Session, actor: Actor, task_id: str) -> Locked:
    """Lock the task's instance and read the task; NotFound("task.absent") when absent or not visible to the actor."""
    try:
        instance = store.lock_found(session, _LOCK, {"b_task": task_id})
    except NotFound:
        raise NotFound("task.absent", task_id=task_id) from None
    rows = session.connection().execute(_loading(actor), {"task_id": task_id}).all()
    task = replace(facts_of(rows), against=_against(actor, rows[0]))
    if not may_see(session, actor, task):
        raise NotFound("task.absent", task_id=task_id)
    return Locked(task, instance, Head(rows[0].stream_seq, rows[0].stream_head))


def _loading(actor: Actor) -> Select[Any]:
    """For a substitute also what stands against it, so that it costs no statement more."""
    if actor.person_id is None or not actor.standing_in:
        return _LOAD
    columns = [asking(actor.person_id, one) for one in actor.standing_in]
    named = [column.label(f"against_{n}_{k}") for n, three in enumerate(columns) for k, column in enumerate(three)]
    return _LOAD.add_columns(*named)


def _against(actor: Actor, row: Any) -> dict[str, Against]:
    return {
        one.substitution_id: Against(*(bool(getattr(row, f"against_{number}_{place}")) for place in range(3)))
        for number, one in enumerate(actor.standing_in)
        if actor.person_id is not None
    }


def read(session: Session, task_id: str) -> TaskFacts:
    """The task without a lock of its own: the caller holds its instance, or only shows it. NotFound("task.absent")."""
    rows = session.connection().execute(_LOAD, {"task_id": task_id}).all()
    if not rows:
        raise NotFound("task.absent", task_id=task_id)
    return facts_of(rows)


def holders(session: Session, instance_id: str) -> Sequence[str]:
    """With whom the open tasks of a case lie: persons and roles."""
    waiting = select(_ENTRY.c.holder).join(_TASK, _TASK.c.id == _ENTRY.c.task_id)
    waiting = waiting.where(_TASK.c.instance_id == instance_id, _TASK.c.state == "open", _ENTRY.c.box.in_(WAITING))
    return session.scalars(waiting.distinct().order_by(_ENTRY.c.holder)).all()


def deadlines(session: Session, task_ids: Sequence[str]) -> dict[str, datetime]:
    """Task → when it falls due."""
    if not task_ids:
        return {}
    return {
        row.id: row.due_at
        for row in session.execute(select(_TASK.c.id, _TASK.c.due_at).where(_TASK.c.id.in_(task_ids)))
    }


def may_see(session: Session, actor: Actor, task: TaskFacts) -> bool:
    """Holders, signers and substitutes see it at once; of everybody else, and a confidential task, the policy is asked.

    A substitute who may not act in the case is told why instead.
    """
    own = actor.person_id in task.person_ids or set(task.groups) & set(actor.holders) or may_know(actor, task)
    if own and CONFIDENTIAL not in task.properties:
        return True
    statement = select(Task.id).where(Task.id == task.id, policy.visible(actor, "task"))
    return session.execute(statement).first() is not None


def expect_open(locked: Locked) -> None:
    """The task is open and its case runs; Conflict("task.closed" | "instance.not_running")."""
    task, instance = locked.task, locked.instance
    if task.state != "open":
        raise Conflict("task.closed", task_id=task.id, state=task.state)
    if instance.state != "running":
        raise Conflict("instance.not_running", instance_id=instance.id, state=instance.state)


def expect(locked: Locked, version: int | None) -> None:
    """Open, and as the caller saw it; Conflict("task.stale") beside those of `expect_open`.

    With several seats a ballot is guarded by its seat, so the version is not asked for (design §3.2).
    """
    if locked.task.signing == "single":
        expect_seen(locked, version)
    else:
        expect_open(locked)


def expect_seen(locked: Locked, version: int | None) -> None:
    """Open, and as the caller saw it, whoever signs; Invalid("version.missing"), Conflict("task.stale")."""
    expect_open(locked)
    task = locked.task
    if version is None:
        raise Invalid("version.missing")
    if version != task.version:
        raise Conflict("task.stale", task_id=task.id, version=task.version, seen=version)


def facts_of(rows: list[Row[Any]] | Any) -> TaskFacts:
    """The task of the rows that `_LOAD` gives: one row a seat."""
    row = rows[0]
    return TaskFacts(
        id=row.id,
        case=case_of(row),
        token=row.token,
        element_id=row.element_id,
        name=row.name,
        state=row.state,
        signing=row.signing,
        version=row.version,
        groups=tuple(row.groups),
        properties=row.properties,
        item=row.item,
        form_id=row.form_id,
        priority=row.priority,
        due_at=row.due_at,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        decision=row.decision,
        reentry=Reentry.of(row.reentry),
        seats=tuple(_seat(found) for found in rows if found.seat_id is not None),
        has_draft=row.has_draft,
    )


def case_of(row: Any) -> CaseFacts:
    """The case as a task row repeats it."""
    return CaseFacts(
        row.instance_id, row.definition_id, row.definition_key, row.business_key, row.title, row.initiator_id,
        row.organisation_id,
    )  # fmt: skip


def _seat(row: Any) -> SeatState:
    return SeatState(
        row.seat_id, row.seat_position, row.seat_person_id, row.seat_state, row.seat_decision, row.seat_opinion,
        row.seat_values, row.seat_signed_at, row.seat_on_behalf_of, row.seat_kind, row.seat_for_seat_id,
    )  # fmt: skip
