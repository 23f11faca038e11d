"""The rows of tasks that a step opened: task, seats, queue entries, deadlines, notices, events."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.orm import Session

from service.audit.chain import NewEvent
from service.incidents.record import Failure, open_incident
from service.notices.outbox import Message
from service.tasks import deadlines
from service.tasks.assignment import Assignment, kept, resolve_all
from service.tasks.facts import CaseFacts
from service.tasks.models import EVERY_MARK, LEAST_URGENT, MARKS, NEVER, CaseWords, QueueEntry, Seat, Task
from service.tasks.reentry import Reentry
from service.tasks.signing import SeatState, first_open
from workflows.base import new_id, table_of
from workflows.models import Timer
from workflows.step import OpenedTask
from workflows.surroundings import Surroundings
from workflows.writing import write

_TASKS = insert(table_of(Task))
_SEATS = insert(table_of(Seat))
_TIMERS = insert(table_of(Timer))
_OWN = ("id", "holder", "box", "due_at", "task_id")
_ENTRY, _TASK, _WORDS = table_of(QueueEntry), table_of(Task), table_of(CaseWords)
NEW_ENTRIES = insert(_ENTRY).from_select(
    [*_OWN, "urgency", *MARKS],
    select(
        *(bindparam(f"b_{name}", type_=_ENTRY.c[name].type) for name in _OWN),
        LEAST_URGENT - _TASK.c.priority,
        *(func.coalesce(_WORDS.c[name], EVERY_MARK) for name in MARKS),
    )
    .join_from(_TASK, _WORDS, _WORDS.c.instance_id == _TASK.c.instance_id, isouter=True)
    .where(_TASK.c.id == bindparam("b_task_id")),
)
"""Takes rows of `entry_row`, and from the task and its case, written before, what orders and finds them."""


@dataclass
class Opening:
    """Everything that opening some tasks writes, gathered so that each table takes one statement."""

    tasks: list[dict[str, Any]] = field(default_factory=list)
    seats: list[dict[str, Any]] = field(default_factory=list)
    entries: list[Mapping[str, Any]] = field(default_factory=list)
    timers: list[dict[str, Any]] = field(default_factory=list)
    events: list[NewEvent] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    def insert(self, session: Session) -> None:
        """Write the rows; events and messages are for the caller."""
        write(session, _TASKS, self.tasks)
        write(session, _SEATS, self.seats)
        write(session, NEW_ENTRIES, self.entries)
        write(session, _TIMERS, self.timers)


def gather(
    session: Session,
    around: Surroundings,
    case: CaseFacts,
    opened: Iterable[OpenedTask],
    reentry: Reentry | None = None,
) -> Opening:
    """Resolve who each opened task is for and gather its rows; a task for nobody is open and an incident.

    Of a case that is told afterwards the caller looks at what stays open: most of it is long done.
    """
    opening, tasks = Opening(), list(opened)
    today = around.recorded_at.astimezone(around.zone).date()
    for task, assignment in zip(tasks, resolve_all(session, tasks, today, case.organisation_id), strict=True):
        back = reentry if reentry and reentry.element_id == task.element_id else None
        given = kept(session, assignment, back.former, today) if back else assignment
        _add(opening, around, case, task, given, back)
        if assignment.gap and around.written is None:
            failure = Failure(case.instance_id, task.element_id, "assignment", "task.nobody", assignment.gap)
            open_incident(session, failure, around.now)
    return opening


def _add(
    opening: Opening,
    around: Surroundings,
    case: CaseFacts,
    opened: OpenedTask,
    assignment: Assignment,
    reentry: Reentry | None,
) -> None:
    task_id = new_id()
    timers = deadlines.rows(opened, task_id, case.instance_id, around)
    due_at = next((row["due_at"] for row in timers if row["kind"] == "due"), NEVER)
    seats = first_open(assignment.signing, _seats(assignment))
    row = _task_row(task_id, around, case, opened, assignment, due_at)
    opening.tasks.append(row | {"reentry": reentry.record() if reentry else None})
    opening.seats.extend(seat_row(task_id, seat) for seat in seats)
    opening.timers.extend(timers)
    holders = [(f"person:{seat.person_id}", "todo") for seat in seats if seat.state == "open"]
    if assignment.claimant is None:
        holders.extend((group, "claimable") for group in assignment.groups)
    opening.entries.extend(entry_row(task_id, holder, box, due_at) for holder, box in holders)
    opening.messages.extend(opened_message(case, task_id, opened.element_id, holder, due_at) for holder, _ in holders)
    opening.events.append(_event(task_id, opened, assignment, due_at, reentry))


def _seats(assignment: Assignment) -> list[SeatState]:
    persons = (assignment.claimant,) if assignment.claimant else assignment.persons
    return [SeatState(new_id(), number, person, "open") for number, person in enumerate(persons)]


def _task_row(
    task_id: str, around: Surroundings, case: CaseFacts, opened: OpenedTask, assignment: Assignment, due_at: Any
) -> dict[str, Any]:
    return {
        "id": task_id,
        "instance_id": case.instance_id,
        "definition_id": case.definition_id,
        "definition_key": case.definition_key,
        "token": opened.token,
        "element_id": opened.element_id,
        "name": opened.name,
        "state": "open",
        "signing": assignment.signing,
        "version": 1,
        "business_key": case.business_key,
        "title": case.title,
        "initiator_id": case.initiator_id,
        "organisation_id": case.organisation_id,
        "groups": list(assignment.groups),
        "properties": dict(opened.properties),
        "item": opened.item,
        "form_id": opened.form_id,
        "priority": opened.priority,
        "due_at": due_at,
        "opened_at": around.now,
        "closed_at": None,
        "decision": None,
    }


def seat_row(task_id: str, seat: SeatState) -> dict[str, Any]:
    """A seat as a row."""
    return {
        "id": seat.id,
        "task_id": task_id,
        "position": seat.position,
        "person_id": seat.person_id,
        "state": seat.state,
        "decision": seat.decision,
        "opinion": seat.opinion,
        "values": seat.values,
        "signed_at": seat.signed_at,
        "on_behalf_of": seat.on_behalf_of,
        "kind": seat.kind,
        "for_seat_id": seat.for_seat_id,
    }


def entry_row(task_id: str, holder: str, box: str, due_at: Any) -> dict[str, Any]:
    """A queue entry as a row of `NEW_ENTRIES`."""
    row = {"id": new_id(), "holder": holder, "box": box, "due_at": due_at, "task_id": task_id}
    return {f"b_{name}": value for name, value in row.items()}


def opened_message(case: CaseFacts, task_id: str, element_id: str, holder: str, due_at: datetime) -> Message:
    """The notice that a task waits for `holder`; `due_at` NEVER is not told."""
    body = {
        "task_id": task_id,
        "instance_id": case.instance_id,
        "title": case.title,
        "business_key": case.business_key,
        "element_id": element_id,
    }
    due = {} if due_at == NEVER else {"due_at": due_at.isoformat()}
    return Message("task.opened", holder, body | due)


def _event(task_id: str, opened: OpenedTask, assignment: Assignment, due_at: Any, reentry: Reentry | None) -> NewEvent:
    body = {
        "task_id": task_id,
        "token": opened.token,
        "name": opened.name,
        "signing": assignment.signing,
        "groups": list(assignment.groups),
        "persons": list(assignment.persons),
        "due_at": None if due_at == NEVER else due_at.isoformat(),
    }
    if opened.properties.get("about"):
        body["about"] = opened.properties["about"]
    if reentry is not None:
        body["reentry"] = {"kind": reentry.kind, "task_id": reentry.task_id, "former": reentry.former}
        body["claimant"] = assignment.claimant
    if assignment.stand_ins:
        body["stand_ins"] = [found.record() for found in assignment.stand_ins]
    return NewEvent("task.opened", "system", element_id=opened.element_id, body=body)
