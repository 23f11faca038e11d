"""Reads of personnel changes: the list, how many there are in each school, what is late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, column, func, select, table

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.flows.personnel.change import CHANGE
from workflows.base import Instant

CASE = table(
    "process_case", column("instance_id"), column("organisation_id"), column("initiator_id"), column("business_key"),
    column("title"),
)  # fmt: skip
_INSTANCE = table("process_instance", column("id"), column("state"))
_TASK = table(
    "task", column("instance_id"), column("state"), column("due_at", Instant()), column("element_id"), column("name")
)
OPEN = ("running", "suspended", "failed")
STATES = ("open", "done", "all")
MOST = 5000


@dataclass(frozen=True)
class ChangeView:
    """One change: `state` is the case's; `waiting`: confirmed, it waits for its day; `due_at` of its open step."""

    instance_id: str
    business_key: str
    title: str
    kind: str
    organisation_id: str
    to_organisation_id: str | None
    person_id: str | None
    effective_on: date
    document: str
    state: str
    waiting: bool
    entered_at: datetime
    step: str | None
    due_at: datetime | None


@dataclass(frozen=True)
class Totals:
    """How many changes of one school are open, wait for their day, are overdue, and were carried out."""

    organisation_id: str
    open: int
    waiting: int
    overdue: int
    done: int


def changes(
    actor: Actor, *, state: str = "open", kind: str | None = None, organisation_id: str | None = None,
    after: str | None = None, limit: int = 50,
) -> Sequence[ChangeView]:  # fmt: skip
    """The changes whose cases the actor may read, newest first; `after` is the case id where the page before ended."""
    found = _base(actor).add_columns(*_STEP).outerjoin(_TASK, _open_task()).order_by(CHANGE.c.instance_id.desc())
    if state == "open":
        found = found.where(_INSTANCE.c.state.in_(OPEN))
    elif state == "done":
        found = found.where(CHANGE.c.state == "done")
    for wanted, own in ((kind, CHANGE.c.kind), (organisation_id, CHANGE.c.organisation_id)):
        found = found if not wanted else found.where(own == wanted)
    if after is not None:
        found = found.where(CHANGE.c.instance_id < after)
    return [_view(row) for row in db.session.execute(found.limit(min(limit, MOST)))]


def totals(actor: Actor, now: datetime) -> Sequence[Totals]:
    """Schools with changes that the actor may read, those with the most open ones first."""
    is_open = _INSTANCE.c.state.in_(OPEN)
    counted = {
        "open": is_open,
        "waiting": and_(is_open, CHANGE.c.state == "waiting", _TASK.c.due_at.is_(None)),
        "overdue": and_(is_open, _TASK.c.due_at < now),
        "done": CHANGE.c.state == "done",
    }
    sums = [func.sum(case((condition, 1), else_=0)).label(name) for name, condition in counted.items()]
    found = (
        select(CHANGE.c.organisation_id, *sums)
        .join(CASE, CASE.c.instance_id == CHANGE.c.instance_id)
        .join(_INSTANCE, _INSTANCE.c.id == CHANGE.c.instance_id)
        .outerjoin(_TASK, _open_task())
        .where(policy.visible(actor, "case_contents", CASE))
        .group_by(CHANGE.c.organisation_id)
    )
    names = ("organisation_id", "open", "waiting", "overdue", "done")
    rows = [Totals(*(getattr(row, name) for name in names)) for row in db.session.execute(found)]
    return sorted(rows, key=lambda row: (-row.overdue, -row.open, row.organisation_id))


_STEP = (_TASK.c.name.label("step"), _TASK.c.due_at)


def _open_task() -> ColumnElement[bool]:
    return and_(_TASK.c.instance_id == CHANGE.c.instance_id, _TASK.c.state == "open")


def _base(actor: Actor) -> Any:
    return (
        select(CHANGE, CASE.c.business_key, CASE.c.title, _INSTANCE.c.state.label("case_state"))
        .join(CASE, CASE.c.instance_id == CHANGE.c.instance_id)
        .join(_INSTANCE, _INSTANCE.c.id == CHANGE.c.instance_id)
        .where(policy.visible(actor, "case_contents", CASE))
    )


def _view(row: Any) -> ChangeView:
    waits = row.case_state in OPEN and row.state == "waiting"
    due = row.due_at if row.due_at is not None and row.due_at.year < 9999 else None
    return ChangeView(
        row.instance_id, row.business_key, row.title, row.kind, row.organisation_id, row.to_organisation_id,
        row.person_id, row.effective_on, row.document, row.case_state, waits,
        row.entered_at, row.step, due,
    )  # fmt: skip
