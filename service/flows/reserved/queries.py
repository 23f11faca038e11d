"""Reads of rounds and applications for an actor: lists, progress of each school, the ranking with its reasons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, case, column, exists, func, select, table

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.errors import NotFound
from service.flows.reserved import rounds
from service.flows.reserved.rounds import APPLICATION, INSTANCE, LIVE, ORGANISATION, ROUND
from service.flows.reserved.rules import KEY
from service.people.members import PERSON

CASE = table("process_case", column("instance_id"), column("business_key"))
TASK = table("task", column("instance_id"), column("state"), column("due_at"))
HELD = ("granted", "lent", "appointed")
DECIDED = ("decided", "rejected")
"""States of a round in which its ranking is told to those who did not decide on it."""
MOST = 500
"""How many applications a list that is not of one round holds."""


@dataclass(frozen=True)
class RoundView:
    """A round: what it offers, until when it takes applications, how many there are and how many were granted."""

    id: str
    business_key: str
    year: int
    state: str
    offered: dict[str, int]
    opened_at: datetime | None
    closes_at: datetime | None
    applications: int
    granted: int


@dataclass(frozen=True)
class ApplicationView:
    """An application as an actor may see it; `state` is "ended" where its case was stopped on the way."""

    id: str
    instance_id: str
    business_key: str
    school_id: str
    school_name: str
    school_name_en: str
    person_id: str
    name: str
    band: str
    state: str
    rank: int | None
    because: str | None
    facts: dict[str, Any]
    votes: tuple[int, ...]
    granted: bool
    overdue: bool


@dataclass(frozen=True)
class Progress:
    """One school in a round: its applications by where they stand, and how many wait past a deadline."""

    school_id: str
    school_name: str
    school_name_en: str
    submitted: int
    accepted: int
    held: int
    ended: int
    overdue: int


def round_list(actor: Actor) -> Sequence[RoundView]:
    """Every round, the newest first; whoever is signed in may know that one was called."""
    newest = _rounds(actor).order_by(ROUND.c.year.desc(), ROUND.c.instance_id.desc())
    return [_round(row, actor) for row in db.session.execute(newest)]


def round_of(actor: Actor, round_id: str) -> RoundView:
    """One round; NotFound("reserved_round.absent")."""
    row = db.session.execute(_rounds(actor).where(ROUND.c.instance_id == round_id)).first()
    if row is None:
        raise NotFound("reserved_round.absent", round_id=round_id)
    return _round(row, actor)


def _rounds(actor: Actor) -> Select[*tuple[Any, ...]]:
    mine = APPLICATION.c.round_id == ROUND.c.instance_id
    count = select(func.count()).where(mine, policy.visible(actor, "reserved_application"))
    granted = count.where(APPLICATION.c.granted)
    return (
        select(
            ROUND,
            CASE.c.business_key,
            count.scalar_subquery().label("applications"),
            granted.scalar_subquery().label("granted"),
        )
        .join(CASE, CASE.c.instance_id == ROUND.c.instance_id)
        .where(policy.visible(actor, "reserved_round"))
    )


def _round(row: Row[*tuple[Any, ...]], actor: Actor) -> RoundView:
    told = row.state in DECIDED or decides(actor)
    return RoundView(
        row.instance_id, row.business_key, row.year, row.state, rounds.offered(row), row.opened_at, row.closes_at,
        row.applications, row.granted if told else 0,
    )  # fmt: skip


def decides(actor: Actor) -> bool:
    """Whether the actor sees a ranking before it is decided."""
    return policy.allows(actor, "reserved_round.read")


def applications(
    actor: Actor, round_id: str, *, now: datetime, school_id: str | None = None
) -> Sequence[ApplicationView]:
    """The visible applications of a round by band and rank, those without a rank last."""
    found = _applications(actor, now).where(APPLICATION.c.round_id == round_id)
    if school_id is not None:
        found = found.where(APPLICATION.c.school_id == school_id)
    last = case((APPLICATION.c.rank.is_(None), 1), else_=0)
    by_rank = (last, APPLICATION.c.rank) if decides(actor) else ()
    ordered = found.order_by(APPLICATION.c.band.desc(), *by_rank, CASE.c.business_key)
    return [_application(row, actor) for row in db.session.execute(ordered)]


def of_every_round(actor: Actor, *, now: datetime) -> Sequence[ApplicationView]:
    """The visible applications of every round, the newest first; at most `MOST`."""
    newest = _applications(actor, now).order_by(ROUND.c.year.desc(), CASE.c.business_key.desc()).limit(MOST)
    return [_application(row, actor) for row in db.session.execute(newest)]


def _applications(actor: Actor, now: datetime) -> Select[*tuple[Any, ...]]:
    names = (ORGANISATION.c.name.label("school_name"), ORGANISATION.c.name_en.label("school_name_en"))
    own = policy.visible(actor, "person", PERSON).label("own")
    case_state, round_state = INSTANCE.c.state.label("case_state"), ROUND.c.state.label("round_state")
    return (
        select(APPLICATION, CASE.c.business_key, case_state, round_state, PERSON.c.name, *names, _late(now), own)
        .join(ROUND, ROUND.c.instance_id == APPLICATION.c.round_id)
        .join(CASE, CASE.c.instance_id == APPLICATION.c.instance_id)
        .join(INSTANCE, INSTANCE.c.id == APPLICATION.c.instance_id)
        .join(PERSON, PERSON.c.id == APPLICATION.c.person_id)
        .join(ORGANISATION, ORGANISATION.c.id == APPLICATION.c.school_id)
        .where(policy.visible(actor, "reserved_application"))
    )


def _late(now: datetime) -> Any:
    here = and_(TASK.c.instance_id == APPLICATION.c.instance_id, TASK.c.state == "open", TASK.c.due_at < now)
    return exists().where(here).label("overdue")


def _application(row: Row[*tuple[Any, ...]], actor: Actor) -> ApplicationView:
    """What the actor may know of it: a ranking once it is decided, somebody else's facts while the case concerns one.

    A receiving school sees the criteria of a teacher of another school as long as the application is open (policy §7).
    """
    stopped = row.case_state not in LIVE and row.state in ("submitted", "suspended", "accepted", *HELD)
    plain = {name: getattr(row, name) for name in ApplicationView.__dataclass_fields__}
    facts = {name: value for name, value in row.facts.items() if name != KEY}
    known = {**plain, "votes": tuple(row.votes), "facts": facts, "state": "ended" if stopped else row.state}
    if not (row.round_state in DECIDED or decides(actor)):
        known |= {"rank": None, "because": None, "votes": (), "granted": False, "facts": {}}
    if not (row.own or row.case_state in LIVE or decides(actor)):
        known |= {"votes": (), "facts": {}}
    return ApplicationView(**known)


def progress(found: Sequence[ApplicationView]) -> list[Progress]:
    """The applications counted by school, in the order of their names."""
    schools: dict[str, list[ApplicationView]] = {}
    for one in found:
        schools.setdefault(one.school_id, []).append(one)
    counted = [_progress(several) for several in schools.values()]
    return sorted(counted, key=lambda one: one.school_name)


def _progress(several: Sequence[ApplicationView]) -> Progress:
    first = several[0]
    held = sum(one.state in HELD for one in several)
    submitted = sum(one.state in ("submitted", "suspended") for one in several)
    accepted = sum(one.state == "accepted" for one in several)
    ended = len(several) - held - submitted - accepted
    late = sum(one.overdue for one in several)
    names = (first.school_id, first.school_name, first.school_name_en)
    return Progress(*names, submitted, accepted, held, ended, late)
