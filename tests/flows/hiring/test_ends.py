"""However a hiring case ends, nothing stays held for it, the books agree and the record is whole (policy.md §2)."""

import pytest
from sqlalchemy import func, select

from service.access.actor import Actor
from service.audit.verify import verify
from service.db import db
from service.errors import Conflict
from service.instances.commands import CaseCommand, cancel_instance
from service.posts import queries_sums
from service.posts.posting import ENTRY
from tests.flows.hiring.acting import chosen, contracted, county, figures, meet, register, reviewed, start, to_choice


def rejected(driver):
    case = start(driver)
    case.complete("staffing_check", "staffing.office", "reject")
    return case


def objected_to(driver):
    case = reviewed(start(driver))
    case.complete("filing", "bureau.hr", "object")
    return case


def withdrawn(driver):
    case = start(driver)
    case.withdraw("s01.hr")
    return case


def cancelled_late(driver):
    """With a slot at the medical and another whose publicity runs: HR may still cancel, the school not withdraw."""
    case = chosen(driver, count=2)
    case.complete("medical", "s01.hr", "pass", medical_on="2026-11-05")
    assert case.open() == ["medical", "publicity"]
    with pytest.raises(Conflict) as late:
        case.withdraw("s01.hr")
    assert late.value.code == "instance.decided"
    cancel_instance(driver.actor("bureau.chief"), CaseCommand(case.id, reason="计划取消"), now=driver.now)
    assert (case.open(), case.timers()) == ([], [])
    return case


def cancelled(driver):
    case = reviewed(start(driver))
    cancel_instance(driver.actor("bureau.chief"), CaseCommand(case.id, reason="计划取消"), now=driver.now)
    return case


def expired(driver):
    case = start(driver)
    case.complete("bureau_review", "bureau.hr", "return")
    case.complete("staffing_check", "staffing.office", "approve")
    case.complete("post_check", "hr.bureau", "approve")
    assert case.fire("correction", "due")
    return case


def completed(driver):
    case = chosen(driver)
    contracted(case, "s01", "hire_filing", "bureau.hr")
    case.complete("onboarding", "s01.hr", "arrived", onboarded_on="2027-01-18")
    return case


def failed(driver):
    """The candidate and both replacements fail the medical."""
    case = chosen(driver)
    for _ in range(3):
        case.complete("medical", "s01.hr", "fail", medical_on="2026-11-05")
    return case


def no_show(driver):
    case = chosen(driver)
    contracted(case, "s01", "hire_filing", "bureau.hr")
    case.complete("onboarding", "s01.hr", "no_show")
    return case


def nobody_chosen(driver):
    case = reviewed(start(driver))
    case.complete("filing", "bureau.hr", "accept")
    to_choice(driver, case, "s01.hr", "s01.hr")
    meet(case, "s01", "none", choice_reason="均不合适")
    return case


def below_ratio(driver, decision, applicants):
    """Three posts; fewer than three applicants for each of them."""
    case = reviewed(start(driver))
    case.complete("filing", "bureau.hr", "accept")
    case.complete("announce_school", "s01.hr", "publish", announced_at="教育局网站")
    assert case.fire("announcement_period")
    register(driver, case, "s01.hr", applicants)
    case.complete("qualify_school", "s01.hr", "confirm")
    assert figures(driver) == (96, 3, 1)
    case.complete("ratio_decision", "bureau.hr", decision)
    return case


def cancelled_below_ratio(driver):
    return below_ratio(driver, "cancel", 2)


def cut_to_nothing(driver):
    return below_ratio(driver, "cut", 2)


def cut_and_failed(driver):
    """Cut from three posts to one, for which nobody passes the exam in the end."""
    case = below_ratio(driver, "cut", 3)
    assert figures(driver) == (96, 1, 3)
    case.complete("exam_school", "s01.hr", "confirm", exam_on="2026-10-20", written_pass_line=60)
    case.complete("interview", "s01.hr", "confirm", interview_on="2026-10-27")
    case.complete("inspection", "s01.hr", "confirm", inspection_note="无人参加")
    meet(case, "s01", "none", choice_reason="无人参加考试")
    return case


ENDS = {
    rejected: ("rejected", (96, 0, 4)),
    objected_to: ("rejected", (96, 0, 4)),
    withdrawn: ("withdrawn", (96, 0, 4)),
    cancelled_late: ("cancelled", (96, 0, 4)),
    cancelled: ("cancelled", (96, 0, 4)),
    expired: ("expired", (96, 0, 4)),
    completed: ("completed", (97, 0, 3)),
    failed: ("completed", (96, 0, 4)),
    no_show: ("completed", (96, 0, 4)),
    nobody_chosen: ("cancelled", (96, 0, 4)),
    cancelled_below_ratio: ("cancelled", (96, 0, 4)),
    cut_to_nothing: ("cancelled", (96, 0, 4)),
    cut_and_failed: ("cancelled", (96, 0, 4)),
}


def settled(driver, case):
    """Nothing is held, everything that was held is traced, books and chain agree, nothing waits any more."""
    office = driver.actor("bureau.hr")
    assert queries_sums.holds_of(office, case.id) == ()
    held = func.sum(ENTRY.c.reserved).filter(ENTRY.c.reserved > 0)
    assert db.session.scalar(select(held).where(ENTRY.c.instance_id == case.id)) >= 2
    assert queries_sums.reconcile(office) == ()
    assert all(sums.is_conserved for sums in queries_sums.county(office))
    assert (case.open(), case.timers()) == ([], [])
    report = verify(driver.now)
    assert report.ok, report.text()


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_nothing_stays_held_at_the_end(app, clock, end):
    driver = county(clock)
    case = end(driver)
    assert (case.state, figures(driver)) == ENDS[end]
    settled(driver, case)


@pytest.mark.parametrize("end", [completed, cancelled_late], ids=lambda end: end.__name__)
def test_nothing_stays_held_on_postgresql_either(postgres_app, clock, end):
    driver = county(clock)
    case = end(driver)
    assert (case.state, figures(driver)) == ENDS[end]
    settled(driver, case)


def test_one_case_ends_and_the_other_keeps_what_it_holds(app, clock):
    driver = county(clock)
    other, case = start(driver, count=1), start(driver, count=2)
    assert figures(driver) == (96, 3, 1)
    case.withdraw("s01.hr")
    assert figures(driver) == (96, 1, 3)
    assert {hold.count for hold in queries_sums.holds_of(driver.actor("bureau.hr"), other.id)} == {1}
    assert queries_sums.reconcile(Actor.system()) == ()
