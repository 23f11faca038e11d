"""A sitting before it votes: planned, its list, the draw of its members, who cannot come (policy §3.T 5)."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.db import answer, transaction
from service.errors import Conflict, Fault, Invalid, NotFound
from service.flows.title import committees, drawing, rules
from service.flows.title.committees import MEMBER, SESSION
from service.flows.title.roster import APPLICATION, BATCH
from service.parameters.queries import view
from workflows.base import new_id


@dataclass(frozen=True)
class PlanSession:
    """A sitting of `seats` members for one title; `subject` None: every subject. `filing` is the committee's own."""

    batch_id: str
    organisation_id: str
    name: str
    level: str
    kind: str
    subject: str | None
    seats: int
    filing: str
    meets_on: date
    vote_until: date


@dataclass(frozen=True)
class ListCandidates:
    """The cases on the list of a sitting, all of them; None: everybody who waits for one like it."""

    session_id: str
    version: int
    instance_ids: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Draw:
    """Draw the members of a sitting, once."""

    session_id: str
    version: int


@dataclass(frozen=True)
class Excuse:
    """A member cannot come; the next in the order of the draw sits instead."""

    session_id: str
    version: int
    person_id: str
    reason: str


def plan_session(actor: Actor, command: PlanSession, *, now: datetime) -> str:
    """The id of the sitting. NotFound("title_batch.absent"), Invalid("title.session") with faults."""
    with transaction() as session:
        policy.require(actor, "title.convene", policy.Target(organisation_id=command.organisation_id))
        if session.scalar(select(BATCH.c.id).where(BATCH.c.id == command.batch_id)) is None:
            raise NotFound("title_batch.absent")
        faults = _faults(command, _least(session, now))
        if faults:
            raise Invalid("title.session", faults=tuple(faults))
        row = {
            **dict.fromkeys(("seed", "pool_hash", "drawn_at")), **vars(command), "id": new_id(), "state": "planned",
            "created_by": actor.account_id, "created_at": now, "version": 1,
        }  # fmt: skip
        session.execute(insert(SESSION), row)
        answer(session, session_id=row["id"])
        committees.record(session, actor, str(row["id"]), "title.session_planned", now, vars(command))
    return str(row["id"])


def _least(session: Session, now: datetime) -> dict[str, int]:
    parameters = view(session, day_of(now))
    return {kind: int(parameters[f"title_committee_{kind}"]) for kind in ("series", "specialty", "other")}


def _faults(command: PlanSession, least: dict[str, int]) -> list[Fault]:
    if command.level not in rules.LEVELS:
        return [Fault("level", "title.level_unknown", params={"level": command.level})]
    if command.kind not in least or (command.level in rules.SENIOR) == (command.kind == "other"):
        return [Fault("kind", "title.committee_kind")]
    faults = []
    needed = rules.seats_needed(command.level, command.kind, least)
    if command.seats % 2 == 0:
        faults.append(Fault("seats", "title.seats_even"))
    if command.seats < needed:
        faults.append(Fault("seats", "title.seats_few", params={"least": needed}))
    if command.kind == "specialty" and not command.subject:
        faults.append(Fault("subject", "title.subject_needed"))
    if command.vote_until < command.meets_on:
        faults.append(Fault("vote_until", "dates.order"))
    for name, longest in (("name", 120), ("filing", 200)):
        if not 0 < len(getattr(command, name).strip()) <= longest:
            faults.append(Fault(name, "title.text", params={"most": longest}))
    return faults


def list_candidates(actor: Actor, command: ListCandidates, *, now: datetime) -> int:
    """How many stand on the list now. Conflict("title.voting" | "title.stale" | "title.member_listed"),
    Invalid("title.not_waiting")."""
    with transaction() as session:
        row = committees.lock(session, actor, command.session_id, command.version)
        policy.require(actor, "title.convene", row)
        committees.expect_before_vote(row)
        able = committees.waiting_for(session, row)
        wanted = able if command.instance_ids is None else list(dict.fromkeys(command.instance_ids))
        if set(wanted) - set(able):
            raise Invalid("title.not_waiting", count=len(set(wanted) - set(able)))
        _refuse_members(session, row, wanted)
        here = APPLICATION.c.session_id == row.id
        session.execute(update(APPLICATION).where(here).values(session_id=None))
        session.execute(update(APPLICATION).where(APPLICATION.c.instance_id.in_(wanted)).values(session_id=row.id))
        _touch(session, row)
        committees.record(session, actor, row.id, "title.listed", now, {"count": len(wanted), "cases": wanted})
        answer(session, count=len(wanted))
        return len(wanted)


def _refuse_members(session: Session, row: Any, wanted: Sequence[str]) -> None:
    drawn = select(MEMBER.c.person_id).where(MEMBER.c.session_id == row.id)
    both = (APPLICATION.c.instance_id.in_(wanted), APPLICATION.c.person_id.in_(drawn))
    if session.scalar(select(APPLICATION.c.instance_id).where(*both)) is not None:
        raise Conflict("title.member_listed")


def draw(actor: Actor, command: Draw, *, now: datetime, seed: str | None = None) -> list[str]:
    """The persons drawn, in order. `seed` is for repeating a draw; a new one comes from the system's randomness.

    Conflict("title.drawn" | "title.pool_small" | "title.stale").
    """
    with transaction() as session:
        row = committees.lock(session, actor, command.session_id, command.version)
        policy.require(actor, "title.convene", row)
        if row.state != "planned":
            raise Conflict("title.drawn")
        pool = {one.id: one.person_id for one in committees.drawable(session, row)}
        if len(pool) < row.seats:
            raise Conflict("title.pool_small", seats=row.seats, pool=len(pool))
        sown = seed or secrets.token_hex(drawing.SEED_BYTES)
        order = drawing.order(sown, pool)
        session.execute(insert(MEMBER), [_member(row, one, pool[one], place) for place, one in enumerate(order, 1)])
        known = {"seed": sown, "pool_hash": drawing.pool_hash(order), "drawn_at": now, "state": "drawn"}
        _touch(session, row, **known)
        body = {"seed": sown, "pool_hash": known["pool_hash"], "pool": len(order), "seats": row.seats}
        committees.record(session, actor, row.id, "title.drawn", now, body)
        return [pool[one] for one in order[: row.seats]]


def _member(row: Any, expert_id: str, person_id: str, place: int) -> dict[str, Any]:
    state = "seated" if place <= row.seats else "next"
    return {
        "id": new_id(), "session_id": row.id, "person_id": person_id, "expert_id": expert_id, "position": place,
        "state": state, "reason": "",
    }  # fmt: skip


def excuse(actor: Actor, command: Excuse, *, now: datetime) -> str:
    """The person who sits instead. Conflict("title.nobody_left" | "title.voting" | "title.stale"),
    Invalid("title.reason"), NotFound("title_member.absent")."""
    if not command.reason.strip():
        raise Invalid("title.reason", faults=(Fault("reason", "title.reason"),))
    with transaction() as session:
        row = committees.lock(session, actor, command.session_id, command.version)
        policy.require(actor, "title.convene", row)
        committees.expect_before_vote(row)
        here = select(MEMBER).where(MEMBER.c.session_id == row.id).order_by(MEMBER.c.position)
        members = session.execute(here).all()
        gone = next((one for one in members if (one.person_id, one.state) == (command.person_id, "seated")), None)
        if gone is None:
            raise NotFound("title_member.absent")
        following = next((one for one in members if one.state == "next"), None)
        if following is None:
            raise Conflict("title.nobody_left")
        excused = {"state": "excused", "reason": command.reason.strip()[:200]}
        session.execute(update(MEMBER).where(MEMBER.c.id == gone.id).values(excused))
        session.execute(update(MEMBER).where(MEMBER.c.id == following.id).values(state="seated"))
        _touch(session, row)
        body = {"person_id": gone.person_id, "by": following.person_id}
        committees.record(session, actor, row.id, "title.member_excused", now, body)
        return str(following.person_id)


def _touch(session: Session, row: Any, **values: Any) -> None:
    changed = {**values, "version": row.version + 1}
    session.execute(update(SESSION).where(SESSION.c.id == row.id).values(changed))
