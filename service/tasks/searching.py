"""Where a search begins: at the few cases that have the rarest gram of the query, or at the holder's own queue."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from service.tasks.models import QueueEntry, Task
from service.tasks.words import GRAM, WORDS, grams
from workflows.base import table_of

FEW = 1_000
"""Cases with a gram that are looked up one by one; of a commoner one the queue itself soon has a page."""
SHORT = 300
"""Entries of a queue that are looked through without more ado."""
ENTRY = table_of(QueueEntry)
TASK = table_of(Task)
COLUMNS = (ENTRY.c.id, ENTRY.c.holder, ENTRY.c.box, ENTRY.c.due_at, ENTRY.c.task_id)


def narrowed(statement: Select[Any], source: FromClause, flow: str | None, words: Sequence[str]) -> Select[Any]:
    """Only entries whose task is of the flow, and whose case has every word."""
    if flow is not None or words:
        statement = statement.join(TASK, TASK.c.id == source.c.task_id)
    if flow is not None:
        statement = statement.where(TASK.c.definition_key == flow)
    if words:
        statement = statement.join(WORDS, WORDS.c.instance_id == TASK.c.instance_id).where(*_have(words))
    return statement


def few(session: Session, holders: Sequence[str], box: str, words: Sequence[str]) -> FromClause | None:
    """The entries of the cases with the rarest gram of the words; None when the queue itself is the shorter way.

    Materialised, so that the database goes from the cases to the entries and does not walk through a queue for them.
    """
    asked = grams(words)
    rarest = _rarest(session, asked) if asked and not _is_short(session, holders, box) else None
    if rarest is None:
        return None
    found = select(GRAM.c.instance_id).where(GRAM.c.gram == rarest).cte("found").prefix_with("MATERIALIZED")
    entries = (
        select(*COLUMNS)
        .join(TASK, TASK.c.id == ENTRY.c.task_id)
        .join(found, found.c.instance_id == TASK.c.instance_id)
        .where(TASK.c.state == "open")
    )
    return entries.cte("entries").prefix_with("MATERIALIZED")


def _have(words: Sequence[str]) -> list[ColumnElement[bool]]:
    return [WORDS.c.words.contains(word, autoescape=True) for word in words]


def _rarest(session: Session, asked: Sequence[str]) -> str | None:
    """The gram that the fewest running cases have, when those are few; counted no further than FEW."""
    counts = [
        select(
            literal(gram).label("gram"), select(func.count()).select_from(_some(gram)).scalar_subquery().label("cases")
        )
        for gram in asked
    ]
    rows = session.connection().execute(union_all(*counts)).all()
    gram, cases = min(((row.gram, row.cases) for row in rows), key=lambda found: found[1])
    return gram if cases <= FEW else None


def _some(gram: str) -> Any:
    return select(GRAM.c.instance_id).where(GRAM.c.gram == gram).limit(FEW + 1).subquery()


def _is_short(session: Session, holders: Sequence[str], box: str) -> bool:
    lying = select(ENTRY.c.id).where(ENTRY.c.holder.in_(holders), ENTRY.c.box == box).limit(SHORT + 1).subquery()
    return session.connection().execute(select(func.count()).select_from(lying)).scalar_one() <= SHORT
