"""A decision on paper of one seat (代录): under every signing policy, inside and outside a parallel branch."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from service.access.actor import Actor
from service.calendar.commands import load_calendar
from service.db import db
from service.errors import Invalid, LecternError, NotFound
from service.instances.due import fire_due
from service.tasks import queries, queries_overdue, queries_papers
from service.tasks.commands_papers import DisputePaper, dispute_paper
from service.tasks.view import view
from tests.driver import Driver
from tests.service.tasks import deputing, flows, scans
from tests.service.tasks import desk as desks
from tests.service.tasks.desk import Desk
from tests.service.tasks.paperwork import STEP, at, posted, told
from tests.service.tasks.recalls import refused
from tests.workflows import diagrams as d

POLICIES = ("single", "role", "all", "any", "sequence")
PAPER = {"paper": "allowed"}


@dataclass(frozen=True)
class Row:
    """A step that is begun, a paper that is recorded; who must sign after it, in turn, until the step is decided.

    Nobody: the paper decided it. A text is the code with which the paper is refused; None: there is no such seat.
    """

    name: str
    before: Callable[[Desk], Any]
    paper: Callable[[Desk], bool]
    single: list[str] | str | None
    every: list[str] | str
    any: list[str] | str
    sequence: list[str] | str

    def expected(self, policy: str) -> list[str] | str | None:
        return {"single": self.single, "role": self.single, "all": self.every, "any": self.any}.get(
            policy, self.sequence
        )


def nothing(_desk: Desk) -> None:
    pass


def after_me_and_signed(desk: Desk) -> None:
    desk.after("a", "x")
    desk.sign("a")


def of(who: str | None, decision: str = "approve") -> Callable[[Desk], bool]:
    return lambda desk: desk.paper(who, decision)


def last_of(desk: Desk) -> str:
    return desk.names[desk.task.seats[-1].person_id]


ROWS = [
    Row("of the first", nothing, of("a"), [], ["b", "c"], [], ["b", "c"]),
    Row("that refuses", nothing, of("a", "return"), [], [], [], []),
    Row("without a seat", nothing, of(None), [], "paper.invalid", "paper.invalid", ["b", "c"]),
    Row("of the next", lambda desk: desk.sign("a"), of("b"), None, ["c"], "task.closed", ["c"]),
    Row("out of turn", nothing, lambda desk: desk.paper(last_of(desk)), [], ["a", "b"], [], "seat.closed"),
    Row("of an adviser", lambda desk: desk.before("a", "x"), of("x"), ["a"], ["a", "b", "c"], ["a"], ["a", "b", "c"]),
    Row("of an adviser, against it", lambda desk: desk.before("a", "x"), of("x", "return"),
        ["a"], ["a", "b", "c"], ["a"], ["a", "b", "c"]),
    Row("of a delegate", lambda desk: desk.delegate("a", "x"), of("x"), ["a"], ["a", "b", "c"], ["a"], ["a", "b", "c"]),
    Row("while another is asked", lambda desk: desk.before("a", "x"), of("a"), *["seat.closed"] * 4),
    Row("before who was added", lambda desk: desk.after("a", "x"), of("a"), ["x"], ["x", "b", "c"], ["x"],
        ["x", "b", "c"]),
    Row("of who was added", after_me_and_signed, of("x"), [], ["b", "c"], [], ["b", "c"]),
    Row("of who was added, too early", lambda desk: desk.after("a", "x"), of("x"), *["seat.closed"] * 4),
    Row("of who took it over", lambda desk: desk.transfer("a", "x"), of("x"), [], ["b", "c"], [], ["b", "c"]),
    Row("twice", of("a"), of("a"), "task.closed", "paper.seat_decided", "task.closed", "paper.seat_decided"),
    Row("of what is signed", lambda desk: desk.sign("a"), of("a"), "task.closed", "paper.seat_decided", "task.closed",
        "paper.seat_decided"),
]  # fmt: skip


@pytest.fixture
def table(quick_driver: Driver) -> Driver:
    return desks.staffed(quick_driver)


@pytest.mark.parametrize("inside", [False, True], ids=["alone", "inside a branch"])
def test_a_paper_of_each_seat_under_each_policy(table: Driver, inside: bool) -> None:
    actors = desks.acting(table)
    for policy in POLICIES:
        key = desks.deploy(table, policy, inside=inside, **PAPER)
        for row in ROWS:
            expected = row.expected(policy)
            if expected is None:
                continue
            desk = Desk(table, key, actors)
            if policy == "role":
                desk.claim("a")
            row.before(desk)
            check(desk, row, expected)


def check(desk: Desk, row: Row, expected: list[str] | str) -> None:
    before = desk.kinds()
    if isinstance(expected, str):
        with pytest.raises(LecternError) as found:
            row.paper(desk)
        assert (found.value.code, desk.kinds()) == (expected, before), row.name
        return
    assert row.paper(desk) == (not expected), row.name
    written = [kind for kind in desk.kinds()[len(before) :] if kind in ("paper.recorded", "task.signed")]
    assert written == ["paper.recorded"], row.name
    for number, name in enumerate(expected, start=1):
        assert desk.sign(name) == (number == len(expected)), (row.name, name)
    assert "check" not in desk.case.open()
    seats = [seat for seat in queries.task(Actor.system(), desk.task_id).seats if seat.state == "recorded"]
    assert len(seats) == 1
    db.session.rollback()
    [paper] = queries_papers.papers_of(desk.task_id)
    assert (paper.seat_id, paper.document) == (seats[0].id, scans.DOCUMENT)
    db.session.rollback()


def test_a_seat_on_paper_beside_signatures_stands_in_the_result_as_nobodys_signature(table: Driver) -> None:
    desk = Desk(table, desks.deploy(table, "all", **PAPER), desks.acting(table))
    desk.sign("b")
    assert not desk.paper("a", opinion="同意")
    assert (desk.turn, desk.box("a"), desk.box("bureau.chief")) == (["c"], [], ["done"])
    assert desk.sign("c")
    said = desk.case.variables["check"]
    paper, signed, last = said["ballots"]
    clerk = desk.person("bureau.chief")
    assert [ballot["by"] for ballot in (paper, signed, last)] == [None, desk.person("b"), desk.person("c")]
    assert (paper["paper"]["decided_by"], paper["paper"]["recorded_by"], paper["opinion"]) == (
        "县委编办",
        clerk,
        "同意",
    )
    assert "paper" not in said and "paper" not in signed
    [event] = told(desk.case, "paper.recorded")
    assert (event.actor_id, event.body["seat_of"], event.body["paper"]["person_id"]) == (clerk, desk.person("a"), None)
    assert [event.actor_id for event in told(desk.case, "task.signed")] == [desk.person("b"), desk.person("c")]
    assert posted("paper.recorded") == [f"person:{desk.person('a')}"]


def test_one_signs_offline_and_the_first_decision_of_several_counts(table: Driver) -> None:
    desk = Desk(table, desks.deploy(table, "any", **PAPER), desks.acting(table))
    assert desk.paper("b", decided_by=None, person_id=desk.person("b"))
    said = desk.case.variables["check"]
    assert (said["by"], [ballot["by"] for ballot in said["ballots"]]) == (desk.person("b"), [desk.person("b")])
    assert (desk.box("a"), desk.box("b")) == ([], ["done"])
    assert refused(desk.case, "bureau.chief", desk.task_id) == "access.not_holder"


def test_what_a_delegate_filled_in_on_paper_stands_before_who_decides(table: Driver) -> None:
    desk = Desk(table, desks.deploy(table, "single", **PAPER), desks.acting(table))
    desk.delegate("a", "x")
    desk.paper("x", values={"remark": "纸上填写"})
    assert view(desk.actors["a"], desk.task_id).data["remark"] == "纸上填写"
    db.session.rollback()
    desk.sign("a", remark="甲定")
    assert desk.case.variables["remark"] == "甲定"


def test_nobody_is_passed_by_on_paper_who_could_not_decide_there(table: Driver) -> None:
    desk = Desk(table, desks.deploy(table, "all", **PAPER), desks.acting(table))
    for who, code in (("b", "paper.person"), ("x", "paper.person"), ("s01.hr", "paper.person")):
        with pytest.raises(Invalid) as found:
            desk.paper("a", person_id=desk.person(who))
        assert found.value.code == code
    other = Desk(table, desks.deploy(table, "any", **PAPER), desks.acting(table))
    with pytest.raises(NotFound, match=r"seat\.absent"):
        desk.paper(None, seat_id=other.task.seats[0].id)


def test_a_substitute_decides_on_paper_in_both_names_and_is_an_earlier_signer_then(table: Driver) -> None:
    desk = Desk(table, desks.deploy(table, "all", **PAPER), desks.acting(table))
    deputing.stand_in(table, of="a", by="y")
    assert not desk.paper("a", decided_by=None, person_id=desk.person("y"))
    [paper] = queries_papers.papers_of(desk.task_id)
    assert (paper.person_id, paper.on_behalf_of) == (desk.person("y"), desk.person("a"))
    db.session.rollback()
    desk.sign("b")
    desk.sign("c")
    [first, *_rest] = desk.case.variables["check"]["ballots"]
    assert (first["by"], first["on_behalf_of"]) == (desk.person("y"), desk.person("a"))
    [event] = told(desk.case, "paper.recorded")
    assert (event.body["represented"], event.body["seat_of"]) == (desk.person("a"), desk.person("a"))


def test_whose_seat_it_is_disputes_the_paper_of_that_seat_and_of_no_other(table: Driver) -> None:
    desk = Desk(table, desks.deploy(table, "all", **PAPER), desks.acting(table))
    desk.paper("a")
    desk.paper("b")
    seats = {desk.names[seat.person_id]: seat.id for seat in desk.task.seats}
    dispute = lambda who, seat: dispute_paper(  # noqa: E731
        desk.actors[who], DisputePaper(desk.task_id, "不是我的意见", seat), now=table.now
    )
    for who, seat, code in (("a", None, "paper.which_seat"), ("a", seats["b"], "access.not_own"),
                            ("a", seats["c"], "seat.absent")):  # fmt: skip
        with pytest.raises(LecternError) as found:
            dispute(who, seat)
        assert found.value.code == code
    dispute("a", seats["a"])
    disputed = {row.seat_id: row.disputed_by for row in queries_papers.papers_of(desk.task_id)}
    assert disputed == {seats["a"]: desk.person("a"), seats["b"]: None}
    db.session.rollback()


DAYS = [
    ("b signs in time", date(2026, 9, 22), "2026-09-23T10:00", [], "2026-09-23T10:00"),
    ("b signs late", date(2026, 9, 22), "2026-09-24T10:00", [(0, 1, 1)], "2026-09-24T10:00"),
    ("the paper is of a later day", date(2026, 9, 24), "2026-09-22T10:00", [(0, 1, 1)], "2026-09-24T18:00"),
]


@pytest.mark.parametrize(("name", "decided_on", "signed_at", "figures", "counts"), DAYS, ids=[row[0] for row in DAYS])
def test_the_step_is_decided_when_the_last_of_them_did_whoever_was_written_down_last(
    quick_driver: Driver, name: str, decided_on: date, signed_at: str, figures: list[Any], counts: str
) -> None:
    """Due on Wednesday 23 September; the paper is recorded on Monday the 28th."""
    driver = desks.staffed(quick_driver)
    load_calendar(Actor.system(), now=driver.now)
    driver.clock.set(at("2026-09-21T09:00"))
    key = desks.deploy(driver, "all", dueIn="2 workdays", onExpiry="remind", **PAPER)
    desk = Desk(driver, key, desks.acting(driver))
    desk.remove("bureau.chief", "c")
    for moment in sorted((signed_at, "2026-09-24T08:00")):
        driver.clock.set(at(moment))
        desk.sign("b") if moment == signed_at else fire_due(driver.now, now=driver.now)
    driver.clock.set(at("2026-09-28T10:00"))
    assert desk.paper("a", decided_on=decided_on)
    found = queries_overdue.figures(driver.actor("bureau.leader"), driver.now)
    db.session.rollback()
    assert [(one.overdue, one.done, one.done_workdays) for one in found] == figures, name
    assert desk.case.variables["check"]["at"] == at(counts).astimezone(driver.now.tzinfo).isoformat()


def test_who_decided_in_time_on_paper_is_not_the_one_who_is_late(quick_driver: Driver) -> None:
    """Two offices decide beside each other: one has in time, on paper that is recorded late, the other has not."""
    driver, persons = quick_driver, quick_driver.county.persons
    load_calendar(Actor.system(), now=driver.now)
    driver.clock.set(at("2026-09-21T09:00"))
    both = f'=["{persons["staffing.office"]}", "{persons["hr.bureau"]}"]'
    props = {"signing": "all", "dueIn": "2 workdays", "onExpiry": "remind", **STEP}
    step = d.user("check", d.zeebe("assignmentDefinition", candidateUsers=both), d.properties(**props))
    driver.deploy(flows.line(step, ids=("check",)))
    case = driver.start("small", by="s01.principal", count=3)
    driver.clock.set(at("2026-09-24T08:00"))
    fire_due(driver.now, now=driver.now)
    assert late(driver) == [("staffing_officer", 1)]
    [seat] = [seat for seat in case.task("check").seats if seat.person_id == persons["staffing.office"]]
    assert not scans.recorded(case, "check", seat_id=seat.id, decided_on=date(2026, 9, 22)).decided
    assert late(driver) == [("hr_bureau_officer", 1)]


def late(driver: Driver) -> list[tuple[str, int]]:
    found = queries_overdue.figures(driver.actor("bureau.leader"), driver.now)
    db.session.rollback()
    return [(one.role, one.overdue) for one in found]
