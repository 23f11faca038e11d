"""Every way through the yearly round: pool, call, ranking, ties, joint decision (policy.md §3.P 1–6)."""

import pytest

from service.errors import Conflict, Invalid
from tests.flows.reserved_posts import acting, files
from tests.flows.reserved_posts.acting import accepted, agreed, called, offer, pool, ranked, round_row, row_of, teacher


def test_the_pool_of_each_band_is_shown_against_its_floor(driver):
    case = acting.round_of(driver)
    rows = {row["band"]: row for row in case.variables["pool"]}
    assert rows["senior"] | {"band": 0} == {
        "band": 0, "total": 70, "floor": 7, "approved": 10, "shortage": 0, "lent": 6, "free": 4, "offered": 4,
    }  # fmt: skip
    assert (rows["middle"]["total"], rows["middle"]["floor"], rows["middle"]["shortage"]) == (128, 13, 5)
    assert [row["school_name"] for row in case.variables["uplift"]] == ["S02"]
    assert case.variables["uplift"][0] == {
        "school_name": "S02", "posts": 100, "least_senior": None, "least_middle": None, "least": 62, "has": 60,
        "lacking": 2,
    }  # fmt: skip
    assert case.variables["proposed"] == []


def test_posts_that_became_vacant_are_proposed_where_the_pool_is_short(driver):
    files.parameter(driver, "pool_takes_vacated_posts", True)
    found = acting.round_of(driver).variables["proposed"]
    assert {row["band"] for row in found} == {"middle"}
    assert sum(row["free"] for row in found) == 6


def test_nothing_is_offered_and_the_round_ends(driver):
    case = acting.round_of(driver)
    offer(case, 0, decision="cancel")
    assert (case.state, round_row(case).state) == ("cancelled", "cancelled")
    assert acting.round_of(driver, 2027).open() == ["pool_check"]


def test_a_second_round_waits_for_the_first(driver):
    acting.round_of(driver)
    with pytest.raises(Conflict, match=r"reserved\.round_runs"):
        acting.round_of(driver, 2027)


def test_no_more_is_offered_than_is_free(driver):
    case = acting.round_of(driver)
    offer(case, 5)
    with pytest.raises(Invalid, match=r"reserved\.offer"):
        case.complete("call", "bureau.hr", "publish", call_text="通知", call_days=10)
    assert (case.open(), round_row(case).state) == (["call"], "planned")


def test_a_called_round_is_not_withdrawn(driver):
    case = called(driver)
    with pytest.raises(Conflict, match=r"instance\.decided"):
        case.withdraw("bureau.hr")


def test_the_window_ends_and_what_is_unchecked_holds_the_ranking_up(driver):
    case = called(driver)
    application = acting.apply(driver, teacher(driver, 700))
    acting.closed(case)
    assert round_row(case).state == "closed"
    with pytest.raises(Invalid, match=r"reserved\.unchecked"):
        case.complete("collect", "bureau.hr", "rank")
    application.complete("check", "bureau.hr", "approve")
    case.complete("collect", "bureau.hr", "rank")
    assert case.open() == ["bureau_decision", "hr_decision"]


def test_exchanged_people_come_first_and_every_rank_has_its_reason(driver):
    case = called(driver, senior=2)
    people = {
        "stayed": teacher(driver, 700, excellent=6, backbone="special"),
        "city": teacher(driver, 701, exchange=("s01", 40)),
        "remote": teacher(driver, 702, exchange=("s02", 12)),
    }
    cases = {name: accepted(driver, person) for name, person in people.items()}
    ranked(case)
    rows = {name: row_of(found) for name, found in cases.items()}
    assert {name: (row.rank, row.because, row.granted) for name, row in rows.items()} == {
        "remote": (1, "first", True), "city": (2, "destination", True), "stayed": (3, "exchanged", False),
    }  # fmt: skip
    told = {row["name"]: row["because"] for row in case.variables["ranking"]}
    assert told["teacher.700"] == "未交流，考核优秀 6 次，骨干 特级，职称 2015-06-01；前一名交流过"
    agreed(driver, case)
    assert (case.state, round_row(case).state) == ("completed", "decided")
    assert {name: found.state for name, found in cases.items()} == {
        "remote": "running", "city": "running", "stayed": "rejected",
    }  # fmt: skip
    assert (row_of(cases["stayed"]).state, pool(driver)) == ("refused", (6, 2, 2))


def test_bands_are_ranked_apart(driver):
    case = called(driver, senior=1, middle=1)
    senior = accepted(driver, teacher(driver, 700, exchange=("s02", 12)))
    middle = accepted(driver, teacher(driver, 701, title="一级", band="junior"), band="middle")
    ranked(case)
    assert [row_of(found).rank for found in (senior, middle)] == [1, 1]
    agreed(driver, case)
    assert (pool(driver)[1], pool(driver, "middle")[1]) == (1, 1)


def test_a_round_without_applications_is_decided_all_the_same(driver):
    case = called(driver)
    ranked(case)
    agreed(driver, case)
    assert (case.state, case.variables["outcomes"]) == ("completed", [])


def test_who_lacks_a_fact_or_is_barred_meanwhile_is_not_ranked(driver):
    case = called(driver)
    lacking, suspended = teacher(driver, 700), teacher(driver, 701)
    cases = [accepted(driver, person) for person in (lacking, suspended)]
    files.unchecked(lacking, "career")
    files.enter(suspended, "ethics", value="investigation", document="立〔2026〕1号")
    ranked(case)
    assert [(row_of(one).rank, row_of(one).because) for one in cases] == [(None, "incomplete"), (None, "standing")]
    assert case.variables["unranked"] == 2
    agreed(driver, case)
    assert {one.state for one in cases} == {"rejected"}


@pytest.mark.parametrize("side", ["bureau_decision", "hr_decision"])
def test_one_side_returns_the_list_and_it_is_ranked_again(driver, side):
    case = called(driver)
    application = accepted(driver, teacher(driver, 700))
    ranked(case)
    for element, by in (("bureau_decision", "bureau.leader"), ("hr_decision", "hr.bureau")):
        case.complete(element, by, "return" if element == side else "approve")
    assert case.open() == ["collect"]
    case.complete("collect", "bureau.hr", "rank")
    agreed(driver, case)
    assert application.open() == ["publicity"]


@pytest.mark.parametrize(("bureau", "hr"), [("reject", "approve"), ("approve", "reject"), ("reject", "return")])
def test_one_side_rejects_and_nobody_gets_a_post(driver, bureau, hr):
    case = called(driver)
    application = accepted(driver, teacher(driver, 700))
    ranked(case)
    case.complete("bureau_decision", "bureau.leader", bureau)
    case.complete("hr_decision", "hr.bureau", hr)
    acting.told(driver)
    assert (case.state, round_row(case).state) == ("rejected", "rejected")
    assert (application.state, pool(driver)) == ("rejected", (6, 0, 4))


def test_an_application_withdrawn_before_the_ranking_is_not_ranked(driver):
    case = called(driver, senior=1)
    first = accepted(driver, teacher(driver, 700, exchange=("s02", 12)))
    second = accepted(driver, teacher(driver, 701))
    first.withdraw("s02.hr")
    ranked(case)
    agreed(driver, case)
    assert (second.open(), row_of(second).rank) == (["publicity"], 1)
