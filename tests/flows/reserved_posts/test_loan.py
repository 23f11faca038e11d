"""From the allocation to the return: hold, publicity, loan, appointment, term (policy.md §3.P 7–10)."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from service.db import transaction
from service.errors import Invalid
from service.instances.commands_messages import DeliverMessage, deliver_message
from service.people.persons import APPOINTMENT
from service.posts import ledger, lending
from service.posts.ledger import Cause
from service.posts.lending import NewLoan
from service.posts.queries import accounts
from tests.flows.reserved_posts import acting, files
from tests.flows.reserved_posts.acting import appointment, granted, loan_of, occupied, pool, row_of, school
from tests.service.people.county import id_number

BEIJING = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 9, 10)


def test_an_allocation_is_held_public_lent_and_appointed(driver):
    case, person = granted(driver)
    assert (case.open(), pool(driver), row_of(case).state) == (["publicity"], (6, 1, 3), "granted")
    assert case.fire("publicity_over")
    assert (pool(driver), row_of(case).state) == ((7, 0, 3), "lent")
    case.complete("appointment", "s02.principal", "appointed", appointed_on="2026-09-10")
    loan = loan_of(person)
    school = driver.county.organisations["s02"]
    assert (loan.borrower_id, loan.from_on, loan.until) == (school, TODAY, date(2029, 9, 9))
    assert (loan.appointed_on, loan.instance_id) == (TODAY, case.id)
    own = {a.band: (a.figures.occupied, a.borrowed) for a in accounts(acting.SYSTEM, organisation_id=school)}
    assert own == {None: (96, 0), "senior": (20, 1), "middle": (37, 0), "junior": (36, 0)}, "the own post is left"
    assert (appointment(person).band, appointment(person).grade) == ("senior", 7)


def test_it_is_public_for_five_working_days(driver):
    case, _ = granted(driver)
    [timer] = [row for row in case.timers() if row.element_id == "publicity_over"]
    assert (timer.rule, timer.due_at.astimezone(BEIJING).date()) == ("5 workdays", date(2026, 9, 17))


def test_an_objection_stops_the_period_which_goes_on_with_what_is_left(driver):
    case, _ = granted(driver)
    driver.clock.set(datetime(2026, 9, 14, 3, tzinfo=BEIJING))
    case.complete("publicity", "s02.hr", "objection", objection_text="交流月数有出入")
    assert (case.open(), pool(driver)) == (["inquiry"], (6, 1, 3))
    case.complete("inquiry", "bureau.hr", "cleared", inquiry_finding="属实")
    [timer] = [row for row in case.timers() if row.element_id == "publicity_over"]
    assert (case.open(), timer.rule) == (["publicity"], "3 workdays")
    assert case.fire("publicity_over")
    assert case.open() == ["appointment"]


def test_an_objection_may_come_as_a_message(driver):
    case, _ = granted(driver)
    sent = DeliverMessage(
        "reserved.objection", case.variables["application_id"], {"objection_text": "来信"}, "letter-1"
    )
    deliver_message(acting.SYSTEM, sent, now=driver.now)
    assert case.open() == ["inquiry"]


def test_an_upheld_objection_ends_it_and_releases_the_post(driver):
    case, _ = granted(driver)
    case.complete("publicity", "s02.hr", "objection", objection_text="材料不实")
    case.complete("inquiry", "bureau.hr", "upheld", inquiry_finding="不实")
    assert (case.state, row_of(case).state, pool(driver)) == ("rejected", "refused", (6, 0, 4))


def test_a_pool_that_was_used_up_meanwhile_is_tried_again_or_given_up(driver):
    person = acting.teacher(driver, 700)
    case = acting.called(driver, 2)
    application = acting.accepted(driver, person)
    acting.ranked(case)
    account = next(a.id for a in accounts(acting.SYSTEM, pool=True) if a.band == "senior")
    other = Cause("other", "reserve", "t1", "person:1", driver.now)
    with transaction() as session:
        ledger.hold(session, other, account, "one", 4)
    acting.agreed(driver, case)
    assert (application.open(), application.variables["ledger_full"]) == (["pool_full"], True)
    application.complete("pool_full", "bureau.chief", "again")
    assert application.open() == ["pool_full"]
    with transaction() as session:
        ledger.release_all(session, replace(other, token="t2"))
    application.complete("pool_full", "bureau.chief", "again")
    assert (application.open(), pool(driver)) == (["publicity"], (6, 1, 3))


def test_giving_up_at_a_full_pool_ends_the_application(driver):
    person = acting.teacher(driver, 700)
    case = acting.called(driver, 2)
    application = acting.accepted(driver, person)
    acting.ranked(case)
    account = next(a.id for a in accounts(acting.SYSTEM, pool=True) if a.band == "senior")
    with transaction() as session:
        ledger.hold(session, Cause("other", "reserve", "t1", "person:1", driver.now), account, "one", 4)
    acting.agreed(driver, case)
    application.complete("pool_full", "bureau.chief", "drop")
    assert (application.state, pool(driver)) == ("rejected", (6, 4, 0))


def test_a_case_of_ethics_opened_during_publicity_stops_the_loan(driver):
    case, person = granted(driver)
    record = files.enter(person, "ethics", value="investigation", document="立〔2026〕1号")
    assert case.fire("publicity_over")
    assert (case.open(), pool(driver)) == (["lend_hold"], (6, 1, 3))
    files.end(record)
    case.complete("lend_hold", "bureau.hr", "again")
    assert (case.open(), pool(driver)) == (["appointment"], (7, 0, 3))


def test_what_stays_open_is_closed_and_the_post_released(driver):
    case, person = granted(driver)
    files.enter(person, "ethics", value="investigation", document="立〔2026〕1号")
    assert case.fire("publicity_over")
    case.complete("lend_hold", "bureau.hr", "drop")
    assert (case.state, pool(driver)) == ("rejected", (6, 0, 4))


@pytest.mark.parametrize(("why", "word"), [("upheld", "barred"), ("left", "left")])
def test_who_may_not_have_it_any_more_gets_no_loan_and_a_person_says_so(driver, why, word):
    case, person = granted(driver)
    if why == "left":
        files.leave(person)
    else:
        files.enter(person, "ethics", value="upheld", document="师德〔2026〕3号")
    assert case.fire("publicity_over")
    assert (case.open(), case.variables["lending"], pool(driver)) == (["lend_hold"], word, (6, 1, 3))
    case.complete("lend_hold", "bureau.hr", "drop")
    assert (case.state, pool(driver)) == ("rejected", (6, 0, 4))


def test_a_post_that_was_lent_meanwhile_by_another_case_is_told_and_no_incident(driver):
    case, person = granted(driver)
    senior = next(a.id for a in accounts(acting.SYSTEM, pool=True) if a.band == "senior")
    other = Cause("another case", "lend", "t1", "person:1", driver.now)
    with transaction() as session:
        ledger.hold(session, replace(other, token="t0"), senior, "post", 1)
        lending.lend_to(session, other, NewLoan(senior, "post", school(driver, "s01"), person, TODAY, date(2027, 9, 9)))
    assert case.fire("publicity_over")
    assert (case.state, case.open(), case.variables["lending"]) == ("running", ["lend_hold"], "loan_held")
    with transaction() as session:
        lending.give_back(session, replace(other, token="t2"), person, "returned", TODAY)
    case.complete("lend_hold", "bureau.hr", "again")
    assert (case.open(), pool(driver)) == (["appointment"], (7, 0, 3))


def test_who_got_an_own_post_of_the_band_meanwhile_is_lent_none(driver):
    case, person = acting.granted(driver)
    mine = (APPOINTMENT.c.person_id == person, APPOINTMENT.c.valid_until.is_(None))
    with transaction() as session:
        session.execute(update(APPOINTMENT).where(*mine).values(band="senior", grade=7))
    assert case.fire("publicity_over")
    assert (case.open(), case.variables["lending"], pool(driver)) == (["lend_hold"], "has_post", (6, 1, 3))


def test_ethics_are_asked_once_more_before_the_appointment(driver, lent):
    case, person = lent
    record = files.enter(person, "ethics", value="investigation", document="立〔2026〕1号")
    case.complete("appointment", "s02.principal", "appointed", appointed_on="2026-09-10")
    assert (case.open(), pool(driver), loan_of(person).appointed_on) == (["appointment_hold"], (7, 0, 3), None)
    files.end(record)
    case.complete("appointment_hold", "bureau.hr", "again")
    case.complete("appointment", "s02.principal", "appointed", appointed_on="2026-09-10")
    assert (loan_of(person).appointed_on, case.open()) == (TODAY, [])


def test_the_time_to_appoint_does_not_run_out_over_an_open_ethics_case(driver, lent):
    case, person = lent
    files.enter(person, "ethics", value="investigation", document="立〔2026〕1号")
    assert case.fire("appointment", "due")
    assert (case.open(), pool(driver)) == (["appointment_hold"], (7, 0, 3))
    case.complete("appointment_hold", "bureau.hr", "drop")
    assert (case.state, pool(driver), loan_of(person).ended_because) == ("expired", (6, 0, 4), "not_appointed")


def test_who_still_works_at_another_school_gets_the_post_only_after_the_move(driver):
    person = acting.teacher(driver, 700, "s01", exchange=("s02", 24))
    round_ = acting.called(driver, 2)
    fields = {"person_name": "teacher.700", "id_number": id_number(700), "band": "senior", "need": "交流教师"}
    case = driver.start("reserved_post", "s02.hr", "s02", **fields)
    case.complete("check", "bureau.hr", "approve")
    acting.ranked(round_)
    acting.agreed(driver, round_)
    assert case.fire("publicity_over")
    assert (case.open(), case.variables["lending"], pool(driver)) == (["lend_hold"], "elsewhere", (6, 1, 3))
    with transaction() as session:
        mine = (APPOINTMENT.c.person_id == person, APPOINTMENT.c.valid_until.is_(None))
        session.execute(update(APPOINTMENT).where(*mine).values(organisation_id=school(driver, "s02")))
    case.complete("lend_hold", "bureau.hr", "again")
    case.complete("appointment", "s02.principal", "appointed", appointed_on="2026-09-10")
    assert (occupied(driver, "middle", "s01"), occupied(driver, "middle"), pool(driver)) == (38, 37, (7, 0, 3))


def test_a_loan_that_was_given_back_meanwhile_is_no_dead_end(driver, lent):
    case, person = lent
    with transaction() as session:
        lending.give_back(session, Cause("another", "x", "t1", "person:1", driver.now), person, "demotion", TODAY)
    case.complete("appointment", "s02.principal", "appointed", appointed_on="2026-09-10")
    case.complete("appointment_hold", "bureau.hr", "drop")
    assert (case.state, row_of(case).state, pool(driver)) == ("expired", "released", (6, 0, 4))


def test_who_is_not_appointed_within_thirty_days_gives_the_post_back(driver, lent):
    case, person = lent
    rows = {row.kind: row for row in case.timers() if row.element_id == "appointment"}
    assert rows["due"].rule == "30 days"
    assert rows["due"].due_at.astimezone(BEIJING).date() == date(2026, 10, 12)
    assert case.fire("appointment", "due")
    assert (case.state, row_of(case).state, pool(driver)) == ("expired", "released", (6, 0, 4))
    assert loan_of(person).ended_because == "not_appointed"


def test_a_school_that_declines_gives_the_post_back_at_once(driver, lent):
    case, person = lent
    case.complete("appointment", "s02.principal", "declined")
    assert (case.state, pool(driver), loan_of(person).ended_because) == ("expired", (6, 0, 4), "not_appointed")


@pytest.mark.parametrize("day", ["2026-09-09", "2026-09-11"])
def test_nobody_is_appointed_before_the_loan_or_in_the_future(driver, lent, day):
    case, _ = lent
    with pytest.raises(Invalid, match=r"dates\.order"):
        case.complete("appointment", "s02.principal", "appointed", appointed_on=day)
    assert case.open() == ["appointment"]
