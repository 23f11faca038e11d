"""The appointment to a lent post, entered with a wrong day or grade."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from service.db import transaction
from service.errors import Invalid, NotFound
from service.posts import lending
from tests.flows.personnel.correcting import correct, propose
from tests.flows.reserved_posts.acting import appointment, granted, loan_of, occupied, pool, row_of
from tests.proofs.mixing_books import LockOrder, nameless

KIND = {"kind": "reserved.appointment"}


@pytest.fixture
def appointed(driver):
    case, person = granted(driver)
    assert case.fire("publicity_over")
    driver.clock.set(datetime(2026, 9, 25, 3, tzinfo=ZoneInfo("Asia/Shanghai")))
    case.complete("appointment", "s02.principal", "appointed", appointed_on="2026-09-25")
    return case, person


def test_day_and_grade_are_put_right_and_no_post_moves(driver, appointed):
    case, person = appointed
    before, books, order = (pool(driver), occupied(driver, "middle")), nameless(), LockOrder()
    correct(driver, case, **KIND, appointed_on="2026-09-15", grade=6)
    correct(driver, case, **KIND, appointed_on="2026-09-16")
    order.stop()
    job = appointment(person)
    assert (job.band, job.grade, job.valid_from) == ("senior", 6, date(2026, 9, 16))
    assert loan_of(person).appointed_on == date(2026, 9, 16)
    assert (pool(driver), occupied(driver, "middle")) == before
    assert (nameless(), order.taken()) == (books, [])


@pytest.mark.parametrize("values", [{"appointed_on": "2026-09-01"}, {"appointed_on": "2026-10-01"}, {"grade": 11}])
def test_a_day_outside_the_term_or_ahead_and_another_bands_grade_are_refused(driver, appointed, values):
    with pytest.raises(Invalid):
        propose(driver, appointed[0], **KIND, **values)


def test_before_the_appointment_there_is_nothing_to_correct(driver):
    case, _ = granted(driver)
    with pytest.raises(NotFound, match=r"correction\.nothing"):
        propose(driver, case, **KIND, grade=6)


def test_who_was_appointed_in_time_after_all_has_the_post_for_its_term(driver):
    case, person = granted(driver)
    assert case.fire("publicity_over")
    until = loan_of(person).until
    driver.clock.set(datetime(2026, 10, 20, 3, tzinfo=ZoneInfo("Asia/Shanghai")))
    assert case.fire("appointment", "due")
    assert (row_of(case).state, pool(driver)) == ("released", (6, 0, 4))
    books, order = nameless(), LockOrder()
    correct(driver, case, **KIND, appointed_on="2026-09-25", grade=7)
    correct(driver, case, **KIND, appointed_on="2026-09-24")
    order.stop()
    loan = open_loans(person)
    assert (loan.until, loan.appointed_on, appointment(person).band) == (until, date(2026, 9, 24), "senior")
    assert (row_of(case).state, pool(driver), occupied(driver, "middle")) == ("appointed", (7, 0, 3), 37)
    assert (nameless(), order.taken()) == (books, [])


def open_loans(person):
    with transaction() as session:
        return lending.open_loans(session, [person])[person]
