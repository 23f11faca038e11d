"""Rotation of keys: afterwards the old key can be dropped, every read works and the chain verifies."""

import base64
from dataclasses import replace

import pytest
from flask import Flask

from service.access.actor import Actor
from service.access.commands_events import RotateEventKeys, rotate_event_keys
from service.audit import timeline
from service.audit.verify import verify
from service.clock import SetClock
from service.db import db
from service.errors import Forbidden, Invalid
from service.people.commands_protected import Unmask, unmask
from service.rotation import rotate
from service.tasks.commands import Recuse, recuse_task
from tests.conftest import KEY, START
from tests.driver import Case, Driver
from tests.service.people import county as counties
from tests.service.tasks import flows

NEW = base64.b64encode(bytes(range(1, 33))).decode()


@pytest.fixture
def driver(any_app: Flask, clock: SetClock) -> Driver:
    return Driver(counties.build(), clock)


def use(app: Flask, *keys: str) -> None:
    app.extensions["lectern.settings"] = replace(app.extensions["lectern.settings"], field_keys=keys)


def recused(driver: Driver) -> Case:
    """A case with a sensitive event."""
    driver.deploy(flows.line(flows.task("check", "bureau_hr_officer", decisions="approve"), ids=("check",)))
    case = driver.start("small", "s01.hr", "s01", count=1)
    task = case.task("check")
    recuse_task(driver.actor("bureau.hr"), Recuse(task.id, task.version, reason="配偶是考生"), now=driver.now)
    return case


def reason_of(case: Case) -> object:
    events = timeline.events(db.session(), f"instance:{case.id}", reveal=True)
    db.session.rollback()
    return next(event for event in events if event.kind == "task.recused").sensitive


def test_after_a_rotation_the_old_key_can_go(driver: Driver, any_app: Flask) -> None:
    case = recused(driver)
    use(any_app, NEW, KEY)
    written = {done.what: done.written for done in rotate(START)}
    assert written == {
        "persons": len(counties.PEOPLE),
        "records": 0,
        "corrections": 0,
        "candidates": 0,
        "objections": 0,
        "addresses": 0,
        "openings": 0,
        "opening effects": 0,
        "paper cases": 0,
        "cases": 0,
        "drafts": 0,
        "events": written["events"],
    }
    assert written["events"] >= 1
    use(any_app, NEW)
    assert reason_of(case) == {"reason": "配偶是考生"}
    person = Unmask(driver.county.persons["s01.hr"], "id_number", "核对")
    assert unmask(driver.actor("bureau.hr"), person, now=START) is not None
    report = verify(START)
    assert report.ok, report.text()
    assert {done.written for done in rotate(START)} == {0}


def test_without_a_rotation_the_old_key_is_needed(driver: Driver, any_app: Flask) -> None:
    case = recused(driver)
    use(any_app, NEW)
    with pytest.raises(Invalid, match=r"crypto\.unknown_key"):
        reason_of(case)


def test_a_rotation_goes_on_where_it_was_broken_off(driver: Driver, any_app: Flask) -> None:
    for _ in range(3):
        recused(driver)
    use(any_app, NEW, KEY)
    first = rotate_event_keys(Actor.system(), RotateEventKeys(limit=2), now=START)
    assert (first.written, first.last is not None) == (2, True)
    assert first.last is not None
    rest = rotate_event_keys(Actor.system(), RotateEventKeys(first.last), now=START)
    assert (rest.written >= 1, rest.last) == (True, None)
    assert rotate_event_keys(Actor.system(), RotateEventKeys(), now=START).written == 0


def test_people_cannot_rotate(driver: Driver) -> None:
    with pytest.raises(Forbidden):
        rotate_event_keys(driver.actor("admin"), RotateEventKeys(), now=START)
