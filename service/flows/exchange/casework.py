"""The plan under a command: locked, where it stands, and what may be written there now."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, select
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.fields import Field
from service.access.roles import BUREAU_HR
from service.audit import chain
from service.errors import Conflict, Forbidden, NotFound
from service.flows.exchange.drawing_up import ENTRY
from service.flows.exchange.models import ExchangeObjection, ExchangeOpening, ExchangePlan, ExchangeRound, ExchangeWish
from service.people import members
from workflows import catalogue, engine, store
from workflows.base import table_of

PLAN: Table = table_of(ExchangePlan)
OPENING: Table = table_of(ExchangeOpening)
WISH: Table = table_of(ExchangeWish)
ROUND: Table = table_of(ExchangeRound)
OBJECTION: Table = table_of(ExchangeObjection)
TEXT, ANSWER = Field("exchange_objection", "text"), Field("exchange_objection", "answer")

LIST = ("list_check", "list_period")
MATCHING = ("match",)
WINDOWS: Mapping[str, tuple[str, ...]] = {
    "correct": LIST,
    "ask_exception": LIST,
    "offer": (*LIST, "list_settle"),
    "settle": ("list_settle", "applications_over", "school_opinions", *MATCHING, "inquiry"),
    "answer_correction": ("list_settle",),
    "decide_exception": ("exceptions",),
    "apply": ("applications_over",),
    "opine": ("applications_over", "school_opinions"),
    "nominate": ("applications_over", "school_opinions"),
    "rank": ("school_opinions", *MATCHING),
    "match": MATCHING,
    "replay": (*MATCHING, "publicity", "inquiry", "decision"),
    "appeal": ("publicity", "inquiry"),
    "answer": ("publicity", "inquiry"),
    "begin": ("placements_begun",),
    "see": ("publicity", "inquiry", "decision", "placements_begun"),
}
"""What people do → the steps of the plan at which it may be done."""
SCHOOL_STEPS: Mapping[str, str] = {
    "correct": "list_check", "ask_exception": "list_check", "offer": "list_check", "opine": "school_opinions",
    "nominate": "school_opinions", "rank": "school_opinions",
}  # fmt: skip
"""What a school does → its own step of the plan: once it has finished that, its window is closed (policy §3.X 2, 4)."""
CALL = "applications_over"


@dataclass(frozen=True)
class Plan:
    """A locked plan; `standing` are the elements where it stands, `schools` those steps that a school still has open.

    Also the target of permissions of the bureau.
    """

    instance_id: str
    organisation_id: str
    state: str
    standing: frozenset[str]
    schools: frozenset[tuple[str, str]] = frozenset()


def lock(session: Session, instance_id: str) -> Plan:
    """Lock a plan; NotFound("exchange.plan_absent") for what is no plan."""
    if session.scalar(select(PLAN.c.instance_id).where(PLAN.c.instance_id == instance_id)) is None:
        raise NotFound("exchange.plan_absent", instance_id=instance_id)
    return seen(store.lock(session, instance_id), session)


def seen(held: store.Held, session: Session) -> Plan:
    """A plan as it was read."""
    definition = catalogue.get(session, held.definition_id)
    found = engine.inspect(held, definition)
    standing = frozenset(current.element_id for current in found)
    schools = frozenset((current.element_id, current.item) for current in found if isinstance(current.item, str))
    return Plan(held.id, held.variables.get("school", ""), held.state, standing, schools)


def opens(plan: Plan, what: str) -> bool:
    """Whether the plan stands where this may be done."""
    return plan.state == "running" and bool(plan.standing & set(WINDOWS[what]))


def opens_at(plan: Plan, what: str, actor: Actor, organisation_id: str) -> bool:
    """Whether it may be done there by this actor: a school's window is closed by its own step, the bureau's is not."""
    step = SCHOOL_STEPS.get(what)
    if step is None or actor.is_system or actor.has(*BUREAU_HR):
        return opens(plan, what)
    early = CALL in WINDOWS[what] and CALL in plan.standing
    return opens(plan, what) and (early or (step, organisation_id) in plan.schools)


def expect(plan: Plan, what: str) -> None:
    """Conflict("instance.not_running" | "exchange.not_now")."""
    if plan.state != "running":
        raise Conflict("instance.not_running", instance_id=plan.instance_id, state=plan.state)
    if not opens(plan, what):
        raise Conflict("exchange.not_now", what=what)


def expect_at(plan: Plan, what: str, actor: Actor, organisation_id: str) -> None:
    """The same, and that the school has not closed its own part: Conflict("exchange.school_closed")."""
    expect(plan, what)
    if not opens_at(plan, what, actor, organisation_id):
        raise Conflict("exchange.school_closed")


def expect_apart(actor: Actor, person_ids: Collection[str]) -> None:
    """Nobody acts for the office on oneself or a relative (policy §3.H): Forbidden("exchange.own_case" | …related)."""
    if actor.person_id is None:
        return
    if actor.person_id in person_ids:
        raise Forbidden("exchange.own_case")
    if person_ids and members.related_among(actor.person_id, person_ids):
        raise Forbidden("exchange.related")


def lock_entry(session: Session, actor: Actor, entry_id: str) -> tuple[Plan, Row[Any]]:
    """Lock the plan of a visible entry and read the entry under the lock; NotFound("exchange_entry.absent")."""
    visible = policy.visible(actor, "exchange_entry")
    found = session.scalar(select(ENTRY.c.instance_id).where(ENTRY.c.id == entry_id, visible))
    if found is None:
        raise NotFound("exchange_entry.absent")
    plan = lock(session, found)
    return plan, session.execute(select(ENTRY).where(ENTRY.c.id == entry_id)).one()


def lock_opening(session: Session, opening_id: str) -> tuple[Plan, Row[Any]]:
    """Lock the plan of an opening; NotFound("exchange_opening.absent")."""
    row = session.execute(select(OPENING).where(OPENING.c.id == opening_id)).first()
    if row is None:
        raise NotFound("exchange_opening.absent")
    return lock(session, row.instance_id), row


def record(
    session: Session, instance_id: str, actor: Actor, kind: str, now: datetime, body: Mapping[str, Any],
    sensitive: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Append to the plan's stream; what may tell of a person's health goes into the encrypted part."""
    event = chain.NewEvent(kind, signature(actor), body=body, sensitive=sensitive)
    chain.append(session, f"instance:{instance_id}", [event], at=now)


def signature(actor: Actor) -> str:
    """The id under which an actor stands in events: the person, else the account."""
    return actor.person_id or actor.account_id
