"""What people do with a case as a whole: start, withdraw, suspend, resume, cancel, retry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from service.access import policy, sealed
from service.access.actor import Actor
from service.access.days import day_of
from service.attachments import links
from service.audit.chain import BEGINNING
from service.db import transaction
from service.idempotency.repeats import answer
from service.instances import ending, facts, pausing, retrying, starting
from service.people import queries as people
from service.tasks import advance
from service.tasks.around import surroundings
from service.tasks.completion import signer
from service.tasks.facts import CaseFacts
from workflows import catalogue, engine
from workflows.base import new_id


@dataclass(frozen=True)
class StartInstance:
    """Ask for a case of a flow on behalf of an organisation; `variables` are the fields of its start form."""

    definition_key: str
    organisation_id: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    business_key: str | None = None


@dataclass(frozen=True)
class CaseCommand:
    """A case, the version of it that the caller saw, and why."""

    instance_id: str
    version: int | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Started:
    """The new case; `outcome` is set when it ran through at once."""

    instance_id: str
    business_key: str
    title: str
    outcome: str | None


def start_instance(actor: Actor, command: StartInstance, *, now: datetime) -> Started:
    """Start a case and run it to its first tasks.

    NotFound("definition.absent" | "organisation.absent"), Forbidden("access.not_starter"), Invalid("form.invalid"),
    Conflict("ledger.full") when the posts or the headcount that it would reserve are not free.
    """
    with transaction() as session:
        school = people.organisation_row(session, actor, command.organisation_id)
        definition = catalogue.latest(session, command.definition_key)
        starters = tuple(definition.settings.get("start", {}).get("roles", ()))
        policy.require(actor, "instance.start", policy.Target(organisation_id=school.id, starters=starters))
        around = surroundings(session, actor, now)
        person_id = signer(actor)
        variables = starting.first_variables(around, definition, command.variables, person_id, school)
        if command.business_key:
            starting.refuse_taken_key(session, command.business_key)
        number = command.business_key or starting.next_number(session, starting.number_pattern(definition), day_of(now))
        title = starting.title_of(definition, variables, around)
        case = CaseFacts(new_id(), definition.id, definition.key, number, title, person_id, school.id)
        answer(session, instance_id=case.instance_id)
        secret = starting.secret_names(definition)
        kept = sealed.seal_some(sealed.case(case.instance_id), variables, secret)
        step = engine.start(session, definition, kept, around, instance_id=case.instance_id)
        starting.write_case(session, case, around)
        starting.forget_draft(session, person_id, definition.key)
        event = ending.started_event(case, definition, variables, step, secret)
        attached = links.link(session, actor, starting.files(definition, variables), case.instance_id)
        advance.apply(around, case, step, [event, *attached], head=BEGINNING)
        return Started(case.instance_id, number, title, step.outcome)


def withdraw_instance(actor: Actor, command: CaseCommand, *, now: datetime) -> None:
    """The initiator takes the case back before the final decision; holds are released, the case ends as withdrawn."""
    with transaction() as session:
        locked = facts.lock(session, command.instance_id)
        policy.require(actor, "instance.withdraw", locked.case)
        ending.refuse_stale(locked, command.version)
        ending.refuse_final(session, locked)
        ending.end(surroundings(session, actor, now), locked, "withdrawn", command.reason)


def cancel_instance(actor: Actor, command: CaseCommand, *, now: datetime) -> None:
    """HR ends a case with a reason; holds are released, the case ends as cancelled."""
    with transaction() as session:
        locked = facts.lock(session, command.instance_id)
        policy.require(actor, "instance.cancel", locked.case)
        ending.refuse_stale(locked, command.version)
        ending.refuse_without_reason(command.reason)
        ending.end(surroundings(session, actor, now), locked, "cancelled", command.reason)


def suspend_instance(actor: Actor, command: CaseCommand, *, now: datetime) -> None:
    """Stop a case where it stands: its tasks stay visible and closed, its deadlines stand still."""
    with transaction() as session:
        locked = facts.lock(session, command.instance_id)
        policy.require(actor, "instance.suspend", locked.case)
        ending.refuse_stale(locked, command.version)
        ending.refuse_without_reason(command.reason)
        pausing.suspend(surroundings(session, actor, now), locked, command.reason or "")


def resume_instance(actor: Actor, command: CaseCommand, *, now: datetime) -> None:
    """Go on with a suspended case; every deadline has as many days left as it had."""
    with transaction() as session:
        locked = facts.lock(session, command.instance_id)
        policy.require(actor, "instance.resume", locked.case)
        ending.refuse_stale(locked, command.version)
        pausing.resume(surroundings(session, actor, now), locked)


def retry_instance(actor: Actor, command: CaseCommand, *, now: datetime) -> int:
    """Repeat exactly what failed in a failed case; returns how many incidents that closed."""
    with transaction() as session:
        locked = facts.lock(session, command.instance_id)
        policy.require(actor, "instance.retry", locked.case)
        ending.refuse_stale(locked, command.version)
        resolved = retrying.retry(surroundings(session, actor, now), locked)
        answer(session, resolved=resolved)
        return resolved
