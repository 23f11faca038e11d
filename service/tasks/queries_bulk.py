"""What came of a bulk: its rows in order, each with its task as far as it may be seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, select

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.errors import NotFound
from service.tasks.bulk import BULK, ROW
from service.tasks.models import Task
from workflows.base import table_of

_TASK = table_of(Task)


@dataclass(frozen=True)
class Report:
    """One's own bulk; `rows` have position, task_id, state, code, params, and title, number and case where visible."""

    id: str
    decision: str | None
    run_id: str | None
    at: datetime
    rows: Sequence[Row[Any]]

    def of(self, state: str) -> list[Row[Any]]:
        """The rows in a state: waiting, done or refused."""
        return [row for row in self.rows if row.state == state]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are in each state."""
        return {state: len(self.of(state)) for state in ("done", "refused", "waiting")}


def report(actor: Actor, bulk_id: str) -> Report:
    """One's own bulk; NotFound("bulk.absent")."""
    own = select(*BULK.c).where(BULK.c.id == bulk_id, BULK.c.person_id == actor.person_id)
    found = db.session.execute(own).first()
    if found is None:
        raise NotFound("bulk.absent", bulk_id=bulk_id)
    seen = and_(_TASK.c.id == ROW.c.task_id, policy.visible(actor, "task"))
    shown = (
        _TASK.c.title,
        _TASK.c.instance_id,
        _TASK.c.business_key,
        _TASK.c.name,
        _TASK.c.definition_id,
        _TASK.c.element_id,
        _TASK.c.instance_id,
    )
    rows = select(*ROW.c, *shown, _TASK.c.id.label("visible_id")).select_from(ROW.outerjoin(_TASK, seen))
    listed: Sequence[Any] = db.session.execute(rows.where(ROW.c.bulk_id == bulk_id).order_by(ROW.c.position)).all()
    return Report(found.id, found.decision, found.run_id, found.at, listed)
