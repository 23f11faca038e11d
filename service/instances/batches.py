"""Rows of a batch of cases, inside a command's transaction."""

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from service.access.fields import Field
from service.errors import Conflict, LecternError, NotFound
from service.instances.models import StartBatch, StartRow
from workflows.base import new_id, table_of

BATCH, ROW = table_of(StartBatch), table_of(StartRow)
SEALED = Field("start_row", "sealed")
WAITING, DONE, REFUSED = "waiting", "done", "refused"


def write_row(batch_id: str, position: int, label: str, variables: dict[str, Any]) -> dict[str, Any]:
    """A row that waits; what is filled in is encrypted until the case begins."""
    row_id = new_id()
    sealed = SEALED.seal(row_id, orjson.dumps(variables).decode())
    return {
        "id": row_id, "batch_id": batch_id, "position": position, "label": label[:200], "sealed": sealed,
        "state": WAITING, "instance_id": None, "code": None, "params": {}, "closed_at": None,
    }  # fmt: skip


def insert_batch(session: Session, batch: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    """Write a batch and its rows."""
    session.execute(insert(BATCH), batch)
    session.execute(insert(ROW), rows)


def own(session: Session, person_id: str | None, batch_id: str) -> Row[Any]:
    """The batch that this person has asked for; NotFound("batch.absent") for anybody else's."""
    row = session.execute(select(BATCH).where(BATCH.c.id == batch_id, BATCH.c.person_id == person_id)).first()
    if row is None:
        raise NotFound("batch.absent")
    return row


def waiting(session: Session, batch_id: str, position: int) -> Row[Any]:
    """Lock a row that waits; Conflict("batch.row_done") for one of which something has come already."""
    mine = (ROW.c.batch_id == batch_id, ROW.c.position == position, ROW.c.state == WAITING)
    row = session.execute(select(ROW).where(*mine).with_for_update()).first()
    if row is None:
        raise Conflict("batch.row_done")
    return row


def variables_of(row: Row[Any]) -> dict[str, Any]:
    """What is filled in, in plain."""
    found: dict[str, Any] = orjson.loads(SEALED.unseal(row.id, row.sealed))
    return found


def done(session: Session, row: Row[Any], instance_id: str, now: datetime) -> None:
    """The case has begun; what was filled in stands in it."""
    _close(session, row, now, state=DONE, instance_id=instance_id)


def refused(session: Session, row: Row[Any], error: LecternError, now: datetime) -> None:
    """Keep why nothing came of it, the first fault where there are several."""
    faults = getattr(error, "faults", ())
    code, params = (faults[0].code, faults[0].params) if faults else (error.code, error.params)
    told = {name: str(value) for name, value in params.items()}
    _close(session, row, now, state=REFUSED, code=code[:100], params=told)


def _close(session: Session, row: Row[Any], now: datetime, **values: Any) -> None:
    session.execute(update(ROW).where(ROW.c.id == row.id).values(sealed=None, closed_at=now, **values))
