"""The cases that are about a person and that somebody else has begun: the head of each, for that person alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.flows.registry import applications_of
from service.instances.models import ProcessCase
from service.people.queries import ORGANISATION
from workflows.models import ProcessInstance

MOST = 20


@dataclass(frozen=True)
class About:
    """One case; `readable` when the person may open it, too. `organisation_name` is whose case it is."""

    instance_id: str
    business_key: str
    title: str
    state: str
    started_at: datetime
    organisation_name: str
    organisation_name_en: str
    readable: bool


def about_me(actor: Actor) -> Sequence[About]:
    """The newest first: what a school or an office applies for or changes in the name of the actor."""
    if actor.person_id is None:
        return ()
    session = db.session()
    about = applications_of(session, actor.person_id)
    seen = select(ProcessCase.instance_id).where(policy.visible(actor, "instance"))
    columns = (ProcessCase.instance_id, ProcessCase.business_key, ProcessCase.title, ProcessInstance.state)
    names = (ORGANISATION.c.name, ORGANISATION.c.name_en)
    found = (
        select(*columns, ProcessCase.started_at, *names, ProcessCase.instance_id.in_(seen))
        .join(ProcessInstance, ProcessInstance.id == ProcessCase.instance_id)
        .join(ORGANISATION, ORGANISATION.c.id == ProcessCase.organisation_id)
        .where(ProcessCase.instance_id.in_(about), ProcessCase.initiator_id != actor.person_id)
        .order_by(ProcessCase.started_at.desc(), ProcessCase.instance_id.desc())
    )
    return [About(*row) for row in session.execute(found.limit(MOST))]
