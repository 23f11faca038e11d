"""Every way through the yearly round: pool, call, ranking, ties, joint decision (policy.md §3.P 1–6)."""

import pytest

from service.db import transaction
from service.errors import Conflict, Invalid
from service.flows.declaring import QUEUES
from service.flows.reserved import rules
from service.posts import ledger
from service.posts import pools as lending
from service.posts.ledger import Cause
from service.tasks.commands_returning import ReturnTask, return_task
from tests.flows.cancelling import given_back
from tests.flows.reserved_posts import acting, files
from tests.flows.reserved_posts.acting import accepted, agreed, called, offer, pool, ranked, round_row, row_of, teacher


def test_the_pool_of_each_band_is_shown_against_its_floor(driver):
    case = acting.round_of(driver)
    rows = {row["band"]: row for row in case.variables["pool"]}
    assert rows["senior"] | {"band": 0} == {
        "band": 0, "total": 70, "floor": 7, "approved": 10, "shortage": 0, "lent": 6, "free": 4, "offered": 2,
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
    assert {row["school_name"]: row["free"] for row in found} == {"S01": 2, "POINT": 2}, "the remote S02 gives none"


def test_a_post_for_which_somebody_waits_is_not_proposed_for_the_pool(driver, monkeypatch):
    files.parameter(driver, "pool_takes_vacated_posts", True)
    waiting = {(driver.county.organisations["s01"], band): 1 for band in ("senior", "middle")}
    monkeypatch.setitem(QUEUES, "title", lambda _session, _places, _on: waiting)
    found = acting.round_of(driver).variables["proposed"]
    assert {row["school_name"]: row["free"] for row in found} == {"S01": 1, "POINT": 2}


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
    with pytest.raises(Invalid) as refused:
        offer(case, 5)
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [
        ("values.pool.0.offered", "reserved.offer_less")
    ]
    offer(case, 4)
    with transaction() as session:
        other = Cause("other", "hold", "t1", "person:1", driver.now)
        ledger.hold(session, other, lending.account(session, "senior"), "one", 1)
    with pytest.raises(Invalid, match=r"reserved\.offer"):
        case.complete("call", "bureau.hr", "publish", call_text="通知", call_days=10)
    assert (case.open(), round_row(case).state) == (["call"], "planned")
    task = case.task("call")
    return_task(
        driver.actor("bureau.hr"), ReturnTask(task.id, task.version, "pool_check", reason="空余不足"), now=driver.now
    )
    offer(case, 3)
    case.complete("call", "bureau.hr", "publish", call_text="通知", call_days=10)
    assert (round_row(case).state, round_row(case).offered_senior) == ("open", 3)


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


def test_an_open_ethics_case_holds_nobody_else_up_and_takes_part_all_the_same(driver):
    case = called(driver, senior=2)
    waiting, ready = teacher(driver, 700, exchange=("s02", 24)), teacher(driver, 701)
    record = files.enter(waiting, "ethics", value="investigation", document="立〔2026〕1号")
    held, other = acting.apply(driver, waiting), accepted(driver, ready)
    assert row_of(held).state == "suspended"
    ranked(case)
    assert [row_of(one).rank for one in (held, other)] == [1, 2]
    files.end(record)
    held.complete("ethics_hold", "bureau.hr", "again")
    held.complete("check", "bureau.hr", "approve")
    case.complete("bureau_decision", "bureau.leader", "return")
    case.complete("hr_decision", "hr.bureau", "approve")
    case.complete("collect", "bureau.hr", "rank")
    assert [row_of(one).rank for one in (held, other)] == [1, 2]


@pytest.mark.parametrize("when", ["before", "after"])
def test_who_is_accepted_after_the_ranking_learns_that_it_was_too_late(driver, when):
    case = called(driver, senior=2)
    person = teacher(driver, 700, title="一级")
    record = files.enter(person, "ethics", value="investigation", document="立〔2026〕1号")
    held = acting.apply(driver, person)
    ranked(case)
    files.end(record)
    files.enter(person, "title", value="高级", document="证书")
    held.complete("ethics_hold", "bureau.hr", "again")
    for step in (agreed, lambda *_: held.complete("check", "bureau.hr", "approve"))[:: 1 if when == "after" else -1]:
        step(driver, case)
    assert (held.state, row_of(held).state, pool(driver)) == ("rejected", "refused", (6, 0, 4))


def test_a_round_that_is_cancelled_tells_its_applicants_and_takes_no_more(driver):
    case = called(driver)
    waits, checked_later = accepted(driver, teacher(driver, 700)), acting.apply(driver, teacher(driver, 701))
    assert (given_back(driver, case), given_back(driver, waits)) == (["cancel.applicants"], ["cancel.nothing"])
    acting.cancel(driver, case)
    acting.told(driver)
    assert (round_row(case).state, waits.state, row_of(waits).state) == ("cancelled", "rejected", "refused")
    checked_later.complete("check", "bureau.hr", "approve")
    assert checked_later.state == "rejected"
    with pytest.raises(Invalid, match=r"reserved\.closed"):
        acting.apply(driver, teacher(driver, 702))
    assert acting.round_of(driver, 2027).open() == ["pool_check"]


def test_who_withdraws_after_the_ranking_leaves_no_gap(driver):
    case = called(driver, senior=1)
    people = [teacher(driver, 700 + number, exchange=("s02", 30 - number)) for number in range(3)]
    cases = [accepted(driver, person) for person in people]
    ranked(case)
    cases[0].withdraw("s02.hr")
    case.complete("bureau_decision", "bureau.leader", "return")
    case.complete("hr_decision", "hr.bureau", "approve")
    case.complete("collect", "bureau.hr", "rank")
    assert [(row_of(one).rank, row_of(one).because, row_of(one).granted) for one in cases[1:]] == [
        (1, "first", True), (2, "months", False),
    ]  # fmt: skip


def test_a_band_is_ranked_in_parts_and_put_together(driver, monkeypatch):
    monkeypatch.setattr(rules, "AT_ONCE", 2)
    case = called(driver, senior=2)
    cases = [accepted(driver, teacher(driver, 700 + number, excellent=number)) for number in range(5)]
    ranked(case)
    assert [row_of(one).rank for one in cases] == [5, 4, 3, 2, 1]
    assert [row_of(one).granted for one in cases] == [False, False, False, True, True]


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
    lacking, barred = teacher(driver, 700), teacher(driver, 701)
    cases = [accepted(driver, person) for person in (lacking, barred)]
    files.unchecked(lacking, "career")
    files.enter(barred, "sanction", value="warning", basis="staff", document="处〔2026〕1号")
    ranked(case)
    assert [(row_of(one).rank, row_of(one).because) for one in cases] == [(None, "incomplete"), (None, "standing")]
    assert case.variables["unranked"] == 2
    agreed(driver, case)
    assert [one.state for one in cases] == ["rejected", "running"]


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
