"""Reads of batches of cases: one's own, row by row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from service.access.actor import Actor
from service.db import db
from service.instances import batches
from service.instances.batches import ROW


@dataclass(frozen=True)
class BatchView:
    """A batch and its rows in order."""

    id: str
    name: str
    run_id: str | None
    files: dict[str, list[str]]
    rows: Sequence[Any]

    def of(self, state: str) -> list[Any]:
        """The rows in a state."""
        return [row for row in self.rows if row.state == state]


def batch(actor: Actor, batch_id: str) -> BatchView:
    """One's own batch; NotFound("batch.absent")."""
    found = batches.own(db.session(), actor.person_id, batch_id)
    columns = (ROW.c.position, ROW.c.label, ROW.c.state, ROW.c.instance_id, ROW.c.code, ROW.c.params)
    rows = db.session.execute(select(*columns).where(ROW.c.batch_id == batch_id).order_by(ROW.c.position)).all()
    db.session.rollback()
    return BatchView(found.id, found.name, found.run_id, found.files, rows)
