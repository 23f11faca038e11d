"""Filing and approval, announcement, qualification, opening ratio, exam, interview, inspection, choice."""

import pytest

from service.errors import Invalid
from tests.flows.hiring import county
from tests.flows.hiring.driver import Case
from tests.flows.hiring.test_review import S01, post

S02 = county.PLAIN


def test_authorised_school_files_and_organises_itself(definition):
    case = Case(definition).reviewed()
    assert case.variable("route") == {"way": "filing", "organiser": "school"}
    assert case.opened("filing").candidate_groups == ("bureau_hr_officer",)
    case.complete("filing", "accept")
    assert case.open == ["announce_school"]
    assert case.opened("announce_school").candidate_groups == ("school_hr@s01",)


def test_other_schools_need_approval_and_the_bureau_organises(definition):
    case = Case(definition, S02).reviewed()
    assert case.variable("route") == {"way": "approval", "organiser": "bureau"}
    assert case.opened("approval").candidate_groups == ("bureau_leader",)
    case.complete("approval", "approve")
    assert case.opened("announce_bureau").candidate_groups == ("bureau_hr_officer",)


def test_the_reason_for_the_route_is_kept_with_the_step(definition):
    case = Case(definition, S02).reviewed()
    (made,) = case.step.decisions
    assert made.decision_id == "hiring_route"
    assert "没有有效的自主招聘授权" in str(made.rules[0])


@pytest.mark.parametrize(("school", "step", "decision"), [(S01, "filing", "object"), (S02, "approval", "reject")])
def test_objection_or_rejection_ends_the_case_and_releases_everything(definition, school, step, decision):
    case = Case(definition, school).reviewed().complete(step, decision)
    assert case.state == "rejected"
    assert county.figures(school) == (96, 0, 4)


@pytest.mark.parametrize(("school", "step"), [(S01, "filing"), (S02, "approval")])
def test_return_from_filing_or_approval_keeps_the_hold_and_runs_the_checks_again(definition, school, step):
    case = Case(definition, school).reviewed().complete(step, "return")
    assert case.open == ["correction"]
    assert county.figures(school) == (96, 3, 1)
    case.complete("correction", "resubmit").reviewed()
    assert case.open == [step]


@pytest.mark.parametrize(("accepts", "expiry"), [(False, "escalate"), (True, "decide:deemed_filed")])
def test_silence_counts_as_filed_only_where_the_parameter_says_so(definition, accepts, expiry):
    case = Case(definition, parameters={"filing_silence_accepts": accepts}).reviewed()
    assert case.opened("filing").properties["onExpiry"] == expiry
    case.complete("filing", "deemed_filed")
    assert case.open == ["announce_school"]


@pytest.mark.parametrize(("school", "step", "decision"), [(S01, "filing", "accept"), (S02, "approval", "approve")])
def test_plan_approval_stands_on_both_routes_where_the_province_requires_it(definition, school, step, decision):
    case = Case(definition, school, parameters={"plan_needs_hr_approval": True}).reviewed().complete(step, decision)
    assert case.open == ["plan_approval"]
    case.complete("plan_approval", "return")
    assert case.open == ["correction"]
    case.complete("correction", "resubmit").reviewed().complete(step, decision).complete("plan_approval", "reject")
    assert case.state == "rejected"
    assert county.figures(school) == (96, 0, 4)


def test_plan_that_is_approved_goes_on_to_the_announcement(definition):
    case = Case(definition, parameters={"plan_needs_hr_approval": True}).reviewed()
    case.complete("filing", "accept").complete("plan_approval", "approve")
    assert case.open == ["announce_school"]


@pytest.mark.parametrize(("asked", "rule"), [(None, "7 workdays"), (3, "7 workdays"), (15, "15 workdays")])
def test_announcement_lasts_at_least_seven_working_days(definition, asked, rule):
    case = Case(definition).reviewed().complete("filing", "accept")
    case.complete("announce_school", "publish", announcement_days=asked)
    assert case.rules == {"announcement_period": rule}
    assert case.open == []
    case.fire("announcement_period")
    assert case.open == ["qualify_school"]


def test_nobody_may_be_left_without_a_result_of_the_review(definition):
    case = Case(definition).announced()
    case.register(1, state="registered")
    with pytest.raises(Invalid) as refused:
        case.complete("qualify_school", "confirm")
    assert refused.value.code == "hiring.unreviewed"
    assert case.open == ["qualify_school"]


def ratio_case(definition, applicants):
    """Two rows of two posts and one; `applicants` of each row, ratio 3."""
    case = Case(definition, posts=[post(2), post(1, subject="数学")]).announced()
    for line, count in enumerate(applicants, start=1):
        case.register(count, line)
    return case.complete("qualify_school", "confirm")


def test_reached_ratio_opens_the_exam_without_a_decision(definition):
    case = ratio_case(definition, (6, 3))
    assert case.variable("opening") == "open"
    assert case.open == ["exam_school"]


def test_cut_below_the_ratio_releases_the_difference(definition):
    case = ratio_case(definition, (5, 3))
    assert (case.variable("opening"), case.open) == ("cut", ["ratio_decision"])
    assert county.figures(S01) == (96, 3, 1)
    case.complete("ratio_decision", "cut")
    assert [(row["line"], row["count"]) for row in case.variable("posts")] == [(1, 1), (2, 1)]
    assert county.figures(S01) == (96, 2, 2)
    assert county.figures(S01, "junior") == (36, 2, 2)
    assert case.open == ["exam_school"]


def test_cancelled_row_is_released_and_the_others_go_on(definition):
    case = ratio_case(definition, (6, 2)).complete("ratio_decision", "cancel")
    assert [row["line"] for row in case.variable("posts")] == [1]
    assert county.figures(S01) == (96, 2, 2)
    assert case.open == ["exam_school"]


def test_nothing_left_above_the_ratio_ends_the_case_as_cancelled(definition):
    case = ratio_case(definition, (1, 0))
    assert case.variable("opening") == "cancel"
    case.complete("ratio_decision", "cancel")
    assert case.state == "cancelled"
    assert county.figures(S01) == (96, 0, 4)


def test_kept_posts_go_on_and_stay_reserved(definition):
    case = ratio_case(definition, (1, 1)).complete("ratio_decision", "keep")
    assert case.open == ["exam_school"]
    assert county.figures(S01) == (96, 3, 1)


@pytest.mark.parametrize(("school", "exam"), [(S01, "exam_school"), (S02, "exam_bureau")])
def test_interview_inspection_and_choice_are_the_schools_on_every_route(definition, school, exam):
    case = Case(definition, school).announced()
    case.register(9)
    case.complete(case.open[0], "confirm")
    assert case.open == [exam]
    for done, follows in ((exam, "interview"), ("interview", "inspection"), ("inspection", "choice")):
        case.complete(done, "confirm")
        assert case.open == [follows]
        (group,) = case.opened(follows).candidate_groups
        assert group.split("@")[1] == school
        assert case.opened(follows).properties["recuse"] == "hiring.candidates"


def test_choosing_nobody_ends_the_case_and_releases_everything(definition):
    case = Case(definition).announced()
    case.register(9)
    for step in ("qualify_school", "exam_school", "interview", "inspection"):
        case.complete(step, "confirm")
    case.complete("choice", "none")
    assert case.state == "cancelled"
    assert county.figures(S01) == (96, 0, 4)


def test_ranking_proposes_and_posts_that_nobody_fills_are_released(definition):
    case = Case(definition).announced()
    people = case.register(9)
    case.complete("qualify_school", "confirm")
    case.mark(dict(zip(people, (80, 95, 59), strict=False)), "written")
    case.complete("exam_school", "confirm", written_pass_line=60)
    case.mark(dict.fromkeys(people[:3], 80), "interview")
    case.complete("interview", "confirm").complete("inspection", "confirm")
    ranks = [(case.candidate(found).rank, case.candidate(found).chosen) for found in people[:4]]
    assert ranks == [(2, True), (1, True), (None, False), (None, False)]
    assert [case.candidate(found).reason for found in people[2:4]] == ["below_pass_line", "absent_exam"]
    case.complete("choice", "choose")
    assert [slot["candidate_id"] for slot in case.variable("slots")] == [people[1], people[0]]
    assert case.variable("unfilled") == 1
    assert county.figures(S01) == (96, 2, 2)


def test_departing_from_the_ranking_needs_a_reason(definition):
    case = Case(definition, posts=[post(1)]).announced()
    people = case.register(3)
    case.complete("qualify_school", "confirm")
    case.mark({found: 90 - number for number, found in enumerate(people)}, "written")
    case.complete("exam_school", "confirm")
    case.mark(dict.fromkeys(people, 80), "interview")
    case.complete("interview", "confirm").complete("inspection", "confirm")
    case.edit(people[0], chosen=False)
    case.edit(people[1], chosen=True)
    with pytest.raises(Invalid) as refused:
        case.complete("choice", "choose")
    assert [fault.code for fault in refused.value.faults] == ["hiring.choice_needs_reason"]
    case.complete("choice", "choose", choice_reason="第一名已被其他学校聘用")
    assert [slot["candidate_id"] for slot in case.variable("slots")] == [people[1]]
