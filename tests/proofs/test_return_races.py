"""Returns and recalls against each other, on PostgreSQL with real threads: one wins, the other is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from service.clock import SetClock
from service.errors import Conflict
from service.tasks.commands import CompleteTask, TaskCommand, complete_task
from service.tasks.commands_recalling import recall_task
from service.tasks.commands_returning import ReturnTask, return_task
from tests.driver import Driver
from tests.proofs.killing import check_whole
from tests.service.people import county as counties
from tests.service.tasks.returns import at_check, block, check, events, line

ROUNDS = 4


@pytest.fixture
def driver(postgres_app: Flask, clock: SetClock) -> Driver:
    return Driver(counties.build(), clock)


def at_once(app: Flask, *works: Callable[[], Any]) -> list[Any]:
    """Run them at the same moment; a Conflict is an answer, whatever else one raises fails the test."""
    gate = Barrier(len(works))

    def one(work: Callable[[], Any]) -> Any:
        with app.app_context():
            gate.wait()
            try:
                return work()
            except Conflict as refused:
                return refused.code

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def test_a_recall_and_the_next_decision_exclude_each_other(postgres_app: Flask, driver: Driver) -> None:
    officer, leader = driver.actor("bureau.hr"), driver.actor("bureau.leader")
    for _ in range(ROUNDS):
        case = at_check(driver, line())
        sent = TaskCommand(case.task("check").id)
        case.complete("check", "bureau.hr", "approve")
        following = CompleteTask(case.task("last").id, 1, "approve")
        taken, decided = at_once(
            postgres_app,
            partial(recall_task, officer, sent, now=driver.now),
            partial(complete_task, leader, following, now=driver.now),
        )
        if isinstance(taken, str):
            assert (taken, decided.outcome, case.state) == ("recall.ended", "completed", "completed")
        else:
            assert (decided, case.open()) == ("task.closed", ["check"])
    check_whole(driver)


def test_of_two_returns_one_is_made(postgres_app: Flask, driver: Driver) -> None:
    for files in (line(check(signing="any")), block(signing="all")):
        case = at_check(driver, files)
        task = case.task("check")
        sent = ReturnTask(task.id, task.version, "fill", reason="理由")
        both = [driver.actor(who) for who in ("bureau.hr", "bureau.chief")]
        works = [partial(return_task, actor, sent, now=driver.now) for actor in both]
        answers = at_once(postgres_app, *works)
        assert [answer for answer in answers if isinstance(answer, str)] == ["task.closed"]
        assert (case.open(), len(events(case, "task.returned"))) == (["fill"], 1)
    check_whole(driver)


def test_of_two_recalls_one_is_made(postgres_app: Flask, driver: Driver) -> None:
    case = at_check(driver, line())
    task, officer = case.task("check"), driver.actor("bureau.hr")
    case.complete("check", "bureau.hr", "approve")
    works = [partial(recall_task, officer, TaskCommand(task.id), now=driver.now)] * 2
    answers = at_once(postgres_app, *works)
    assert len([answer for answer in answers if isinstance(answer, str)]) == 1
    assert (case.open(), len(events(case, "task.recalled"))) == (["check"], 1)
    check_whole(driver)
