"""SQL statements and commits of one completion, and what is counted apart: authentication, repeats, ledger lines."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.measuring import Steps
from service.access import sessions
from service.calendar import queries as calendar
from service.db import db, transaction
from service.idempotency.repeats import Repeat, hash_of, once
from service.posts import ledger, opening
from service.posts.ledger import Cause, Line
from service.posts.opening import NewAccount
from tests.driver import Driver
from tests.statements import committed, counted


@dataclass(frozen=True)
class Counts:
    """Statements of each, and commits of a completion."""

    completion: int
    commits: int
    authentication: int
    repeat: int
    ledger_line: int
    further_line: int


def count(driver: Driver, steps: Steps) -> Counts:
    """Count on a warm process, as the edge leaves it: the calendar was looked at before the command."""
    command = steps.command()
    calendar.keep_fresh()
    with committed() as commits:
        plain = _statements(lambda: steps.complete(command))
    command = steps.command()
    with once(Repeat("account", "POST /x", "key", hash_of({}), 200, driver.now)):
        kept = _statements(lambda: steps.complete(command))
    return Counts(plain, len(commits), _authentication(driver), kept - plain, *_ledger_lines(driver))


def _statements(work: Callable[[], Any]) -> int:
    with counted() as seen:
        work()
    return len(seen)


def _authentication(driver: Driver) -> int:
    with transaction() as session:
        account_id = driver.county.accounts["s01.principal"]
        opened = sessions.open_token(session, account_id, "bearer", timedelta(hours=1), driver.now)
    found = _statements(lambda: sessions.authenticate(opened.token, driver.now))
    db.session.rollback()
    return found


def _ledger_lines(driver: Driver) -> tuple[int, int]:
    school, cause = driver.county.organisations["s02"], Cause(None, "", "", "system", datetime(2026, 9, 1, tzinfo=UTC))
    with transaction() as session:
        [account] = opening.open_accounts(session, cause, [NewAccount(school, "headcount", None, 100, 0)])
    taken = []
    for number in (1, 2):
        with transaction() as session, counted() as seen:
            lines = [Line(account, f"line{place}", 1) for place in range(number)]
            ledger.hold_many(session, Cause(f"case{number}", "e", "t", "system", driver.now), lines)
        taken.append(len(seen))
    return taken[0], taken[1] - taken[0]
