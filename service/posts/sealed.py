"""What a school without a network has signed and sealed on paper, and who of the bureau has written it down (代录)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.accounts import ROLE
from service.access.actor import Actor
from service.access.days import day_of
from service.access.standing import in_force
from service.attachments import links
from service.errors import Fault, Forbidden, Invalid


@dataclass(frozen=True)
class SealedPaper:
    """Who signed it, its number and day, and its scan, an upload of the recorder that no case has."""

    person_id: str
    document: str
    decided_on: date | None
    attachment_id: str


def written_down(
    session: Session, actor: Actor, organisation_id: str, roles: tuple[str, ...], paper: SealedPaper, now: datetime
) -> dict[str, Any]:
    """What is kept of the paper, as columns; who signed must have had one of the roles at the school on that day.

    Invalid("sealed.invalid") with a fault for each field, Invalid("attachment.unknown"), Forbidden("access.no_person").
    """
    if actor.person_id is None:
        raise Forbidden("access.no_person")
    faults = list(_faults(session, organisation_id, roles, paper, day_of(now)))
    if faults:
        raise Invalid("sealed.invalid", faults=tuple(faults))
    links.expect_own(session, actor, [paper.attachment_id])
    return {
        "document": paper.document.strip()[:200], "decided_on": paper.decided_on,
        "attachment_id": paper.attachment_id, "recorded_by": actor.person_id,
    }  # fmt: skip


def _faults(session: Session, organisation_id: str, roles: tuple[str, ...], paper: SealedPaper, today: date) -> Any:
    if not paper.document.strip():
        yield Fault("document", "sealed.document")
    if not paper.attachment_id:
        yield Fault("attachment_id", "sealed.scan")
    if paper.decided_on is None or paper.decided_on > today:
        yield Fault("decided_on", "sealed.decided_on")
        return
    mine = (ROLE.c.organisation_id == organisation_id, ROLE.c.role.in_(roles), ROLE.c.person_id == paper.person_id)
    if session.execute(select(ROLE.c.id).where(*mine, in_force(ROLE.c, paper.decided_on)).limit(1)).first() is None:
        yield Fault("person_id", "sealed.signer")


def plain(columns: dict[str, Any], person_id: str) -> dict[str, Any]:
    """The same as an event keeps it: decided by one, on paper, recorded by another."""
    return {**columns, "person_id": person_id, "decided_on": columns["decided_on"].isoformat()}
