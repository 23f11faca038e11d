"""Rows of told cases that wait for a second person, inside a command's transaction."""

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.orm import Session

from service.access.actor import Actor
from service.access.fields import Field
from service.attachments import links
from service.errors import Conflict, NotFound
from service.instances import told, told_files
from service.instances.models import PaperCase, PaperCaseFile
from service.instances.told import ToldCase
from workflows import catalogue
from workflows.base import new_id, table_of

PAPER_CASE, FILE = table_of(PaperCase), table_of(PaperCaseFile)
SEALED = Field("paper_case", "sealed")
OPEN, CONFIRMED, REFUSED = "open", "confirmed", "refused"
DRAFT, READY, FAULTY = "draft", "ready", "faulty"
KEPT = (OPEN, DRAFT, READY, FAULTY)
"""Of these what is told is still there."""


def write(session: Session, actor: Actor, case: ToldCase, recorder_id: str, now: datetime, **more: Any) -> str:
    """Keep what is told until somebody else confirms it; the id. Its files wait with it, each for it alone.

    `more`: of a workbook the state, `import_id`, `label` and `origin`. Invalid("attachment.unknown").
    """
    case, files = _with_own_files(session, actor, case, now)
    row_id = new_id()
    session.execute(
        insert(PAPER_CASE),
        {
            "id": row_id,
            "definition_key": case.definition_key,
            "organisation_id": case.organisation_id,
            "element_id": case.element_id,
            "initiator_id": case.initiator_id,
            "requested_on": case.requested_on,
            "sealed": SEALED.seal(row_id, orjson.dumps(told.kept(case)).decode()),
            "state": OPEN,
            "proposed_by": recorder_id,
            "proposed_at": now,
            "decided_by": None,
            "decided_at": None,
            "reason": None,
            "instance_id": None,
            **{"import_id": None, "label": None, "origin": None, "result": None, **more},
        },
    )
    if files:
        session.execute(insert(FILE), [{"paper_case_id": row_id, "attachment_id": one} for one in files])
    return row_id


def _with_own_files(session: Session, actor: Actor, case: ToldCase, now: datetime) -> tuple[ToldCase, list[str]]:
    """The case and its files, of those that another one which waits has named a copy: one paper may decide several."""
    definition = catalogue.latest(session, case.definition_key)
    files = told_files.of(definition, case)
    links.expect_own(session, actor, files)
    shared = session.scalars(select(FILE.c.attachment_id).where(FILE.c.attachment_id.in_(files)).distinct()).all()
    if not shared:
        return case, files
    copied = links.copies(session, actor, shared, now)
    return told_files.exchanged(definition, case, copied), [copied.get(one, one) for one in files]


def rewrite(session: Session, actor: Actor, row_id: str, case: ToldCase, now: datetime) -> None:
    """Keep something else in the place of what is told in a row; Invalid("attachment.unknown")."""
    session.execute(delete(FILE).where(FILE.c.paper_case_id == row_id))
    case, files = _with_own_files(session, actor, case, now)
    values = {
        "organisation_id": case.organisation_id, "element_id": case.element_id, "initiator_id": case.initiator_id,
        "requested_on": case.requested_on, "proposed_at": now,
        "sealed": SEALED.seal(row_id, orjson.dumps(told.kept(case)).decode()),
    }  # fmt: skip
    session.execute(update(PAPER_CASE).where(PAPER_CASE.c.id == row_id).values(values))
    if files:
        session.execute(insert(FILE), [{"paper_case_id": row_id, "attachment_id": one} for one in files])


def lock(session: Session, paper_case_id: str, states: tuple[str, ...] = (OPEN,)) -> Row[Any]:
    """Lock one that waits, or is in such a state; NotFound("paper_case.absent"), Conflict("paper_case.decided")."""
    row = session.execute(select(PAPER_CASE).where(PAPER_CASE.c.id == paper_case_id).with_for_update()).first()
    if row is None:
        raise NotFound("paper_case.absent")
    if row.state not in states:
        raise Conflict("paper_case.decided", state=row.state)
    return row


def told_in(row: Row[Any]) -> ToldCase:
    """What is told in an open row."""
    return told.read(orjson.loads(SEALED.unseal(row.id, row.sealed)))


def decide(session: Session, row: Row[Any], person_id: str, now: datetime, **values: Any) -> None:
    """Confirmed or refused: what was told is kept no more, and its scans belong to the case or to nobody."""
    session.execute(delete(FILE).where(FILE.c.paper_case_id == row.id))
    decided = {"sealed": None, "decided_by": person_id, "decided_at": now, **values}
    session.execute(update(PAPER_CASE).where(PAPER_CASE.c.id == row.id).values(decided))


def note(session: Session, paper_case_id: str, **values: Any) -> None:
    """What a dry run, or a confirmation that was refused, has found of it."""
    session.execute(update(PAPER_CASE).where(PAPER_CASE.c.id == paper_case_id).values(values))


def of_import(session: Session, import_id: str, *states: str) -> list[Row[Any]]:
    """Those of a workbook in these states, in their order."""
    found = select(PAPER_CASE).where(PAPER_CASE.c.import_id == import_id, PAPER_CASE.c.state.in_(states))
    return list(session.execute(found.order_by(PAPER_CASE.c.id)))


def forget(session: Session, states: tuple[str, ...], before: datetime, most: int) -> int:
    """Delete those in these states that were told before a moment, and let go of their scans; how many."""
    old = (PAPER_CASE.c.state.in_(states), PAPER_CASE.c.proposed_at < before)
    ids = session.scalars(select(PAPER_CASE.c.id).where(*old).limit(most)).all()
    session.execute(delete(FILE).where(FILE.c.paper_case_id.in_(ids)))
    session.execute(delete(PAPER_CASE).where(PAPER_CASE.c.id.in_(ids)))
    return len(ids)
