"""A round is decided while one of its applicants withdraws, on PostgreSQL with real threads: no post is left held."""

from threading import Thread
from typing import Any

import pytest
from flask import Flask

from service.clock import SetClock
from service.flows.reserved import operations_round
from service.posts.queries_sums import reconcile
from tests.flows.reserved_posts import acting

MOMENT = 1.0
"""How long the decision waits for the withdrawal, in seconds; it cannot come between once the applicants are locked."""


def test_who_withdraws_while_the_round_is_decided_leaves_no_post_held(
    postgres_app: Flask, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = acting.county(clock)
    case = acting.called(driver)
    person = acting.teacher(driver, 700)
    applied = acting.accepted(driver, person)
    acting.ranked(case)
    hold = operations_round._hold

    def withdraw() -> None:
        with postgres_app.app_context():
            applied.withdraw("s02.hr")

    leaving = Thread(target=withdraw)

    def between(*given: Any) -> None:
        leaving.start()
        leaving.join(MOMENT)
        hold(*given)

    monkeypatch.setattr(operations_round, "_hold", between)
    case.complete("bureau_decision", "bureau.leader", "approve")
    case.complete("hr_decision", "hr.bureau", "approve")
    leaving.join()
    assert (case.state, applied.state) == ("completed", "withdrawn")
    assert acting.pool(driver) == (6, 0, 4)
    assert reconcile(acting.SYSTEM) == ()
