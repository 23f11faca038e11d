"""One unnamed source stops a period once: what it objects to again is kept, told to HR, and stops nothing by itself."""

import pytest
from sqlalchemy import select

from service.access.actor import Actor
from service.db import db
from service.flows.publicity import queries
from service.flows.publicity.queries import OBJECTION
from service.instances.commands_objections import ObjectTo, object_to
from service.instances.objecting import SENDER
from service.notices.outbox import OUTBOX
from tests.flows.reserved_posts import acting

HERE, THERE = "203.0.113.7", "203.0.113.8"


@pytest.fixture
def published(driver):
    case, _ = acting.granted(driver)
    return driver, case


def objecting(driver, address, name=""):
    [notice] = queries.notices("zh", driver.now.date())
    sent = ObjectTo(notice.id, "没有到岗交流", name=name, address=address)
    found = object_to(Actor.anonymous(), sent, now=driver.now)
    db.session.rollback()
    return found.reached


def told():
    found = db.session.execute(select(OUTBOX.c.holder).where(OUTBOX.c.kind == "publicity.again")).all()
    db.session.rollback()
    return [row.holder for row in found]


def test_the_same_unnamed_source_does_not_stop_a_period_again(published):
    driver, case = published
    assert objecting(driver, HERE)
    assert objecting(driver, HERE), "one more for the same inquiry"
    case.complete("inquiry", "bureau.hr", "cleared", inquiry_finding="查无此事")
    assert case.open() == ["publicity"]
    assert not objecting(driver, HERE)
    assert (case.open(), told()) == (["publicity"], ["role:bureau_hr_officer"])
    found = queries.objections(driver.actor("bureau.hr"), "zh")
    assert [one.reached for one in found] == [False, True, True], "all are there to be read"


@pytest.mark.parametrize(("address", "name"), [(THERE, ""), (HERE, "李某")])
def test_another_source_or_a_name_stops_it(published, address, name):
    driver, case = published
    objecting(driver, HERE)
    case.complete("inquiry", "bureau.hr", "cleared", inquiry_finding="查无此事")
    assert objecting(driver, address, name)
    assert (case.open(), told()) == (["inquiry"], [])


def test_the_digest_tells_no_address_and_no_other_case(published):
    driver, case = published
    objecting(driver, HERE)
    objecting(driver, HERE, "李某")
    rows = db.session.execute(select(OBJECTION.c.sender, OBJECTION.c.named).order_by(OBJECTION.c.named)).all()
    db.session.rollback()
    assert [(len(row.sender or ""), row.named) for row in rows] == [(64, False), (0, True)]
    assert rows[0].sender == SENDER.index(f"{case.id} {HERE}") != SENDER.index(f"another {HERE}")
