"""Takes a decision or a ballot back (撤回), by who made it, while nothing has come of it yet (policy.md §5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, exists, func, or_, select

from service.errors import Conflict
from service.notices.outbox import OUTBOX
from service.tasks import undo
from service.tasks.facts import TaskFacts
from service.tasks.models import Draft, Seat, Task
from service.tasks.signing import SAID, SIGNED, SeatState
from service.tasks.voting import VOTE
from workflows.base import table_of
from workflows.store import Held
from workflows.surroundings import Surroundings

_TASK, _SEAT, _DRAFT = table_of(Task), table_of(Seat), table_of(Draft)
_IDS: Any = bindparam("b_ids", expanding=True)
_TOUCHED = select(_TASK.c.id).where(
    _TASK.c.id.in_(_IDS),
    or_(
        _TASK.c.state != "open",
        _TASK.c.version != 1,
        exists().where(_SEAT.c.task_id == _TASK.c.id, _SEAT.c.state.in_(SAID)),
        exists().where(_DRAFT.c.task_id == _TASK.c.id),
    ),
)
"""Tasks that somebody has begun to work on: claimed, drafted, signed, or changed in any other way."""
_WAITING = select(func.count()).select_from(OUTBOX).where(OUTBOX.c.id.in_(_IDS), OUTBOX.c.state == "waiting")
_BEGUN = select(_DRAFT.c.person_id).where(
    _DRAFT.c.task_id == bindparam("b_task"), _DRAFT.c.person_id.in_(bindparam("b_persons", expanding=True))
)


@dataclass(frozen=True)
class Recallable:
    """What may be taken back: a signed seat and the row of what its signature replaced."""

    seat: SeatState
    undo: Row[Any]


def expect(around: Surroundings, held: Held, task: TaskFacts, person_id: str) -> Recallable:
    """What the person may take back at a task; only looks. Conflict `recall.…` with the exact reason otherwise."""
    seat = _own(task, person_id)
    if task.signing == VOTE:
        raise Conflict("recall.vote", task_id=task.id)
    if held.ended_at is not None:
        raise Conflict("recall.ended", task_id=task.id)
    if held.state != "running":
        raise Conflict("instance.not_running", instance_id=held.id, state=held.state)
    row = undo.read(around.session, seat.id if task.state == "open" else held.id)
    if row is None:
        raise Conflict("recall.too_late", task_id=task.id)
    if task.state == "open":
        _expect_untouched(around, task, row.kept)
    else:
        _expect_last(held, task, seat, row)
        _expect_unbegun(around, task, row.kept)
    if around.now >= row.until:
        raise Conflict("recall.too_late", task_id=task.id)
    _expect_untold(around, task, row.kept)
    return Recallable(seat, row)


def _own(task: TaskFacts, person_id: str) -> SeatState:
    own = [seat for seat in task.seats if seat.person_id == person_id and seat.state == SIGNED]
    if not own:
        raise Conflict("recall.not_yours", task_id=task.id)
    return max(own, key=lambda seat: (str(seat.signed_at), seat.position))


def _expect_untouched(around: Surroundings, task: TaskFacts, kept: Mapping[str, Any]) -> None:
    """A ballot that has not decided frees its seat, while those whose turn came by it have not begun."""
    now = {seat.id: seat for seat in task.seats}
    moved = [now[seat_id] for seat_id in kept["left"]]
    drafting = {"b_task": task.id, "b_persons": [seat.person_id for seat in moved]}
    begun = moved and around.session.connection().execute(_BEGUN, drafting).first()
    if begun or any(seat.state != kept["left"][seat.id] for seat in moved):
        raise Conflict("recall.acted", task_id=task.id)


def _expect_last(held: Held, task: TaskFacts, seat: SeatState, row: Row[Any]) -> None:
    """The decision is the last step of its case, and nothing of it has left the case."""
    if (row.task_id, row.person_id) != (task.id, seat.person_id):
        raise Conflict("recall.not_last", task_id=task.id)
    if row.barred is not None:
        raise Conflict(row.barred, task_id=task.id)
    if row.version != held.version:
        raise Conflict("recall.not_last", task_id=task.id)


def _expect_unbegun(around: Surroundings, task: TaskFacts, kept: Mapping[str, Any]) -> None:
    """Nobody has begun to work on what the decision led to, and its deadlines are counted as before."""
    if kept["opened"] and around.session.connection().execute(_TOUCHED, {"b_ids": kept["opened"]}).first():
        raise Conflict("recall.acted", task_id=task.id)
    if kept["calendar"] != around.calendar_revision:
        raise Conflict("recall.calendar", task_id=task.id)


def _expect_untold(around: Surroundings, task: TaskFacts, kept: Mapping[str, Any]) -> None:
    notices = kept["notices"]
    if notices and around.session.connection().execute(_WAITING, {"b_ids": notices}).scalar_one() != len(notices):
        raise Conflict("recall.told", task_id=task.id)
