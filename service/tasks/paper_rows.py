"""The rows of decisions on paper, and how records name one."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.tasks.models_papers import PaperDecision
from workflows.base import table_of

PAPER = table_of(PaperDecision)
_NAMED = ("decided_by", "document", "attachment_id", "recorded_by", "person_id")


def papers_of(session: Session, task_id: str) -> Sequence[Row[Any]]:
    """The decisions on paper that were recorded of a task, as they were recorded."""
    return session.execute(select(PAPER).where(PAPER.c.task_id == task_id).order_by(PAPER.c.id)).all()


def of_seats(session: Session, task_id: str) -> dict[str, Mapping[str, Any]]:
    """Seat → the paper on which its decision stands."""
    return {row.seat_id: told(dict(row._mapping)) for row in papers_of(session, task_id) if row.seat_id is not None}


def told(row: Mapping[str, Any]) -> dict[str, Any]:
    """A paper as records name it."""
    return {
        **{name: row[name] for name in _NAMED},
        "decided_on": row["decided_on"].isoformat(),
        "recorded_at": row["recorded_at"].isoformat(),
    }
