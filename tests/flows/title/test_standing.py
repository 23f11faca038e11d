"""An ethics case that is opened while an application is under way: it stands still until the case is decided (§1)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from service.audit import timeline
from service.db import db, transaction
from service.flows.declaring import AWAITS_HR, HELD_BY_FILE
from service.flows.title import queries_progress
from service.instances import queries as cases
from service.instances.commands import CaseCommand, cancel_instance, resume_instance, suspend_instance
from service.instances.disciplined import follow_files
from service.notices.outbox import OUTBOX
from service.records import writing
from tests.flows.title import county
from tests.flows.title.acting import apply, confirmed, passed, recommended
from tests.flows.title.posting import fills


def void(driver, record):
    with transaction() as session:
        writing.void(session, record, "查无此事", by="system", now=driver.now)


def test_an_opened_case_suspends_the_application_and_its_end_lets_it_go_on(driver):
    case, other = (recommended(apply(driver, county.teacher(driver, name))) for name in ("li", "zhao"))
    assert follow_files(driver.now) == 0
    record = fills(driver, "li", kind="ethics", value="investigation")
    assert follow_files(driver.now) == 1
    assert follow_files(driver.now) == 0, "once"
    assert (case.state, other.state) == ("suspended", "running")
    assert county.figures(driver, "s02", "middle") == (38, 2, 0), "the post stays held"
    told = cases.case(driver.actor("s02.principal"), case.id).suspension_reason
    assert told == HELD_BY_FILE
    assert "师德" not in told
    void(driver, record)
    assert follow_files(driver.now) == 1
    assert (case.state, case.open()) == ("running", ["bureau_review"])


def findings(driver):
    found = db.session.execute(select(OUTBOX.c.holder).where(OUTBOX.c.kind == "case.finding")).all()
    db.session.rollback()
    return [row.holder for row in found]


@pytest.mark.parametrize("before", [True, False])
def test_a_finding_ends_nothing_by_itself_and_hr_is_told_once(driver, before):
    case = recommended(apply(driver, county.teacher(driver, "li")))
    if before:
        record = fills(driver, "li", kind="ethics", value="investigation")
        follow_files(driver.now)
        void(driver, record)
    fills(driver, "li", kind="ethics", value="upheld")
    assert [follow_files(driver.now), follow_files(driver.now)] == [1, 0]
    assert (case.state, county.figures(driver, "s02", "middle")) == ("suspended", (38, 1, 1))
    assert findings(driver) == ["role:bureau_hr_officer"]
    assert cases.case(driver.actor("s02.principal"), case.id).suspension_reason == AWAITS_HR
    cancel_instance(driver.actor("bureau.hr"), CaseCommand(case.id, reason="师德结论成立，终止"), now=driver.now)
    assert (case.state, county.figures(driver, "s02", "middle")) == ("cancelled", (38, 0, 2))
    ended = timeline.events(db.session(), f"instance:{case.id}")[-1]
    assert ended.actor_id == driver.county.persons["bureau.hr"]


def test_a_finding_that_was_entered_wrongly_lets_the_application_go_on(driver):
    case = recommended(apply(driver, county.teacher(driver, "li")))
    record = fills(driver, "li", kind="ethics", value="upheld")
    follow_files(driver.now)
    void(driver, record)
    assert follow_files(driver.now) == 1
    assert (case.state, case.open()) == ("running", ["bureau_review"])


@pytest.mark.parametrize("value", ["investigation", "upheld"])
def test_who_has_the_certificate_keeps_the_place_in_the_queue(driver, value):
    case = passed(driver)
    fills(driver, "li", kind="sanction", value="warning", basis="staff")
    confirmed(case)
    fills(driver, "li", kind="ethics", value=value)
    follow_files(driver.now)
    assert case.state == ("suspended" if value == "investigation" else "running")
    assert county.figures(driver, "s02", "middle") == (38, 1, 1)


def test_what_hr_has_suspended_for_another_reason_is_left_to_hr(driver):
    case = recommended(apply(driver, county.teacher(driver, "li")))
    hr = driver.actor("bureau.hr")
    suspend_instance(hr, CaseCommand(case.id, reason="材料待查"), now=driver.now)
    record = fills(driver, "li", kind="ethics", value="investigation")
    assert follow_files(driver.now) == 0
    resume_instance(hr, CaseCommand(case.id), now=driver.now)
    assert follow_files(driver.now) == 1, "the ethics case is still open"
    driver.clock.advance(timedelta(days=1))
    void(driver, record)
    assert follow_files(driver.now) == 1
    assert case.state == "running"


def test_a_hold_that_lasts_longer_than_the_limit_counts_as_overdue_and_ends_nothing(driver):
    case = recommended(apply(driver, county.teacher(driver, "li")))
    fills(driver, "li", kind="ethics", value="investigation")
    follow_files(driver.now)

    def overdue():
        [school] = queries_progress.progress(driver.actor("bureau.hr"), driver.batch, driver.now)
        return school.overdue

    driver.clock.advance(timedelta(days=80))
    assert overdue() == 0, "60 working days are not over"
    driver.clock.advance(timedelta(days=20))
    assert overdue() == 1
    assert follow_files(driver.now) == 0
    assert (case.state, county.figures(driver, "s02", "middle")) == ("suspended", (38, 1, 1))
