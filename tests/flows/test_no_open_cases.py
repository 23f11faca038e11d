"""Who takes a free post of a school is asked whether a case on paper may need it (policy §8); who frees one is not."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from service.access.actor import Actor
from service.db import db
from service.errors import Conflict
from service.posts import commands
from service.posts.checked import NEEDED
from service.posts.commands import MovePost
from service.posts.posting import ACCOUNT
from tests.conftest import START
from tests.flows.personnel import acting
from tests.flows.personnel.test_branches import NEW
from tests.flows.reserved_posts import acting as reserved
from tests.parameters import SetParameter, set_parameter

MISSING = r"open_cases\.none_confirmed"


def opening_day():
    set_parameter(SetParameter(NEEDED, True, date(2026, 9, 10), "教人〔2026〕1号"), now=START)


def test_who_comes_takes_a_post_and_who_retires_or_is_moved_down_in_the_same_headcount_does_not_wait(app, clock):
    personnel = acting.county(clock)
    opening_day()
    with pytest.raises(Conflict, match=MISSING):
        personnel.start("transfer_in", **NEW)
    personnel.confirmed("retirement")
    assert personnel.figures()["headcount"] == (95, 0, 5)


def test_a_free_post_does_not_move_away_from_a_case_on_paper(app, clock):
    driver = acting.county(clock).driver
    opening_day()
    mine = (ACCOUNT.c.band == "junior", ACCOUNT.c.organisation_id.in_(driver.county.organisations.values()))
    by_place = {row.organisation_id: row.id for row in db.session.execute(select(ACCOUNT).where(*mine))}
    places = [by_place[driver.county.organisations[name]] for name in ("s01", "s02")]
    db.session.rollback()
    move = MovePost(*places, 1, "县编办〔2026〕9号", START.date())
    with pytest.raises(Conflict, match=MISSING):
        commands.move_post(Actor.system(), move, now=START)


def test_a_school_asks_for_a_post_of_the_pool_only_once_it_has_no_other_open_case(app, clock):
    driver = reserved.county(clock)
    person = reserved.teacher(driver, 501, exchange=("s01", 12))
    reserved.called(driver)
    driver.clock.set(driver.now + timedelta(days=5))
    opening_day()
    asked = {"person_id": person, "band": "senior", "need": "补足边远学校高级岗位"}
    with pytest.raises(Conflict, match=MISSING):
        driver.start("reserved_post", "s02.hr", "s02", **asked)
