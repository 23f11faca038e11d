"""A title that a wrong result granted, or that was revoked wrongly: two persons put it right, and nobody is branded."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from service.db import db, transaction
from service.errors import Conflict, Invalid
from service.flows.title import queries
from service.people.regrading import regrade
from service.records.reading import RECORD
from tests.flows.personnel.correcting import correct, propose
from tests.flows.title import county
from tests.flows.title.acting import NUMBER, confirmed, decided, facts, passed, revocation, row
from tests.flows.title.posting import fills
from tests.proofs.mixing_books import LockOrder, nameless

TAKEN = {"kind": "title.granted", "result": "failed", "heard_on": "2026-09-10"}
AGAIN = {"kind": "title.result", "result": "passed", "confirmed_on": "2026-09-10", "document": "复核〔2026〕3号"}
BACK = {"kind": "title.revocation", "outcome": "passed"}


def figures(driver):
    return county.figures(driver, "s02", "middle"), county.figures(driver, "s02", "junior")


def frauds(driver):
    mine = (RECORD.c.person_id == driver.county.persons["li"], RECORD.c.kind == "fraud", RECORD.c.voided_at.is_(None))
    found = len(db.session.execute(select(RECORD.c.id).where(*mine)).all())
    db.session.rollback()
    return found


def test_a_title_granted_by_a_wrong_result_is_taken_back_without_a_stain_and_may_be_given_again(driver):
    ready = passed(driver)
    junior, books = county.figures(driver, "s02", "junior"), nameless()
    case, order = confirmed(ready), LockOrder()
    after = figures(driver)
    with pytest.raises(Invalid) as refused:
        propose(driver, case, **{**TAKEN, "heard_on": None})
    assert [fault.code for fault in refused.value.faults] == ["title.heard"]
    correct(driver, case, **TAKEN)
    known, found = facts(driver, "li"), queries.certificate(driver.actor("li"), NUMBER)
    assert (known.title, known.employment.band, known.fraud_on, row(case).result) == ("二级", "junior", None, "failed")
    assert (found.state, found.revoked_because) == ("revoked", "correction")
    assert figures(driver) == ((38, 0, 2), junior)
    correct(driver, case, **AGAIN, appoint="yes")
    assert (facts(driver, "li").employment.band, figures(driver), row(case).result) == ("middle", after, "passed")
    assert queries.certificate(driver.actor("li"), NUMBER).state == "replaced"
    order.stop()
    assert (nameless(), order.taken()) == (books, [])


def test_who_waits_for_a_post_by_a_wrong_result_waits_no_more(driver):
    case = passed(driver)
    fills(driver, "li", kind="sanction", value="warning", basis="staff")
    confirmed(case)
    assert case.state == "running"
    correct(driver, case, **TAKEN)
    county.deliver(driver)
    assert (case.state, county.figures(driver, "s02", "middle")) == ("cancelled", (38, 0, 2))


def test_where_something_was_built_on_the_appointment_the_refusal_names_the_revocation(driver):
    case = confirmed(passed(driver))
    person = driver.county.persons["li"]
    with transaction() as session:
        regrade(session, person, driver.now.date(), "晋级", {"grade": 8}, instance_id=None, by="test", document="x",
                now=driver.now)  # fmt: skip
    with pytest.raises(Conflict, match=r"title\.revoke_instead"):
        propose(driver, case, **TAKEN)
    assert decided(revocation(driver, ground="correction")).state == "completed"


@pytest.mark.parametrize("ground", ["fraud", "correction"])
def test_a_title_revoked_wrongly_stands_again_with_post_and_certificate(driver, ground):
    case = confirmed(passed(driver))
    before, books, order = figures(driver), nameless(), LockOrder()
    taken = decided(revocation(driver, ground=ground))
    assert (frauds(driver), facts(driver, "li").employment.band) == (int(ground == "fraud"), "junior")
    correct(driver, taken, **BACK)
    known, new = facts(driver, "li"), queries.certificate(driver.actor("li"), "2026000002")
    assert (known.title, known.employment.band, known.fraud_on) == ("一级", "middle", None)
    assert (figures(driver), row(case).result, new.state, new.replaces) == (before, "passed", "valid", NUMBER)
    assert (row(case).decided_on, row(case).revoked_on) == (date(2026, 9, 10), None)
    order.stop()
    assert (nameless(), order.taken(), frauds(driver)) == (books, [], 0)
    with pytest.raises(Conflict, match=r"title\.revoke_again"):
        propose(driver, taken, kind="title.revocation", outcome="revoked")


def test_a_fraud_that_was_none_bars_nobody_and_the_title_stays_revoked(driver):
    case = confirmed(passed(driver))
    driver.clock.advance(timedelta(days=20))
    taken = decided(revocation(driver), on="2026-09-25")
    driver.clock.advance(timedelta(days=1))
    correct(driver, taken, kind="title.revocation", ground="correction")
    assert row(case).revoked_on == date(2026, 9, 10)
    known, found = facts(driver, "li"), queries.certificate(driver.actor("li"), NUMBER)
    assert (known.fraud_on, known.title, frauds(driver)) == (None, "二级", 0)
    assert (found.state, found.revoked_because) == ("revoked", "correction")
    correct(driver, taken, kind="title.revocation", ground="fraud")
    assert row(case).revoked_on == date(2026, 9, 25)
    assert frauds(driver) == 1
