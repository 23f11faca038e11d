"""Both sides of the joint decision agree to one list: what each decided says which one it was."""

from datetime import timedelta

import pytest

from service.audit import timeline
from service.db import db
from tests.driver import Case
from tests.flows.reserved_posts.acting import accepted, called, ranked, teacher
from tests.service.tasks import scans


def listed(driver) -> Case:
    case = called(driver, senior=1)
    for number in (700, 701):
        accepted(driver, teacher(driver, number, exchange=("s02", number - 690)))
    ranked(case)
    return case


def rests_on(case, element_id):
    events = timeline.events(db.session(), f"instance:{case.id}")
    db.session.rollback()
    done = [event for event in events if event.kind == "task.completed" and event.element_id == element_id]
    return done[-1].body["rests_on"]


@pytest.mark.parametrize("on_paper", [False, True])
def test_both_decisions_rest_on_the_list_that_was_drawn_up(driver, on_paper):
    case = listed(driver)
    case.complete("bureau_decision", "bureau.leader", "approve")
    if on_paper:
        scans.recorded(case, "hr_decision", "bureau.chief", no_interest=True)
    else:
        case.complete("hr_decision", "hr.bureau", "approve")
    rests = rests_on(case, "bureau_decision")
    assert (rests["listed"], rests["granted"], len(rests["list_sha256"])) == (2, 1, 64)
    assert rests_on(case, "hr_decision") == rests


def test_a_list_that_is_drawn_up_again_is_another_one(driver):
    case = listed(driver)
    case.complete("bureau_decision", "bureau.leader", "return", "再核对")
    case.complete("hr_decision", "hr.bureau", "approve")
    first = rests_on(case, "hr_decision")
    driver.clock.advance(timedelta(days=40))
    case.complete("collect", "bureau.hr", "rank")
    case.complete("bureau_decision", "bureau.leader", "approve")
    assert rests_on(case, "bureau_decision")["list_sha256"] != first["list_sha256"]
