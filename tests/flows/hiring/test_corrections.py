"""A hire that was entered wrongly: another candidate, another day or post, somebody who did not come, or who did."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from service.access.standing import ROLE, in_force
from service.audit import timeline
from service.db import db
from service.errors import Conflict, Invalid
from service.flows.corrections import queries
from service.flows.hiring.roster import CANDIDATE
from service.flows.publicity import queries as published
from service.people.persons import APPOINTMENT, LOCK
from tests.flows.hiring import acting
from tests.flows.hiring.acting import figures
from tests.flows.hiring.test_ends import completed, failed, no_show
from tests.flows.personnel.correcting import correct, propose
from tests.proofs.mixing_books import LockOrder, nameless

LATER = datetime(2027, 3, 1, 1, 0, tzinfo=UTC)
KIND = {"kind": "hiring.hire", "item": "1.1"}


@pytest.fixture
def driver(app, clock):
    return acting.county(clock)


def ended(driver, make):
    """The case as it ended; a month later something is found wrong."""
    case = make(driver)
    driver.clock.advance(LATER - driver.now)
    return case


def hired(case):
    """(Name, band, first day) of those who are appointed by the case."""
    standing = (APPOINTMENT.c.instance_id == case.id, APPOINTMENT.c.struck_at.is_(None))
    joined = select(CANDIDATE.c.name, APPOINTMENT.c.band, APPOINTMENT.c.valid_from).join(
        CANDIDATE, CANDIDATE.c.person_id == APPOINTMENT.c.person_id
    )
    rows = [tuple(row) for row in db.session.execute(joined.where(*standing, CANDIDATE.c.instance_id == case.id))]
    db.session.rollback()
    return rows


def item(driver, case):
    [(_kind, found)] = queries.correctable_of(driver.actor("bureau.hr"), case.id)
    db.session.rollback()
    return found


def test_another_candidate_was_meant(driver):
    """The one goes with role, lock and login, the other comes; the ledger has as many, the name is published."""
    case = ended(driver, completed)
    before, books, order = figures(driver), nameless(), LockOrder()
    assert item(driver, case).values["candidate"] == "1 · 考生1"
    correct(driver, case, **KIND, candidate="2 · 考生2")
    order.stop()
    assert hired(case) == [("考生2", "junior", date(2027, 1, 18))]
    assert (figures(driver), nameless(), order.taken()) == (before, books, [])
    [notice] = published.notices("zh", driver.now.date())
    assert (notice.corrected, notice.lines[0].name) == (True, "考生2")
    [made] = [one for one in timeline.events(db.session(), f"instance:{case.id}") if one.kind == "correction.made"]
    assert made.body["parameters"].keys() == {"publicity_workdays", "service_lock_end", "service_lock_years"}
    correct(driver, case, **KIND, candidate="1 · 考生1")
    assert hired(case) == [("考生1", "junior", date(2027, 1, 18))]
    assert (figures(driver), nameless()) == (before, books)
    [person] = [one.person_id for one in rows(case) if one.state == "hired"]
    locks = db.session.execute(select(LOCK).where(LOCK.c.person_id == person)).all()
    held = select(ROLE.c.role).where(ROLE.c.person_id == person, in_force(ROLE.c, driver.now.date()))
    assert ([lock.struck_at is None for lock in locks], list(db.session.scalars(held))) == ([False, True], ["teacher"])
    db.session.rollback()


def rows(case):
    found = db.session.execute(select(CANDIDATE).where(CANDIDATE.c.instance_id == case.id)).all()
    db.session.rollback()
    return found


def test_the_day_and_the_post_are_put_right(driver):
    case = ended(driver, completed)
    junior, middle, books = figures(driver, band="junior"), figures(driver, band="middle"), nameless()
    correct(driver, case, **KIND, onboarded_on="2027-02-01", band="middle")
    assert hired(case) == [("考生1", "middle", date(2027, 2, 1))]
    assert figures(driver, band="middle")[0] == middle[0] + 1
    assert (figures(driver, band="junior")[0], nameless()) == (junior[0] - 1, books)


def test_who_did_not_arrive_is_hired_no_more_and_the_posts_are_free(driver):
    case = ended(driver, completed)
    before = figures(driver)
    correct(driver, case, **KIND, outcome="no_show")
    assert (hired(case), figures(driver)) == ([], (before[0] - 1, 0, before[2] + 1))
    correct(driver, case, **KIND, outcome="hired")
    assert (len(hired(case)), figures(driver)) == (1, before)


@pytest.mark.parametrize("make", [no_show, failed])
def test_who_did_arrive_is_hired_where_headcount_and_post_are_free(driver, make):
    case = ended(driver, make)
    before, given = figures(driver), {"outcome": "hired", "onboarded_on": "2027-01-18"}
    correct(driver, case, **KIND, **given)
    assert (len(hired(case)), figures(driver)) == (1, (before[0] + 1, 0, before[2] - 1))


def test_without_free_headcount_the_account_is_named(driver):
    case = ended(driver, no_show)
    acting.start(driver, count=figures(driver)[2])
    with pytest.raises(Conflict, match=r"ledger\.full"):
        propose(driver, case, **KIND, outcome="hired", onboarded_on="2027-01-18")


def test_what_cannot_be_is_said_by_field(driver):
    case = ended(driver, completed)
    for values, code in (
        ({"candidate": "9 · 无此人"}, "correction.who"),
        ({"onboarded_on": "2027-12-01"}, "correction.ahead"),
        ({"onboarded_on": ""}, "field.required"),
    ):
        with pytest.raises(Invalid) as refused:
            propose(driver, case, **KIND, **values)
        assert [fault.code for fault in refused.value.faults] == [code]
