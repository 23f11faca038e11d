"""Hiring leaves a free post to each who waits for one, and keeps what it holds already."""

import pytest

from service.db import transaction
from service.errors import Conflict
from service.flows.declaring import QUEUES
from service.posts.ledger import Cause, release_all
from service.posts.posting import ACCOUNT
from tests.flows.hiring.acting import county, figures, meet, reviewed, start, to_choice
from tests.queues import of_bands


@pytest.fixture
def driver(app, clock):
    return county(clock)


def waits(monkeypatch, count):
    monkeypatch.setitem(QUEUES, "title", of_bands({"junior": count}))


def rows(*counts):
    return [{"subject": "语文", "stage": "primary", "band": "junior", "count": count} for count in counts]


def test_two_rows_of_one_band_do_not_take_together_what_each_alone_would_leave(driver, monkeypatch):
    """Four posts are free: a row of one leaves three, two such rows leave two."""
    waits(monkeypatch, 3)
    with pytest.raises(Conflict, match=r"ledger\.others_wait"):
        start(driver, posts=rows(1, 1))
    assert start(driver, posts=rows(1)).state == "running"
    assert figures(driver, band="junior") == (36, 1, 3)


def test_a_choice_beyond_what_is_held_is_refused_where_the_ledger_is_full(driver):
    """No meeting chooses more than was demanded; if the figures were wrong nobody would be chosen without a post."""
    case = reviewed(start(driver, count=1))
    case.complete("filing", "bureau.hr", "accept")
    to_choice(driver, case, "s01.hr", "s01.hr")
    with transaction() as session:
        cause = Cause(case.id, "lost", "", "system", driver.now)
        release_all(session, cause)
        own = (ACCOUNT.c.organisation_id == driver.county.organisations["s01"], ACCOUNT.c.band == "junior")
        session.execute(ACCOUNT.update().where(*own).values(approved=ACCOUNT.c.occupied))
    with pytest.raises(Conflict, match=r"ledger\.full"):
        meet(case, "s01")
    assert "slots" not in case.variables


def test_the_chosen_take_the_posts_that_the_case_holds_though_others_wait_by_then(driver, monkeypatch):
    case = reviewed(start(driver, count=1))
    case.complete("filing", "bureau.hr", "accept")
    to_choice(driver, case, "s01.hr", "s01.hr")
    waits(monkeypatch, 9)
    assert meet(case, "s01").decided
    assert (case.open(), figures(driver, band="junior")) == (["medical"], (36, 1, 3))
