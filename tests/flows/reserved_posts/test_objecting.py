"""What one source objects to again is heard by a person: a typed name or an address stops a period of a case once."""

import pytest
from sqlalchemy import select

from service.access.actor import Actor
from service.db import db
from service.errors import Conflict, Invalid
from service.flows.publicity import queries
from service.flows.publicity.sources import ALIAS, OBJECTION, SENDER
from service.instances.commands_objections import HearObjection, ObjectTo, hear_objection, object_to
from service.notices.outbox import OUTBOX
from tests.flows.reserved_posts import acting

HERE, THERE = "203.0.113.7", "203.0.113.8"


@pytest.fixture
def published(driver):
    case, _ = acting.granted(driver)
    return driver, case


def objected(driver, address, name=""):
    [notice] = queries.notices("zh", driver.now.date())
    sent = ObjectTo(notice.id, "没有到岗交流", name=name, address=address)
    found = object_to(Actor.anonymous(), sent, now=driver.now)
    db.session.rollback()
    return found


def objecting(driver, address, name=""):
    return objected(driver, address, name).reached


def cleared(case):
    case.complete("inquiry", "bureau.hr", "cleared", inquiry_finding="查无此事")
    assert case.open() == ["publicity"]


def hear(driver, receipt, outcome, reason="已核实"):
    sent = HearObjection(receipt.objection_id, outcome, reason)
    hear_objection(driver.actor("bureau.hr"), sent, now=driver.now)


def told():
    found = db.session.execute(select(OUTBOX.c.holder).where(OUTBOX.c.kind == "publicity.again")).all()
    db.session.rollback()
    return [row.holder for row in found]


def test_the_same_source_does_not_stop_a_period_again(published):
    driver, case = published
    assert objecting(driver, HERE)
    assert objecting(driver, HERE), "one more for the same inquiry"
    cleared(case)
    assert not objecting(driver, HERE)
    assert (case.open(), told()) == (["publicity"], ["role:bureau_hr_officer"])
    found = queries.objections(driver.actor("bureau.hr"), "zh")
    assert [(one.reached, one.hearing) for one in found] == [(False, "waits"), (True, ""), (True, "")]


@pytest.mark.parametrize(
    ("address", "name"), [(HERE, ""), (HERE, "王某"), (THERE, "李某"), (THERE, " 李 某")], ids=repr
)
def test_neither_a_made_up_name_nor_another_address_stops_it_again(published, address, name):
    driver, case = published
    assert objecting(driver, HERE, "李某")
    cleared(case)
    assert not objecting(driver, address, name)
    assert (case.open(), told()) == (["publicity"], ["role:bureau_hr_officer"])


@pytest.mark.parametrize("name", ["", "王某"])
def test_another_source_stops_it(published, name):
    driver, case = published
    objecting(driver, HERE, "李某")
    cleared(case)
    assert objecting(driver, THERE, name)
    assert (case.open(), told()) == (["inquiry"], [])


def test_once_a_name_was_made_up_nothing_from_the_page_stops_the_case_by_itself(published):
    driver, case = published
    first = objected(driver, HERE, "李某")
    cleared(case)
    hear(driver, first, "made_up", "查无此人")
    assert not objecting(driver, THERE, "王某")
    assert not objecting(driver, "203.0.113.9")
    assert case.open() == ["publicity"]


def test_a_period_does_not_end_over_an_objection_that_nobody_has_heard(published):
    driver, case = published
    objecting(driver, HERE)
    cleared(case)
    objecting(driver, HERE)
    assert case.fire("publicity_over")
    assert case.open() == ["inquiry"]
    cleared(case)
    assert case.fire("publicity_over")
    assert case.open() == ["appointment"], "the inquiry has heard it"


def test_what_was_heard_and_says_nothing_new_lets_the_period_end(published):
    driver, case = published
    objecting(driver, HERE)
    cleared(case)
    again = objected(driver, HERE)
    hear(driver, again, "nothing_new", "与前次相同")
    with pytest.raises(Conflict, match="heard_before"):
        hear(driver, again, "inquired")
    assert case.fire("publicity_over")
    assert case.open() == ["appointment"]


def test_a_person_lets_the_period_stop_for_what_was_not_known_before(published):
    driver, case = published
    objecting(driver, HERE)
    cleared(case)
    again = objected(driver, HERE, "王某")
    hear(driver, again, "inquired", "")
    assert case.open() == ["inquiry"]
    [found, _] = queries.objections(driver.actor("bureau.hr"), "zh")
    assert (found.reached, found.hearing) == (True, "inquired")


@pytest.mark.parametrize(
    ("name", "outcome", "reason", "field"),
    [("", "made_up", "查无", "outcome"), ("李某", "made_up", " ", "reason"), ("", "never", "x", "outcome")],
)
def test_what_is_wrong_with_a_hearing_is_said_by_its_field(published, name, outcome, reason, field):
    driver, case = published
    objecting(driver, HERE, name)
    cleared(case)
    with pytest.raises(Invalid) as refused:
        hear(driver, objected(driver, HERE, name), outcome, reason)
    assert [fault.path for fault in refused.value.faults] == [field]


def test_the_digests_tell_no_address_no_name_and_no_other_case(published):
    driver, case = published
    objecting(driver, HERE, "李 某")
    [row] = db.session.execute(select(OBJECTION.c.sender, OBJECTION.c.alias)).all()
    db.session.rollback()
    assert row.sender == SENDER.index(f"{case.id} {HERE}") != SENDER.index(f"another {HERE}")
    assert row.alias == ALIAS.index(f"{case.id} 李某") and len(row.alias) == 64
