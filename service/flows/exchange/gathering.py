"""Gathers what a matching round is asked, in a number of statements that does not depend on how many took part."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from service.access.days import day_of
from service.flows import queueing
from service.flows.exchange import rules
from service.flows.exchange.casework import OPENING, PLAN, WISH
from service.flows.exchange.drawing_up import ENTRY
from service.flows.exchange.matching.problem import (
    BRING,
    LOWEST,
    NOMINATED,
    REQUIRED,
    UPPER,
    VOLUNTARY,
    Goals,
    Opening,
    Problem,
    Teacher,
    Weights,
)  # fmt: skip
from service.parameters.queries import county
from service.people.models import Appointment, Organisation, Person
from service.posts import pools, uplift
from service.posts.posting import ACCOUNT
from service.posts.rules import Figures
from service.records.queries import Facts, facts_of
from workflows.surroundings import Call

TAKES_PART = ("applied", "nominated")


def problem_of(session: Session, instance_id: str, today: date) -> Problem:
    """The round of a plan as things stand today: who takes part, what is offered, what is free, the goals.

    Who has a place from an earlier round keeps it: it is no more to be given, and counts for the goals.
    """
    plan = session.execute(select(PLAN).where(PLAN.c.instance_id == instance_id)).one()
    states = (*TAKES_PART, "placed")
    entries = session.execute(select(ENTRY).where(ENTRY.c.instance_id == instance_id, ENTRY.c.state.in_(states)))
    rows = sorted(entries, key=lambda row: str(row.id))
    asked, kept = [row for row in rows if row.state != "placed"], [row for row in rows if row.state == "placed"]
    facts = facts_of(session, [row.person_id for row in asked], max(today, plan.effective_on))
    wishes = wishes_of(session, instance_id)
    teachers = [_teacher(row, wishes.get(row.id, ()), facts.get(row.person_id)) for row in asked]
    parameters = county(session, today)
    openings = _openings(session, instance_id, [wish for one in wishes.values() for wish in one], kept)
    return Problem(
        tuple(found for found in teachers if found is not None),
        openings,
        *_free(session, [opening.school for opening in openings], today),
        _goals(plan, kept, int(parameters["exchange_backbone_percent"])),
        Weights(**{name: int(parameters[f"exchange_weight_{name}"]) for name in Weights.__slots__}),
        _given(session, rows, openings, parameters),
    )


def _goals(plan: Row[Any], kept: Sequence[Row[Any]], percent: int) -> Goals:
    counted = [row for row in kept if row.counted]
    backbone = sum(row.backbone is True for row in counted)
    return Goals(plan.target, plan.floor, percent, plan.backbone, len(kept), len(counted), backbone)


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
    """None for who may not take part as things stand: gone, moved, regraded since, under an inquiry, not known of."""
    why = rules.bar(row, facts)
    if why not in (None, "exchange.locked"):
        return None
    if facts is None or facts.employment is None or facts.employment.id != row.appointment_id:
        return None
    duty = REQUIRED if row.result == "REQUIRED" else NOMINATED if row.state == "nominated" else VOLUNTARY
    return Teacher(
        row.id, row.organisation_id, row.subject, row.stage, row.band, duty, row.backbone is True, row.counted,
        why is not None, tuple(wish.opening_id for wish in wishes), row.anywhere, facts.staffed,
    )  # fmt: skip


def _openings(
    session: Session, instance_id: str, wishes: Iterable[Row[Any]], kept: Iterable[Row[Any]]
) -> tuple[Opening, ...]:
    filled = Counter(row.opening_id for row in kept)
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
            row.id, row.organisation_id, row.subject, row.stage, row._mapping["count"] - filled[row.id], row.band,
            row.manner, rules.is_rural(row), tuple(entry_id for _, entry_id in sorted(ranked.get(row.id, ()))),
            tuple(sorted(declined.get(row.id, ()))), row.competition,
        )
        for row in session.execute(found)
    )  # fmt: skip


def _free(
    session: Session, schools: Collection[str], today: date
) -> tuple[Mapping[str, int], Mapping[str, Mapping[str, int]], Mapping[str, int]]:
    """Free headcount by school, free posts by school and band, free posts of the pool by band: of these schools.

    A post for which somebody with a pass waits is not given to who comes by an exchange.
    """
    headcount: dict[str, int] = {}
    posts: dict[str, dict[str, int]] = {}
    pool: dict[str, int] = {}
    lending, waiting = pools.accounts(session), queueing.waiting(session, set(schools), today)
    for row in session.execute(select(ACCOUNT).where(ACCOUNT.c.organisation_id.in_(set(schools)) | ACCOUNT.c.pool)):
        free = Figures(row.approved, row.excess, row.occupied, row.reserved, row.lent).free
        if row.pool:
            pool |= {row.band: free} if lending[row.band] == row.id else {}
        elif row.kind == "headcount":
            headcount[row.organisation_id] = free
        else:
            spare = max(0, free - waiting[row.organisation_id, row.band])
            posts.setdefault(row.organisation_id, {})[row.band] = spare
    return headcount, posts, pool


def _given(
    session: Session, rows: Sequence[Row[Any]], openings: Sequence[Opening], parameters: Mapping[str, Any]
) -> Mapping[str, Mapping[str, int]]:
    """What schools may let go along with who leaves: none of a band that is over its number (whoever leaves lowers
    that first), and of a remote or weak school no more than it can spare of its uplift; asked again at the arrival."""
    brings = {opening.id for opening in openings if opening.manner == BRING}
    if not brings:
        return {}
    before = Counter(row.organisation_id for row in rows if row.opening_id in brings and row.band != LOWEST)
    sources = {row.organisation_id for row in rows}
    spared = uplift.spared(session, uplift.reading_of(parameters))
    found: dict[str, dict[str, int]] = {
        one: {UPPER: max(0, spared[one] - before[one])} for one in sorted(sources & spared.keys())
    }
    over = (ACCOUNT.c.organisation_id.in_(sources), ACCOUNT.c.kind == "post", ACCOUNT.c.excess > 0)
    wanted = select(ACCOUNT.c.organisation_id, ACCOUNT.c.band).where(*over, ~ACCOUNT.c.pool)
    for row in session.execute(wanted.order_by(ACCOUNT.c.organisation_id, ACCOUNT.c.band)):
        found.setdefault(row.organisation_id, {})[row.band] = 0
    return found


def asked_of(problem: Problem) -> Problem:
    """What people have asked for and said, without what is free: that may move while they wait for the decision."""
    return replace(problem, headcount={}, posts={}, pool={}, given={})


def placed(session: Session, instance_id: str) -> list[dict[str, Any]]:
    """The cases to be begun: of each person who was placed, its number, where, how, and what the case has to know."""
    plan = session.execute(select(PLAN).where(PLAN.c.instance_id == instance_id)).one()
    found = (
        select(ENTRY, Person.name, Appointment.employment_kind, OPENING.c.organisation_id.label("target_id"),
               OPENING.c.manner)
        .join(Person, Person.id == ENTRY.c.person_id)
        .join(Appointment, Appointment.id == ENTRY.c.appointment_id)
        .join(OPENING, OPENING.c.id == ENTRY.c.opening_id)
        .where(ENTRY.c.instance_id == instance_id, ENTRY.c.state == "placed")
        .order_by(ENTRY.c.number, ENTRY.c.id)
    )  # fmt: skip
    return [
        {
            "number": row.number,
            "organisation_id": row.target_id,
            "variables": {
                "plan_id": instance_id, "entry_id": row.id, "person_id": row.person_id, "person_name": row.name,
                "source": row.organisation_id, "manner": row.manner, "band": row.band,
                "staffed": row.employment_kind == "staffed", "subject": row.subject,
                "effective_on": plan.effective_on.isoformat(), "term_years": plan.term_years,
            },
        }
        for row in session.execute(found)
    ]  # fmt: skip


def number(session: Session, instance_id: str) -> None:
    """Give everybody who was placed the number of the own case, once and for all: a repeat never numbers anew."""
    mine = (ENTRY.c.instance_id == instance_id, ENTRY.c.state == "placed")
    order = select(ENTRY.c.id).join(OPENING, OPENING.c.id == ENTRY.c.opening_id).where(*mine, ENTRY.c.number.is_(None))
    last = select(func.coalesce(func.max(ENTRY.c.number), 0)).where(ENTRY.c.instance_id == instance_id)
    first = int(session.execute(last).scalar_one()) + 1
    for place, entry_id in enumerate(session.scalars(order.order_by(OPENING.c.number, ENTRY.c.id)).all(), start=first):
        session.execute(update(ENTRY).where(ENTRY.c.id == entry_id).values(number=place))
