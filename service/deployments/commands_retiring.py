"""Commands that take a flow out of use: one admin asks, a second one approves or refuses."""

from dataclasses import dataclass
from datetime import datetime

from service.access import policy
from service.access.actor import Actor
from service.db import answer, transaction
from service.deployments import drafts, releasing, retiring
from service.deployments.retiring import APPROVED, REFUSED
from service.errors import Forbidden, Invalid


@dataclass(frozen=True)
class Retire:
    """A flow by one of its versions, and why it takes no new cases."""

    definition_id: str
    reason: str


@dataclass(frozen=True)
class AnswerRequest:
    """A request, and what is said to it; who refuses says why."""

    request_id: str
    reason: str = ""


def retire_flow(actor: Actor, command: Retire, *, now: datetime) -> str | None:
    """Let a flow take no new cases, or where a second person must approve it ask for that: then the request's id.

    Running cases go on, what began by itself does not any more. Publishing the flow again brings it back; that it
    begins by itself stays switched off where it was.

    NotFound("definition.absent"), Invalid("reason.missing"), Conflict("definition.retired" | "definition.library" |
    "retirement.open").
    """
    with transaction() as session:
        policy.require(actor, "definition.retire")
        if not releasing.needs_second(session, actor, now):
            retiring.retire(session, actor, command.definition_id, command.reason, now)
            return None
        request_id = retiring.ask(session, actor, command.definition_id, command.reason, now)
        answer(session, retirement_id=request_id)
        return request_id


def approve_retirement(actor: Actor, command: AnswerRequest, *, now: datetime) -> int:
    """Take out of use what somebody else has asked for; how many versions were active.

    NotFound("retirement.absent"), Conflict("retirement.answered" | "definition.retired"), Forbidden("retirement.own" |
    "approval.dependent").
    """
    with transaction() as session:
        policy.require(actor, "definition.approve_retirement")
        row = retiring.lock(session, command.request_id)
        if code := retiring.barred(session, actor, row, now):
            raise Forbidden(code)
        retiring.close(session, actor, row, APPROVED, command.reason.strip(), now)
        return retiring.retire(session, actor, row.definition_id, row.reason, now, row.asked_by)


def refuse_retirement(actor: Actor, command: AnswerRequest, *, now: datetime) -> None:
    """Let the flow stay in use, with a reason; who asked takes it back so.

    NotFound("retirement.absent"), Conflict("retirement.answered"), Invalid("reason.missing").
    """
    with transaction() as session:
        policy.require(actor, "definition.approve_retirement")
        row = retiring.lock(session, command.request_id)
        if not command.reason.strip():
            raise Invalid("reason.missing", faults=(retiring.NO_REASON,))
        retiring.close(session, actor, row, REFUSED, command.reason.strip(), now)
        body = {"request_id": row.id, "reason": command.reason.strip()}
        drafts.tell(session, actor, row.key, "definition.retirement_refused", body, now)
