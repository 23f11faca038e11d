"""Find and lock the case of a command; read what people know it by."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.errors import NotFound
from service.instances.models import ProcessCase
from service.tasks.facts import CaseFacts
from workflows import store
from workflows.base import table_of

_CASE = select(table_of(ProcessCase)).where(ProcessCase.instance_id == bindparam("b_id"))


@dataclass(frozen=True)
class LockedCase:
    """A case whose instance is locked until the transaction ends."""

    case: CaseFacts
    instance: store.Held


def lock(session: Session, actor: Actor, instance_id: str) -> LockedCase:
    """Lock a case; NotFound("instance.absent") when absent or not visible to the actor."""
    held = store.lock(session, instance_id)
    case = read(session, held)
    visible = select(ProcessCase.instance_id).where(
        ProcessCase.instance_id == instance_id, policy.visible(actor, "instance")
    )
    if session.execute(visible).first() is None:
        raise NotFound("instance.absent", instance_id=instance_id)
    return LockedCase(case, held)


def read(session: Session, held: store.Held) -> CaseFacts:
    """The case of a locked instance."""
    row: Any = session.execute(_CASE, {"b_id": held.id}).one()
    return CaseFacts(
        held.id, held.definition_id, row.definition_key, row.business_key, row.title, row.initiator_id,
        row.organisation_id,
    )  # fmt: skip
