"""Where a search begins, and what it passes by: at the few cases with a rare gram, or along the holder's own queue.

Along the queue the index itself tells, by the marks at its end, which entries need not be looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from service.tasks.models import MARKS, QueueEntry, Task
from service.tasks.words import GRAM, WORDS, beginnings, marks, tokens
from workflows.base import table_of

FEW = 1_000
"""Places with a gram that are looked up one by one; of a commoner one the queue itself soon has a page."""
SHORT = 300
"""Entries of a queue that are looked through without more ado."""
ASKED = 12
"""Grams of a query that are counted."""
LAST = "\U0010ffff"
ENTRY = table_of(QueueEntry)
TASK = table_of(Task)
COLUMNS = tuple(ENTRY.c[name] for name in ("id", "holder", "box", "due_at", "urgency", "task_id", *MARKS))


@dataclass(frozen=True)
class Wanted:
    """What the case of an entry must have: every word, the flow, the organisation."""

    words: tuple[str, ...] = ()
    flow: str | None = None
    organisation_id: str | None = None

    @property
    def everything(self) -> bool:
        return not self.words and self.flow is None and self.organisation_id is None

    def maybe(self, source: FromClause) -> list[ColumnElement[bool]]:
        """What the entry alone tells: no entry without one of the marks can be wanted."""
        found = marks(tokens(self.words, self.flow, self.organisation_id))
        return [
            source.c[name].bitwise_and(literal(mark)) == literal(mark)
            for name, mark in zip(MARKS, found, strict=True)
            if mark
        ]

    def exactly(self) -> list[ColumnElement[bool]]:
        """What task and words tell."""
        places = {TASK.c.definition_key: self.flow, TASK.c.organisation_id: self.organisation_id}
        fixed = [column == value for column, value in places.items() if value is not None]
        return [*fixed, *(WORDS.c.words.contains(word, autoescape=True) for word in self.words)]


def few(session: Session, holders: Sequence[str], box: str, words: Sequence[str]) -> FromClause | None:
    """The entries of the cases with the rarest gram of the words; None when the queue itself is the shorter way.

    Materialised, so that the database goes from the cases to the entries and does not walk through a queue for them.
    """
    asked = beginnings(words)[:ASKED]
    rarest = _rarest(session, asked) if asked and not _is_short(session, holders, box) else None
    if rarest is None:
        return None
    found = select(GRAM.c.instance_id).where(*_begins(rarest)).distinct().cte("found").prefix_with("MATERIALIZED")
    entries: Select[Any] = (
        select(*COLUMNS)
        .join(TASK, TASK.c.id == ENTRY.c.task_id)
        .join(found, found.c.instance_id == TASK.c.instance_id)
        .where(TASK.c.state == "open")
    )
    return entries.cte("entries").prefix_with("MATERIALIZED")


def _begins(gram: str) -> list[ColumnElement[bool]]:
    """The range of the grams that begin so; one of full width stands alone."""
    return [GRAM.c.gram >= gram, GRAM.c.gram <= gram + LAST]


def _rarest(session: Session, asked: Sequence[str]) -> str | None:
    """The gram at the fewest places of running cases, when those are few; counted no further than FEW."""
    counts = [
        select(
            literal(gram).label("gram"), select(func.count()).select_from(_some(gram)).scalar_subquery().label("places")
        )
        for gram in asked
    ]
    rows = session.connection().execute(union_all(*counts)).all()
    gram, places = min(((row.gram, row.places) for row in rows), key=lambda found: found[1])
    return gram if places <= FEW else None


def _some(gram: str) -> Any:
    return select(GRAM.c.instance_id).where(*_begins(gram)).limit(FEW + 1).subquery()


def _is_short(session: Session, holders: Sequence[str], box: str) -> bool:
    lying = select(ENTRY.c.id).where(ENTRY.c.holder.in_(holders), ENTRY.c.box == box).limit(SHORT + 1).subquery()
    return session.connection().execute(select(func.count()).select_from(lying)).scalar_one() <= SHORT
