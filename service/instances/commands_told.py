"""Cases that began on paper (policy §8): one person tells a case, a second one confirms it; only then it begins."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.access import policy
from service.access.actor import Actor
from service.db import answer, transaction
from service.errors import Forbidden
from service.instances import beginning, ending, paper_cases, paper_notices, telling
from service.instances.beginning import StartInstance
from service.instances.resting import Rest
from service.instances.telling import Way
from service.instances.told import ToldCase
from service.posts import checked
from service.tasks.around import surroundings
from service.tasks.completion import signer


@dataclass(frozen=True)
class DecideTold:
    """A told case; who refuses it says why."""

    paper_case_id: str
    reason: str = ""


class _Rehearsed(Exception):
    """Everything went well, and nothing of it shall stay."""

    def __init__(self, found: Any) -> None:
        super().__init__()
        self.found = found


def rehearse_told(actor: Actor, command: ToldCase, *, now: datetime) -> Rest:
    """Where the case would stand, what it would hold and which deadlines would run; nothing is written.

    Raises what `telling.tell` raises, NotFound("definition.absent" | "organisation.absent").
    """
    try:
        with transaction() as session:
            policy.require(actor, "paper_case.rehearse")
            found = beginning.asked(session, actor, StartInstance(command.definition_key, command.organisation_id))
            raise _Rehearsed(
                telling.tell(surroundings(session, actor, now, found.about), found, command, signer(actor))
            )
    except _Rehearsed as rehearsed:
        rest: Rest = rehearsed.found
        return rest


def rehearse_way(actor: Actor, command: ToldCase, *, now: datetime) -> Way:
    """How far it has come by what is told so far, and what may be told next; nothing is written. Raises the same."""
    try:
        with transaction() as session:
            policy.require(actor, "paper_case.rehearse")
            found = beginning.asked(session, actor, StartInstance(command.definition_key, command.organisation_id))
            raise _Rehearsed(telling.way(surroundings(session, actor, now, found.about), found, command, signer(actor)))
    except _Rehearsed as rehearsed:
        way: Way = rehearsed.found
        return way


def propose_told(actor: Actor, command: ToldCase, *, now: datetime) -> str:
    """Keep what is told for a second person; its id. Nothing is held before it is confirmed.

    That the school has no other open case, as it may have confirmed, does not hold any more: until somebody has decided
    about this one and both sides have confirmed it anew, nobody else takes the school's posts.

    NotFound("definition.absent" | "organisation.absent"), Conflict and Invalid of `telling.expect_place`,
    Invalid("attachment.unknown").
    """
    with transaction() as session:
        policy.require(actor, "paper_case.propose")
        asked = beginning.asked(session, actor, StartInstance(command.definition_key, command.organisation_id))
        telling.expect_place(asked.definition, command.element_id)
        checked.disprove(session, command.organisation_id, signer(actor), actor.account_id, now)
        paper_case_id = paper_cases.write(session, actor, command, signer(actor), now)
        paper_notices.waits(session, paper_cases.lock(session, paper_case_id), now)
        answer(session, paper_case_id=paper_case_id)
        return paper_case_id


def confirm_told(actor: Actor, command: DecideTold, *, now: datetime) -> Rest:
    """Begin the case that somebody else has told, as of its real days: its holds are taken in this transaction.

    NotFound("paper_case.absent"), Conflict("paper_case.decided"), Forbidden("paper_case.own") for who told it, and what
    `telling.tell` raises: then it stays open.
    """
    with transaction() as session:
        policy.require(actor, "paper_case.confirm")
        row = paper_cases.lock(session, command.paper_case_id)
        if row.proposed_by == actor.person_id:
            raise Forbidden("paper_case.own")
        told = paper_cases.told_in(row)
        asked = beginning.asked(session, actor, StartInstance(told.definition_key, told.organisation_id))
        found = telling.tell(surroundings(session, actor, now, asked.about), asked, told, row.proposed_by)
        closed = {"state": paper_cases.CONFIRMED, "instance_id": found.instance_id}
        paper_cases.decide(session, row, signer(actor), now, **closed)
        paper_notices.entered(session, row, found, signer(actor), now)
        answer(session, instance_id=found.instance_id)
        return found


def refuse_told(actor: Actor, command: DecideTold, *, now: datetime) -> None:
    """Refuse what was told, with a reason; who told it may take it back so.

    NotFound("paper_case.absent"), Conflict("paper_case.decided"), Invalid("reason.missing").
    """
    with transaction() as session:
        policy.require(actor, "paper_case.refuse")
        row = paper_cases.lock(session, command.paper_case_id)
        ending.refuse_without_reason(command.reason)
        reason = command.reason.strip()[:500]
        paper_cases.decide(session, row, signer(actor), now, state=paper_cases.REFUSED, reason=reason)
        paper_notices.refused(session, row, reason, signer(actor), now)
