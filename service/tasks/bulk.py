"""Many tasks decided at once (批量审批): which may be, and the rows of what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from service.errors import Conflict, LecternError, NotFound
from service.tasks import forms, voting
from service.tasks.choices import choices
from service.tasks.facts import TaskFacts
from service.tasks.models import Bulk, BulkRow
from workflows.base import table_of
from workflows.catalogue import Definition
from workflows.writing import write

MOST = 1000
"""Tasks of one bulk."""
AT_ONCE = 50
"""Tasks that are decided while the browser waits: a page of the inbox."""
RUN_KIND = "task.bulk"
BULK, ROW = table_of(Bulk), table_of(BulkRow)
_MARK = (
    update(ROW)
    .where(ROW.c.bulk_id == bindparam("b_bulk"), ROW.c.position == bindparam("b_position"), ROW.c.state == "waiting")
    .values({name: bindparam(name) for name in ("state", "code", "params", "decided_at")})
)


@dataclass(frozen=True)
class Chosen:
    """A task and the version of it that the caller saw."""

    task_id: str
    version: int | None = None


@dataclass(frozen=True)
class Agreed:
    """What is said of one task of a bulk; no values, as nothing that asks for some is decided together."""

    decision: str
    opinion: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


class Step(Protocol):
    """What tells whether a step may be decided together with others: a task, or its row."""

    @property
    def properties(self) -> Mapping[str, str]: ...
    @property
    def signing(self) -> str: ...
    @property
    def form_id(self) -> str | None: ...


def refusal(definition: Definition, step: Step) -> str | None:
    """Why a step is never decided together with others, None where it may be: vote, veto, declaration or fields."""
    properties = step.properties
    if step.signing == voting.VOTE:
        return "bulk.vote"
    if properties.get("bulk") == "no":
        return "bulk.alone"
    if properties.get("recuse"):
        return "bulk.declaration"
    form = definition.forms.get(step.form_id) if step.form_id else None
    allowed = forms.rights(form or {}, properties.get("fields"), many_seats=step.signing != "single")
    return "bulk.fields" if any(right in ("write", "required") for right in allowed.values()) else None


def refuse_unfit(definition: Definition, task: TaskFacts) -> None:
    """What must be looked at by itself: Conflict("bulk.vote" | "bulk.alone" | "bulk.declaration" | "bulk.fields")."""
    code = refusal(definition, task)
    if code is not None:
        raise Conflict(code, task_id=task.id)


def agreed(definition: Definition, task: TaskFacts, decision: str | None, opinion: str | None) -> Agreed:
    """The decision on one task: the given one, else the agreeing one of its step."""
    return Agreed(decision or choices(definition.settings, task.element_id, task.properties)[0].value, opinion)


def enter(session: Session, row: Mapping[str, Any], tasks: Sequence[Chosen]) -> None:
    """Write a bulk with all its rows waiting."""
    write(session, insert(BULK), row)
    rows = [
        {"bulk_id": row["id"], "position": number, "task_id": one.task_id, "version": one.version,
         "state": "waiting", "code": None, "params": {}, "decided_at": None}
        for number, one in enumerate(tasks)
    ]  # fmt: skip
    write(session, insert(ROW), rows)


def waiting(session: Session, person_id: str | None, bulk_id: str, position: int) -> Any:
    """A row of a bulk of one's own that is not decided yet, with what is said of it; NotFound("bulk.absent")."""
    statement = (
        select(*ROW.c, BULK.c.decision, BULK.c.opinion)
        .join(BULK, BULK.c.id == ROW.c.bulk_id)
        .where(BULK.c.id == bulk_id, BULK.c.person_id == person_id, ROW.c.position == position)
        .where(ROW.c.state == "waiting")
    )
    row: Any = session.execute(statement).first()
    if row is None:
        raise NotFound("bulk.absent", bulk_id=bulk_id)
    return row


def done(session: Session, bulk_id: str, position: int, now: datetime) -> None:
    """The task is decided, in the same transaction; Conflict("bulk.decided") when another request was first."""
    _mark(session, bulk_id, position, {"state": "done", "code": None, "params": {}, "decided_at": now})


def refused(session: Session, bulk_id: str, position: int, error: LecternError, now: datetime) -> None:
    """Nothing came of a row; why."""
    told = {name: value for name, value in error.params.items() if isinstance(value, str | int | bool)}
    _mark(session, bulk_id, position, {"state": "refused", "code": error.code, "params": told, "decided_at": now})


def _mark(session: Session, bulk_id: str, position: int, told: Mapping[str, Any]) -> None:
    place = {"b_bulk": bulk_id, "b_position": position}
    write(session, _MARK, {**place, **told}, Conflict("bulk.decided", bulk_id=bulk_id))
