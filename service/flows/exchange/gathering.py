"""Gathers what a matching round is asked, in a number of statements that does not depend on how many took part."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.access.days import day_of
from service.flows.exchange import rules
from service.flows.exchange.casework import OPENING, PLAN, WISH
from service.flows.exchange.drawing_up import ENTRY
from service.flows.exchange.matching.problem import NOMINATED, REQUIRED, VOLUNTARY, Goals, Opening, Problem, Teacher
from service.parameters.queries import view
from service.people.models import Organisation, Person
from service.posts import pools
from service.posts.posting import ACCOUNT
from service.posts.rules import Figures
from service.records.queries import Facts, facts_of
from workflows.surroundings import Call

TAKES_PART = ("applied", "nominated")


def problem_of(session: Session, instance_id: str, today: date) -> Problem:
    """The round of a plan as things stand today: who takes part, what is offered, what is free, the goals."""
    plan = session.execute(select(PLAN).where(PLAN.c.instance_id == instance_id)).one()
    entries = session.execute(select(ENTRY).where(ENTRY.c.instance_id == instance_id, ENTRY.c.state.in_(TAKES_PART)))
    rows = sorted(entries, key=lambda row: str(row.id))
    facts = facts_of(session, [row.person_id for row in rows], max(today, plan.effective_on))
    wishes = wishes_of(session, instance_id)
    teachers = [_teacher(row, wishes.get(row.id, ()), facts.get(row.person_id)) for row in rows]
    goals = Goals(plan.target, plan.floor, int(view(session, today)["exchange_backbone_percent"]))
    return Problem(
        tuple(found for found in teachers if found is not None),
        _openings(session, instance_id, [wish for one in wishes.values() for wish in one]),
        *_free(session),
        goals,
    )


def problem_at(call: Call) -> Problem:
    """The same inside the plan's own step."""
    return problem_of(call.session, call.instance_id, day_of(call.now))


def wishes_of(session: Session, instance_id: str) -> dict[str, list[Row[Any]]]:
    """Entry id → its wishes, best first."""
    mine = select(ENTRY.c.id).where(ENTRY.c.instance_id == instance_id)
    found: dict[str, list[Row[Any]]] = {}
    for row in session.execute(select(WISH).where(WISH.c.entry_id.in_(mine)).order_by(WISH.c.entry_id, WISH.c.number)):
        found.setdefault(row.entry_id, []).append(row)
    return found


def _teacher(row: Row[Any], wishes: Sequence[Row[Any]], facts: Facts | None) -> Teacher | None:
    """None for who may not take part any more: gone, moved, or under an inquiry."""
    if facts is None or facts.employment is None or facts.employment.id != row.appointment_id or facts.open_case:
        return None
    if row.result not in rules.MAY_APPLY:
        return None
    duty = REQUIRED if row.result == "REQUIRED" else NOMINATED if row.state == "nominated" else VOLUNTARY
    return Teacher(
        row.id, row.organisation_id, row.subject, row.stage, row.band, duty, row.backbone is True, row.counted,
        facts.lock_active is not False and row.exception != "granted", tuple(wish.opening_id for wish in wishes),
        row.anywhere,
    )  # fmt: skip


def _openings(session: Session, instance_id: str, wishes: Iterable[Row[Any]]) -> tuple[Opening, ...]:
    ranked: dict[str, list[tuple[int, str]]] = {}
    declined: dict[str, list[str]] = {}
    for wish in wishes:
        if wish.declined:
            declined.setdefault(wish.opening_id, []).append(wish.entry_id)
        elif wish.rank is not None:
            ranked.setdefault(wish.opening_id, []).append((wish.rank, wish.entry_id))
    found = (
        select(OPENING, Organisation.area, Organisation.weak)
        .join(Organisation, Organisation.id == OPENING.c.organisation_id)
        .where(OPENING.c.instance_id == instance_id)
        .order_by(OPENING.c.number)
    )
    return tuple(
        Opening(
            row.id, row.organisation_id, row.subject, row.stage, row._mapping["count"], row.band, row.manner,
            rules.is_rural(row), tuple(entry_id for _, entry_id in sorted(ranked.get(row.id, ()))),
            tuple(sorted(declined.get(row.id, ()))),
        )
        for row in session.execute(found)
    )  # fmt: skip


def _free(session: Session) -> tuple[Mapping[str, int], Mapping[str, Mapping[str, int]], Mapping[str, int]]:
    """Free headcount by school, free posts by school and band, free posts of the pool by band."""
    headcount: dict[str, int] = {}
    posts: dict[str, dict[str, int]] = {}
    pool: dict[str, int] = {}
    lending = pools.accounts(session)
    for row in session.execute(select(ACCOUNT)):
        free = Figures(row.approved, row.excess, row.occupied, row.reserved, row.lent).free
        if row.pool:
            pool |= {row.band: free} if lending[row.band] == row.id else {}
        elif row.kind == "headcount":
            headcount[row.organisation_id] = free
        else:
            posts.setdefault(row.organisation_id, {})[row.band] = free
    return headcount, posts, pool


def placed(session: Session, instance_id: str) -> list[dict[str, Any]]:
    """The cases to be begun: of each person who was placed, where, how, and what the case has to know."""
    plan = session.execute(select(PLAN).where(PLAN.c.instance_id == instance_id)).one()
    found = (
        select(ENTRY, Person.name, OPENING.c.organisation_id.label("target_id"), OPENING.c.manner)
        .join(Person, Person.id == ENTRY.c.person_id)
        .join(OPENING, OPENING.c.id == ENTRY.c.opening_id)
        .where(ENTRY.c.instance_id == instance_id, ENTRY.c.state == "placed")
        .order_by(OPENING.c.number, ENTRY.c.id)
    )
    return [
        {
            "organisation_id": row.target_id,
            "variables": {
                "plan_id": instance_id, "entry_id": row.id, "person_id": row.person_id, "person_name": row.name,
                "source": row.organisation_id, "manner": row.manner, "band": row.band, "subject": row.subject,
                "effective_on": plan.effective_on.isoformat(), "term_years": plan.term_years,
            },
        }
        for row in session.execute(found)
    ]  # fmt: skip
