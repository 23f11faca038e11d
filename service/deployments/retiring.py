"""Takes a flow out of use for new cases: asked by one admin, approved by a second one."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from service.access.actor import Actor
from service.audit import chain
from service.deployments import drafts, releasing
from service.deployments.models import RetirementRequest
from service.deployments.releasing import RELEASE
from service.errors import Conflict, Fault, Invalid, NotFound
from workflows import catalogue, starts
from workflows.base import new_id, table_of
from workflows.models import ProcessDefinition

REQUEST = table_of(RetirementRequest)
OPEN, APPROVED, REFUSED = "open", "approved", "refused"
NO_REASON = Fault("reason", "reason.missing")


def ask(session: Session, actor: Actor, definition_id: str, reason: str, now: datetime) -> str:
    """Write down that a flow shall be taken out of use; the id of the request.

    Invalid("reason.missing"), Conflict("definition.library" | "definition.retired" | "retirement.open").
    """
    row = _expect(session, definition_id, reason)
    if row.state == catalogue.RETIRED:
        raise Conflict("definition.retired", key=row.key)
    chain.lock(session, drafts.stream(row.key))
    known = open_of(session, row.key)
    if known is not None:
        raise Conflict("retirement.open", request_id=known.id)
    request_id = new_id()
    session.execute(insert(REQUEST), {
        "id": request_id, "key": row.key, "definition_id": row.id, "reason": reason.strip(), "state": OPEN,
        "asked_by": drafts.who(actor), "asked_at": now,
    })  # fmt: skip
    body = {"request_id": request_id, "reason": reason.strip()}
    drafts.tell(session, actor, row.key, "definition.retirement_asked", body, now)
    return request_id


def open_of(session: Session, key: str) -> Row[Any] | None:
    """The request of a flow that waits for a second person."""
    return session.execute(select(REQUEST).where(REQUEST.c.key == key, REQUEST.c.state == OPEN)).first()


def lock(session: Session, request_id: str) -> Row[Any]:
    """A request that waits, locked; NotFound("retirement.absent"), Conflict("retirement.answered")."""
    row = session.execute(select(REQUEST).where(REQUEST.c.id == request_id).with_for_update()).first()
    if row is None:
        raise NotFound("retirement.absent")
    if row.state != OPEN:
        raise Conflict("retirement.answered")
    return row


def barred(session: Session, actor: Actor, row: Row[Any], now: datetime) -> str | None:
    """Why this actor may not approve a request: a code; None when they may."""
    return releasing.barred(session, actor, [row.asked_by], "retirement.own", now)


def close(session: Session, actor: Actor, row: Row[Any], state: str, answer: str, now: datetime) -> None:
    """Write what a second person said."""
    said = {"state": state, "answered_by": drafts.who(actor), "answered_at": now, "answer": answer or None}
    session.execute(update(REQUEST).where(REQUEST.c.id == row.id).values(**said))


def retire(
    session: Session, actor: Actor, definition_id: str, reason: str, now: datetime, asked_by: str | None = None
) -> int:
    """Retire every active version of the flow; `asked_by` whom the actor approves. How many versions there were.

    Raises what `ask` raises but for "retirement.open".
    """
    row = _expect(session, definition_id, reason)
    count = catalogue.retire(session, row.key)
    if not count:
        raise Conflict("definition.retired", key=row.key)
    starts.forget(session, row.key)
    own = select(ProcessDefinition.id).where(ProcessDefinition.key == row.key)
    values = {"retired_by": asked_by or drafts.who(actor), "retired_at": now, "retirement": reason.strip()}
    last = RELEASE.c.retired_at.is_(None)
    session.execute(update(RELEASE).where(RELEASE.c.definition_id.in_(own), last).values(**values))
    body = {"versions": count, "reason": reason.strip(), "asked_by": asked_by or drafts.who(actor)}
    drafts.tell(session, actor, row.key, "definition.retired", body, now)
    return count


def _expect(session: Session, definition_id: str, reason: str) -> ProcessDefinition:
    row = catalogue.row_of(session, definition_id)
    if row.state == catalogue.SHARED:
        raise Conflict("definition.library", key=catalogue.shown_key(row.key))
    if not reason.strip():
        raise Invalid("reason.missing", faults=(NO_REASON,))
    return row
