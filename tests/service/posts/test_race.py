"""Twenty at once: one gets the last post, nobody deadlocks (PostgreSQL, real threads)."""

import random
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from service.access.actor import Actor
from service.db import db, transaction
from service.posts import ledger, posting
from service.posts.ledger import Full, Line, Posted
from service.posts.queries_sums import reconcile
from service.posts.rules import Figures
from tests.service.posts.conftest import A, B, cause, figures, opened, place

THREADS = 20


@pytest.fixture
def schools(postgres_app: Flask) -> Flask:
    place()
    return postgres_app


def at_once(app: Flask, work: Any) -> list[Any]:
    """Run work(0) … work(19) at the same moment; whatever one raises (40P01, 40001) fails the test."""
    gate = Barrier(THREADS)

    def one(number: int) -> Any:
        with app.app_context():
            gate.wait()
            return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


def test_one_of_twenty_gets_the_last_headcount(schools: Flask) -> None:
    account = opened(A, "headcount", None, 100, 99)

    def ask(number: int) -> Posted | Full:
        with transaction() as session:
            return ledger.hold(session, cause(f"case-{number}"), account, "demand", 1)

    outcomes = at_once(schools, ask)
    refused = [outcome for outcome in outcomes if isinstance(outcome, Full)]
    assert len(refused) == THREADS - 1
    assert set(refused) == {Full(account, A, "headcount", None, False, 1, 0)}
    assert figures(account) == Figures(100, 0, 99, 1, 0)


def test_losers_leave_nothing_reserved_of_the_other_accounts(schools: Flask) -> None:
    headcount, senior = opened(A, "headcount", None, 100, 10), opened(A, "post", "senior", 10, 9)

    def ask(number: int) -> Posted | Full:
        lines = [Line(headcount, "demand", 1), Line(senior, "demand", 1)]
        with transaction() as session:
            return ledger.hold_many(session, cause(f"case-{number}"), lines if number % 2 else lines[::-1])

    outcomes = at_once(schools, ask)
    assert sum(isinstance(outcome, Posted) for outcome in outcomes) == 1
    assert (figures(headcount).reserved, figures(senior).reserved) == (1, 1)
    held = select(func.count(posting.ENTRY.c.instance_id.distinct()))
    assert db.session.scalar(held) == 1


def test_cases_that_hold_occupy_and_end_on_many_accounts_do_not_deadlock(schools: Flask) -> None:
    ids = [opened(school, "post", band, 400, 0) for school in (A, B) for band in ("senior", "middle", "junior")]

    def live(number: int) -> None:
        dice = random.Random(number)
        for turn in range(12):
            case = f"case-{number}-{turn}"
            mine = dice.sample(ids, 3)
            with transaction() as session:
                ledger.hold_many(session, cause(case), [Line(account, "demand", 2) for account in mine])
            with transaction() as session:
                ledger.occupy(session, cause(case, "t2"), mine[0], "demand", 1)
                ledger.release(session, cause(case, "t2"), mine[1], "demand")
                ledger.release_all(session, cause(case, "", ""))

    at_once(schools, live)
    assert sum(figures(account).occupied for account in ids) == THREADS * 12
    assert sum(figures(account).reserved for account in ids) == 0
    assert reconcile(Actor.system()) == ()
