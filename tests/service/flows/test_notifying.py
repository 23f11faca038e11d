"""A notice that a diagram sends reaches whom it names, and says outside only that there is one."""

import pytest
from flask import Flask
from sqlalchemy import select

from service.clock import SetClock
from service.db import db
from service.errors import Invalid
from service.notices.models import OutboxMessage
from service.notices.words import OUTSIDE
from tests.driver import Driver
from tests.service.people import county as counties
from tests.service.tasks import flows
from tests.workflows import diagrams as d

SCHOOL = '="principal@" + school'


@pytest.fixture
def driver(app: Flask, clock: SetClock) -> Driver:
    return Driver(counties.build(), clock)


def sent(driver: Driver, to: str, text: str = '="请于" + string(count) + "日内确认"') -> tuple[str, str]:
    """Whom the notice of a new case goes to, and what it says."""
    driver.deploy(flows.line(d.service("tell", "case.notify", d.mapping({"to": to, "text": text})), ids=("tell",)))
    driver.start("small", by="s01.principal", count=3)
    found = select(OutboxMessage.holder, OutboxMessage.body).where(OutboxMessage.kind == "case.notice")
    (row,) = db.session.execute(found.order_by(OutboxMessage.id.desc()).limit(1)).all()
    db.session.rollback()
    return row.holder, row.body["said"]


def test_a_notice_goes_to_the_initiator_a_role_or_a_role_of_a_place(driver: Driver) -> None:
    house = driver.county
    assert sent(driver, "initiator") == (f"person:{house.persons['s01.principal']}", "请于3日内确认")
    assert sent(driver, "bureau_hr_chief")[0] == "role:bureau_hr_chief"
    assert sent(driver, SCHOOL, "已受理") == (f"principal@{house.organisations['s01']}", "已受理")
    assert "said" not in OUTSIDE["case.notice"][0]


def test_a_notice_of_a_case_that_runs_says_which(driver: Driver) -> None:
    check = flows.task("check", "bureau_hr_officer", decisions="approve")
    tell = d.service("tell", "case.notify", d.mapping({"to": "initiator", "text": "已办结"}))
    driver.deploy(flows.line(check, tell, ids=("check", "tell")))
    driver.start("small", by="s01.principal", count=3).complete("check", "bureau.hr", "approve")
    said = db.session.scalars(select(OutboxMessage.body).where(OutboxMessage.kind == "case.notice")).one()["said"]
    db.session.rollback()
    assert said.endswith("：已办结") and len(said) > len("：已办结")


@pytest.mark.parametrize(("to", "text", "code"), [("nobody", "好", "notify.to"), ("initiator", " ", "notify.text")])
def test_a_notice_to_nobody_or_of_nothing_says_what_is_wrong(driver: Driver, to: str, text: str, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        sent(driver, to, text)
