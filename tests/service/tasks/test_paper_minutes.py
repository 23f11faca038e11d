"""Decisions on paper of a vote: the minutes of the whole, never a single ballot."""

import pytest

from service.access.actor import Actor
from service.db import db
from service.errors import Conflict, Invalid
from service.tasks import queries
from service.tasks.papers import Tally
from tests.driver import Driver
from tests.service.tasks import polls, scans
from tests.service.tasks.paperwork import begun, faults, told
from tests.service.tasks.recalls import refused

VOTES: list[tuple[Tally, str]] = [
    (Tally(4, 1, 1, 6), "passed"),
    (Tally(3, 2, 1, 6), "failed"),
    (Tally(3, 0, 0, 3), "no_quorum"),
]


@pytest.mark.parametrize(("tally", "result"), VOTES)
def test_the_minutes_of_a_whole_vote_are_counted_and_nobody_types_a_result(
    quick_driver: Driver, tally: Tally, result: str
) -> None:
    members = polls.committee(quick_driver, 6)
    case = polls.begun(quick_driver, members, paper="allowed")
    task = case.task("vote")
    scans.recorded(case, "vote", tally=tally, decision="yes")
    told_of = case.variables["vote"]
    figures_of = {name: getattr(tally, name) for name in ("yes", "no", "abstain", "present")}
    assert {name: told_of[name] for name in figures_of} == figures_of
    assert (told_of["decision"], told_of["members"], told_of["recused"]) == (result, 6, 0)
    [event] = told(case, "paper.recorded")
    assert (event.body["quorum"], event.body["paper"]["document"]) == ("2/3", scans.DOCUMENT)
    assert {seat.state for seat in queries.task(Actor.system(), task.id).seats} == {"superseded"}
    db.session.rollback()


def test_minutes_that_do_not_add_up_are_refused_and_so_are_single_ballots(quick_driver: Driver) -> None:
    members = polls.committee(quick_driver, 3)
    persons = quick_driver.county.persons
    case = polls.begun(quick_driver, members, paper="allowed")
    one = persons[members[0]]
    wrong = [
        (None, ("tally", "paper.tally_missing")),
        (Tally(2, 0, 0, 3), ("tally.present", "paper.tally_sum")),
        (Tally(2, 0, 0, 2, (persons["s02.hr"],)), ("tally.recused", "paper.tally_stranger")),
        (Tally(3, 0, 0, 3, (one,)), ("tally.present", "paper.tally_many")),
    ]
    [first, *_rest] = case.task("vote").seats
    for tally, fault in wrong:
        with pytest.raises(Invalid) as refused:
            scans.recorded(case, "vote", tally=tally)
        assert faults(refused) == [fault]
    with pytest.raises(Invalid) as refused:
        scans.recorded(case, "vote", tally=Tally(2, 0, 0, 2), seat_id=first.id)
    assert faults(refused) == [("seat_id", "paper.single_ballot")]
    polls.cast(case, members[1], "yes")
    with pytest.raises(Conflict, match=r"paper\.ballots_cast"):
        scans.recorded(case, "vote", tally=Tally(2, 0, 0, 2, (one,)))


def test_a_decision_on_paper_is_not_taken_back_by_who_recorded_it_nor_by_the_office(quick_driver: Driver) -> None:
    """It was made outside: who doubts it disputes it; what was signed here before it stays as it is, too."""
    case = begun(quick_driver)
    task = case.task("check")
    scans.recorded(case, "check")
    assert [refused(case, who, task.id) for who in ("bureau.hr", "staffing.office")] == ["access.not_holder"] * 2
    assert case.open() == ["after"]
