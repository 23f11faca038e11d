"""How far the placements of a plan are, person by person and school by school: for the bureau and for both schools."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import column, or_, select, table

from service.access import policy
from service.access.actor import Actor
from service.access.case_rows import ALL_CASES, in_scope
from service.db import db
from service.flows.exchange import queries
from service.flows.exchange.casework import OPENING
from service.flows.exchange.drawing_up import ENTRY
from service.people.models import Organisation, Person
from service.people.queries import name_in
from workflows.base import Instant
from workflows.models import ProcessInstance
from workflows.store import OPEN

STATES = ("placed", "waiting", "arrived", "ended", "missed")
"""Nothing begun yet; begun and not arrived; there; the exchange is over; did not come, or was cancelled before."""

_task = table(
    "task", column("instance_id"), column("element_id"), column("state"), column("due_at", Instant()),
    column("opened_at", Instant()),
)  # fmt: skip


@dataclass(frozen=True)
class Placement:
    """One person's way: `step` is the open step of the case, None while it rests, with its deadline."""

    entry_id: str
    placement_id: str | None
    name: str
    subject: str
    band: str
    manner: str
    source_id: str
    source: str
    target_id: str
    target: str
    state: str
    arrived_on: date | None
    step: str | None
    due_at: datetime | None
    overdue: bool


@dataclass(frozen=True)
class PlacementQuery:
    """Which placements: from or to a school, those past a deadline only."""

    organisation_id: str | None = None
    overdue: bool = False


@dataclass(frozen=True)
class SchoolPlacements:
    """A receiving school's placements by state; `overdue` of them have a step past its deadline."""

    organisation_id: str
    name: str
    placed: int
    waiting: int
    arrived: int
    ended: int
    missed: int
    overdue: int


def placements(
    actor: Actor, instance_id: str, now: datetime, query: PlacementQuery | None = None, *, locale: str = "zh"
) -> Sequence[Placement]:
    """Who goes where, by receiving school: all for the bureau, the own staff and who comes for a school, oneself.

    NotFound("exchange.plan_absent") for who has no part in the plan.
    """
    queries.expect(actor, instance_id)
    asked = query or PlacementQuery()
    rows = db.session.execute(_rows(actor, instance_id, locale)).all()
    steps = _steps([row.placement_id for row in rows if row.placement_id])
    found = [_placement(row, steps.get(row.placement_id or ""), now) for row in rows]
    return [
        one
        for one in found
        if asked.organisation_id in (None, one.source_id, one.target_id) and (one.overdue or not asked.overdue)
    ]


def by_school(found: Sequence[Placement]) -> Sequence[SchoolPlacements]:
    """The same counted by receiving school, in the order in which they come."""
    schools = dict.fromkeys((one.target_id, one.target) for one in found)
    return [
        SchoolPlacements(
            school_id,
            name,
            **{state: sum(one.state == state for one in found if one.target_id == school_id) for state in STATES},
            overdue=sum(one.overdue for one in found if one.target_id == school_id),
        )
        for school_id, name in schools
    ]


def _rows(actor: Actor, instance_id: str, locale: str) -> Any:
    target = Organisation.__table__.alias("target")
    seen = policy.visible(actor, "exchange_entry")
    if not (actor.is_system or actor.has(*ALL_CASES)):
        seen = or_(seen, in_scope(actor, OPENING.c.organisation_id))
    return (
        select(
            ENTRY, Person.name, name_in(locale).label("source"), target.c.id.label("target_id"),
            name_in(locale, target).label("target"), OPENING.c.manner, ProcessInstance.state.label("case_state"),
        )
        .join(Person, Person.id == ENTRY.c.person_id)
        .join(Organisation, Organisation.id == ENTRY.c.organisation_id)
        .join(OPENING, OPENING.c.id == ENTRY.c.opening_id)
        .join(target, target.c.id == OPENING.c.organisation_id)
        .outerjoin(ProcessInstance, ProcessInstance.id == ENTRY.c.placement_id)
        .where(ENTRY.c.instance_id == instance_id, ENTRY.c.state.in_(queries.HELD), seen)
        .order_by(target.c.path, OPENING.c.number, ENTRY.c.id)
    )  # fmt: skip


def _steps(placement_ids: Sequence[str]) -> dict[str, Any]:
    found = select(_task).where(_task.c.instance_id.in_(placement_ids), _task.c.state == "open")
    return {row.instance_id: row for row in db.session.execute(found.order_by(_task.c.opened_at))}


def _placement(row: Any, step: Any, now: datetime) -> Placement:
    due_at = None if step is None else step.due_at
    return Placement(
        row.id, row.placement_id, row.name, row.subject, row.band, row.manner, row.organisation_id, row.source,
        row.target_id, row.target, _state(row), row.arrived_on, None if step is None else step.element_id, due_at,
        due_at is not None and due_at < now,
    )  # fmt: skip


def _state(row: Any) -> str:
    if row.placement_id is None:
        return "placed"
    under_way = row.case_state in OPEN
    if row.arrived_on is None:
        return "waiting" if under_way else "missed"
    return "arrived" if under_way else "ended"
