"""How a loan ends: at its term, early, or because its case ends (policy.md §3.P 8–10)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from service.db import db, transaction
from service.errors import Conflict, Invalid
from service.flows.declaring import QUEUES
from service.posts import commands_loans, ledger, queries_loans
from service.posts.commands_loans import CorrectHolder, ExtendLoan, ReturnPost
from service.posts.leaving import leave
from service.posts.ledger import Cause
from service.posts.queries import accounts
from tests.flows.cancelling import given_back
from tests.flows.reserved_posts import acting
from tests.flows.reserved_posts.acting import appointment, granted, loan_of, occupied, pool, row_of, school
from tests.queues import of_bands

BEIJING = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 9, 10)


def test_the_end_of_the_term_comes_up_before_it_and_is_due_on_its_last_day(driver, appointed):
    case, person = appointed
    [near] = case.timers()
    assert (near.element_id, near.due_at.astimezone(BEIJING).date()) == ("term_near", date(2029, 7, 11))
    driver.clock.set(datetime(2029, 7, 11, 12, tzinfo=BEIJING))
    assert case.fire("term_near")
    rows = {row.kind: row.due_at.astimezone(BEIJING) for row in case.timers() if row.element_id == "term_end"}
    assert (rows["due"].date(), rows["remind"].date()) == (date(2029, 9, 10), date(2029, 9, 5))
    case.complete("term_end", "bureau.hr", "give_back")
    assert (case.state, row_of(case).state, pool(driver)) == ("completed", "returned", (6, 0, 4))
    assert (loan_of(person).ended_because, appointment(person).band) == ("term_over", None)


def test_after_the_term_the_holder_goes_back_to_a_post_of_the_former_band(driver, appointed):
    case, person = appointed
    driver.clock.set(datetime(2029, 7, 11, 12, tzinfo=BEIJING))
    assert case.fire("term_near")
    case.complete("term_end", "bureau.hr", "give_back", afterwards="former")
    assert (occupied(driver, "middle"), pool(driver)) == (38, (6, 0, 4))
    assert (appointment(person).band, appointment(person).grade) == ("middle", 9)


def test_a_post_of_the_school_s_own_is_taken_only_where_one_is_free(driver, appointed):
    case, person = appointed
    driver.clock.set(datetime(2029, 7, 11, 12, tzinfo=BEIJING))
    assert case.fire("term_near")
    with pytest.raises(Invalid) as refused:
        case.complete("term_end", "bureau.hr", "give_back", afterwards="own_band")
    assert refused.value.faults[0].code == "reserved.no_own_post"
    assert (case.open(), pool(driver)) == (["term_end"], (7, 0, 3))
    senior = next(
        a for a in accounts(acting.SYSTEM, organisation_id=driver.county.organisations["s02"]) if a.band == "senior"
    )
    more = Cause(None, "", "", "system", driver.now, "区编〔2029〕1号", TODAY)
    with transaction() as session:
        ledger.change_approved(session, more, senior.id, 21)
    case.complete("term_end", "bureau.hr", "give_back", afterwards="own_band")
    assert (occupied(driver, "senior"), pool(driver), appointment(person).band) == (21, (6, 0, 4), "senior")


def test_a_term_is_extended_and_comes_up_again(driver, appointed):
    case, person = appointed
    driver.clock.set(datetime(2029, 7, 11, 12, tzinfo=BEIJING))
    assert case.fire("term_near")
    with pytest.raises(Invalid):
        case.complete("term_end", "bureau.hr", "extend", extended_until="2029-09-09")
    with pytest.raises(Invalid):
        case.complete("term_end", "bureau.hr", "extend")
    case.complete("term_end", "bureau.hr", "extend", extended_until="2030-08-31")
    assert (loan_of(person).until, pool(driver)) == (date(2030, 8, 31), (7, 0, 3))
    [near] = case.timers()
    assert near.due_at.astimezone(BEIJING).date() == date(2030, 7, 2)


def goes(driver, person, because):
    """The person leaves; what they had goes where it belongs, as a retirement or a transfer does it."""
    with transaction() as session:
        cause = Cause("another case", "leave", "t1", "person:1", driver.now)
        leave(session, cause, person, because, driver.now.date())
    acting.told(driver)


@pytest.mark.parametrize("because", ["retirement", "transfer", "demotion"])
def test_the_post_returns_early_and_the_case_ends(driver, appointed, because):
    case, person = appointed
    goes(driver, person, because)
    assert (case.state, row_of(case).state, pool(driver)) == ("completed", "returned", (6, 0, 4))
    assert loan_of(person).ended_because == because


def test_who_leaves_while_the_end_of_the_term_is_being_decided_ends_the_case_too(driver, appointed):
    case, person = appointed
    driver.clock.set(driver.now + timedelta(days=1050))
    assert case.fire("term_near")
    goes(driver, person, "retirement")
    assert (case.state, pool(driver)) == ("completed", (6, 0, 4))


def test_who_leaves_before_the_appointment_has_nothing_to_give_back_later(driver, lent):
    case, person = lent
    goes(driver, person, "retirement")
    assert pool(driver) == (6, 0, 4)
    assert case.fire("appointment", "due")
    assert (case.state, pool(driver)) == ("expired", (6, 0, 4))


def test_withdrawing_between_loan_and_appointment_gives_the_post_back(driver, lent):
    case, person = lent
    case.withdraw("s02.hr")
    assert (case.state, row_of(case).state, pool(driver)) == ("withdrawn", "released", (6, 0, 4))
    assert loan_of(person).ended_because == "not_appointed"


def test_nobody_withdraws_what_the_teacher_has_been_appointed_to(driver, appointed):
    case, _ = appointed
    with pytest.raises(Conflict, match=r"instance\.decided"):
        case.withdraw("s02.hr")
    assert pool(driver) == (7, 0, 3)


@pytest.mark.parametrize(("free", "after"), [(True, ("middle", 9)), (False, (None, None))])
def test_hr_cancels_an_appointed_case_and_the_holder_has_the_former_post_or_waits(driver, appointed, free, after):
    case, person = appointed
    if not free:
        middle = next(a for a in accounts(acting.SYSTEM, organisation_id=school(driver, "s02")) if a.band == "middle")
        with transaction() as session:
            ledger.hold(session, Cause("other", "hold", "t1", "person:1", driver.now), middle.id, "one", 3)
    assert given_back(driver, case) == ["cancel.lent_former" if free else "cancel.lent_waits"]
    acting.cancel(driver, case)
    assert (case.state, row_of(case).state, pool(driver)) == ("cancelled", "returned", (6, 0, 4))
    assert (loan_of(person).ended_because, occupied(driver, "middle")) == ("returned", 38 if free else 37)
    assert (appointment(person).band, appointment(person).grade) == after


def test_who_comes_back_from_a_lent_post_takes_none_for_which_somebody_waits(driver, appointed, monkeypatch):
    """Three middle posts are free: with two who wait one is left for the holder, with three none."""
    case, person = appointed
    waiting = {"middle": 3}
    monkeypatch.setitem(QUEUES, "title", of_bands(waiting))
    driver.clock.set(datetime(2029, 7, 11, 12, tzinfo=BEIJING))
    assert case.fire("term_near")
    with pytest.raises(Invalid) as refused:
        case.complete("term_end", "bureau.hr", "give_back", afterwards="former")
    assert refused.value.faults[0].code == "reserved.no_own_post"
    waiting["middle"] = 2
    case.complete("term_end", "bureau.hr", "give_back", afterwards="former")
    assert (occupied(driver, "middle"), appointment(person).band) == (38, "middle")


def test_withdrawing_before_the_loan_releases_the_post(driver):
    case, _ = granted(driver)
    case.withdraw("s02.hr")
    assert (case.state, pool(driver)) == ("withdrawn", (6, 0, 4))


def test_what_a_running_case_has_lent_is_decided_in_the_case(driver, appointed):
    hr, today = driver.actor("bureau.hr"), driver.now.date()
    [loan] = [one for one in queries_loans.loans(hr) if one.business_key]
    db.session.rollback()
    paper = {"document": "教岗〔2026〕9号", "decided_on": today}
    for command, sent in (
        (commands_loans.extend_loan, ExtendLoan(loan.id, date(2031, 1, 1), **paper)),
        (commands_loans.return_post, ReturnPost(loan.id, today, "no_post", **paper)),
        (commands_loans.correct_holder, CorrectHolder(loan.id, driver.county.persons["s02.hr"], **paper)),
    ):
        with pytest.raises(Conflict, match=r"loan\.has_case"):
            command(hr, sent, now=driver.now)
    assert not loan.decidable
