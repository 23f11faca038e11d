"""Begins a case inside a command's transaction: one that somebody asks for, or one row of many."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from service.access import policy, sealed
from service.access.actor import Actor
from service.access.days import day_of
from service.attachments import links
from service.audit.chain import BEGINNING, NewEvent
from service.idempotency.repeats import answer
from service.instances import ending, starting
from service.parameters.scopes import About
from service.people import queries as people
from service.tasks import advance
from service.tasks.around import surroundings
from service.tasks.completion import signer
from service.tasks.facts import CaseFacts
from workflows import catalogue, engine
from workflows.base import new_id
from workflows.surroundings import Surroundings


@dataclass(frozen=True)
class StartInstance:
    """Ask for a case of a flow on behalf of an organisation; `variables` are the fields of its start form."""

    definition_key: str
    organisation_id: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    business_key: str | None = None


@dataclass(frozen=True)
class Started:
    """The new case; `outcome` is set when it ran through at once."""

    instance_id: str
    business_key: str
    title: str
    outcome: str | None


@dataclass(frozen=True)
class Asked:
    """The organisation and the flow of a case that is asked for, and what the permission is judged by."""

    school: Any
    definition: Any
    target: policy.Target

    @property
    def about(self) -> About:
        """The school and the flow by which policy parameters are read."""
        return About(self.school.id, self.definition.key)


def asked(session: Session, actor: Actor, command: StartInstance) -> Asked:
    """Look both up; NotFound("definition.absent" | "organisation.absent")."""
    school = people.organisation_row(session, actor, command.organisation_id)
    definition = catalogue.latest(session, command.definition_key)
    starters = tuple(definition.settings.get("start", {}).get("roles", ()))
    return Asked(school, definition, policy.Target(organisation_id=school.id, starters=starters))


def begin(session: Session, actor: Actor, asked: Asked, command: StartInstance, now: datetime) -> Started:
    """Write the case and run it to its first tasks; Invalid("form.invalid"), and what its first operations raise."""
    person_id = signer(actor)
    started = write(surroundings(session, actor, now, asked.about), asked, command, person_id)
    answer(session, instance_id=started.instance_id)
    starting.forget_draft(session, person_id, asked.definition.key)
    return started


def write(
    around: Surroundings, asked: Asked, command: StartInstance, initiator_id: str, instance_id: str | None = None
) -> Started:
    """Begin the case as of `around.now` for who asks, or asked on paper; raises what `begin` raises."""
    session, definition = around.session, asked.definition
    variables = starting.first_variables(around, definition, command.variables, initiator_id, asked.school)
    if command.business_key:
        starting.refuse_taken_key(session, command.business_key)
    today = day_of(around.recorded_at)
    number = command.business_key or starting.next_number(session, starting.number_pattern(definition), today)
    title = starting.title_of(definition, variables, around, asked.school)
    case = CaseFacts(
        instance_id or new_id(), definition.id, definition.key, number, title.text, initiator_id, asked.school.id
    )
    secret = starting.secret_names(definition)
    kept = sealed.seal_some(sealed.case(case.instance_id), variables, secret)
    step = engine.start(session, definition, kept, around, instance_id=case.instance_id)
    starting.write_case(session, case, title, around)
    event = _told(around, ending.started_event(case, definition, variables, step, secret))
    attached = links.link(session, around.actor, starting.files(definition, variables), case.instance_id)
    advance.apply(around, case, step, [event, *attached], head=BEGINNING)
    return Started(case.instance_id, number, title.text, step.outcome)


def _told(around: Surroundings, started: NewEvent) -> NewEvent:
    """Of a case that began on paper it is who tells it that acts; who asked for it, and when, stands beside it."""
    if around.written is None:
        return started
    asked = {"asked_by": started.actor_id, "asked_on": day_of(around.now).isoformat()}
    return replace(started, actor_id=advance.actor_of(around), body={**started.body, **asked})
