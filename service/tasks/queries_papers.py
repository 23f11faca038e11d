"""Reads of decisions on paper and of meetings: that of a task, those disputed in a case, who could have decided."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.tasks import convening, membership, papers, queries, recording
from service.tasks.facts import TaskFacts
from service.tasks.models import Task
from service.tasks.models_papers import PaperDecision
from service.tasks.papers import PaperFacts
from workflows.base import table_of

_PAPER, _TASK = table_of(PaperDecision), table_of(Task)


def paper_of(task_id: str) -> Row[Any] | None:
    """The decision on paper of a task that the caller has found visible."""
    return recording.paper_of(db.session(), task_id)


def minutes_of(task_id: str) -> Row[Any] | None:
    """The minutes of a collective decision of a task that the caller has found visible."""
    return convening.minutes_of(db.session(), task_id)


def disputed(actor: Actor, instance_id: str) -> Sequence[Any]:
    """The disputed decisions on paper among the tasks of a case that the actor may see."""
    found = select(*_PAPER.c, _TASK.c.element_id, _TASK.c.name).join(_TASK, _TASK.c.id == _PAPER.c.task_id)
    here = (_TASK.c.instance_id == instance_id, _PAPER.c.disputed_at.is_not(None), policy.visible(actor, "task"))
    return list(db.session.execute(found.where(*here).order_by(_PAPER.c.disputed_at)))


def able(actor: Actor, task_id: str, today: date) -> list[str]:
    """The persons who could decide a task in person; NotFound("task.absent")."""
    return sorted(recording.able(db.session(), queries.task(actor, task_id), today))


def colleagues(task: TaskFacts, today: date) -> frozenset[str]:
    """Who may sit in a meeting about a task, to choose from."""
    return membership.colleagues(db.session(), task, today)


def may_record(actor: Actor, task: TaskFacts) -> bool:
    """Whether the pages offer to record a decision on paper."""
    return (
        task.state == "open"
        and papers.allows(task)
        and actor.person_id not in (None, task.initiator_id, *task.recused_ids)
        and policy.allows(actor, "task.record_paper", task)
    )


def may_dispute(actor: Actor, task: TaskFacts, paper: Row[Any] | None) -> bool:
    """Whether the pages offer to dispute what was recorded."""
    if paper is None or paper.disputed_at is not None or paper.recorded_by == actor.person_id:
        return False
    facts = PaperFacts(task.id, task.groups, task.seated_ids, paper.person_id)
    return actor.person_id is not None and policy.allows(actor, "task.dispute_paper", facts)
