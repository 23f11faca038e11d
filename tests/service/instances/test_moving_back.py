"""Moved back by hand, also from where holders may not return: only where nothing is done twice and no hold is lost."""

import pytest

from service.access.actor import Actor
from service.access.days import day_of
from service.db import transaction
from service.posts import ledger
from service.posts.opening import NewAccount, open_accounts
from service.tasks import queue, recording
from service.tasks.around import surroundings
from service.tasks.commands_papers import RecordPaper
from service.tasks.papers import Tally
from tests.driver import Driver
from tests.service.instances.operated import CHECK, NEXT, back, foreseen, last, refused_move
from tests.service.tasks import flows, polls, scans
from tests.workflows import diagrams as d


def looped(**review: str) -> dict[str, bytes]:
    """Step `first`, `middle`, `review`, whose drawn return leads to `first` again; `end` behind a vote-less yes."""
    nodes = (flows.task("first", "bureau_hr_officer", decisions="approve"),
             flows.task("middle", "bureau_hr_officer", decisions="approve"),
             flows.task("review", "bureau_hr_chief", **{"decisions": "approve,return", **review}),
             flows.task("last", "bureau_hr_chief", decisions="approve"),
             d.gateway("exclusive", "again"), d.gateway("exclusive", "which", default="on"))  # fmt: skip
    links = (d.path("start", "again", "first", "middle", "review", "which"),
             d.flow("which", "again", '=review.decision = "return"'), d.flow("which", "last", None, "on"),
             d.path("last", "end"))  # fmt: skip
    return flows.flow(nodes, links)


def test_where_a_return_is_drawn_nothing_is_moved_to_what_lies_ahead_or_was_never_done(quick_driver: Driver) -> None:
    quick_driver.deploy(looped())
    case = quick_driver.start("small", by="s01.principal", count=3)
    case.complete("first", "bureau.hr", "approve")
    refused_move(case, "middle", "review", "move.not_back")
    case.complete("middle", "bureau.hr", "approve")
    case.complete("review", "bureau.chief", "return")
    case.complete("first", "bureau.hr", "approve")
    refused_move(case, "middle", "review", "move.not_back")
    assert foreseen(case) == {("middle", "first"): ("middle",)}
    case.complete("middle", "bureau.hr", "approve")
    case.complete("review", "bureau.chief", "approve")
    back(case, "last", "middle")
    assert case.open() == ["middle"]


@pytest.mark.parametrize("review", [{"decisions": "approve,return"}, {"returnTo": "none", "decisions": "approve"}])
def test_a_step_that_its_holders_may_not_return_is_moved_back_by_name(
    quick_driver: Driver, review: dict[str, str]
) -> None:
    quick_driver.deploy(looped(**review))
    case = quick_driver.start("small", by="s01.principal", count=3)
    case.complete("first", "bureau.hr", "approve")
    case.complete("middle", "bureau.hr", "approve")
    assert foreseen(case) == {("review", "first"): ("review",), ("review", "middle"): ("review",)}
    back(case, "review", "first")
    assert case.open() == ["first"]


INNER = [d.user(name, d.zeebe("assignmentDefinition", assignee="=initiator")) for name in ("a", "b")]
SEVERAL = d.node(
    "subProcess", "round", d.start("in"), *INNER, d.end("out"), d.path("in", "a", "b", "out"), d.each("=[1, 2]")
)


def test_what_stands_several_times_is_moved_back_together_but_not_one_of_it(quick_driver: Driver) -> None:
    quick_driver.deploy(flows.line(CHECK, SEVERAL, ids=("check", "round")))
    case = quick_driver.start("small", by="s01.principal", count=3)
    case.complete("check", "bureau.hr", "approve")
    case.complete("a", "s01.principal", "complete")
    case.complete("a", "s01.principal", "complete")
    assert case.open() == ["b", "b"]
    assert foreseen(case)["b", "a"] == "move.several"
    refused_move(case, "b", "a", "move.several")
    back(case, "b", "check")
    assert case.open() == ["check"]
    assert sorted(last(case, "instance.moved")["before"]) == ["b", "b", "round", "round", "round"]


def two_steps(behind: str, *, reject: bool = False) -> dict[str, bytes]:
    """check → (no: `none` | yes: `behind`) → next → end."""
    ways = [d.path("start", "check", "which"), d.flow("which", "no", "=check.decision = \"reject\""),
            d.flow("which", "behind" if not reject else "next", None, "on")]  # fmt: skip
    ways += [d.path("next", "free", "end")] if reject else [d.path("behind", "next", "end")]
    check = flows.task("check", "bureau_hr_officer", decisions="approve,reject")
    nodes = (check, NEXT, d.gateway("exclusive", "which", default="on"), d.end("no"))
    return flows.flow((*nodes, d.service("free" if reject else "behind", behind)), ways)


def test_an_effect_is_not_brought_about_twice(quick_driver: Driver) -> None:
    quick_driver.deploy(two_steps("hiring.release"))
    case = quick_driver.start("small", by="s01.principal", count=3)
    case.complete("check", "bureau.hr", "approve")
    assert foreseen(case) == {("next", "check"): "move.effect_twice"}
    refused_move(case, "next", "check", "move.effect_twice")
    assert case.open() == ["next"]


def test_what_a_case_holds_is_not_lost_by_a_move(quick_driver: Driver) -> None:
    quick_driver.deploy(two_steps("hiring.release", reject=True))
    case = quick_driver.start("small", by="s01.principal", count=3)
    case.complete("check", "bureau.hr", "approve")
    assert foreseen(case) == {("next", "check"): ("next",)}, "it holds nothing"
    with transaction() as session:
        cause = ledger.Cause(case.id, "reserve", "t", "system", quick_driver.now)
        school = quick_driver.county.organisations["s01"]
        (account,) = open_accounts(session, cause, [NewAccount(school, "headcount", None, 9)])
        ledger.hold(session, cause, account, "demand", 1)
    refused_move(case, "next", "check", "move.hold_lost")


def test_what_takes_up_a_hold_is_not_reached_without_one(quick_driver: Driver) -> None:
    other = flows.task("other", "bureau_hr_chief", decisions="approve")
    check = flows.task("check", "bureau_hr_officer", decisions="approve,reject")
    nodes = (check, other, d.gateway("exclusive", "which", default="on"), d.service("take", "hiring.onboard"))
    links = (d.path("start", "check", "which"), d.flow("which", "take", '=check.decision = "reject"'),
             d.flow("which", "other", None, "on"), d.path("take", "end"), d.path("other", "end"))  # fmt: skip
    quick_driver.deploy(flows.flow(nodes, links))
    case = quick_driver.start("small", by="s01.principal", count=3)
    case.complete("check", "bureau.hr", "approve")
    refused_move(case, "other", "check", "move.hold_missing")


def test_a_vote_recorded_from_paper_by_its_count_is_not_undone_by_a_move(quick_driver: Driver) -> None:
    driver, members = quick_driver, polls.committee(quick_driver, 3)
    listed = "=[" + ", ".join(f'"{driver.county.persons[name]}"' for name in members) + "]"
    asked = d.zeebe("assignmentDefinition", candidateUsers=listed)
    vote = d.user("vote", asked, d.properties(**polls.TERMS, paper="allowed"))
    driver.deploy(flows.line(CHECK, vote, NEXT, ids=("check", "vote", "next")))
    case = driver.start("small", by="s01.principal", count=3)
    case.complete("check", "bureau.hr", "approve")
    scans.recorded(case, "vote", tally=Tally(3, 0, 0, 3), decision="yes")
    assert foreseen(case) == {("next", "check"): "move.vote", ("next", "vote"): "move.vote"}
    refused_move(case, "next", "check", "move.vote")


def test_a_meeting_told_from_paper_is_not_undone_by_a_move(quick_driver: Driver) -> None:
    driver, meeting = quick_driver, flows.task("meeting", "bureau_hr_chief", decisions="approve", collective="ordinary")
    driver.deploy(flows.line(CHECK, meeting, NEXT, ids=("check", "meeting", "next")))
    case = driver.start("small", by="s01.principal", count=3)
    case.complete("check", "bureau.hr", "approve")
    task, actor, scan = case.task("meeting"), driver.actor("bureau.hr"), scans.scan(driver)
    told = {"decided_by": scans.BODY, "document": scans.DOCUMENT, "decided_on": day_of(driver.now)}
    paper = RecordPaper(task.id, task.version, **told, attachment_id=scan, decision="approve")
    with transaction() as session:
        locked = queue.lock(session, Actor.system(), task.id)
        around = surroundings(session, actor, driver.now, locked.task.case.about)
        recording.record_told(around, locked, driver.county.persons["bureau.hr"], paper)
    assert foreseen(case) == {("next", "check"): "move.meeting", ("next", "meeting"): "move.meeting"}
