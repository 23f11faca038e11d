"""What is asked only in some cases: a reason for a cut, a word that nobody applied; and whom a step is about."""

import pytest

from service.audit import timeline
from service.db import db
from service.errors import Invalid
from service.flows.hiring import queries
from tests.flows.hiring.acting import county, hire, register, reviewed, start, to_choice

CUT = [{"line": 1, "granted": 2}]


@pytest.fixture
def driver(app, clock):
    return county(clock)


@pytest.mark.parametrize(
    ("element_id", "who", "rows", "reason"),
    [
        ("bureau_review", "bureau.hr", "bureau_posts", "bureau_cut_reason"),
        ("staffing_check", "staffing.office", "staffing_posts", "staffing_cut_reason"),
        ("post_check", "hr.bureau", "hr_posts", "hr_cut_reason"),
    ],
)
def test_a_cut_without_a_reason_is_refused_and_with_one_it_goes_on(driver, element_id, who, rows, reason):
    case = start(driver)
    for empty in ({}, {reason: ""}, {reason: "  "}):
        with pytest.raises(Invalid) as refused:
            case.complete(element_id, who, "approve", **{rows: CUT}, **empty)
        assert [(fault.path, fault.code) for fault in refused.value.faults] == [(f"values.{reason}", "field.required")]
    case.complete(element_id, who, "approve", **{rows: CUT, reason: "课时不足"})


def test_the_number_that_a_browser_sends_along_cannot_hide_a_cut(driver):
    case = start(driver)
    with pytest.raises(Invalid):
        case.complete("staffing_check", "staffing.office", "approve", staffing_posts=[{**CUT[0], "count": 2}])


def test_granting_everything_or_returning_needs_no_reason_for_a_cut(driver):
    case = start(driver)
    case.complete("staffing_check", "staffing.office", "approve", staffing_posts=[{"line": 1, "granted": 3}])
    case.complete("post_check", "hr.bureau", "return", hr_posts=CUT)


def registration_over(driver):
    case = reviewed(start(driver))
    case.complete("filing", "bureau.hr", "accept")
    case.complete("announce_school", "s01.hr", "publish", announced_at="教育局网站")
    assert case.fire("announcement_period")
    return case


def test_a_review_of_nobody_is_finished_only_with_a_word_about_it(driver):
    case = registration_over(driver)
    with pytest.raises(Invalid) as refused:
        case.complete("qualify_school", "s01.hr", "confirm")
    assert refused.value.code == "hiring.nobody_registered"
    assert [fault.path for fault in refused.value.faults] == ["values.qualification_note"]
    assert case.open() == ["qualify_school"]
    case.complete("qualify_school", "s01.hr", "confirm", qualification_note="公告期内无人报名。")
    assert case.open() == ["ratio_decision"]


def test_with_one_applicant_no_note_is_asked_for(driver):
    case = registration_over(driver)
    register(driver, case, "s01.hr", 1)
    case.complete("qualify_school", "s01.hr", "confirm")
    assert case.open() == ["ratio_decision"]


def test_a_step_of_a_slot_says_whom_it_is_about_to_who_may_know(driver):
    case = reviewed(start(driver, count=1))
    case.complete("filing", "bureau.hr", "accept")
    people = to_choice(driver, case, "s01.hr", "s01.hr")
    hire(case, "s01", "hire_filing", "bureau.hr")
    opened = [event for event in timeline.events(db.session(), f"instance:{case.id}") if event.kind == "task.opened"]
    about = {event.element_id: event.body["about"] for event in opened if "about" in event.body}
    assert set(about.values()) == {people[0]}
    assert {"medical", "contract", "onboarding"} <= about.keys()
    for who, told in [("s01.hr", {people[0]: "考生1"}), ("s02.hr", {}), ("staffing.office", {}), ("admin", {})]:
        assert queries.told_names(driver.actor(who), people[:1]) == told
