"""Taking decisions back, and comparing what is left with what was."""

from collections.abc import Callable
from typing import Any

import pytest

from service.db import db
from service.errors import LecternError
from service.tasks import queries
from service.tasks.commands import TaskCommand
from service.tasks.commands_recalling import recall_task
from tests.driver import Case
from tests.service.tasks.standing import snapshot


def recall(case: Case, by: str, task_id: str) -> None:
    recall_task(case.driver.actor(by), TaskCommand(task_id), now=case.driver.now)


def expect_same(case: Case, by: str, act: Callable[[], Any], step: str, number: int = 0) -> None:
    """Do something at a task, take it back, and find everything as it was."""
    person, task_id = case.driver.county.persons[by], case.task(step, number).id
    before = snapshot(case.id, without_drafts_of=person)
    act()
    assert snapshot(case.id, without_drafts_of=person) != before
    recall(case, by, task_id)
    assert snapshot(case.id, without_drafts_of=person) == before


def refused(case: Case, by: str, task_id: str) -> str:
    with pytest.raises(LecternError) as error:
        recall(case, by, task_id)
    found = queries.recall_offer(case.driver.actor(by), task_id, case.driver.now)
    db.session.rollback()
    assert found is None or (found.refused and found.refused.code == error.value.code)
    return str(error.value.code)
