"""School and bureau HR say that a school has no other open case on paper, or HR takes that back (policy §8)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import column, func, select, table
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.policy import Target
from service.access.roles import SCHOOL_OFFICE
from service.db import transaction
from service.errors import Conflict, Fault, Forbidden, Invalid
from service.people import queries as people
from service.people.recording import organisation_event
from service.posts import checked
from service.posts.checked import BUREAU, SCHOOL, SIDES
from service.posts.sealed import SealedPaper, plain, written_down

TOLD = table("paper_case", column("id"), column("organisation_id"), column("state"))
"""Cases that were told and wait for a second person (instances)."""


@dataclass(frozen=True)
class TakeBack:
    """A case on paper has turned up: neither side's word holds any more, and why."""

    organisation_id: str
    reason: str


def confirm_for_school(actor: Actor, organisation_id: str, *, now: datetime) -> None:
    """The school's office says so. NotFound("organisation.absent"), Conflict of `_confirm`."""
    with transaction() as session:
        people.organisation_row(session, actor, organisation_id)
        policy.require(actor, "open_cases.confirm_school", Target(organisation_id=organisation_id))
        _confirm(session, actor, organisation_id, SCHOOL, now)


def record_for_school(actor: Actor, organisation_id: str, paper: SealedPaper, *, now: datetime) -> None:
    """Bureau HR writes down that the school's office has said so on a sealed paper.

    NotFound("organisation.absent"), Conflict of `_confirm`, Invalid("sealed.invalid" | "attachment.unknown").
    """
    with transaction() as session:
        people.organisation_row(session, actor, organisation_id)
        policy.require(actor, "open_cases.record_school", Target(organisation_id=organisation_id))
        kept = written_down(session, actor, organisation_id, SCHOOL_OFFICE, paper, now)
        _expect_free(session, actor, organisation_id, SCHOOL)
        checked.write(session, checked.row_of(organisation_id, SCHOOL, paper.person_id, now, None) | kept)
        body = {"side": SCHOOL, **plain(kept, paper.person_id)}
        organisation_event(session, organisation_id, "open_cases.recorded", actor.account_id, now, body)


def confirm_for_bureau(actor: Actor, organisation_id: str, *, now: datetime) -> None:
    """Bureau HR says so. NotFound("organisation.absent"), Conflict of `_confirm`."""
    with transaction() as session:
        people.organisation_row(session, actor, organisation_id)
        policy.require(actor, "open_cases.confirm_bureau", Target(organisation_id=organisation_id))
        _confirm(session, actor, organisation_id, BUREAU, now)


def take_back(actor: Actor, command: TakeBack, *, now: datetime) -> None:
    """Bureau HR takes back what both sides said: the school asks for nothing until it is confirmed anew.

    NotFound("organisation.absent"), Conflict("open_cases.not_confirmed"), Invalid("reason.missing").
    """
    with transaction() as session:
        people.organisation_row(session, actor, command.organisation_id)
        policy.require(actor, "open_cases.take_back", Target(organisation_id=command.organisation_id))
        reason = command.reason.strip()[:500]
        if not reason:
            raise Invalid("reason.missing", faults=(Fault("reason", "reason.missing"),))
        checked.lock(session, command.organisation_id)
        there = checked.confirmed(session, command.organisation_id)
        if not there:
            raise Conflict("open_cases.not_confirmed")
        for side in SIDES:
            if side in there:
                checked.write(session, checked.row_of(command.organisation_id, side, _signer(actor), now, reason))
        body = {"reason": reason}
        organisation_event(session, command.organisation_id, "open_cases.taken_back", actor.account_id, now, body)


def _confirm(session: Session, actor: Actor, organisation_id: str, side: str, now: datetime) -> None:
    """Raises as `_expect_free`."""
    _expect_free(session, actor, organisation_id, side)
    checked.write(session, checked.row_of(organisation_id, side, _signer(actor), now, None))
    organisation_event(session, organisation_id, "open_cases.confirmed", actor.account_id, now, {"side": side})


def _expect_free(session: Session, actor: Actor, organisation_id: str, side: str) -> None:
    """Conflict("open_cases.confirmed" | "open_cases.waiting"), Forbidden("open_cases.same_person")."""
    checked.lock(session, organisation_id)
    there = checked.confirmed(session, organisation_id)
    if side in there:
        raise Conflict("open_cases.confirmed")
    if any(actor.person_id in (row.person_id, row.recorded_by) for row in there.values()):
        raise Forbidden("open_cases.same_person")
    waits = (TOLD.c.organisation_id == organisation_id, TOLD.c.state == "open")
    count = int(session.scalar(select(func.count()).select_from(TOLD).where(*waits)) or 0)
    if count:
        raise Conflict("open_cases.waiting", count=count)


def _signer(actor: Actor) -> str:
    if actor.person_id is None:
        raise Forbidden("access.no_person")
    return actor.person_id
