"""Withdrawing after returns: a case that was returned to before its final decision is not decided any more."""

from datetime import timedelta

import pytest

from service.errors import Conflict
from service.instances import queries
from service.tasks.commands_returning import ReturnTask, return_task
from tests.driver import Case, Driver
from tests.service.instances.test_cases import CHECK, FINAL
from tests.service.tasks import flows
from tests.workflows import diagrams as d


@pytest.mark.parametrize(("target", "reentry"), [("check", "replay"), ("decide", "replay"), ("check", "straight")])
def test_a_case_that_was_returned_before_its_final_decision_can_be_withdrawn_again(
    driver: Driver, target: str, reentry: str
) -> None:
    """Until it is decided anew; what goes straight back leaves the decision in force once it is corrected."""
    last = flows.task("last", "bureau_leader", decisions="approve,reject", returnTo="any")
    driver.deploy(flows.line(CHECK, FINAL, last, ids=("check", "decide", "last")))

    def decided() -> Case:
        case = driver.start("small", by="s01.principal", count=3)
        case.complete("check", "bureau.hr", "approve")
        driver.clock.advance(timedelta(minutes=1))
        case.complete("decide", "bureau.leader", "approve")
        driver.clock.advance(timedelta(minutes=1))
        task = case.task("last")
        back = ReturnTask(task.id, task.version, target, reentry, "材料不全")
        return_task(driver.actor("bureau.leader"), back, now=driver.now)
        return case

    decided().withdraw("s01.principal")
    case = decided()
    driver.clock.advance(timedelta(minutes=1))
    if target == "check":
        case.complete("check", "bureau.hr", "approve")
    if reentry == "replay":
        assert not queries.is_decided(case.id)
        driver.clock.advance(timedelta(minutes=1))
        case.complete("decide", "bureau.leader", "approve")
    with pytest.raises(Conflict, match=r"instance\.decided"):
        case.withdraw("s01.principal")


def test_a_return_inside_another_branch_leaves_the_final_decision_in_force(driver: Driver) -> None:
    enter, review = (
        flows.task(name, "bureau_hr_officer", decisions="approve", returnTo="any") for name in ("enter", "review")
    )
    nodes = (enter, review, FINAL, d.gateway("parallel", "fork"), d.gateway("parallel", "join"))
    links = (d.path("start", "fork", "enter", "review", "join", "end"), d.path("fork", "decide", "join"))
    driver.deploy(flows.flow(nodes, links))
    case = driver.start("small", by="s01.principal", count=3)
    case.complete("enter", "bureau.hr", "approve")
    driver.clock.advance(timedelta(minutes=1))
    case.complete("decide", "bureau.leader", "approve")
    driver.clock.advance(timedelta(minutes=1))
    task = case.task("review")
    return_task(driver.actor("bureau.hr"), ReturnTask(task.id, task.version, "enter", "replay", "不全"), now=driver.now)
    with pytest.raises(Conflict, match=r"instance\.decided"):
        case.withdraw("s01.principal")
