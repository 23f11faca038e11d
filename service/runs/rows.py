"""Which rows of runs are meant: those somebody holds, and those that may be taken up."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, TextClause, and_, or_, text

from service.runs.declaring import KINDS
from service.runs.models import OPEN, Run
from workflows.base import table_of

RUN = table_of(Run)
OPEN_RUNS: TextClause = text(OPEN)


def held(run_id: str, holder: str) -> tuple[ColumnElement[bool], ...]:
    """The run while its holder still holds it."""
    return RUN.c.id == run_id, RUN.c.holder == holder


def due_in(lane: str, now: datetime) -> tuple[Any, ...]:
    """The runs of a lane that may be taken up now."""
    kinds = [kind.name for kind in KINDS.values() if kind.lane == lane]
    free = or_(RUN.c.state == "waiting", left(now))
    return OPEN_RUNS, RUN.c.kind.in_(kinds), free


def left(now: datetime) -> ColumnElement[bool]:
    """Runs of whose process nothing was heard any more."""
    return and_(RUN.c.state == "running", RUN.c.held_until <= now)
