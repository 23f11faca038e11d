"""Every way in which an application can go to its end, through the commands of people."""

from datetime import timedelta

import pytest

from service.errors import Conflict
from tests.flows.title import acting, county
from tests.flows.title.acting import (
    apply,
    at_committee,
    confirmed,
    facts,
    judged,
    passed,
    recommended,
    senior,
    to_committee,
)


def test_a_pass_with_a_free_post_ends_with_certificate_title_and_appointment(driver):
    case = at_committee(driver)
    assert county.figures(driver, "s02", "middle") == (38, 1, 1)
    confirmed(judged(driver, case))
    assert case.state == "completed"
    assert case.variables["appointment"] == {"state": "appointed", "on": "2026-09-10", "reason": None}
    assert county.figures(driver, "s02", "middle") == (39, 0, 1)
    assert county.figures(driver, "s02", "junior") == (3, 0, 37)
    known = facts(driver, "li")
    assert (known.title, known.employment.band, known.employment.title) == ("一级", "middle", "一级")
    assert case.variables["certificate"]["number"] == "2026000001"


def test_two_recommended_one_appointed_is_the_handbooks_second_example(driver):
    """Middle 40, 38 occupied; two recommended: reserved 2. One passes and is appointed: occupied 39, free 1."""
    first, second = at_committee(driver, "li"), at_committee(driver, "zhao")
    assert county.figures(driver, "s02", "middle") == (38, 2, 0)
    headcount = county.figures(driver, "s02", None)
    session_id = acting.plan(driver)
    acting.drawn(driver, session_id)
    members = acting.opened(driver, session_id)
    acting.voted(first, members)
    acting.voted(second, members, yes=4, no=3)
    acting.counted([first, second])
    confirmed(first)
    second.complete("review_request", "zhao", "accept")
    assert second.state == "rejected"
    assert county.figures(driver, "s02", "middle") == (39, 0, 1)
    assert county.figures(driver, "s02", "junior") == (3, 0, 37)
    assert county.figures(driver, "s02", None) == headcount


def test_a_third_recommendation_is_refused_while_no_post_is_free(driver):
    for name in ("li", "zhao"):
        recommended(apply(driver, county.teacher(driver, name)))
    case = apply(driver, county.teacher(driver, "qian"))
    case.complete("verification", "s02.hr", "verify")
    with pytest.raises(Conflict, match=r"ledger\.full"):
        case.complete(
            "recommendation", "s02.principal", "recommend", school_score=90, recommended_on="2026-09-10"
        )  # fmt: skip
    assert case.open() == ["recommendation"]
    assert county.figures(driver, "s02", "middle") == (38, 2, 0)


def test_an_authorised_school_judges_by_its_own_committee_and_the_result_is_filed(driver):
    case = at_filing(driver)
    case.complete("filing", "bureau.hr", "accept")
    assert case.open() == ["confirmation"]


def at_filing(driver):
    """A result of a school's own committee that the bureau is told of."""
    case = recommended(apply(driver, county.teacher(driver, "li", "s01"), "s01"), "s01")
    county.experts(driver, 7, "s01", by="s01.hr")
    session_id = acting.plan(driver, "s01.hr", "s01")
    acting.drawn(driver, session_id, "s01.hr")
    acting.voted(case, acting.opened(driver, session_id, "s01.hr"))
    assert case.fire("publicity_over")
    assert case.open() == ["filing"]
    return case


@pytest.mark.parametrize("silence_accepts", [True, False])
def test_silence_on_a_filing_counts_as_filed_only_where_a_parameter_says_so(driver, silence_accepts):
    county.parameter(driver, "filing_silence_accepts", silence_accepts)
    case = at_filing(driver)
    driver.clock.advance(timedelta(days=9))
    assert case.fire("filing", "due")
    assert case.open() == (["confirmation"] if silence_accepts else ["filing"])
    if silence_accepts:
        assert case.variables["filing"]["decision"] == "deemed_filed"
        assert case.variables["filing"]["by"] == "system", "nobody has consented"


def test_a_filing_that_meets_an_objection_ends_the_application(driver):
    case = at_filing(driver)
    case.complete("filing", "bureau.hr", "object")
    assert case.state == "rejected"
    assert county.figures(driver, "s01", "middle") == (38, 0, 2)


@pytest.mark.parametrize(
    ("target", "title", "band"), [("高级", "一级", "middle"), ("正高", "高级", "senior")], ids=["city", "province"]
)
def test_senior_titles_go_through_both_offices_to_a_committee_above(driver, target, title, band):
    name = county.teacher(driver, "sun", title=title, band=band, grade=8 if band == "middle" else 7)
    case = recommended(apply(driver, name, target=target))
    assert case.open() == ["bureau_review"]
    case.complete("bureau_review", "bureau.hr", "approve")
    assert case.open() == ["hr_review"]
    case.complete("hr_review", "hr.bureau", "approve")
    assert case.open() == ["outside_result"]
    case.complete("outside_result", "bureau.hr", "passed")
    confirmed(case)
    assert case.state == "completed"
    senior = (19, 0, 1) if target == "高级" else (18, 0, 2)
    assert county.figures(driver, "s02", "senior") == senior


def test_the_level_of_the_batch_decides_between_here_and_above_only_where_the_route_leaves_it_open(driver):
    county.opens(driver, {"一级": True, "正高": False})
    own = recommended(apply(driver, county.teacher(driver, "li", "s01"), "s01"), "s01")
    assert (own.open(), acting.row(own).committee) == ([], "school"), "an authorised school judges by itself"
    assert to_committee(apply(driver, county.teacher(driver, "zhao"))).open() == ["outside_result"]
    top = county.teacher(driver, "sun", title="高级", band="senior", grade=7)
    assert to_committee(apply(driver, top, target="正高")).open() == ["outside_result"], "the province alone decides"


def test_a_committee_above_may_refuse_and_the_applicant_may_ask_for_a_review(driver):
    case = to_committee(senior(driver))
    case.complete("outside_result", "bureau.hr", "failed")
    case.complete("review_request", "sun", "request", review_grounds="评审时遗漏了材料。")
    case.complete("review", "bureau.hr", "reopen", review_finding="材料确有遗漏。")
    assert case.open() == ["outside_result"]
    case.complete("outside_result", "bureau.hr", "failed")
    assert case.state == "rejected"


@pytest.mark.parametrize("step", ["verification", "recommendation", "bureau_review"])
def test_a_refusal_ends_the_application_and_releases_the_post(driver, step):
    case = apply(driver, county.teacher(driver, "li"))
    if step == "verification":
        case.complete(step, "s02.hr", "reject")
    elif step == "recommendation":
        case.complete("verification", "s02.hr", "verify")
        case.complete(step, "s02.principal", "decline")
    else:
        recommended(case).complete(step, "bureau.hr", "reject")
    assert case.state == "rejected"
    assert county.figures(driver, "s02", "middle") == (38, 0, 2)


def test_the_hr_bureau_may_refuse(driver):
    case = recommended(senior(driver))
    case.complete("bureau_review", "bureau.hr", "approve")
    case.complete("hr_review", "hr.bureau", "reject")
    assert case.state == "rejected"
    assert county.figures(driver, "s02", "senior") == (18, 0, 2)


def test_the_confirmation_may_be_refused(driver):
    case = passed(driver)
    assert case.fire("publicity_over")
    case.complete("confirmation", "bureau.chief", "reject")
    assert case.state == "rejected"
    assert facts(driver, "li").title == "二级"


def test_an_applicant_may_withdraw_and_the_post_is_free_again(driver):
    case = recommended(apply(driver, county.teacher(driver, "li")))
    case.withdraw("li")
    assert case.state == "withdrawn"
    assert county.figures(driver, "s02", "middle") == (38, 0, 2)
