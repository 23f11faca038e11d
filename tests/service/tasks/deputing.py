"""Persons who name substitutes, and tasks that wait for them."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from service.access.accounts import NewAssignment, give_roles
from service.db import transaction
from service.people.commands_substitutes import NameSubstitute, name_substitute
from service.tasks.commands import CompleteTask, complete_task
from tests.driver import Case, Driver
from tests.service.people.county import SINCE, TODAY
from tests.service.tasks import flows

UNTIL = TODAY + timedelta(days=5)


def stand_in(
    driver: Driver, of: str, by: str, first: date = TODAY, until: date = UNTIL, flows: Sequence[str] = ()
) -> str:
    """`by` becomes the substitute of `of`, named by `of`."""
    persons = driver.county.persons
    command = NameSubstitute(persons[of], persons[by], first, until, flows)
    return name_substitute(driver.actor(of), command, now=driver.now)


def give(driver: Driver, who: str, role: str, place: str, kind: str = "holder") -> str:
    """One role more, from years ago."""
    new = NewAssignment(driver.county.persons[who], role, driver.county.organisations[place], SINCE, kind=kind)
    with transaction() as session:
        [assignment_id] = give_roles(session, [new], "system", driver.now)
    return assignment_id


def started(driver: Driver, *nodes: str, by: str = "s01.hr") -> Case:
    """A case of the steps `check` (and `next`)."""
    driver.deploy(flows.line(*nodes, ids=("check", "next")[: len(nodes)]))
    return driver.start("small", by, "s01", count=3)


def check(group: str = "bureau_hr_officer", **properties: str) -> str:
    """The step `check`, of a role."""
    return flows.task("check", group, decisions="approve, reject", **properties)


def following(group: str = "bureau_hr_officer", **properties: str) -> str:
    """The step `next`."""
    return flows.task("next", group, decisions="approve, reject", **properties)


def command_of(case: Case, element_id: str = "check", **more: Any) -> CompleteTask:
    """Agree to the open task of an element as it stands."""
    task = case.task(element_id)
    return CompleteTask(task.id, task.version, "approve", None, {}, no_interest=True, **more)


def sign(driver: Driver, case: Case, who: str, element_id: str = "check") -> None:
    """Agree."""
    complete_task(driver.actor(who), command_of(case, element_id), now=driver.now)
