"""What a decision or a ballot replaces is kept for the recall window: written with it, read by a recall."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Row, Table, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from service.parameters.kept import recall_window
from service.tasks.facts import TaskFacts
from service.tasks.recalls.models import Undo
from service.tasks.signing import Removed, Signed
from workflows.base import Instant, table_of
from workflows.step import Step
from workflows.surroundings import Surroundings
from workflows.writing import write

UNDO = table_of(Undo)
_OWN = [column.name for column in UNDO.c if column.name != "id"]


def _replacing(insert: Any) -> Any:
    statement = insert(UNDO)
    changed = {name: statement.excluded[name] for name in _OWN}
    return statement.on_conflict_do_update(index_elements=[UNDO.c.id], set_=changed)


_KEEP = {"sqlite": _replacing(sqlite.insert), "postgresql": _replacing(postgresql.insert)}
_READ = select(UNDO).where(UNDO.c.id == bindparam("b_id"))
_DROP = delete(UNDO).where(UNDO.c.id == bindparam("b_id"))
_FORGET = delete(UNDO).where(UNDO.c.instance_id == bindparam("b_instance"))


@dataclass(frozen=True)
class Decision:
    """A task as it was before a person's decision closed it: its facts with seats, the marking, the rows that went."""

    task: TaskFacts
    person_id: str
    tokens: bytes
    removed: Removed


@dataclass(frozen=True)
class Effect:
    """What a step wants to come of it: the tasks that it opened, the notices that wait to leave."""

    opened: Sequence[str]
    notices: Sequence[str]


def keep(around: Surroundings, made: Decision, step: Step, effect: Effect) -> None:
    """Keep what a decision replaced, or why it is final at once."""
    code = barred(made.task, step)
    kept = {
        "seats": [[seat.id, seat.state, seat.person_id] for seat in made.task.seats],
        "timers": [dict(row) for row in (*made.removed.timers, *step.timers)],
        "drafts": [dict(row) for row in made.removed.drafts],
        "entries": [dict(row) for row in made.removed.entries],
        "subscriptions": [dict(row) for row in step.subscriptions],
        "created": list(step.created),
        "opened": list(effect.opened),
        "notices": list(effect.notices),
        "calendar": around.calendar_revision,
    }
    row = {"id": made.task.instance_id, "person_id": made.person_id, "version": step.version, "barred": code}
    _write(around, made.task, {**row, "tokens": b"" if code else made.tokens, "kept": {} if code else kept})


def keep_ballot(around: Surroundings, version: int, task: TaskFacts, signed: Signed, notices: Sequence[str]) -> None:
    """Keep what a ballot changed that decided nothing; of the other seats also how it left them."""
    left = {seat.id: seat.state for seat in signed.opened} | dict.fromkeys(
        (seat.id for seat in signed.superseded), "superseded"
    )
    changed = [seat for seat in task.seats if seat.id in left or seat.id == signed.seat.id]
    kept = {
        "seats": [[seat.id, seat.state, seat.person_id] for seat in changed],
        "left": left,
        "drafts": [],
        "entries": [dict(row) for row in signed.removed.entries],
        "notices": list(notices),
    }
    row = {"id": signed.seat.id, "person_id": signed.seat.person_id, "version": version, "barred": None}
    _write(around, task, {**row, "tokens": b"", "kept": kept})


def _write(around: Surroundings, task: TaskFacts, values: Mapping[str, Any]) -> None:
    row = {
        "instance_id": task.instance_id,
        "task_id": task.id,
        "at": around.now,
        "until": around.now + recall_window(around.session, around.now),
        **values,
    }
    write(around.session, _KEEP[around.session.get_bind().dialect.name], row)


def barred(task: TaskFacts, step: Step) -> str | None:
    """What a step did that cannot be taken back, as a code; None: nothing has left the case."""
    if step.outcome is not None:
        return "recall.ended"
    if step.performed:
        return "recall.operation"
    if step.thrown:
        return "recall.message"
    return "recall.closed" if set(step.closed) != {task.token} else None


def read(session: Session, key: str) -> Row[Any] | None:
    """What is kept of a case's last decision, or of the ballot of a seat."""
    return session.connection().execute(_READ, {"b_id": key}).first()


def drop(session: Session, key: str) -> None:
    """It was used."""
    write(session, _DROP, {"b_id": key})


def forget(session: Session, instance_id: str) -> None:
    """Nothing of a case can be taken back any more: what is sealed in the rows is being written anew."""
    write(session, _FORGET, {"b_instance": instance_id})


def rows_of(table: Table, stored: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows out of JSON: moments and days are texts there."""
    return [{name: _value(table.c[name].type, value) for name, value in row.items()} for row in stored]


def _value(kind: Any, value: Any) -> Any:
    if value is None or not isinstance(value, str):
        return value
    if isinstance(kind, Instant):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(kind, Date) else value
