"""Cases told from paper and requests at once, on PostgreSQL with real threads, for the last posts."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from service.access.actor import Actor
from service.clock import SetClock
from service.db import db, transaction
from service.errors import Conflict
from service.instances import paper_cases
from service.instances.commands import StartInstance, start_instance
from service.instances.commands_told import DecideTold, confirm_told, propose_told
from service.posts import checked, commands_checked, queries_sums
from service.posts.commands import MovePost, move_post
from service.posts.posting import ACCOUNT
from tests.conftest import START
from tests.driver import Driver
from tests.flows.hiring import acting
from tests.flows.hiring.telling import Paper, demand
from tests.proofs.test_races import THREADS, at_once
from tests.service.tasks.scans import scan


def asked(driver: Driver, school: str, file: str) -> Any:
    variables = {**demand(1), "minutes": [file]}
    command = StartInstance("hiring", driver.county.organisations[school], variables)
    return start_instance(driver.actor(f"{school}.hr"), command, now=driver.now)


def junior(driver: Driver, school: str) -> str:
    """The account of the school's junior posts."""
    mine = (ACCOUNT.c.organisation_id == driver.county.organisations[school], ACCOUNT.c.band == "junior")
    found: str = db.session.scalars(select(ACCOUNT.c.id).where(*mine)).one()
    db.session.rollback()
    return found


def test_told_cases_and_requests_share_the_last_posts_without_a_deadlock(postgres_app: Flask, clock: SetClock) -> None:
    """Four posts are free; ten cases on paper are confirmed while ten requests are made."""
    driver = acting.county(clock)
    chief = driver.actor("bureau.chief")
    told = [Paper(driver, "filing", count=1).reviewed().proposed() for _ in range(THREADS // 2)]
    files = [scan(driver, "s01.hr") for _ in range(THREADS)]

    def work(number: int) -> Any:
        if number < len(told):
            return confirm_told(chief, DecideTold(told[number]), now=driver.now)
        return asked(driver, "s01", files[number])

    answers = at_once(postgres_app, work)
    refused = [answer for answer in answers if isinstance(answer, Conflict)]
    assert Counter(one.code for one in refused) == {"ledger.full": THREADS - 4}
    assert acting.figures(driver) == (96, 4, 0)
    assert acting.figures(driver, band="junior") == (36, 4, 0)


def test_cases_of_two_schools_are_told_while_posts_move_between_them_and_both_ask(
    postgres_app: Flask, clock: SetClock
) -> None:
    """Each locks what it comes to and no more: nobody deadlocks, and no post is held twice."""
    driver = acting.county(clock)
    chief, schools = driver.actor("bureau.chief"), ("s01", "s02")
    told = [Paper(driver, "approval" if n % 2 else "filing", school=schools[n % 2], count=1).reviewed().proposed()
            for n in range(8)]  # fmt: skip
    files = {n: scan(driver, f"{schools[n % 2]}.hr") for n in range(8, 14)}
    accounts = [junior(driver, school) for school in schools]

    def work(number: int) -> Any:
        if number in files:
            return asked(driver, schools[number % 2], files[number])
        if number < len(told):
            return confirm_told(chief, DecideTold(told[number]), now=driver.now)
        source, target = accounts if number % 2 else reversed(accounts)
        return move_post(Actor.system(), MovePost(source, target, 1, f"编〔{number}〕", START.date()), now=driver.now)

    answers = at_once(postgres_app, work)
    assert {answer.code for answer in answers if isinstance(answer, Conflict)} <= {"ledger.full"}
    held = sum(not isinstance(answer, Conflict) for answer in answers[:14])
    figures = [acting.figures(driver, school, "junior") for school in schools]
    assert sum(reserved for _, reserved, _ in figures) == held
    assert sum(reserved + free for _, reserved, free in figures) == 8
    assert not queries_sums.reconcile(Actor.system())


def test_case_of_one_school_does_not_wait_for_what_is_locked_at_another(postgres_app: Flask, clock: SetClock) -> None:
    driver = acting.county(clock)
    told, chief = Paper(driver, "filing").reviewed().proposed(), driver.actor("bureau.chief")

    def work() -> Any:
        with postgres_app.app_context():
            return confirm_told(chief, DecideTold(told), now=driver.now)

    elsewhere = ACCOUNT.c.organisation_id == driver.county.organisations["s02"]
    with ThreadPoolExecutor(1) as pool, transaction() as session:
        assert session.execute(select(ACCOUNT).where(elsewhere).with_for_update()).all()
        assert pool.submit(work).result(timeout=30).waits


def test_whoever_confirms_that_there_is_none_waits_for_who_is_telling_one(
    postgres_app: Flask, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The case is written and not yet committed while the school confirms: that is refused, not overlooked."""
    driver = acting.county(clock)
    school, told = driver.county.organisations["s01"], Paper(driver, "filing").reviewed().told
    written, wait, write = Event(), Event(), paper_cases.write

    def slowly(*args: Any, **more: Any) -> str:
        found = write(*args, **more)
        written.set()
        wait.wait(1)
        return found

    def confirm() -> None:
        with postgres_app.app_context():
            written.wait()
            commands_checked.confirm_for_school(driver.actor("s01.hr"), school, now=driver.now)

    monkeypatch.setattr(paper_cases, "write", slowly)
    with ThreadPoolExecutor(1) as pool:
        said = pool.submit(confirm)
        propose_told(driver.actor("bureau.hr"), told, now=driver.now)
        with pytest.raises(Conflict, match=r"open_cases\.waiting"):
            said.result(timeout=30)
    assert checked.confirmed(db.session(), school) == {}
    db.session.rollback()
