"""Filters of the inbox: of those who take a name at the same moment one has it, and the other is told."""

from functools import partial

from flask import Flask

from service.clock import SetClock
from service.desk.commands import Filter, change_filter, save_filter
from tests.driver import Driver
from tests.service.people import county as counties
from tests.service.tasks.test_substitute_refused import at_once


def test_of_two_requests_that_take_a_name_at_once_one_is_told_that_it_is_taken(
    postgres_app: Flask, clock: SetClock
) -> None:
    driver = Driver(counties.build(), clock)
    actor = driver.actor("bureau.hr")
    for name in ("急件", "今天", "本周"):
        saving = partial(save_filter, actor, Filter(name), now=driver.now)
        assert at_once(postgres_app, saving, saving) == ["done", "filter.name_taken"]
    own = [save_filter(actor, Filter(name), now=driver.now) for name in ("甲", "乙")]
    renaming = [partial(change_filter, actor, one, Filter("丙"), now=driver.now) for one in own]
    assert at_once(postgres_app, *renaming) == ["done", "filter.name_taken"]
