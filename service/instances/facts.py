"""Find and lock the case of a command; read what people know it by."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

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


def lock(session: Session, instance_id: str) -> LockedCase:
    """Lock a case; NotFound("instance.absent"). What is absent to this actor, the permission check says next."""
    held = store.lock(session, instance_id)
    return LockedCase(read(session, held), held)


def read(session: Session, held: store.Held) -> CaseFacts:
    """The case of a locked instance."""
    row: Any = session.execute(_CASE, {"b_id": held.id}).one()
    return CaseFacts(
        held.id, held.definition_id, row.definition_key, row.business_key, row.title, row.initiator_id,
        row.organisation_id,
    )  # fmt: skip
