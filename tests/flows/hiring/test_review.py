"""Demand, reservation, the three parallel checks, return and correction (policy §3.H 1–2)."""

import pytest

from service.db import transaction
from service.errors import Conflict
from service.parameters.scopes import COUNTY
from service.posts.ledger import Cause, release_all
from service.tasks.around import surroundings
from tests.flows.hiring import county
from tests.flows.hiring.driver import REVIEWS, Case
from workflows import engine, store

S01 = county.AUTHORISED


def post(count, band="junior", subject="语文", **more):
    return {"subject": subject, "stage": "primary", "band": band, "count": count, **more}


def test_submitting_reserves_headcount_and_posts_and_opens_three_checks_at_once(definition):
    case = Case(definition)
    assert case.open == sorted(REVIEWS)
    assert county.figures(S01) == (96, 3, 1)
    assert county.figures(S01, "junior") == (36, 3, 1)


def test_second_request_is_refused_when_headcount_is_used_up(definition):
    Case(definition)
    with pytest.raises(Conflict) as refused:
        Case(definition, posts=[post(2)])
    assert refused.value.code == "ledger.full"
    assert (refused.value.params["kind"], refused.value.params["free"]) == ("headcount", 1)
    assert county.figures(S01) == (96, 3, 1)
    assert county.figures(S01, "junior") == (36, 3, 1)


def test_full_band_is_named_and_nothing_of_the_other_rows_stays_reserved(definition):
    with pytest.raises(Conflict) as refused:
        Case(definition, posts=[post(1), post(1, "senior")])
    assert refused.value.params["band"] == "senior"
    assert county.figures(S01) == (96, 0, 4)


def test_bureau_signs_in_sequence_the_officer_first_and_every_check_has_five_working_days(definition):
    case = Case(definition)
    bureau = case.opened("bureau_review")
    assert bureau.properties["signing"] == "sequence"
    assert bureau.candidate_groups == ("bureau_hr_officer", "bureau_hr_chief")
    assert {case.opened(name).properties["dueIn"] for name in REVIEWS} == {"5 workdays"}
    assert {case.opened(name).properties["owedBy"] for name in REVIEWS} == {"authority"}
    assert {case.opened(name).properties["onExpiry"] for name in REVIEWS} == {"escalate"}


@pytest.mark.parametrize("rejecting", REVIEWS)
def test_one_rejection_ends_the_case_at_once_and_releases_everything(definition, rejecting):
    case = Case(definition).complete(rejecting, "reject")
    assert case.state == "rejected"
    assert len(case.step.closed) == 3
    assert county.figures(S01) == (96, 0, 4)
    assert county.figures(S01, "junior") == (36, 0, 4)


@pytest.mark.parametrize("returning", REVIEWS)
def test_return_waits_for_all_three_so_that_the_school_corrects_once(definition, returning):
    case = Case(definition).complete(returning, "return")
    others = [name for name in REVIEWS if name != returning]
    assert case.open == sorted(others)
    for other in others:
        case.complete(other, "approve")
    assert case.open == ["correction"]
    assert case.opened("correction").assignee == "clerk"
    assert county.figures(S01) == (96, 3, 1)


def test_return_cut_and_resubmit_posts_only_the_difference(definition):
    case = Case(definition).complete("staffing_check", "return").complete("bureau_review", "approve")
    case.complete("post_check", "return").complete("correction", "resubmit", posts=[post(2, line=1)])
    assert case.open == sorted(REVIEWS)
    assert county.figures(S01) == (96, 2, 2)
    assert case.variable("staffing_posts") == [post(2, line=1, granted=2)]
    case.reviewed()
    assert case.open == ["filing"]
    assert county.figures(S01, "junior") == (36, 2, 2)


def test_second_round_of_checks_forgets_the_remarks_of_the_first(definition):
    case = Case(definition)
    for name in REVIEWS:
        case.complete(name, "return")
    case.complete("correction", "resubmit")
    assert case.reviewed().open == ["filing"]


def test_row_that_changes_its_band_takes_its_hold_along(definition):
    case = Case(definition, posts=[post(1)])
    for name in REVIEWS:
        case.complete(name, "return")
    case.complete("correction", "resubmit", posts=[post(1, "middle")])
    assert county.figures(S01, "junior") == (36, 0, 4)
    assert county.figures(S01, "middle") == (38, 1, 1)
    assert county.figures(S01) == (96, 1, 3)


def test_correction_that_asks_for_more_than_is_free_is_refused_and_changes_nothing(definition):
    case = Case(definition)
    for name in REVIEWS:
        case.complete(name, "return")
    with pytest.raises(Conflict):
        case.complete("correction", "resubmit", posts=[post(5)])
    assert case.open == ["correction"]
    assert county.figures(S01) == (96, 3, 1)


def test_missed_correction_expires_the_case_and_releases_everything(definition):
    case = Case(definition)
    for name in REVIEWS:
        case.complete(name, "return")
    correction = case.opened("correction").properties
    assert (correction["owedBy"], correction["onExpiry"]) == ("applicant", "decide:expire")
    case.complete("correction", "expire")
    assert case.state == "expired"
    assert county.figures(S01) == (96, 0, 4)


def test_every_authority_may_cut_and_the_least_number_of_each_row_counts(definition):
    case = Case(definition, posts=[post(2), post(2, subject="数学")])
    ballots = [
        {"values": {"bureau_posts": [{"line": 1, "granted": 1}]}},
        {"values": {}},
    ]
    case.complete("bureau_review", "approve", ballots=ballots)
    case.complete("staffing_check", "approve", staffing_posts=[{"line": 2, "granted": 1}, {"line": 1, "granted": 2}])
    assert county.figures(S01) == (96, 4, 0)
    case.complete("post_check", "approve")
    assert [row["count"] for row in case.variable("posts")] == [1, 1]
    assert case.variable("cuts") == [
        {"line": 1, "requested": 2, "granted": 1},
        {"line": 2, "requested": 2, "granted": 1},
    ]
    assert county.figures(S01) == (96, 2, 2)
    assert county.figures(S01, "junior") == (36, 2, 2)
    assert [[row["count"] for row in posts] for posts in case.history("posts")] == [[2, 2], [1, 1]]


def test_a_review_cannot_raise_what_was_asked_for(definition):
    case = Case(definition)
    case.complete("bureau_review", "approve").complete("post_check", "approve")
    case.complete("staffing_check", "approve", staffing_posts=[{"line": 1, "granted": 9}])
    assert case.variable("total") == 3
    assert county.figures(S01) == (96, 3, 1)


def test_checks_that_together_grant_nobody_end_the_case(definition):
    case = Case(definition, posts=[post(1), post(1, subject="数学")])
    case.complete("staffing_check", "approve", staffing_posts=[{"line": 1, "granted": 0}])
    case.complete("bureau_review", "approve").complete("post_check", "approve", hr_posts=[{"line": 2, "granted": 0}])
    assert case.state == "rejected"
    assert county.figures(S01) == (96, 0, 4)


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_withdrawing_releases_everything_wherever_the_case_stands(definition, steps):
    case = Case(definition)
    for name in REVIEWS[:steps]:
        case.complete(name, "approve")
    with transaction() as session:
        engine.cancel(store.lock(session, case.id), "withdrawn", surroundings(session, case.clerk, case.now, COUNTY))
        release_all(session, Cause(case.id, "", "", "clerk", case.now))
    assert case.state == "withdrawn"
    assert county.figures(S01) == (96, 0, 4)
    assert county.figures(S01, "junior") == (36, 0, 4)
