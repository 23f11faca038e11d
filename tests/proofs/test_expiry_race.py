"""An applicant completes at the very moment at which the deadline fires: one of them wins, and holds go once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from service.access.actor import Actor
from service.audit import timeline
from service.clock import SetClock
from service.db import db
from service.errors import Conflict
from service.instances.commands_timers import fire_timer
from service.posts.posting import ENTRY
from service.tasks.commands import CompleteTask, complete_task
from tests.driver import Case, Driver
from tests.flows.hiring import acting

ROUNDS = 4
DEMAND = ("posts", "degree", "certificate", "directed", "directed_reason", "need", "meeting_on", "minutes")


@pytest.fixture
def driver(postgres_app: Flask, clock: SetClock) -> Driver:
    return acting.county(clock)


def returned(driver: Driver) -> Case:
    """A demand that the bureau has returned: the school owes the correction, and holds a post meanwhile."""
    case = acting.start(driver, count=1)
    case.complete("bureau_review", "bureau.hr", "return")
    case.complete("staffing_check", "staffing.office", "approve")
    case.complete("post_check", "hr.bureau", "approve")
    return case


def at_once(app: Flask, *works: Callable[[], Any]) -> list[Any]:
    """What each answered, a refusal included."""
    gate = Barrier(len(works))

    def attempt(work: Callable[[], Any]) -> Any:
        with app.app_context():
            gate.wait()
            try:
                return work()
            except Conflict as refused:
                return refused

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(attempt, works))


def firing(driver: Driver, case: Case) -> Callable[[], Any]:
    timer = next(row for row in case.timers() if row.kind == "due")
    return lambda: fire_timer(Actor.system(), timer.id, now=driver.now)


def kinds(case: Case) -> list[str]:
    found = [event.kind for event in timeline.events(db.session(), f"instance:{case.id}")]
    db.session.rollback()
    return found


def released(case: Case) -> int:
    found = select(func.count()).select_from(ENTRY).where(ENTRY.c.instance_id == case.id, ENTRY.c.event == "released")
    count = db.session.scalar(found)
    db.session.rollback()
    return int(count or 0)


def test_completion_and_expiry_at_once_one_wins_and_the_other_is_told(postgres_app: Flask, driver: Driver) -> None:
    before = acting.figures(driver)
    for _ in range(ROUNDS):
        case = returned(driver)
        task, clerk = case.task("correction"), driver.actor("s01.hr")
        demand = {name: case.variables[name] for name in DEMAND}
        sent = CompleteTask(task.id, task.version, "resubmit", None, demand, no_interest=True)
        resubmit = partial(complete_task, clerk, sent, now=driver.now)
        done, fired = at_once(postgres_app, resubmit, firing(driver, case))
        by_person = not isinstance(done, Conflict)
        assert by_person != (fired is True), (done, fired)
        assert by_person or done.code in {"task.closed", "instance.not_running"}
        assert kinds(case).count("task.expired") == (not by_person)
        assert case.state == ("running" if by_person else "expired")
        assert released(case) == (0 if by_person else 2)
        if by_person:
            case.withdraw("s01.hr")
        assert acting.figures(driver) == before
        assert released(case) == 2


def test_withdrawal_and_expiry_at_once_release_what_was_held_once(postgres_app: Flask, driver: Driver) -> None:
    before = acting.figures(driver)
    for _ in range(ROUNDS):
        case = returned(driver)
        done, fired = at_once(postgres_app, partial(case.withdraw, "s01.hr"), firing(driver, case))
        by_person = not isinstance(done, Conflict)
        assert by_person != (fired is True), (done, fired)
        assert by_person or done.code in {"instance.ended", "instance.not_running"}
        assert case.state == ("withdrawn" if by_person else "expired")
        assert kinds(case).count("instance.ended") == 1
        assert acting.figures(driver) == before
        assert released(case) == 2
