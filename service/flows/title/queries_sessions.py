"""Reads of committees for an actor: sittings, their lists and members, the ballot papers of a member, the pool."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, case, func, select

from service.access import policy
from service.access.actor import Actor
from service.access.standing import in_force
from service.db import db
from service.errors import NotFound
from service.flows.title import committees, drawing, rules
from service.flows.title.committees import EXPERT, MEMBER, SESSION
from service.flows.title.counting import SEAT, TASK, of_sitting, seats
from service.flows.title.roster import APPLICATION
from service.people.members import PERSON
from service.people.persons import APPOINTMENT
from service.people.queries import ORGANISATION, name_in

ABLE = ("一级", "高级", "正高")
MOST = 50
"""Experts of a page, and persons that one search offers."""


@dataclass(frozen=True)
class Candidate:
    """Somebody on the list of a sitting; `task_id` and the count of ballots once the vote is open.

    `mine` is the state of the reader's own seat: open | signed | recused, None for who does not sit.
    """

    instance_id: str
    name: str
    school: str
    subject: str
    school_score: float | None
    demonstration: float | None
    interview: float | None
    task_id: str | None
    task_version: int | None
    state: str
    voted: int
    recused: int
    members: int
    mine: str | None


def sessions(actor: Actor, *, batch_id: str | None = None, locale: str = "zh") -> Sequence[Any]:
    """Visible sittings, the latest first, with how many stand on the list."""
    listed = (
        select(APPLICATION.c.session_id, func.count().label("listed")).group_by(APPLICATION.c.session_id).subquery()
    )
    found = (
        select(*SESSION.c, name_in(locale).label("organisation_name"), listed.c.listed)
        .join(ORGANISATION, ORGANISATION.c.id == SESSION.c.organisation_id)
        .outerjoin(listed, listed.c.session_id == SESSION.c.id)
        .where(policy.visible(actor, "title_session"))
    )
    if batch_id is not None:
        found = found.where(SESSION.c.batch_id == batch_id)
    return db.session.execute(found.order_by(SESSION.c.meets_on.desc(), SESSION.c.id.desc())).all()


def session(actor: Actor, session_id: str, *, locale: str = "zh") -> Any:
    """One sitting; NotFound("title_session.absent")."""
    found = next((row for row in sessions(actor, locale=locale) if row.id == session_id), None)
    if found is None:
        raise NotFound("title_session.absent")
    return found


def members(actor: Actor, session_id: str) -> Sequence[Any]:
    """Who was drawn, in order, with names; only for who convenes and the bureau: others learn nobody's name."""
    row = session(actor, session_id)
    if not policy.allows(actor, "title.convene", row) and not actor.has("auditor", "bureau_leader"):
        return ()
    found = select(MEMBER.c.person_id, MEMBER.c.position, MEMBER.c.state, MEMBER.c.reason, PERSON.c.name)
    joined = found.join(PERSON, PERSON.c.id == MEMBER.c.person_id).where(MEMBER.c.session_id == session_id)
    return db.session.execute(joined.order_by(MEMBER.c.position)).all()


def is_reproducible(actor: Actor, session_id: str) -> bool:
    """Whether drawing again with the recorded seed from the recorded pool gives the recorded order."""
    row = session(actor, session_id)
    here = select(MEMBER.c.expert_id).where(MEMBER.c.session_id == session_id).order_by(MEMBER.c.position)
    order = list(db.session.scalars(here))
    again = drawing.order(row.seed or "", order)
    return row.seed is not None and again == order and drawing.pool_hash(order) == row.pool_hash


def candidates(actor: Actor, session_id: str, *, locale: str = "zh") -> list[Candidate]:
    """The list of a sitting by school and name, with the state of each vote: two statements for any number.

    A vote is `closed` when nobody has a ballot left and another of the sitting is still voted on: all are counted at
    once (`counting`).
    """
    session(actor, session_id)
    votes = _votes(actor, session_id)
    rows = db.session.execute(_listed(locale).where(APPLICATION.c.session_id == session_id)).all()
    return [_candidate(row, votes.get(row.instance_id)) for row in rows]


def choosable(actor: Actor, session_id: str, *, locale: str = "zh") -> list[Any]:
    """Who could stand on the list: those that wait for a sitting like it; `session_id` says who is on it already."""
    able = committees.waiting_for(db.session(), session(actor, session_id))
    return list(db.session.execute(_listed(locale).where(APPLICATION.c.instance_id.in_(able))))


def _listed(locale: str) -> Select[Any]:
    return (
        select(APPLICATION, PERSON.c.name, name_in(locale).label("school"))
        .join(PERSON, PERSON.c.id == APPLICATION.c.person_id)
        .join(ORGANISATION, ORGANISATION.c.id == APPLICATION.c.organisation_id)
        .order_by(ORGANISATION.c.name, PERSON.c.name, APPLICATION.c.instance_id)
    )


def _candidate(row: Any, vote: Any) -> Candidate:
    return Candidate(
        row.instance_id, row.name, row.school, row.subject, rules.points(row.school_score),
        rules.points(row.demonstration), rules.points(row.interview), vote.id if vote else None,
        vote.version if vote else None, _state(vote), vote.voted if vote else 0, vote.recused if vote else 0,
        vote.members if vote else 0, vote.mine if vote else None,
    )  # fmt: skip


def _state(vote: Any) -> str:
    """waiting (no vote yet) | open | closed (not counted yet) | passed | failed | no_quorum."""
    if vote is None:
        return "waiting"
    if vote.state == "open":
        return "closed" if vote.voted and vote.voted + vote.recused == vote.members else "open"
    return str(vote.decision or "open")


def _votes(actor: Actor, session_id: str) -> dict[str, Any]:
    """Case → its latest vote in this sitting with the counts of its seats."""
    own = func.max(case((SEAT.c.person_id == (actor.person_id or ""), SEAT.c.state)))
    sat = func.sum(case((SEAT.c.state != "removed", 1), else_=0))
    found = (
        select(
            TASK.c.id,
            TASK.c.instance_id,
            TASK.c.state,
            TASK.c.decision,
            TASK.c.version,
            sat.label("members"),
            seats("signed").label("voted"),
            seats("recused").label("recused"),
            own.label("mine"),
        )
        .join(APPLICATION, of_sitting())
        .outerjoin(SEAT, SEAT.c.task_id == TASK.c.id)
        .where(APPLICATION.c.session_id == session_id)
        .group_by(TASK.c.id, TASK.c.instance_id, TASK.c.state, TASK.c.decision, TASK.c.version)
        .order_by(TASK.c.id)
    )
    return {row.instance_id: row for row in db.session.execute(found)}


def pool_size(actor: Actor, session_id: str) -> int:
    """From how many experts the sitting would be drawn now."""
    return len(committees.drawable(db.session(), session(actor, session_id)))


def drawn_before(actor: Actor, session_id: str) -> int:
    """How many draws like the coming one have not been used: with any of them it needs a reason."""
    return committees.drawn_before(db.session(), session(actor, session_id))


def possible_experts(actor: Actor, on: date, *, name: str, locale: str = "zh") -> Sequence[Any]:
    """Visible persons with a senior title whose name holds the words: id, name, title, organisation; at most MOST."""
    if not name.strip():
        return ()
    found = (
        select(PERSON.c.id, PERSON.c.name, APPOINTMENT.c.title, name_in(locale).label("organisation"))
        .join(APPOINTMENT, APPOINTMENT.c.person_id == PERSON.c.id)
        .join(ORGANISATION, ORGANISATION.c.id == APPOINTMENT.c.organisation_id)
        .where(policy.visible(actor, "person"), APPOINTMENT.c.title.in_(ABLE), in_force(APPOINTMENT.c, on))
        .where(PERSON.c.name.contains(name.strip(), autoescape=True))
    )
    return db.session.execute(found.order_by(PERSON.c.name, PERSON.c.id).limit(MOST)).all()


def expert(actor: Actor, expert_id: str, *, locale: str = "zh") -> Any:
    """One term; NotFound("title_expert.absent")."""
    row = db.session.execute(_experts(actor, locale).where(EXPERT.c.id == expert_id)).first()
    if row is None:
        raise NotFound("title_expert.absent")
    return row


def experts(
    actor: Actor, on: date, *, name: str = "", after: str | None = None, limit: int | None = None, locale: str = "zh"
) -> Sequence[Any]:
    """The pool that the actor sees: terms that last or begin later, in the order in which they were entered.

    `name` narrows by words of the name, `after` is the last term of the page before.
    """
    lasting = _experts(actor, locale).where(EXPERT.c.valid_until > on)
    if name.strip():
        lasting = lasting.where(PERSON.c.name.contains(name.strip(), autoescape=True))
    if after is not None:
        lasting = lasting.where(EXPERT.c.id > after)
    return db.session.execute(lasting.order_by(EXPERT.c.id).limit(limit)).all()


def _experts(actor: Actor, locale: str) -> Select[Any]:
    return (
        select(*EXPERT.c, PERSON.c.name, name_in(locale).label("organisation_name"))
        .join(PERSON, PERSON.c.id == EXPERT.c.person_id)
        .join(ORGANISATION, ORGANISATION.c.id == EXPERT.c.organisation_id)
        .where(policy.visible(actor, "title_expert"))
    )
