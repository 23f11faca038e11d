"""Cases told from paper and requests at once, on PostgreSQL with real threads, for the last posts."""

from collections import Counter
from typing import Any

from flask import Flask

from service.clock import SetClock
from service.errors import Conflict
from service.instances.commands import StartInstance, start_instance
from service.instances.commands_told import DecideTold, confirm_told
from tests.flows.hiring import acting
from tests.flows.hiring.telling import Paper, demand
from tests.proofs.test_races import THREADS, at_once
from tests.service.tasks.scans import scan


def test_told_cases_and_requests_share_the_last_posts_without_a_deadlock(postgres_app: Flask, clock: SetClock) -> None:
    """Four posts are free; ten cases on paper are confirmed while ten requests are made."""
    driver = acting.county(clock)
    chief, clerk = driver.actor("bureau.chief"), driver.actor("s01.hr")
    told = [Paper(driver, "filing", count=1).reviewed().proposed() for _ in range(THREADS // 2)]
    files = [scan(driver, "s01.hr") for _ in range(THREADS)]
    school = driver.county.organisations["s01"]

    def work(number: int) -> Any:
        if number < len(told):
            return confirm_told(chief, DecideTold(told[number]), now=driver.now)
        asked = StartInstance("hiring", school, {**demand(1), "minutes": [files[number]]})
        return start_instance(clerk, asked, now=driver.now)

    answers = at_once(postgres_app, work)
    refused = [answer for answer in answers if isinstance(answer, Conflict)]
    assert Counter(one.code for one in refused) == {"ledger.full": THREADS - 4}
    assert acting.figures(driver) == (96, 4, 0)
    assert acting.figures(driver, band="junior") == (36, 4, 0)
