"""Takes a flow out of use for new cases."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.access.actor import Actor
from service.deployments import drafts
from service.deployments.releasing import RELEASE
from service.errors import Conflict, Fault, Invalid
from workflows import catalogue, starts
from workflows.models import ProcessDefinition


def retire(session: Session, actor: Actor, definition_id: str, reason: str, now: datetime) -> int:
    """Retire every active version of the flow; see `commands.retire_flow`."""
    row = catalogue.row_of(session, definition_id)
    if row.state == catalogue.SHARED:
        raise Conflict("definition.library", key=catalogue.shown_key(row.key))
    if not reason.strip():
        raise Invalid("reason.missing", faults=(Fault("reason", "reason.missing"),))
    count = catalogue.retire(session, row.key)
    if not count:
        raise Conflict("definition.retired", key=row.key)
    starts.forget(session, row.key)
    own = select(ProcessDefinition.id).where(ProcessDefinition.key == row.key)
    values = {"retired_by": drafts.who(actor), "retired_at": now, "retirement": reason.strip()}
    last = RELEASE.c.retired_at.is_(None)
    session.execute(update(RELEASE).where(RELEASE.c.definition_id.in_(own), last).values(**values))
    drafts.tell(session, actor, row.key, "definition.retired", {"versions": count, "reason": reason.strip()}, now)
    return count
