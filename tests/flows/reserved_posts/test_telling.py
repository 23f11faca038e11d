"""Applications for a reserved post that began on paper, told to where they wait for the round."""

from datetime import timedelta

import pytest

from service.errors import Conflict
from tests.flows import telling
from tests.flows.reserved_posts import acting

NUMBERS = 501


@pytest.fixture
def driver(app, clock):
    return acting.county(clock)


def test_application_told_to_its_check_joins_the_round_of_this_house(driver):
    person = acting.teacher(driver, NUMBERS, exchange=("s01", 12))
    acting.called(driver)
    driver.clock.set(driver.now + timedelta(days=5))
    variables = {"person_id": person, "band": "senior", "need": "补足偏远学校高级岗位"}
    case = telling.told(driver, "reserved_post", "s02.hr", "2026-09-11", "check", variables, school="s02")
    found = telling.begun(driver, case)
    assert found.open() == ["check"]
    found.complete("check", "bureau.hr", "approve")
    assert (found.open(), found.state) == ([], "running")


def test_what_the_round_decides_is_decided_here(driver):
    case = telling.told(driver, "reserved_post", "s02.hr", "2026-09-11", "appointment", {}, school="s02")
    with pytest.raises(Conflict, match=r"told\.live"):
        telling.begun(driver, case)
