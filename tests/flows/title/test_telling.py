"""Applications for titles that began on paper, told to where they stand and driven on."""

from dataclasses import replace
from datetime import date

import pytest

from service.errors import Conflict, Invalid
from service.posts import commands_checked
from service.posts.checked import NEEDED
from service.posts.commands_named import BookHold, book_hold
from service.tasks.papers import Tally
from tests.conftest import START
from tests.flows import telling
from tests.flows.title import acting, county
from tests.flows.title.posting import full
from tests.parameters import SetParameter, set_parameter

AUGUST = "2026-09-01"


def paper(driver, who, element_id, *steps, school="s02", **given):
    file = telling.scan(driver)
    found = [telling.step(driver, name, day, decision, file, **values) for name, day, decision, values in steps]
    return telling.told(driver, "title", who, AUGUST, element_id, {**acting.ASKED, **given}, found, school)


VERIFIED = ("verification", "2026-09-02", "verify", {})
RECOMMENDED = ("recommendation", "2026-09-02", "recommend", {"school_score": 88.5, "recommended_on": "2026-09-02"})
APPROVED = ("bureau_review", "2026-09-10", "approve", {})


def test_application_told_to_its_recommendation_holds_no_post_yet_and_goes_on_to_its_end(driver):
    case = telling.begun(driver, paper(driver, county.teacher(driver, "li"), "recommendation", VERIFIED))
    assert county.figures(driver, "s02", "middle") == (38, 0, 2)
    case.complete("recommendation", "s02.principal", "recommend", school_score=88.5, recommended_on="2026-09-10")
    assert case.fire("publicity_over")
    case.complete("bureau_review", "bureau.hr", "approve")
    acting.judged(driver, case)
    acting.confirmed(case)
    assert case.state == "completed"
    assert county.figures(driver, "s02", "middle") == (39, 0, 1)
    assert county.figures(driver, "s02", "junior") == (3, 0, 37)


def test_application_told_into_its_publicity_runs_on_from_the_real_day_and_holds_a_post_behind_it(driver):
    case = telling.begun(driver, paper(driver, county.teacher(driver, "li"), "publicity", VERIFIED, RECOMMENDED))
    assert case.open() == ["publicity"]
    assert county.figures(driver, "s02", "middle") == (38, 0, 2)
    assert case.fire("publicity_over")
    assert county.figures(driver, "s02", "middle") == (38, 1, 1)
    case.complete("bureau_review", "bureau.hr", "approve")
    acting.judged(driver, case)
    assert acting.confirmed(case).state == "completed"
    assert county.figures(driver, "s02", "middle") == (39, 0, 1)


def kept(driver, count=1):
    """So many middle posts of s02, kept by name for an application on paper."""
    school, actor = driver.county.organisations["s02"], driver.actor("bureau.hr")
    lines = {county.account(driver, "s02", "middle"): count}
    days = (date(2026, 8, 1), date(2026, 12, 31))
    asked = BookHold(school, f"school_hr@{school}", "纸质职称申报", "教人〔2026〕2号", *days, lines)
    return book_hold(actor, asked, now=driver.now)


@pytest.mark.parametrize("rule", ["within", "queue"])
def test_post_kept_by_name_is_never_free_while_the_application_is_public(driver, rule):
    county.parameter(driver, "title_post_rule", rule)
    hold = kept(driver, 2)
    told = paper(driver, county.teacher(driver, "li"), "publicity", VERIFIED, RECOMMENDED)
    case = telling.begun(driver, replace(told, hold_id=hold))
    assert (case.open(), county.figures(driver, "s02", "middle")) == (["publicity"], (38, 1, 1))
    other = acting.proposed(acting.apply(driver, county.teacher(driver, "zhao")))
    assert other.open() == ["publicity"], "one post is kept once, and the other is free"
    assert case.fire("publicity_over")
    assert (case.open(), county.figures(driver, "s02", "middle")) == (["bureau_review"], (38, 1, 1))
    assert case.variables["post"] == {"rule": rule, "held": True, "short": False}


def test_post_kept_by_name_is_free_again_when_the_application_ends_in_its_publicity(driver):
    told = paper(driver, county.teacher(driver, "li"), "publicity", VERIFIED, RECOMMENDED)
    case = telling.begun(driver, replace(told, hold_id=kept(driver)))
    case.withdraw("li")
    assert county.figures(driver, "s02", "middle") == (38, 0, 2)


def test_application_told_behind_its_publicity_waits_for_a_sitting(driver):
    steps = (VERIFIED, RECOMMENDED, APPROVED)
    case = telling.begun(driver, paper(driver, county.teacher(driver, "li"), "committee_called", *steps))
    assert case.open() == []
    assert county.figures(driver, "s02", "middle") == (38, 1, 1)
    acting.judged(driver, case)
    assert acting.confirmed(case).state == "completed"
    assert county.figures(driver, "s02", "middle") == (39, 0, 1)


VOTED = {"yes": 5, "no": 1, "abstain": 0, "present": 6, "members": 7, "aside": 1}


def voted(driver, stands, who="li", **count):
    steps = (VERIFIED, RECOMMENDED, ("bureau_review", "2026-09-10", "approve", {}))
    told = paper(driver, county.teacher(driver, who), stands, *steps)
    vote = telling.step(driver, "committee_vote", "2026-09-10", "", told.steps[0].attachment_id)
    return replace(told, steps=(*told.steps, replace(vote, tally=Tally(**{**VOTED, **count}))))


def test_application_told_behind_its_publicity_is_refused_where_no_post_is_free_any_more(driver):
    steps = (VERIFIED, RECOMMENDED, APPROVED)
    told = paper(driver, county.teacher(driver, "li"), "committee_called", *steps)
    full(driver)
    with pytest.raises(Conflict, match=r"ledger\.full"):
        telling.begun(driver, told)


def test_vote_that_fell_on_paper_is_told_as_its_count_and_the_application_goes_on_to_its_certificate(driver):
    case = telling.begun(driver, voted(driver, "publicity"))
    assert case.open() == ["publicity"]
    result = case.variables["committee_vote"]
    assert (result["decision"], result["yes"], result["members"], result["recused"]) == ("passed", 5, 7, 1)
    assert acting.confirmed(case).state == "completed"
    assert county.figures(driver, "s02", "middle") == (39, 0, 1)


def test_vote_that_failed_on_paper_leaves_the_applicant_the_request_for_a_review(driver):
    case = telling.begun(driver, voted(driver, "review_request", yes=2, no=4))
    assert case.open() == ["review_request"]


REQUESTED = ("review_request", "2026-09-10", "request", {"review_grounds": "计分有误"})
REOPENED = ("review", "2026-09-10", "reopen", {"review_finding": "计分有误，重新评审"})


def reviewed(driver, stands, *more, tally=None):
    """A failed vote, and what followed from it on paper; with a second vote of this count."""
    told = voted(driver, stands, yes=2, no=4)
    file = told.steps[0].attachment_id
    opinion = {"opinion": "理由"}
    later = [telling.step(driver, name, day, said, file, **opinion, **values) for name, day, said, values in more]
    if tally is not None:
        vote = telling.step(driver, "committee_vote", "2026-09-10", "", file)
        later.append(replace(vote, tally=Tally(**{**VOTED, **tally})))
    return replace(told, steps=(*told.steps, *later))


def test_review_asked_for_on_paper_is_held_here(driver):
    case = telling.begun(driver, reviewed(driver, "review", REQUESTED))
    assert (case.open(), county.figures(driver, "s02", "middle")) == (["review"], (38, 1, 1))
    case.complete("review", "bureau.hr", "reopen", review_finding="计分有误")
    acting.judged(driver, case)
    assert acting.confirmed(case).state == "completed"


def test_application_that_a_review_reopened_on_paper_waits_for_a_sitting_or_has_its_second_vote(driver):
    waiting = telling.begun(driver, reviewed(driver, "committee_called", REQUESTED, REOPENED))
    acting.judged(driver, waiting)
    assert acting.confirmed(waiting).state == "completed"


def test_second_vote_after_a_review_is_told_as_its_count_too(driver):
    case = telling.begun(driver, reviewed(driver, "publicity", REQUESTED, REOPENED, tally={}))
    assert (case.open(), case.variables["committee_vote"]["decision"]) == (["publicity"], "passed")
    assert acting.confirmed(case).state == "completed"
    assert county.figures(driver, "s02", "middle") == (39, 0, 1)


def test_application_that_ended_with_its_failed_vote_is_no_open_case(driver):
    accepted = ("review_request", "2026-09-10", "accept", {})
    with pytest.raises(Conflict, match=r"told\.ended"):
        telling.begun(driver, reviewed(driver, "review_request", accepted))
    assert county.figures(driver, "s02", "middle") == (38, 0, 2)


def test_count_of_a_vote_has_to_agree_and_nobody_stands_at_the_vote_itself(driver):
    with pytest.raises(Invalid) as refused:
        telling.begun(driver, voted(driver, "publicity", present=7, members=None))
    assert {(fault.path, fault.code) for fault in refused.value.faults} >= {
        ("steps.3.tally.present", "paper.tally_sum"), ("steps.3.tally.members", "paper.tally_members")
    }  # fmt: skip
    with pytest.raises(Conflict, match=r"told\.off_path"):
        telling.begun(driver, voted(driver, "publicity", "wang", yes=2, no=4))
    with pytest.raises(Conflict, match=r"told\.vote"):
        telling.begun(driver, paper(driver, county.teacher(driver, "sun"), "committee_vote"))


def test_teacher_applies_while_the_school_is_not_confirmed_and_the_recommendation_that_takes_a_post_waits(driver):
    set_parameter(SetParameter(NEEDED, True, START.date(), "教人〔2026〕1号"), now=START)
    case = acting.apply(driver, county.teacher(driver, "li"))
    case.complete("verification", "s02.hr", "verify")
    recommended = {"school_score": 88.5, "recommended_on": "2026-09-10"}
    with pytest.raises(Conflict, match=r"open_cases\.none_confirmed"):
        case.complete("recommendation", "s02.principal", "recommend", **recommended)
    school = driver.county.organisations["s02"]
    commands_checked.confirm_for_school(driver.actor("s02.hr"), school, now=driver.now)
    commands_checked.confirm_for_bureau(driver.actor("bureau.hr"), school, now=driver.now)
    case.complete("recommendation", "s02.principal", "recommend", **recommended)
    assert case.open() == ["publicity"]
