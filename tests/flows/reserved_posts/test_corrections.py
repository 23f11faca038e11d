"""The appointment to a lent post, entered with a wrong day or grade."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from service.errors import Invalid, NotFound
from tests.flows.personnel.correcting import correct, propose
from tests.flows.reserved_posts.acting import appointment, granted, loan_of, occupied, pool
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
