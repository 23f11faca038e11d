"""Voters at the same moment, on PostgreSQL with real threads: each ballot counts once, and the vote closes once."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from service.access.actor import Actor
from service.clock import SetClock
from service.errors import Conflict
from service.instances.commands_timers import fire_timer
from service.tasks.commands import CompleteTask, complete_task
from tests.driver import Case, Driver
from tests.proofs.killing import check_whole
from tests.proofs.test_races import THREADS, at_once, kinds
from tests.service.people import county as counties
from tests.service.tasks import polls

TRIES = 80
"""Looks of a scheduler, which leaves a case that somebody holds for its next look."""


@pytest.fixture
def driver(postgres_app: Flask, clock: SetClock) -> Driver:
    return Driver(counties.build(), clock)


def counted(case: Case, ballots: int) -> None:
    """The record, the result and the box tell of so many ballots, and of one closing."""
    found = kinds(case)
    assert (found["task.voted"], found["vote.closed"], found["task.completed"]) == (ballots, 1, 1)
    told = case.variables["vote"]
    assert told["yes"] + told["no"] + told["abstain"] == told["present"] == ballots
    check_whole(case.driver)


def test_twenty_who_vote_at_once_are_counted_once_each(postgres_app: Flask, driver: Driver) -> None:
    members = polls.committee(driver, THREADS)
    case = polls.begun(driver, members)
    task, actors = case.task("vote"), [driver.actor(name) for name in members]

    def vote(number: int) -> Any:
        command = CompleteTask(task.id, None, "yes" if number % 4 else "no")
        return complete_task(actors[number], command, now=driver.now)

    answers = at_once(postgres_app, vote)
    assert [answer.decided for answer in answers].count(True) == 1
    counted(case, THREADS)
    assert (case.variables["vote"]["yes"], case.open()) == (15, ["done"])


def test_one_person_who_votes_twenty_times_at_once_has_one_ballot(postgres_app: Flask, driver: Driver) -> None:
    members = polls.committee(driver, 2)
    case = polls.begun(driver, members)
    task, actor = case.task("vote"), driver.actor(members[0])

    def vote(number: int) -> Any:
        return complete_task(actor, CompleteTask(task.id, None, ("yes", "no")[number % 2]), now=driver.now)

    answers = at_once(postgres_app, vote)
    refused = [answer.code for answer in answers if isinstance(answer, Conflict)]
    assert refused == ["seat.closed"] * (THREADS - 1)
    polls.cast(case, members[1], "yes")
    counted(case, 2)


def test_votes_against_the_deadline_are_counted_or_refused(postgres_app: Flask, driver: Driver) -> None:
    members = polls.committee(driver, THREADS)
    case = polls.begun(driver, members)
    task, [timer] = case.task("vote"), case.timers()
    actors = [driver.actor(name) for name in members]
    last = task.due_at - timedelta(milliseconds=1)

    def work(number: int) -> Any:
        if number % 10 == 9:
            return any(fire_timer(Actor.system(), timer.id, now=task.due_at) for _ in range(TRIES))
        return complete_task(actors[number], CompleteTask(task.id, None, "yes"), now=last)

    answers = at_once(postgres_app, work)
    fired = [answer for answer in answers if isinstance(answer, bool)]
    refused = [answer.code for answer in answers if isinstance(answer, Conflict)]
    assert fired.count(True) == 1
    assert set(refused) <= {"task.closed"}
    counted(case, THREADS - len(fired) - len(refused))


def test_the_two_last_voters_at_once_close_it_once(postgres_app: Flask, driver: Driver) -> None:
    members = polls.committee(driver, THREADS + 1)
    case = polls.begun(driver, members, secret="false", ratio="1")
    for name in members[: THREADS - 1]:
        polls.cast(case, name, "yes")
    task, actors = case.task("vote"), [driver.actor(name) for name in members[THREADS - 1 :]]

    def vote(number: int) -> Any:
        return complete_task(actors[number % 2], CompleteTask(task.id, None, "yes"), now=driver.now)

    answers = at_once(postgres_app, vote)
    decided = [answer.decided for answer in answers if not isinstance(answer, Conflict)]
    assert sorted(decided) == [False, True]
    counted(case, THREADS + 1)
