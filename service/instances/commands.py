"""What people do with a case as a whole: start, withdraw, suspend, resume, cancel, retry."""

from dataclasses import dataclass
from datetime import datetime

from service.access import policy
from service.access.actor import Actor
from service.db import transaction
from service.idempotency.repeats import answer
from service.instances import beginning, ending, facts, pausing, retrying
from service.instances.beginning import Started, StartInstance
from service.tasks.around import surroundings

__all__ = [
    "CaseCommand",
    "StartInstance",
    "Started",
    "cancel_instance",
    "resume_instance",
    "retry_instance",
    "start_instance",
    "suspend_instance",
    "withdraw_instance",
]


@dataclass(frozen=True)
class CaseCommand:
    """A case, the version of it that the caller saw, and why."""

    instance_id: str
    version: int | None = None
    reason: str | None = None


def start_instance(actor: Actor, command: StartInstance, *, now: datetime) -> Started:
    """Start a case and run it to its first tasks.

    NotFound("definition.absent" | "organisation.absent"), Forbidden("access.not_starter"), Invalid("form.invalid"),
    Conflict("ledger.full") when the posts or the headcount that it would reserve are not free.
    """
    with transaction() as session:
        asked = beginning.asked(session, actor, command)
        policy.require(actor, "instance.start", asked.target)
        return beginning.begin(session, actor, asked, command, now)


def withdraw_instance(actor: Actor, command: CaseCommand, *, now: datetime) -> None:
    """The initiator takes the case back before the final decision; holds are released, the case ends as withdrawn."""
    with transaction() as session:
        locked = facts.lock(session, command.instance_id)
        policy.require(actor, "instance.withdraw", locked.case)
        ending.refuse_stale(locked, command.version)
        ending.refuse_final(session, locked)
        ending.end(surroundings(session, actor, now, locked.case.about), locked, "withdrawn", command.reason)


def cancel_instance(actor: Actor, command: CaseCommand, *, now: datetime) -> None:
    """HR ends a case with a reason; holds are released, the case ends as cancelled."""
    with transaction() as session:
        locked = facts.lock(session, command.instance_id)
        policy.require(actor, "instance.cancel", locked.case)
        ending.refuse_stale(locked, command.version)
        ending.refuse_without_reason(command.reason)
        ending.end(surroundings(session, actor, now, locked.case.about), locked, "cancelled", command.reason)


def suspend_instance(actor: Actor, command: CaseCommand, *, now: datetime) -> None:
    """Stop a case where it stands: its tasks stay visible and closed, its deadlines stand still."""
    with transaction() as session:
        locked = facts.lock(session, command.instance_id)
        policy.require(actor, "instance.suspend", locked.case)
        ending.refuse_stale(locked, command.version)
        ending.refuse_without_reason(command.reason)
        pausing.suspend(surroundings(session, actor, now, locked.case.about), locked, command.reason or "")


def resume_instance(actor: Actor, command: CaseCommand, *, now: datetime) -> None:
    """Go on with a suspended case; every deadline has as many days left as it had. Why may be told."""
    with transaction() as session:
        locked = facts.lock(session, command.instance_id)
        policy.require(actor, "instance.resume", locked.case)
        ending.refuse_stale(locked, command.version)
        pausing.resume(surroundings(session, actor, now, locked.case.about), locked, command.reason or "")


def retry_instance(actor: Actor, command: CaseCommand, *, now: datetime) -> int:
    """Repeat exactly what failed in a failed case; returns how many incidents that closed. Why may be told."""
    with transaction() as session:
        locked = facts.lock(session, command.instance_id)
        policy.require(actor, "instance.retry", locked.case)
        ending.refuse_stale(locked, command.version)
        around = surroundings(session, actor, now, locked.case.about)
        resolved = retrying.retry(around, locked, command.reason or "")
        answer(session, resolved=resolved)
        return resolved
