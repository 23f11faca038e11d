"""Reads of matching rounds: their figures, the inputs for the solver, why somebody got what they got."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from service.access import policy
from service.access.actor import Actor
from service.access.policy import Target
from service.db import db
from service.errors import Conflict, NotFound
from service.flows.exchange import queries
from service.flows.exchange.casework import OPENING, PLAN, ROUND, WISH
from service.flows.exchange.drawing_up import ENTRY
from service.flows.exchange.matching import explaining
from service.flows.exchange.matching.problem import Problem, canonical, dumped, is_intact, loaded
from service.people.models import Organisation, Person
from service.people.queries import name_in
from workflows.models import ProcessInstance
from workflows.store import OPEN


@dataclass(frozen=True)
class RoundView:
    """A round in figures; `same` of a replay: whether the same came out. Without `done_at` its run tells."""

    id: str
    instance_id: str
    number: int
    seed: int
    inputs_hash: str
    result_hash: str | None
    quality: Mapping[str, Any] | None
    solver: str
    run_id: str | None
    replay_of: int | None
    same: bool | None
    adopted: bool
    asked_by: str
    asked_at: datetime
    done_at: datetime | None


@dataclass(frozen=True)
class Placed:
    """A person in the result: where, the number of the wish (0: not wished for, None: no place), and why."""

    entry_id: str
    name: str
    source: str
    subject: str
    target: str | None
    wish: int | None
    reason: str


@dataclass(frozen=True)
class MissedView:
    """A wish that was not granted, in words of places: no name of anybody else."""

    number: int
    school: str
    subject: str
    reason: str
    places: int
    before: int


@dataclass(frozen=True)
class Explanation:
    """Why a person got what they got in the adopted round, for that person and who handles the case."""

    round_number: int
    school: str | None
    wish: int | None
    reason: str
    missed: tuple[MissedView, ...]


def rounds(actor: Actor, instance_id: str) -> Sequence[RoundView]:
    """The rounds of a plan, the newest first; bureau HR, leaders and auditors see them."""
    queries.expect(actor, instance_id)
    policy.require(actor, "exchange_round.read", Target())
    rows = db.session.execute(select(ROUND).where(ROUND.c.instance_id == instance_id)).all()
    by_id = {row.id: row for row in rows}
    adopted = _adopted(instance_id)
    return [_view(row, by_id, adopted) for row in sorted(rows, key=lambda row: -row.number)]


def _adopted(instance_id: str) -> set[str]:
    """The rounds whose places stand: the one adopted last, and earlier ones of which somebody keeps a place."""
    last = select(PLAN.c.round_id).where(PLAN.c.instance_id == instance_id)
    kept = select(ENTRY.c.round_id).where(ENTRY.c.instance_id == instance_id, ENTRY.c.round_id.is_not(None))
    return {one for one in db.session.scalars(last.union(kept)) if one is not None}


def _view(row: Row[Any], by_id: Mapping[str, Row[Any]], adopted: set[str]) -> RoundView:
    plain = {name: getattr(row, name) for name in RoundView.__dataclass_fields__ if name in row._mapping}
    first = by_id.get(row.replay_of or "")
    plain["replay_of"] = None if first is None else first.number
    same = None if first is None or row.done_at is None else row.result_hash == first.result_hash
    return RoundView(**plain, same=same, adopted=row.id in adopted)


def round_of(actor: Actor, round_id: str) -> RoundView:
    """One round; NotFound("exchange_round.absent")."""
    policy.require(actor, "exchange_round.read", Target())
    instance_id = db.session.scalar(select(ROUND.c.instance_id).where(ROUND.c.id == round_id))
    found = next((one for one in rounds(actor, instance_id) if one.id == round_id), None) if instance_id else None
    if found is None:
        raise NotFound("exchange_round.absent")
    return found


def inputs(actor: Actor, round_id: str) -> bytes:
    """What the solving process is given; NotFound("exchange_round.absent")."""
    policy.require(actor, "exchange_round.read", Target())
    row = db.session.execute(select(ROUND.c.inputs, ROUND.c.seed).where(ROUND.c.id == round_id)).first()
    db.session.rollback()
    if row is None:
        raise NotFound("exchange_round.absent")
    return b'{"seed":%d,"problem":%b}' % (row.seed, dumped(loaded(row.inputs)))


def recorded(actor: Actor, round_id: str) -> tuple[int, bytes]:
    """Number and recorded inputs of a round, byte for byte what its hash is of; without a name of anybody.

    NotFound("exchange_round.absent"), Conflict("exchange.tampered") where they are not what was hashed.
    """
    policy.require(actor, "exchange_round.read", Target())
    found = select(ROUND.c.number, ROUND.c.inputs, ROUND.c.inputs_hash).where(ROUND.c.id == round_id)
    row = db.session.execute(found).first()
    if row is None:
        raise NotFound("exchange_round.absent")
    if not is_intact(row.inputs, row.inputs_hash):
        raise Conflict("exchange.tampered", number=row.number)
    return row.number, canonical(row.inputs)


def kept(actor: Actor, round_id: str) -> dict[str, Any] | None:
    """What a run says of a round that is done already; None while it is not."""
    policy.require(actor, "exchange_round.read", Target())
    row = db.session.execute(select(ROUND).where(ROUND.c.id == round_id)).one()
    db.session.rollback()
    if row.done_at is None:
        return None
    return {"number": row.number, "placed": row.quality["placed"], "instance_id": row.instance_id, "round_id": row.id}


def result(actor: Actor, round_id: str, *, locale: str = "zh") -> Sequence[Placed]:
    """Everybody who took part, the placed first; Conflict("exchange.not_done") while there is no result."""
    policy.require(actor, "exchange_round.read", Target())
    problem, assignment, instance_id = _solved(round_id)
    told = explaining.explain(problem, assignment)
    schools = _openings(instance_id, locale)
    found = (
        select(ENTRY.c.id, Person.name, ENTRY.c.subject, name_in(locale).label("source"))
        .join(Person, Person.id == ENTRY.c.person_id)
        .join(Organisation, Organisation.id == ENTRY.c.organisation_id)
    )
    rows = db.session.execute(found.where(ENTRY.c.instance_id == instance_id, ENTRY.c.id.in_(list(told))))
    places = []
    for row in rows:
        why = told[row.id]
        target = schools.get(why.opening_id or "", (None, ""))[0]
        places.append(Placed(row.id, row.name, row.source, row.subject, target, why.wish, why.reason))
    return sorted(places, key=lambda one: (one.wish is None, one.target or "", one.name))


def explanation(actor: Actor, entry_id: str, *, locale: str = "zh") -> Explanation | None:
    """Why somebody got what they got in the round that gave the place, else in the one adopted last.

    None before one. NotFound("exchange_entry.absent") for whose entry the actor may not see.
    """
    visible = policy.visible(actor, "exchange_entry")
    entry = db.session.execute(select(ENTRY).where(ENTRY.c.id == entry_id, visible)).first()
    if entry is None:
        raise NotFound("exchange_entry.absent")
    round_id = entry.round_id or db.session.scalar(
        select(PLAN.c.round_id).where(PLAN.c.instance_id == entry.instance_id)
    )
    asked = entry.state in ("applied", "nominated")
    return None if round_id is None else explained(round_id, entry_id, asked, locale=locale)


def explained(round_id: str, entry_id: str, asked: bool = False, *, locale: str = "zh") -> Explanation | None:
    """The explanation of one entry from the recorded inputs and result of a round.

    Who has `asked` to take part and was none of those it was held for is told so: moved, left, or on hold that day.
    """
    problem, assignment, instance_id = _solved(round_id)
    number = db.session.scalar(select(ROUND.c.number).where(ROUND.c.id == round_id))
    why = explaining.explain(problem, assignment).get(entry_id)
    if why is None:
        return Explanation(int(number or 0), None, None, "left_out", ()) if asked else None
    schools = _openings(instance_id, locale)
    missed = tuple(
        MissedView(one.number, *schools[one.opening_id], one.reason, one.places, one.before) for one in why.missed
    )
    school = schools[why.opening_id][0] if why.opening_id else None
    return Explanation(int(number or 0), school, why.wish, why.reason, missed)


def sent(actor: Actor, opening_id: str) -> list[dict[str, Any]]:
    """Where those went whom a school has ranked, for that school and the bureau: rank, name, what became of them.

    Once a round is adopted and as long as the plan runs: then the applications are closed (policy §7).
    """
    row = db.session.execute(select(OPENING).where(OPENING.c.id == opening_id)).first()
    if row is None:
        raise NotFound("exchange_opening.absent")
    policy.require(actor, "exchange_opening.rank", row)
    adopted = select(PLAN.c.round_id).join(ProcessInstance, ProcessInstance.id == PLAN.c.instance_id)
    if db.session.scalar(adopted.where(PLAN.c.instance_id == row.instance_id, ProcessInstance.state.in_(OPEN))) is None:
        return []
    ranked = select(WISH.c.entry_id).where(WISH.c.opening_id == opening_id, WISH.c.rank.is_not(None))
    order = list(db.session.scalars(ranked.order_by(WISH.c.rank)))
    wishes: dict[str, list[str]] = {}
    for wish in db.session.execute(select(WISH).where(WISH.c.entry_id.in_(order)).order_by(WISH.c.number)):
        wishes.setdefault(wish.entry_id, []).append(wish.opening_id)
    named = select(ENTRY.c.id, ENTRY.c.opening_id, Person.name).join(Person, Person.id == ENTRY.c.person_id)
    entries = {one.id: one for one in db.session.execute(named.where(ENTRY.c.id.in_(order)))}
    got = {one.id: one.opening_id for one in entries.values() if one.opening_id}
    found = explaining.sent(order, opening_id, wishes, got)
    return [{"rank": rank, "name": entries[who].name, "outcome": what} for who, rank, what in found]


def _solved(round_id: str) -> tuple[Problem, Mapping[str, str], str]:
    row = db.session.execute(select(ROUND).where(ROUND.c.id == round_id)).first()
    if row is None:
        raise NotFound("exchange_round.absent")
    if row.result is None:
        raise Conflict("exchange.not_done", number=row.number)
    return loaded(row.inputs), row.result["assignment"], row.instance_id


def _openings(instance_id: str, locale: str) -> dict[str, tuple[str, str]]:
    """Opening id → school and subject."""
    found = select(OPENING.c.id, name_in(locale).label("name"), OPENING.c.subject).join(
        Organisation, Organisation.id == OPENING.c.organisation_id)  # fmt: skip
    rows = db.session.execute(found.where(OPENING.c.instance_id == instance_id))
    return {row.id: (row.name, row.subject) for row in rows}
