"""A sitting before it votes: planned, its list, cancelled (policy §3.T 5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.db import answer, transaction
from service.errors import Conflict, Fault, Invalid, NotFound
from service.flows.title import committees, rules
from service.flows.title.committees import SESSION
from service.flows.title.roster import APPLICATION, BATCH
from service.parameters.queries import county
from service.people.rules import lock_end
from workflows.base import new_id

BLANK = ("seed", "pool_hash", "drawn_at", "drawn_because", "cancelled_because")
"""What a sitting does not have yet."""


@dataclass(frozen=True)
class PlanSession:
    """A sitting of `seats` members for one title; `subject` None: every subject.

    `filing` is the document by which the committee was filed (备案) on `filed_on`.
    """

    batch_id: str
    organisation_id: str
    name: str
    level: str
    kind: str
    subject: str | None
    seats: int
    filing: str
    filed_on: date
    meets_on: date
    vote_until: date


@dataclass(frozen=True)
class ListCandidates:
    """The cases on the list of a sitting, all of them; None: everybody who waits for one like it, () empties it.

    `no_interest` declares that who convenes is related to nobody on it (policy §3.H, §5).
    """

    session_id: str
    version: int
    instance_ids: tuple[str, ...] | None = None
    no_interest: bool = False


@dataclass(frozen=True)
class CancelSession:
    """The committee does not sit: its list is free for another sitting, the draw stays on record."""

    session_id: str
    version: int
    reason: str


def plan_session(actor: Actor, command: PlanSession, *, now: datetime) -> str:
    """The id of the sitting. NotFound("title_batch.absent"), Invalid("title.session") with faults."""
    with transaction() as session:
        policy.require(actor, "title.convene", policy.Target(organisation_id=command.organisation_id))
        if session.scalar(select(BATCH.c.id).where(BATCH.c.id == command.batch_id)) is None:
            raise NotFound("title_batch.absent")
        parameters = county(session, day_of(now))
        faults = _faults(command, parameters) + _day_faults(command, int(parameters["title_filing_years"]), day_of(now))
        if faults:
            raise Invalid("title.session", faults=tuple(faults))
        row = {
            **dict.fromkeys(BLANK), **vars(command), "id": new_id(), "state": "planned",
            "created_by": actor.account_id, "created_at": now, "version": 1,
        }  # fmt: skip
        session.execute(insert(SESSION), row)
        answer(session, session_id=row["id"])
        committees.record(session, actor, str(row["id"]), "title.session_planned", now, vars(command))
    return str(row["id"])


def _faults(command: PlanSession, parameters: Mapping[str, Any]) -> list[Fault]:
    if command.level not in rules.LEVELS:
        return [Fault("level", "title.level_unknown", params={"level": command.level})]
    if command.level == rules.PROVINCIAL:
        return [Fault("level", "title.provincial")]
    if command.kind not in rules.COMMITTEES or (command.level in rules.SENIOR) == (command.kind == "other"):
        return [Fault("kind", "title.committee_kind")]
    least = {kind: int(parameters[f"title_committee_{kind}"]) for kind in rules.COMMITTEES}
    needed, faults = rules.seats_needed(command.level, command.kind, least), []
    if command.seats % 2 == 0:
        faults.append(Fault("seats", "title.seats_even"))
    if command.seats < needed:
        faults.append(Fault("seats", "title.seats_few", params={"least": needed}))
    if command.kind == "specialty" and not command.subject:
        faults.append(Fault("subject", "title.subject_needed"))
    for name, longest in (("name", 120), ("filing", 200)):
        if not 0 < len(getattr(command, name).strip()) <= longest:
            faults.append(Fault(name, "title.text", params={"most": longest}))
    return faults


def _day_faults(command: PlanSession, years: int, today: date) -> list[Fault]:
    """Nobody sits in the past, and from the first to the last day the filing of the committee is in force."""
    faults = []
    if command.meets_on < today:
        faults.append(Fault("meets_on", "title.day_past"))
    if command.vote_until < command.meets_on:
        faults.append(Fault("vote_until", "dates.order"))
    if command.filed_on > command.meets_on:
        faults.append(Fault("filed_on", "dates.order"))
    elif command.vote_until >= lock_end(command.filed_on, years):
        faults.append(Fault("filed_on", "title.filing_over", params={"years": years}))
    return faults


def list_candidates(actor: Actor, command: ListCandidates, *, now: datetime) -> int:
    """How many stand on the list now.

    The committee is drawn for these candidates: who knows its members neither adds nor takes away one. Another list
    needs another draw, of another sitting. Conflict("title.voting" | "title.cancelled" | "title.stale" |
    "title.list_fixed" | "title.provincial"), Invalid("title.not_waiting" | "recusal.unanswered"),
    Forbidden("title.convener_interest").
    """
    with transaction() as session:
        row = committees.lock(session, actor, command.session_id, command.version)
        policy.require(actor, "title.convene", row)
        committees.expect_before_vote(row)
        committees.expect_ours(row)
        if row.state == "drawn":
            raise Conflict("title.list_fixed")
        able = committees.waiting_for(session, row)
        wanted = able if command.instance_ids is None else list(dict.fromkeys(command.instance_ids))
        if set(wanted) - set(able):
            raise Invalid("title.not_waiting", count=len(set(wanted) - set(able)))
        committees.expect_no_interest(session, actor, row, wanted, said=command.no_interest)
        committees.unlist(session, row, wanted)
        _enlist(session, row, wanted)
        committees.touch(session, row)
        committees.record(session, actor, row.id, "title.listed", now, {"count": len(wanted), "cases": wanted})
        answer(session, count=len(wanted))
        return len(wanted)


def _enlist(session: Session, row: Any, wanted: Sequence[str]) -> None:
    """Put these cases on the list; Conflict("title.stale") when another sitting has listed one meanwhile."""
    free = or_(APPLICATION.c.session_id.is_(None), APPLICATION.c.session_id == row.id)
    listing = update(APPLICATION).where(APPLICATION.c.instance_id.in_(wanted), free).values(session_id=row.id)
    if session.connection().execute(listing).rowcount != len(wanted):
        raise Conflict("title.stale", version=row.version)


def cancel_session(actor: Actor, command: CancelSession, *, now: datetime) -> None:
    """Conflict("title.voting" | "title.cancelled" | "title.stale"), Invalid("title.reason")."""
    reason = committees.reason_of(command.reason)
    with transaction() as session:
        row = committees.lock(session, actor, command.session_id, command.version)
        policy.require(actor, "title.convene", row)
        committees.expect_before_vote(row)
        committees.unlist(session, row)
        committees.touch(session, row, state="cancelled", cancelled_because=reason)
        committees.record(session, actor, row.id, "title.session_cancelled", now, {"reason": reason})
