"""Reads of decisions on paper and of meetings: that of a task, those disputed in a case, who could have decided."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.tasks import convening, deciders, disputing, membership, paper_rows, papers, queries
from service.tasks.facts import TaskFacts
from service.tasks.models import Task
from service.tasks.paper_rows import PAPER
from workflows.base import table_of

_TASK = table_of(Task)


def papers_of(task_id: str) -> Sequence[Row[Any]]:
    """The decisions on paper of a task that the caller has found visible."""
    return paper_rows.papers_of(db.session(), task_id)


def minutes_of(task_id: str) -> Row[Any] | None:
    """The minutes of a collective decision of a task that the caller has found visible."""
    return convening.minutes_of(db.session(), task_id)


def disputed(actor: Actor, instance_id: str) -> Sequence[Any]:
    """The disputed decisions on paper among the tasks of a case that the actor may see."""
    found = select(*PAPER.c, _TASK.c.element_id, _TASK.c.name).join(_TASK, _TASK.c.id == PAPER.c.task_id)
    here = (_TASK.c.instance_id == instance_id, PAPER.c.disputed_at.is_not(None), policy.visible(actor, "task"))
    return list(db.session.execute(found.where(*here).order_by(PAPER.c.disputed_at)))


def able(actor: Actor, task_id: str, today: date) -> list[str]:
    """The persons who could decide a task in person; NotFound("task.absent")."""
    return sorted(deciders.able(db.session(), queries.task(actor, task_id), today))


def offered(task: TaskFacts, today: date) -> dict[str, list[str]]:
    """Who may sit in a meeting about a task, to choose from."""
    return membership.offered(db.session(), task, today)


def may_record(actor: Actor, task: TaskFacts) -> bool:
    """Whether the pages offer to record a decision on paper."""
    return (
        task.state == "open"
        and papers.allows(task)
        and actor.person_id not in (None, task.initiator_id, *task.recused_ids)
        and policy.allows(actor, "task.record_paper", task)
    )


def may_dispute(actor: Actor, task: TaskFacts, paper: Row[Any]) -> bool:
    """Whether the pages offer to dispute what was recorded."""
    if paper.disputed_at is not None or paper.recorded_by == actor.person_id:
        return False
    facts = disputing.facts_of(task, paper)
    return actor.person_id is not None and policy.allows(actor, "task.dispute_paper", facts)
