"""Reads of plans: figures with numerator and denominator, progress by school, what may be done now."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, case, func, or_, select

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.errors import NotFound
from service.flows.exchange import casework
from service.flows.exchange.casework import OBJECTION, OPENING, PLAN, WINDOWS
from service.flows.exchange.drawing_up import ENTRY
from service.flows.exchange.rules import backbone_needed
from service.parameters.queries import county
from service.people.models import Organisation
from workflows import store
from workflows.models import ProcessInstance

HELD = ("placed", "began")
PART = ("applied", "nominated", *HELD)
SUMS = ("staff", "required", "applied", "nominated", "placed", "arrived", "backbone")
PLACEMENTS = select(ProcessInstance.id).where(ProcessInstance.state.in_(store.OPEN))
GOING = or_(
    ENTRY.c.state == "placed",
    and_(ENTRY.c.state == "began", or_(ENTRY.c.arrived_on.is_not(None), ENTRY.c.placement_id.in_(PLACEMENTS))),
)
"""Who has a place, or is on the way to it, or has arrived: who did not come, or whose case was cancelled, is none."""


@dataclass(frozen=True)
class Goal:
    """A goal in whole persons: `reached` of `needed`, out of `base`."""

    name: str
    reached: int
    needed: int
    base: int


@dataclass(frozen=True)
class PlanView:
    """A plan: what it undertakes, how far it is, and what may be done at this moment (names of `WINDOWS`)."""

    instance_id: str
    year: int
    effective_on: date
    term_years: int
    staff: int
    eligible: int
    uncounted: int
    state: str
    goals: tuple[Goal, ...]
    open: tuple[str, ...]
    appeals: int
    corrections: int
    at: casework.Plan = field(repr=False)


@dataclass(frozen=True)
class SchoolProgress:
    """A school's part in a plan; `placed` are persons who go, `arrived` of them, `coming` who come, of `places`."""

    organisation_id: str
    name: str
    staff: int
    required: int
    applied: int
    nominated: int
    placed: int
    arrived: int
    backbone: int
    places: int
    coming: int


def plans(actor: Actor) -> Sequence[Row[Any]]:
    """(instance id, year, state) of the plans in which the actor, or somebody of the actor's school, has a part."""
    mine = select(ENTRY.c.instance_id).where(policy.visible(actor, "exchange_entry"))
    found = (
        select(PLAN.c.instance_id, PLAN.c.year, ProcessInstance.state)
        .join(ProcessInstance, ProcessInstance.id == PLAN.c.instance_id)
        .where(PLAN.c.instance_id.in_(mine))
        .order_by(PLAN.c.year.desc(), PLAN.c.instance_id)
    )
    return db.session.execute(found).all()


def plan(actor: Actor, instance_id: str) -> PlanView:
    """A plan in which the actor has a part; NotFound("exchange.plan_absent")."""
    row = expect(actor, instance_id)
    held = store.read(db.session(), instance_id)
    here = casework.seen(held, db.session())
    open_ = tuple(what for what in WINDOWS if casework.opens(here, what))
    waiting = (OBJECTION.c.instance_id == instance_id, OBJECTION.c.outcome.is_(None))
    counted = select(OBJECTION.c.kind, func.count()).where(*waiting).group_by(OBJECTION.c.kind)
    percent = int(county(db.session(), row.effective_on)["exchange_backbone_percent"])
    objections = {kind: int(number) for kind, number in db.session.execute(counted)}
    return PlanView(
        instance_id, row.year, row.effective_on, row.term_years, row.staff, row.eligible, row.uncounted, held.state,
        _goals(row, percent), open_, objections.get("appeal", 0), objections.get("correction", 0), here,
    )  # fmt: skip


def expect(actor: Actor, instance_id: str) -> Row[Any]:
    """The row of a plan in which the actor has a part; NotFound("exchange.plan_absent")."""
    part = select(ENTRY.c.id).where(ENTRY.c.instance_id == instance_id, policy.visible(actor, "exchange_entry"))
    found = db.session.execute(select(PLAN).where(PLAN.c.instance_id == instance_id)).first()
    if found is None or db.session.execute(part.limit(1)).first() is None:
        raise NotFound("exchange.plan_absent", instance_id=instance_id)
    return found


def _goals(row: Row[Any], percent: int) -> tuple[Goal, ...]:
    """8 % of the staff, 10 % of the eligible, 20 % backbone of those who go: persons placed or arrived so far."""
    counted = case((ENTRY.c.counted, 1), else_=0)
    backbone = case((ENTRY.c.counted & (ENTRY.c.backbone.is_(True)), 1), else_=0)
    sums = select(func.count(), func.coalesce(func.sum(counted), 0), func.coalesce(func.sum(backbone), 0))
    found = db.session.execute(sums.where(ENTRY.c.instance_id == row.instance_id, GOING))
    placed, floor, best = (int(number) for number in found.one())
    return (
        Goal("target", placed, row.target, row.staff),
        Goal("floor", floor, row.floor, row.eligible),
        Goal("backbone", best, backbone_needed(row.backbone, floor, percent), floor),
    )


def progress(actor: Actor, instance_id: str) -> Sequence[SchoolProgress]:
    """The schools of a plan that the actor may see, in the order of the tree."""
    expect(actor, instance_id)
    coming = (
        select(OPENING.c.organisation_id, func.count().label("coming"))
        .join(ENTRY, ENTRY.c.opening_id == OPENING.c.id)
        .where(OPENING.c.instance_id == instance_id, GOING)
        .group_by(OPENING.c.organisation_id)
    )
    arriving = {row.organisation_id: int(row.coming) for row in db.session.execute(coming)}
    places = select(OPENING.c.organisation_id, func.sum(OPENING.c.count)).where(OPENING.c.instance_id == instance_id)
    offered = {row[0]: int(row[1]) for row in db.session.execute(places.group_by(OPENING.c.organisation_id))}
    return [
        SchoolProgress(
            row.organisation_id,
            row.name,
            **{name: int(getattr(row, name)) for name in SUMS},
            places=offered.get(row.organisation_id, 0),
            coming=arriving.get(row.organisation_id, 0),
        )
        for row in db.session.execute(_sums(actor, instance_id)).all()
    ]


def _sums(actor: Actor, instance_id: str) -> Any:
    def counting(name: str, *conditions: Any) -> Any:
        met = conditions[0] if len(conditions) == 1 else or_(*conditions)
        return func.sum(case((met, 1), else_=0)).label(name)

    state = ENTRY.c.state
    return (
        select(
            ENTRY.c.organisation_id, Organisation.name, Organisation.path, func.count().label("staff"),
            counting("required", ENTRY.c.result == "REQUIRED"), counting("applied", ENTRY.c.applied_at.is_not(None)),
            counting("nominated", (ENTRY.c.applied_at.is_(None)) & state.in_(PART)),
            counting("placed", GOING), counting("arrived", ENTRY.c.arrived_on.is_not(None)),
            counting("backbone", GOING & ENTRY.c.backbone.is_(True)),
        )
        .join(Organisation, Organisation.id == ENTRY.c.organisation_id)
        .where(ENTRY.c.instance_id == instance_id, policy.visible(actor, "exchange_entry"))
        .group_by(ENTRY.c.organisation_id, Organisation.name, Organisation.path)
        .order_by(Organisation.path)
    )  # fmt: skip
