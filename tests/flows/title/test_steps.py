"""Corrections, publicity and the vote: what an application can meet on its way."""

from datetime import timedelta

import pytest

from service.access.actor import Actor
from service.errors import Conflict, Invalid
from service.flows.publicity import queries as published
from service.instances.commands_messages import DeliverMessage, deliver_message
from service.instances.commands_objections import ObjectTo, object_to
from tests.flows.title import acting, county
from tests.flows.title.acting import apply, at_committee, confirmed, judged, passed, recommended, senior
from tests.flows.title.posting import fills
from tests.flows.title.test_refused import paper


def asked(case, step="verification", by="s02.hr"):
    case.complete(step, by, "return", correction_items="一、补充 2024 年考核表；二、补充课题结题证书。")
    return case


def test_corrections_are_asked_for_once_and_lead_back_to_the_step_that_asked(driver):
    case = asked(apply(driver, county.teacher(driver, "li")))
    assert case.open() == ["correction"]
    case.complete("correction", "li", "resubmit", correction_reply="已补齐。")
    assert case.open() == ["verification"]
    with pytest.raises(Conflict, match=r"title\.corrections_once"):
        asked(case)
    assert case.open() == ["verification"]


@pytest.mark.parametrize(("step", "by"), [("bureau_review", "bureau.hr"), ("hr_review", "hr.bureau")])
def test_each_office_may_ask_once_and_the_post_stays_held(driver, step, by):
    case = recommended(senior(driver))
    if step == "hr_review":
        case.complete("bureau_review", "bureau.hr", "approve")
    asked(case, step, by)
    assert county.figures(driver, "s02", "senior") == (18, 1, 1)
    case.complete("correction", "sun", "resubmit", correction_reply="已补齐。")
    assert case.open() == [step]


def test_corrected_papers_must_be_the_ones_whose_checksums_are_given(driver):
    case = asked(apply(driver, county.teacher(driver, "li")))
    row = {"kind": "research", "name": "课题结题证书", "file": [paper(driver, "li")]}
    with pytest.raises(Invalid, match=r"title\.forged_evidence"):
        case.complete("correction", "li", "resubmit", correction_reply="已补。", evidence=[{**row, "sha256": "0" * 64}])
    assert case.open() == ["correction"]
    case.complete("correction", "li", "resubmit", correction_reply="已补。", evidence=[row])
    assert case.open() == ["verification"]


def test_a_second_committee_gives_marks_of_its_own(driver):
    case = judged(driver, at_committee(driver), yes=4, no=3)
    assert acting.row(case).demonstration == 9000
    case.complete("review_request", "li", "request", review_grounds="遗漏材料。")
    case.complete("review", "bureau.hr", "reopen", review_finding="程序有误。")
    assert (acting.row(case).demonstration, acting.row(case).interview) == (None, None)


@pytest.mark.parametrize(
    ("reason", "entry"),
    [
        ("ethics_investigation", {"kind": "ethics", "value": "investigation"}),
        ("ethics", {"kind": "ethics", "value": "upheld"}),
        ("sanction", {"kind": "sanction", "value": "demerit", "basis": "staff"}),
        ("fraud", {"kind": "fraud"}),
        ("retired", {"kind": "retirement_choice", "value": "early"}),
        ("not_higher", {"kind": "title", "value": "一级"}),
    ],
)
def test_what_has_come_to_bar_the_title_is_seen_when_it_is_confirmed(driver, reason, entry):
    case = passed(driver)
    fills(driver, "li", **entry)
    with pytest.raises(Conflict, match=rf"title\.barred\.{reason}"):
        confirmed(case)
    assert case.open() == ["confirmation"]
    assert county.figures(driver, "s02", "middle") == (38, 1, 1)


def test_a_request_for_corrections_says_what_is_missing(driver):
    case = apply(driver, county.teacher(driver, "li"))
    with pytest.raises(Invalid, match=r"title\.corrections_unsaid"):
        case.complete("verification", "s02.hr", "return")
    assert case.open() == ["verification"]


def test_corrections_that_come_late_count_as_given_up(driver):
    case = asked(recommended(apply(driver, county.teacher(driver, "li"))), "bureau_review", "bureau.hr")
    driver.clock.advance(timedelta(days=9))
    assert case.fire("correction", "due")
    assert case.state == "expired"
    assert county.figures(driver, "s02", "middle") == (38, 0, 2)


@pytest.mark.parametrize("internal", [True, False], ids=["school", "bureau"])
@pytest.mark.parametrize("finding", ["cleared", "upheld"])
def test_an_objection_stops_the_period_for_an_inquiry(driver, internal, finding):
    case = apply(driver, county.teacher(driver, "li"))
    case.complete("verification", "s02.hr", "verify")
    case.complete("recommendation", "s02.principal", "recommend", school_score=80, recommended_on="2026-09-10")
    if not internal:
        assert case.fire("publicity_over")
        case.complete("bureau_review", "bureau.hr", "approve")
        judged(driver, case)
    case.complete("publicity", "s02.hr" if internal else "bureau.hr", "objection", objection_text="材料不实。")
    assert case.open() == ["inquiry"]
    assert county.figures(driver, "s02", "middle") == ((38, 0, 2) if internal else (38, 1, 1))
    case.complete("inquiry", "bureau.hr", finding, inquiry_finding="已核查。")
    if finding == "upheld":
        assert case.state == "rejected"
        assert county.figures(driver, "s02", "middle") == (38, 0, 2)
    else:
        assert case.open() == ["publicity"]


def test_an_objection_that_comes_as_a_message_stops_the_period_as_well(driver):
    case = apply(driver, county.teacher(driver, "li"))
    case.complete("verification", "s02.hr", "verify")
    case.complete("recommendation", "s02.principal", "recommend", school_score=80, recommended_on="2026-09-10")
    objection = DeliverMessage("title.objection", case.id, {"objection_text": "材料不实。"}, "letter 1")
    deliver_message(Actor.system(), objection, now=driver.now)
    assert case.open() == ["inquiry"]
    deliver_message(Actor.system(), objection, now=driver.now)
    case.complete("inquiry", "bureau.hr", "cleared", inquiry_finding="已核查。")
    assert case.open() == ["publicity"]
    assert case.fire("publicity_over")
    assert case.open() == ["bureau_review"]


def test_not_passed_and_reviewed_once_may_be_judged_again_and_then_it_is_final(driver):
    case = judged(driver, at_committee(driver), yes=4, no=3)
    assert case.open() == ["review_request"]
    assert county.figures(driver, "s02", "middle") == (38, 1, 1)
    case.complete("review_request", "li", "request", review_grounds="遗漏材料。")
    case.complete("review", "bureau.hr", "reopen", review_finding="程序有误。")
    assert case.open() == []
    judged(driver, case, yes=3, no=4)
    assert case.state == "rejected"
    assert county.figures(driver, "s02", "middle") == (38, 0, 2)


def test_a_review_may_uphold_the_result(driver):
    case = judged(driver, at_committee(driver), yes=4, no=3)
    case.complete("review_request", "li", "request", review_grounds="遗漏材料。")
    case.complete("review", "bureau.hr", "uphold", review_finding="程序无误。")
    assert case.state == "rejected"


def test_who_does_not_ask_in_time_is_not_reviewed(driver):
    case = judged(driver, at_committee(driver), yes=4, no=3)
    driver.clock.advance(timedelta(days=9))
    assert case.fire("review_request", "due")
    assert case.state == "rejected"


def test_without_a_quorum_the_application_waits_for_another_sitting(driver):
    case = at_committee(driver)
    session_id = acting.plan(driver)
    acting.drawn(driver, session_id)
    acting.voted(case, acting.opened(driver, session_id), yes=4)
    driver.clock.advance(timedelta(days=3))
    assert case.fire("committee_vote", "due")
    assert case.open() == []
    assert acting.row(case).session_id is None
    judged(driver, case)
    assert case.open() == ["publicity"]


def test_a_list_within_a_school_stays_there_and_a_result_is_published_to_all(driver):
    case = apply(driver, county.teacher(driver, "li"))
    case.complete("verification", "s02.hr", "verify")
    case.complete("recommendation", "s02.principal", "recommend", school_score=80, recommended_on="2026-09-10")
    assert (case.open(), published.notices("zh", case.driver.now.date())) == (["publicity"], [])
    assert case.fire("publicity_over")
    case.complete("bureau_review", "bureau.hr", "approve")
    judged(driver, case)
    [notice] = published.notices("en", driver.now.date())
    [line] = notice.lines
    assert (notice.heading, line.place) == ("Titles to be granted", "S02")
    object_to(Actor.anonymous(), ObjectTo(notice.id, text="材料不实"), now=driver.now)
    assert (case.open(), [one.suspended for one in published.notices("zh", case.driver.now.date())]) == (
        ["inquiry"],
        [True],
    )
