"""Commands of openings: what a school offers, and whom of those who wish to come it ranks or declines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.access.policy import Target
from service.db import answer, transaction
from service.errors import Conflict, Fault, Invalid
from service.flows.exchange import casework, offering, ranking
from service.flows.exchange.casework import OPENING
from service.posts import checked
from workflows.base import new_id


@dataclass(frozen=True)
class Offer:
    """Places that a school offers; `manner` one of `MANNERS`, `band` "" takes every band."""

    instance_id: str
    organisation_id: str
    subject: str
    stage: str
    count: int
    manner: str = "move"
    band: str = ""
    competition: bool = False
    note: str = ""


@dataclass(frozen=True)
class Rank:
    """The applicants of an opening, best first, and whom the school declines, with the reason each."""

    opening_id: str
    ranked: Sequence[str]
    declined: Mapping[str, str]


def offer(actor: Actor, command: Offer, *, now: datetime) -> str:
    """Enter an opening while the list is corrected; its id. Invalid("exchange.opening") with faults."""
    with transaction() as session:
        plan = casework.lock(session, command.instance_id)
        policy.require(actor, "exchange_opening.offer", Target(organisation_id=command.organisation_id))
        casework.expect_at(plan, "offer", actor, command.organisation_id)
        checked.expect(session, command.organisation_id, day_of(now))
        faults = offering.offer_faults(command)
        if faults:
            raise Invalid("exchange.opening", faults=tuple(faults))
        mine = OPENING.c.instance_id == plan.instance_id
        last = session.scalar(select(func.coalesce(func.max(OPENING.c.number), 0)).where(mine))
        row = vars(command) | {
            "id": new_id(), "number": int(last or 0) + 1, "subject": command.subject.strip(),
            "note": command.note.strip(), "entered_by": casework.signature(actor), "entered_at": now,
        }  # fmt: skip
        session.execute(insert(OPENING), row)
        answer(session, opening_id=row["id"])
        body = {name: row[name] for name in ("organisation_id", "subject", "stage", "count", "manner", "band")}
        casework.record(session, plan.instance_id, actor, "exchange.offered", now, {"opening_id": row["id"], **body})
        return str(row["id"])


def take_back_offer(actor: Actor, opening_id: str, *, now: datetime) -> None:
    """Take an opening out again while the list is corrected; nobody can have wished for it yet."""
    with transaction() as session:
        plan, row = casework.lock_opening(session, opening_id)
        policy.require(actor, "exchange_opening.offer", row)
        casework.expect_at(plan, "offer", actor, row.organisation_id)
        session.execute(delete(OPENING).where(OPENING.c.id == row.id))
        answer(session)
        body = {"opening_id": row.id, "organisation_id": row.organisation_id}
        casework.record(session, plan.instance_id, actor, "exchange.offer_taken_back", now, body)


def rank(actor: Actor, command: Rank, *, now: datetime) -> None:
    """The receiving school ranks who wishes to come, and says why it declines somebody; all of it anew each time.

    Conflict("exchange.by_marks") for an open competition, which a panel ranks by its marks (commands_competitions.py),
    Invalid("exchange.ranking") with faults: not an applicant of this opening, named twice, declined without a reason.
    """
    with transaction() as session:
        plan, row = casework.lock_opening(session, command.opening_id)
        policy.require(actor, "exchange_opening.rank", row)
        casework.expect_at(plan, "rank", actor, row.organisation_id)
        if row.competition:
            raise Conflict("exchange.by_marks")
        applicants = ranking.applicants_of(session, row.id)
        casework.expect_apart(actor, set(applicants.values()))
        faults = _ranking_faults(command, set(applicants))
        if faults:
            raise Invalid("exchange.ranking", faults=tuple(faults))
        ranking.place(session, row.id, command.ranked, command.declined)
        answer(session, opening_id=row.id)
        body = {"opening_id": row.id, "ranked": list(command.ranked), "declined": list(command.declined)}
        casework.record(session, plan.instance_id, actor, "exchange.ranked", now, body)


def _ranking_faults(command: Rank, here: set[str]) -> list[Fault]:
    named = [*command.ranked, *command.declined]
    faults = [Fault(entry_id, "exchange.no_applicant") for entry_id in named if entry_id not in here]
    faults += [Fault(one, "exchange.named_twice") for one in sorted({one for one in named if named.count(one) > 1})]
    return faults + [Fault(one, "exchange.text") for one, reason in command.declined.items() if not reason.strip()]
