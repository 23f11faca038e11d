"""The call list: who is late or nearly, who has not read, and nobody else; masked, and for bureau HR alone."""

from datetime import timedelta

import pytest
from flask import Flask

from service.clock import SetClock
from service.errors import Forbidden
from service.notices import delivery
from service.notices.queries import notices
from service.notices.reading import mark_read
from service.tasks.queries_calls import call_list
from tests.driver import Driver
from tests.service.people import county as counties
from tests.service.tasks import flows


@pytest.fixture
def driver(any_app: Flask, clock: SetClock) -> Driver:
    made = Driver(counties.build(), clock)
    made.deploy(flows.line(flows.task("check", "staffing_officer", dueIn="3 workdays"), ids=("check",)))
    made.start("small", by="s01.principal", count=3)
    return made


def listed(driver: Driver) -> dict[str, tuple[int, list[str]]]:
    found = call_list(driver.actor("bureau.hr"), driver.now)
    return {call.name: (call.unread, [one.name for one in call.due]) for call in found.calls}


RECALL = timedelta(minutes=2)


def test_nobody_is_listed_before_something_is_due_or_posted(driver: Driver) -> None:
    assert listed(driver) == {}


def test_who_has_not_read_is_listed_until_reading(driver: Driver) -> None:
    delivery.deliver(driver.now + RECALL)
    assert listed(driver) == {"staffing.office": (1, [])}
    officer = driver.actor("staffing.office")
    assert len(notices(officer)) == 1
    mark_read(officer, None, now=driver.now)
    assert listed(driver) == {}


def test_a_task_is_listed_from_the_working_day_before_it_is_due(driver: Driver) -> None:
    """Begun on Thursday, due on Tuesday evening: Saturday looks to Monday, Monday to Tuesday."""
    driver.clock.advance(timedelta(days=2))
    assert listed(driver) == {}
    driver.clock.advance(timedelta(days=2))
    assert listed(driver) == {"staffing.office": (0, ["check"])}
    driver.clock.advance(timedelta(days=9))
    [call] = call_list(driver.actor("bureau.hr"), driver.now).calls
    assert call.due[0].due_at < driver.now
    assert call.organisation_id == driver.county.organisations["staffing"]


def test_phones_are_masked_and_only_bureau_hr_sees_the_list(driver: Driver) -> None:
    delivery.deliver(driver.now + RECALL)
    [call] = call_list(driver.actor("bureau.hr"), driver.now).calls
    assert call.phone == "138****0005"
    for who in ("s01.principal", "admin", "auditor", "staffing.office"):
        with pytest.raises(Forbidden):
            call_list(driver.actor(who), driver.now)
