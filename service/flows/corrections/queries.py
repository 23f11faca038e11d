"""Corrections as they are read: what can be corrected in a case, what was proposed and what was done."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, column, select, table
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.errors import NotFound
from service.flows.corrections.declaring import Correctable, Item, of_flow, way_of
from service.flows.corrections.models import CaseCorrection
from workflows.base import table_of

CORRECTION = table_of(CaseCorrection)
OPEN, CONFIRMED, REFUSED, WITHDRAWN = "open", "confirmed", "refused", "withdrawn"
STATES = (OPEN, CONFIRMED, REFUSED, WITHDRAWN)
CASE = table(
    "process_case", column("instance_id"), column("organisation_id"), column("initiator_id"), column("business_key"),
    column("title"), column("definition_key"),
)  # fmt: skip
MOST = 100


def corrected(session: Session, instance_id: str, kind: str, item: str) -> dict[str, Any]:
    """The values that confirmed corrections of one item have set, the latest last."""
    mine = (CORRECTION.c.instance_id == instance_id, CORRECTION.c.kind == kind, CORRECTION.c.item == item)
    found = select(CORRECTION.c.after).where(*mine, CORRECTION.c.state == CONFIRMED)
    values: dict[str, Any] = {}
    for after in session.scalars(found.order_by(CORRECTION.c.decided_at, CORRECTION.c.id)):
        values |= after
    return values


def possible(session: Session, definition_key: str, instance_id: str) -> list[tuple[Correctable, Item]]:
    """What can be corrected in a case now; nothing as long as it has brought nothing about."""
    return [(kind, item) for kind in of_flow(definition_key) for item in kind.items(session, instance_id)]


def find(session: Session, definition_key: str, instance_id: str, kind: str, item: str) -> tuple[Correctable, Item]:
    """One of them; NotFound("correction.nothing")."""
    for one, known in possible(session, definition_key, instance_id):
        if (one.name, known.key) == (kind, item):
            return one, known
    raise NotFound("correction.nothing", elsewhere=way_of(definition_key))


def correctable_of(actor: Actor, instance_id: str) -> list[tuple[Correctable, Item]]:
    """What the actor may propose to correct in a case; NotFound("instance.absent") for one that is not visible."""
    return possible(db.session(), _flow_of(actor, instance_id), instance_id)


def way_for(actor: Actor, instance_id: str) -> str:
    """Whose words `elsewhere.…` say which way there is for what is not corrected in a case; as `correctable_of`."""
    return way_of(_flow_of(actor, instance_id))


def _flow_of(actor: Actor, instance_id: str) -> str:
    seen = (CASE.c.instance_id == instance_id, policy.visible(actor, "case_contents", CASE))
    key: str | None = db.session.scalar(select(CASE.c.definition_key).where(*seen))
    if key is None:
        raise NotFound("instance.absent")
    return key


def corrections(
    actor: Actor, *, state: str | None = None, instance_id: str | None = None, after: str | None = None,
    limit: int = MOST,
) -> Sequence[Row[Any]]:  # fmt: skip
    """Corrections that the actor may see, the newest first; `after`: the id before the page."""
    found = _visible(actor).order_by(CORRECTION.c.id.desc()).limit(min(limit, MOST))
    for wanted, own in ((state, CORRECTION.c.state), (instance_id, CORRECTION.c.instance_id)):
        found = found if wanted is None else found.where(own == wanted)
    if after is not None:
        found = found.where(CORRECTION.c.id < after)
    return db.session.execute(found).all()


def correction(actor: Actor, correction_id: str) -> Row[Any]:
    """One of them; NotFound("case_correction.absent")."""
    row = db.session.execute(_visible(actor).where(CORRECTION.c.id == correction_id)).first()
    if row is None:
        raise NotFound("case_correction.absent")
    return row


def _visible(actor: Actor) -> Select[Any]:
    case = (CASE.c.business_key, CASE.c.title, CASE.c.definition_key, CASE.c.organisation_id)
    return (
        select(CORRECTION, *case)
        .join(CASE, CASE.c.instance_id == CORRECTION.c.instance_id)
        .where(policy.visible(actor, "case_correction"))
    )


def case_of(session: Session, correction_id: str) -> str:
    """The case of a correction, before it is locked; NotFound("case_correction.absent")."""
    found: str | None = session.scalar(select(CORRECTION.c.instance_id).where(CORRECTION.c.id == correction_id))
    if found is None:
        raise NotFound("case_correction.absent")
    return found
