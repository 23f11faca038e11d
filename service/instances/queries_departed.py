"""The open cases in which a person applies for the own sake."""

from sqlalchemy import or_, select

from service.db import db
from service.flows.registry import applications_of
from service.instances.ending import ENDABLE
from service.instances.models import ProcessCase
from workflows import catalogue
from workflows.models import ProcessInstance

APPLICANT = "teacher"
"""A flow that teachers may begin is one in which they apply themselves; every other is an office's."""


def own_cases(person_id: str) -> list[str]:
    """Instance ids, oldest first: cases that the person began as a teacher, and what flows know to be about them."""
    session = db.session()
    about = applications_of(session, person_id)
    mine = or_(ProcessCase.initiator_id == person_id, ProcessCase.instance_id.in_(about))
    found = (
        select(ProcessCase.instance_id, ProcessInstance.definition_id)
        .join(ProcessInstance, ProcessInstance.id == ProcessCase.instance_id)
        .where(mine, ProcessInstance.state.in_(ENDABLE))
    )
    rows = session.execute(found.order_by(ProcessCase.instance_id)).all()
    definitions = {row.definition_id: catalogue.get(session, row.definition_id) for row in rows}
    session.rollback()
    own = {key for key, one in definitions.items() if APPLICANT in one.settings.get("start", {}).get("roles", ())}
    return [row.instance_id for row in rows if row.instance_id in about or row.definition_id in own]


def is_under_way(instance_id: str) -> bool:
    """Whether a case could still be ended."""
    session = db.session()
    found = (ProcessInstance.id == instance_id, ProcessInstance.state.in_(ENDABLE))
    known = session.scalar(select(ProcessInstance.id).where(*found))
    session.rollback()
    return known is not None
