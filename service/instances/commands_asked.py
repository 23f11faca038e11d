"""Cases that a case has asked for: each begun by a command of its own, once, with a number made from its parent's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from service.access import policy
from service.access.actor import Actor
from service.audit.chain import BEGINNING
from service.db import answer, transaction
from service.errors import NotFound
from service.instances import ending, starting
from service.instances.models import ProcessCase
from service.parameters.scopes import About
from service.people.models import Organisation
from service.runs.declaring import Running
from service.tasks import advance
from service.tasks.around import surroundings
from service.tasks.facts import CaseFacts
from workflows import catalogue, engine
from workflows.base import new_id


@dataclass(frozen=True)
class BeginAsked:
    """The `number`-th case that `parent_id` has asked for, in the name of who began that one."""

    running: Running
    parent_id: str
    number: int
    definition_key: str
    initiator_id: str
    organisation_id: str
    variables: Mapping[str, Any]


def begin_asked(actor: Actor, command: BeginAsked, *, now: datetime) -> bool:
    """Begin the case; False when it was begun before, by an earlier attempt of the same run.

    NotFound("definition.absent" | "organisation.absent"), and what its first operations raise.
    """
    with transaction() as session:
        policy.require(actor, "instance.begin_asked")
        command.running.hold(session)
        parent = session.execute(
            select(ProcessCase.business_key).where(ProcessCase.instance_id == command.parent_id)
        ).one()
        number = f"{parent.business_key}-{command.number:03d}"
        if session.execute(select(ProcessCase.instance_id).where(ProcessCase.business_key == number)).first():
            return False
        place = session.execute(
            select(Organisation.id, Organisation.name, Organisation.name_en).where(
                Organisation.id == command.organisation_id
            )
        ).first()
        if place is None:
            raise NotFound("organisation.absent")
        definition = catalogue.latest(session, command.definition_key)
        around = surroundings(session, actor, now, About(place.id, definition.key))
        variables = {**command.variables, **starting.own_variables(command.initiator_id, place)}
        title = starting.title_of(definition, variables, around, place)
        case = CaseFacts(new_id(), definition.id, definition.key, number, title.text, command.initiator_id, place.id)
        answer(session, instance_id=case.instance_id)
        step = engine.start(session, definition, variables, around, instance_id=case.instance_id)
        starting.write_case(session, case, title, around)
        event = ending.started_event(case, definition, variables, step, frozenset())
        advance.apply(around, case, step, [event], head=BEGINNING)
        return True
