"""Fraud: the title is revoked, recorded for three years, the appointment undone; whose it was is heard before."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from service.db import transaction
from service.errors import Conflict, Invalid
from service.flows.declaring import QUEUES
from service.flows.title import queries
from service.flows.title.committees import POST_FREE
from service.instances import queries as cases
from service.instances.thrown import deliver_thrown
from service.notices.outbox import THROWN, Message
from service.people.regrading import regrade
from service.posts import ledger
from service.posts.ledger import Cause, Line
from service.posts.posting import ACCOUNT
from tests.conftest import START
from tests.flows.title import county
from tests.flows.title.acting import NUMBER, apply, confirmed, decided, facts, passed, revocation, row
from tests.flows.title.posting import fills, full, full_senior, lent, move
from tests.queues import of_bands


def test_a_revoked_title_is_taken_back_and_bars_for_three_years(driver):
    application = confirmed(passed(driver))
    assert days(application) == (date(2026, 9, 10), None)
    case = decided(revocation(driver))
    assert case.state == "completed"
    known = facts(driver, "li")
    assert (known.title, known.employment.band, known.fraud_on) == ("二级", "junior", date(2026, 9, 10))
    assert county.figures(driver, "s02", "middle") == (38, 0, 2)
    assert county.figures(driver, "s02", "junior") == (4, 0, 36)
    found = queries.certificate(driver.actor("li"), NUMBER)
    assert (found.state, found.revoked_on) == ("revoked", date(2026, 9, 10))
    assert days(application) == (date(2026, 9, 10), date(2026, 9, 10))
    driver.clock.advance(timedelta(days=1))
    with pytest.raises(Conflict, match=r"title\.twice"):
        apply(driver, "li")


def test_a_title_counts_up_to_the_day_from_which_fraud_voids_it(driver):
    application = confirmed(passed(driver))
    driver.clock.advance(timedelta(days=20))
    decided(revocation(driver), on="2026-09-25")
    assert days(application) == (date(2026, 9, 10), date(2026, 9, 25))


def days(case):
    """(Of the result, from which the title is void)."""
    found = row(case)
    return found.decided_on, found.revoked_on


def test_who_is_silent_is_judged_by_what_was_found(driver):
    confirmed(passed(driver))
    case = revocation(driver)
    driver.clock.advance(timedelta(days=9))
    assert case.fire("statement", "due")
    assert case.open() == ["revocation_decision"]


def test_nothing_changes_when_the_fraud_is_not_proven(driver):
    confirmed(passed(driver))
    case = decided(revocation(driver), "dismiss")
    assert case.state == "rejected"
    assert facts(driver, "li").title == "一级"
    assert queries.certificate(driver.actor("li"), NUMBER).state == "valid"


def fill_junior(driver, count):
    """Others take every free junior post of s02, or give them back."""
    account = county.account(driver, "s02", "junior")
    with transaction() as session:
        cause = Cause("a case of others", "fill", str(count), "system", START)
        outcome = ledger.hold_many(session, cause, [Line(account, "others", count)])
        assert isinstance(outcome, ledger.Posted)


@pytest.mark.parametrize("placed", ["retry", "without_post"])
def test_with_no_post_free_in_the_old_band_a_person_finds_one_or_vacates_the_undue_one(driver, placed):
    confirmed(passed(driver))
    fill_junior(driver, 37)
    case = decided(revocation(driver))
    assert case.open() == ["placement"]
    assert facts(driver, "li").title == "二级", "the title is gone all the same"
    case.complete("placement", "bureau.hr", "retry", "再试")
    assert case.open() == ["placement"]
    if placed == "retry":
        fill_junior(driver, 36)
    case.complete("placement", "bureau.hr", placed, "处理")
    assert case.state == "completed"
    assert county.figures(driver, "s02", "middle") == (38, 0, 2)
    assert facts(driver, "li").employment.band == ("junior" if placed == "retry" else None)


def test_a_post_of_the_old_band_that_others_wait_for_is_not_taken_by_a_revocation(driver, monkeypatch):
    confirmed(passed(driver))
    free = county.figures(driver, "s02", "junior")[2]
    monkeypatch.setitem(QUEUES, "others", of_bands({"junior": free}))
    case = decided(revocation(driver))
    assert (case.open(), facts(driver, "li").employment.band) == (["placement"], "middle")
    assert county.figures(driver, "s02", "junior")[2] == free


def test_who_waits_for_a_post_waits_no_more_and_holds_nothing(driver):
    case = passed(driver)
    fills(driver, "li", kind="sanction", value="warning", basis="staff")
    confirmed(case)
    assert (case.state, county.figures(driver, "s02", "middle")) == ("running", (38, 1, 1))
    assert decided(revocation(driver)).state == "completed"
    county.deliver(driver)
    assert (case.state, county.figures(driver, "s02", "middle")) == ("cancelled", (38, 0, 2))
    assert facts(driver, "li").employment.band == "junior"


def test_a_call_for_a_post_that_arrives_after_the_revocation_appoints_nobody(driver):
    case = passed(driver)
    fills(driver, "li", kind="sanction", value="warning", basis="staff")
    confirmed(case)
    decided(revocation(driver))
    called = Message(THROWN, f"message:{POST_FREE}", {"name": POST_FREE, "correlation_key": case.id, "payload": {}})
    deliver_thrown("a call under way", called, driver.now)
    assert case.state == "expired"
    assert county.figures(driver, "s02", "middle") == (38, 0, 2)
    assert facts(driver, "li").employment.title == "二级"


def regraded(driver, name, **changes):
    """Another case gives the post other terms: the person is not where the title's own case put them."""
    with transaction() as session:
        regrade(
            session, driver.county.persons[name], driver.now.date() + timedelta(days=1), "岗位晋级", changes,
            instance_id="another case", by="system", document="岗〔2026〕2号", now=driver.now,
        )  # fmt: skip
    driver.clock.advance(timedelta(days=2))


def test_a_post_that_another_case_has_graded_since_is_left_all_the_same(driver):
    confirmed(passed(driver))
    regraded(driver, "li", grade=9)
    case = decided(revocation(driver), on="2026-09-12")
    assert case.variables["undone"] == {"state": "undone"}
    known = facts(driver, "li").employment
    assert (known.title, known.band, known.grade) == ("二级", "junior", 12), "the grade that li had before"
    assert county.figures(driver, "s02", "middle") == (38, 0, 2)
    assert county.figures(driver, "s02", "junior") == (4, 0, 36)


def test_the_undue_post_is_left_at_the_school_where_the_person_works_by_now(driver):
    confirmed(passed(driver))
    move(driver, "li", "s01")
    driver.clock.advance(timedelta(days=1))
    decided(revocation(driver), on="2026-09-11")
    assert facts(driver, "li").employment.band == "junior"
    assert county.figures(driver, "s01", "middle") == (37, 0, 3)
    assert county.figures(driver, "s01", "junior") == (5, 0, 35)
    assert county.figures(driver, "s02", "middle") == (39, 0, 1), "nobody has moved that post but the test"


def test_a_lower_post_that_the_person_has_by_now_is_not_vacated_blindly(driver):
    """While HR looked for a place the person went down by another case: there is nothing to vacate any more."""
    confirmed(passed(driver))
    fill_junior(driver, 37)
    case = decided(revocation(driver))
    assert case.open() == ["placement"]
    fill_junior(driver, 36)
    with transaction() as session:
        cause = Cause("another case", "down", "1", "system", driver.now)
        junior, middle = (county.account(driver, "s02", band) for band in ("junior", "middle"))
        ledger.hold(session, cause, junior, "li", 1)
        ledger.promote(session, replace(cause, token="2"), junior, "li", middle)
    regraded(driver, "li", band="junior", grade=13, title="二级")
    before = [county.figures(driver, "s02", band) for band in ("middle", "junior")]
    case.complete("placement", "bureau.hr", "without_post", "处理")
    assert case.variables["undone"] == {"state": "none"}
    assert [county.figures(driver, "s02", band) for band in ("middle", "junior")] == before
    assert facts(driver, "li").employment.band == "junior"


def test_a_lent_post_that_rests_on_the_title_returns_to_its_pool(driver):
    full(driver, title_post_rule="queue")
    case = confirmed(passed(driver))
    pool = lent(driver, "li")
    assert facts(driver, "li").employment.band == "middle"
    assert county.figures(driver, "s02", "junior") == (3, 0, 37)
    driver.clock.advance(timedelta(days=1))
    assert decided(revocation(driver), on="2026-09-11").variables["undone"] == {"state": "undone"}
    county.deliver(driver)
    assert case.state == "cancelled", "li waited for an own post"
    with transaction() as session:
        assert session.scalar(select(ACCOUNT.c.lent).where(ACCOUNT.c.id == pool)) == 0
    assert facts(driver, "li").employment.band == "junior"
    assert county.figures(driver, "s02", "junior") == (4, 0, 36)
    assert county.figures(driver, "s02", "middle") == (38, 0, 0)


def test_a_full_senior_goes_back_to_the_grade_before(driver):
    confirmed(full_senior(driver))
    case = revocation(driver)
    case.complete("statement", "sun", "state", holder_statement="确有不当。")
    case.complete("revocation_decision", "bureau.chief", "revoke", revocation_document="撤〔2026〕1号",
                  revoked_on="2026-09-10")  # fmt: skip
    known = facts(driver, "sun").employment
    assert (known.title, known.band, known.grade) == ("高级", "senior", 6)
    assert county.figures(driver, "s02", "senior") == (18, 0, 2)


def test_a_title_without_an_appointment_is_revoked_as_well(driver):
    county.parameter(driver, "title_post_rule", "none")
    confirmed(passed(driver))
    case = decided(revocation(driver))
    assert case.variables["undone"] == {"state": "none"}
    assert county.figures(driver, "s02", "junior") == (4, 0, 36)


def test_fraud_found_before_a_certificate_ends_the_application_and_bars_for_three_years(driver):
    case = passed(driver)
    number = cases.case(driver.actor("bureau.hr"), case.id).business_key
    assert decided(revocation(driver, application_number=number)).state == "completed"
    assert days(case) == (date(2026, 9, 10), date(2026, 9, 10))
    county.deliver(driver)
    assert (case.state, county.figures(driver, "s02", "middle")) == ("cancelled", (38, 0, 2))
    assert (facts(driver, "li").fraud_on, facts(driver, "li").title) == (date(2026, 9, 10), "二级")
    driver.clock.advance(timedelta(days=1))
    with pytest.raises(Invalid, match=r"title\.refused\.fraud"):
        apply(driver, "li")
    with pytest.raises(Conflict, match=r"title\.revoked_already"):
        revocation(driver, application_number=number)


def test_a_certificate_that_was_issued_while_the_holder_was_heard_is_void_as_well(driver):
    application = passed(driver)
    number = cases.case(driver.actor("bureau.hr"), application.id).business_key
    case = revocation(driver, application_number=number)
    confirmed(application)
    decided(case)
    assert queries.certificate(driver.actor("li"), NUMBER).state == "revoked"
    assert facts(driver, "li").employment.band == "junior"


def test_a_correction_takes_the_title_back_and_is_no_fraud(driver):
    application = confirmed(passed(driver))
    code = application.variables["certificate"]["code"]
    driver.clock.advance(timedelta(days=20))
    assert decided(revocation(driver, ground="correction"), on="2026-09-25").state == "completed"
    assert days(application) == (date(2026, 9, 10), date(2026, 9, 10))
    known = facts(driver, "li")
    assert (known.title, known.employment.band, known.fraud_on) == ("二级", "junior", None)
    assert county.figures(driver, "s02", "middle") == (38, 0, 2)
    assert queries.verify(NUMBER, code).revoked_because == "correction"


def test_what_names_no_title_or_one_without_a_certificate_to_correct_is_refused(driver):
    with pytest.raises(Invalid, match=r"title\.number_needed"):
        revocation(driver, certificate_number=None)
    with pytest.raises(Invalid, match=r"title\.no_application"):
        revocation(driver, application_number="ZC-2026-99999")
    number = cases.case(driver.actor("bureau.hr"), passed(driver).id).business_key
    with pytest.raises(Invalid, match=r"title\.nothing_to_correct|form\.invalid"):
        revocation(driver, ground="correction", application_number=number)


def test_an_unknown_number_and_a_second_revocation_are_refused(driver):
    with pytest.raises(Invalid, match=r"title\.no_certificate"):
        revocation(driver)
    confirmed(passed(driver))
    decided(revocation(driver))
    with pytest.raises(Conflict, match=r"title\.revoked_already"):
        revocation(driver)


def test_a_certificate_is_verified_by_number_and_code_and_tells_that_it_was_revoked(driver):
    code = confirmed(passed(driver)).variables["certificate"]["code"]
    assert queries.verify(NUMBER, code).state == "valid"
    assert queries.verify(NUMBER, "0" * 32) == queries.Verified(NUMBER, genuine=False)
    decided(revocation(driver))
    assert queries.verify(NUMBER, code.upper()).state == "revoked"


@pytest.mark.parametrize("day", ["2026-09-09", "2030-09-10"])
def test_no_title_is_revoked_before_it_was_confirmed_or_on_a_day_to_come(driver, day):
    confirmed(passed(driver))
    case = revocation(driver)
    with pytest.raises(Invalid, match=r"title\.day"):
        decided(case, on=day)
    assert case.open() == ["revocation_decision"]
    assert queries.certificate(driver.actor("li"), NUMBER).state == "valid"


@pytest.mark.parametrize("day", ["2010-09-10", "2030-09-10"])
def test_no_title_begins_before_it_was_asked_for_or_on_a_day_to_come(driver, day):
    case = passed(driver)
    with pytest.raises(Invalid, match=r"title\.day"):
        confirmed(case, day)
    assert case.open() == ["confirmation"]
    assert facts(driver, "li").title == "二级"
