"""Rounds of reserved posts and their applications that began on paper, told to each step they may and driven on."""

from datetime import timedelta

import pytest

from service.db import db
from service.errors import Conflict, Invalid
from service.instances import telling as places
from tests.flows import telling
from tests.flows.reserved_posts import acting, files
from workflows import catalogue

NUMBERS = 501
ASKED, CHECKED, CALLED = "2026-08-03", "2026-08-05", "2026-08-06"


@pytest.fixture
def driver(app, clock):
    return acting.county(clock)


def round_told(driver, element_id, *names, days=10):
    """A round of this year, asked for on paper and told to a step: the pool was checked, or the call went out, too."""
    pool = [{"band": band, "offered": offered} for band, offered in (("senior", 2), ("middle", 0))]
    steps = {
        "pool_check": ("pool_check", CHECKED, "confirm", {"pool": pool, "allotment": []}),
        "call": ("call", CALLED, "publish", {"call_text": "请各校申请。", "call_days": days}),
    }
    file = telling.scan(driver)
    found = [telling.step(driver, name, day, said, file, **values)
             for name, day, said, values in (steps[name] for name in names)]  # fmt: skip
    case = telling.told(
        driver, "reserved_round", "bureau.hr", ASKED, element_id, {"year": 2026}, found, school="bureau"
    )
    return telling.begun(driver, case)


def application(driver, person, element_id, *steps, day="2026-08-10", band="senior"):
    variables = {"person_id": person, "band": band, "need": "补足边远学校高级岗位"}
    file = telling.scan(driver)
    found = [telling.step(driver, name, on, said, file, opinion) for name, on, said, opinion in steps]
    return telling.told(driver, "reserved_post", "s02.hr", day, element_id, variables, found, school="s02")


CHECK = ("check", "2026-08-12", "approve", None)


def decided(driver, case, *applications):
    """Ranked, decided by both bureaus, told: the first gets the post of two that there are, and so does the second."""
    case.complete("collect", "bureau.hr", "rank")
    acting.agreed(driver, case)
    assert case.state == "completed"
    for one in applications:
        assert one.open() == ["publicity"]
    assert acting.pool(driver) == (6, len(applications), 4 - len(applications))


def lent(driver, case):
    """From the publicity to the appointment."""
    assert case.fire("publicity_over")
    case.complete("appointment", "s02.principal", "appointed", appointed_on=driver.now.date().isoformat())
    assert acting.pool(driver) == (7, 0, 3)


def test_what_may_be_told_of_a_round_and_of_an_application(driver):
    offered = {
        key: {one.element_id for one in places.places(catalogue.latest(db.session(), key)) if one.code is None}
        for key in ("reserved_round", "reserved_post")
    }
    db.session.rollback()
    assert offered["reserved_round"] == {"pool_check", "call", "call_period", "collect"}
    assert offered["reserved_post"] == {"check", "refusal", "ethics_hold", "clarify", "correction", "await_outcome"}


def test_round_told_to_its_pool_is_offered_called_and_decided_here(driver):
    case = round_told(driver, "pool_check")
    acting.offer(case, 2)
    case.complete("call", "bureau.hr", "publish", call_text="请各校申请。", call_days=10)
    found = acting.accepted(driver, acting.teacher(driver, NUMBERS, exchange=("s02", 12)))
    acting.closed(case)
    decided(driver, case, found)


def test_round_told_to_its_call_is_called_here(driver):
    case = round_told(driver, "call", "pool_check")
    case.complete("call", "bureau.hr", "publish", call_text="请各校申请。", call_days=10)
    assert case.open() == []
    found = acting.accepted(driver, acting.teacher(driver, NUMBERS))
    acting.closed(case)
    decided(driver, case, found)


def test_round_whose_window_is_open_on_paper_takes_applications_of_both_kinds(driver):
    case = round_told(driver, "call_period", "pool_check", "call", days=40)
    first, second = (acting.teacher(driver, number, exchange=("s02", 12)) for number in (NUMBERS, NUMBERS + 1))
    told = telling.begun(driver, application(driver, first, "await_outcome", CHECK))
    here = acting.accepted(driver, second)
    assert (told.open(), told.state) == ([], "running")
    acting.closed(case)
    decided(driver, case, told, here)


def test_round_whose_window_is_over_waits_for_its_applications_and_what_it_grants_is_lent_here(driver):
    case = round_told(driver, "collect", "pool_check", "call")
    person = acting.teacher(driver, NUMBERS, exchange=("s02", 12))
    found = telling.begun(driver, application(driver, person, "await_outcome", CHECK))
    with pytest.raises(Invalid, match=r"reserved\.closed"):
        acting.apply(driver, acting.teacher(driver, NUMBERS + 1))
    with pytest.raises(Invalid, match=r"reserved\.closed"):
        late = acting.teacher(driver, NUMBERS + 2)
        telling.begun(driver, application(driver, late, "check", day="2026-09-01"))
    decided(driver, case, found)
    lent(driver, found)


def test_application_that_is_not_granted_ends_with_the_round(driver):
    case = round_told(driver, "collect", "pool_check", "call")
    people = [acting.teacher(driver, NUMBERS + number, exchange=("s02", 24 - number)) for number in range(3)]
    told = [telling.begun(driver, application(driver, person, "await_outcome", CHECK)) for person in people]
    decided(driver, case, *told[:2])
    assert (told[2].state, acting.row_of(told[2]).state) == ("rejected", "refused")


def test_application_told_to_its_check_joins_the_round_of_this_house(driver):
    person = acting.teacher(driver, NUMBERS, exchange=("s01", 12))
    acting.called(driver)
    driver.clock.set(driver.now + timedelta(days=5))
    found = telling.begun(driver, application(driver, person, "check", day="2026-09-11"))
    assert found.open() == ["check"]
    found.complete("check", "bureau.hr", "approve")
    assert (found.open(), found.state) == ([], "running")


def test_application_returned_on_paper_is_corrected_here(driver):
    case = round_told(driver, "collect", "pool_check", "call")
    returned = ("check", "2026-08-12", "return", "材料不全")
    person = acting.teacher(driver, NUMBERS)
    found = telling.begun(driver, application(driver, person, "correction", returned))
    assert found.open() == ["correction"]
    found.complete("correction", "s02.hr", "resubmit", band="senior", need="已补")
    found.complete("check", "bureau.hr", "approve")
    decided(driver, case, found)


def test_application_that_stands_still_for_what_the_file_says_goes_on_when_it_is_clear(driver):
    case = round_told(driver, "call_period", "pool_check", "call", days=40)
    person = acting.teacher(driver, NUMBERS)
    record = files.enter(person, "ethics", value="investigation", document="立〔2026〕1号")
    found = telling.begun(driver, application(driver, person, "ethics_hold", day="2026-09-10"))
    assert found.open() == ["ethics_hold"]
    files.end(record)
    found.complete("ethics_hold", "bureau.hr", "again")
    found.complete("check", "bureau.hr", "approve")
    acting.closed(case)
    decided(driver, case, found)


@pytest.mark.parametrize(("element_id", "facts"), [("refusal", {"title": "一级"}), ("clarify", {"unchecked": True})])
def test_application_that_the_table_does_not_pass_is_looked_at_here(driver, element_id, facts):
    round_told(driver, "collect", "pool_check", "call")
    person = driver.county.persons["s02.teacher"] if "unchecked" in facts else acting.teacher(driver, NUMBERS, **facts)
    found = telling.begun(driver, application(driver, person, element_id))
    assert found.open() == [element_id]
    found.complete(element_id, "bureau.hr", "confirm" if element_id == "refusal" else "drop")
    assert found.state == "rejected"


def test_what_the_round_decides_is_decided_here(driver):
    with pytest.raises(Conflict, match=r"told\.message"):
        telling.begun(driver, telling.told(driver, "reserved_post", "s02.hr", ASKED, "appointment", {}, school="s02"))
    with pytest.raises(Conflict, match=r"told\.live"):
        round_told(driver, "bureau_decision")
