"""Meetings for tests: minutes entered by a secretary, confirmed by the chair."""

from typing import Any

from service.access.days import day_of
from service.tasks.commands_minutes import ConfirmMinutes, EnterMinutes, confirm_minutes, enter_minutes
from service.tasks.completion import Completed
from tests.driver import Case
from tests.service.tasks import scans


def entered(case: Case, element_id: str, decision: str, secretary: str, chair: str, **values: Any) -> int:
    """The minutes of a step as the secretary enters them, `values` being the form's; their version."""
    driver, task = case.driver, case.task(element_id)
    there = (driver.county.persons[chair],)
    sent = EnterMinutes(task.id, task.version, "校务会", day_of(driver.now), there, there, (), there[0], decision,
                        "会议决定", values, scans.scan(driver, secretary), no_interest=True)  # fmt: skip
    return enter_minutes(driver.actor(secretary), sent, now=driver.now)


def met(case: Case, element_id: str, decision: str, secretary: str, chair: str, **values: Any) -> Completed:
    """A meeting decides the step."""
    task_id = case.task(element_id).id
    version = entered(case, element_id, decision, secretary, chair, **values)
    sent = ConfirmMinutes(task_id, version, no_interest=True)
    return confirm_minutes(case.driver.actor(chair), sent, now=case.driver.now)
