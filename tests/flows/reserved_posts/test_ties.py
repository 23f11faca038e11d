"""Equals across the border are ordered by a recorded vote of a committee, again if need be, or get nothing."""

from datetime import timedelta

import pytest

from service.errors import Invalid
from service.people.commands import DeclareRelation, declare_relation
from service.tasks import queries
from service.tasks.commands import CompleteTask, complete_task
from tests.flows.reserved_posts import acting
from tests.flows.reserved_posts.acting import accepted, called, ranked, row_of, teacher

MEMBERS = ("bureau.leader", "bureau.chief", "hr.bureau")


@pytest.fixture
def tied(driver):
    """A round with one post and two equals, and their applications."""
    case = called(driver, senior=1)
    cases = [accepted(driver, teacher(driver, number, exchange=("s02", 12))) for number in (700, 701)]
    ranked(case)
    return case, cases


def name(driver, case, members=MEMBERS):
    chosen = {driver.county.persons[who] for who in members}
    rows = [{**row, "sits": row["person_id"] in chosen} for row in case.variables["committee"]]
    case.complete("choose_committee", "bureau.hr", "name", committee=rows)


def vote(driver, case, **choices):
    """Cast the ballots of each tied person: teacher name → a choice for each member; "-" stays away."""
    for task in [task for task in queries.open_of(case.id) if task.element_id == "tie_vote"]:
        chosen = choices[task.item["name"].replace(".", "_")]
        for who, choice in zip(MEMBERS, chosen.split(), strict=True):
            if choice != "-":
                ballot = CompleteTask(task.id, None, choice, None, {}, no_interest=True)
                complete_task(driver.actor(who), ballot, now=driver.now)


def test_equals_within_the_border_need_no_vote(driver):
    case = called(driver, senior=2)
    cases = [accepted(driver, teacher(driver, number)) for number in (700, 701)]
    ranked(case)
    assert case.open() == ["bureau_decision", "hr_decision"]
    assert [(row_of(one).rank, row_of(one).granted) for one in cases] == [(1, True), (1, True)]


def test_more_votes_in_favour_come_first(driver, tied):
    case, cases = tied
    name(driver, case)
    vote(driver, case, teacher_700="yes no no", teacher_701="yes yes abstain")
    assert case.open() == ["bureau_decision", "hr_decision"]
    assert [(row_of(one).granted, list(row_of(one).votes)) for one in cases] == [(False, [1]), (True, [2])]
    acting.agreed(driver, case)
    assert [one.state for one in cases] == ["rejected", "running"]


def test_still_equal_they_are_voted_on_again(driver, tied):
    case, cases = tied
    name(driver, case)
    vote(driver, case, teacher_700="yes yes no", teacher_701="yes yes no")
    assert case.open() == ["tie_open"]
    case.complete("tie_open", "bureau.chief", "again")
    vote(driver, case, teacher_700="yes yes yes", teacher_701="no no no")
    assert [(row_of(one).granted, list(row_of(one).votes)) for one in cases] == [(True, [2, 3]), (False, [2, 0])]


def test_a_vote_below_its_quorum_orders_nobody(driver, tied):
    case, cases = tied
    name(driver, case)
    vote(driver, case, teacher_700="yes - -", teacher_701="no - -")
    driver.clock.set(driver.now + timedelta(days=14))
    assert case.fire("tie_vote", "due") and case.fire("tie_vote", "due")
    assert case.open() == ["tie_open"]
    assert [list(row_of(one).votes) for one in cases] == [[], []]


def test_the_post_stays_in_the_pool_when_it_is_given_to_none_of_them(driver, tied):
    case, cases = tied
    name(driver, case)
    vote(driver, case, teacher_700="no no no", teacher_701="no no no")
    case.complete("tie_open", "bureau.chief", "leave")
    acting.agreed(driver, case)
    assert ([one.state for one in cases], acting.pool(driver)) == (["rejected", "rejected"], (6, 0, 4))


def test_who_withdraws_during_the_vote_frees_the_post_for_the_next(driver):
    case = called(driver, senior=2)
    best = accepted(driver, teacher(driver, 702, exchange=("s02", 24)))
    cases = [accepted(driver, teacher(driver, number, exchange=("s02", 12))) for number in (700, 701)]
    ranked(case)
    name(driver, case)
    best.withdraw("s02.hr")
    vote(driver, case, teacher_700="yes no no", teacher_701="yes yes abstain")
    assert case.open() == ["bureau_decision", "hr_decision"]
    assert [(row_of(one).rank, row_of(one).granted) for one in cases] == [(1, True), (1, True)]
    assert [row["name"] for row in case.variables["ranking"]] == ["teacher.700", "teacher.701"]


@pytest.mark.parametrize("members", [MEMBERS[:2], (*MEMBERS, "tdc")])
def test_too_few_or_an_even_number_is_no_committee(driver, tied, members):
    case, _ = tied
    with pytest.raises(Invalid, match=r"reserved\.committee"):
        name(driver, case, members)
    assert case.open() == ["choose_committee"]


def test_a_relative_of_an_applicant_is_not_proposed_and_cannot_be_named(driver):
    case = called(driver, senior=1)
    people = [teacher(driver, number, exchange=("s02", 12)) for number in (700, 701)]
    leader = driver.county.persons["bureau.leader"]
    relation = DeclareRelation(leader, "spouse", relative_id=people[0])
    declare_relation(driver.actor("bureau.chief"), relation, now=driver.now)
    for person in people:
        accepted(driver, person)
    ranked(case)
    proposed = case.variables["committee"]
    assert leader not in {row["person_id"] for row in proposed} and len(proposed) >= 3
    rows = [{**row, "sits": number < 2} for number, row in enumerate(proposed)]
    with pytest.raises(Invalid, match=r"reserved\.committee"):
        own = {"person_id": leader, "name": "x", "office": "x", "sits": True}
        case.complete("choose_committee", "bureau.hr", "name", committee=[*rows, own])


def test_nobody_sits_in_the_committee_who_was_not_proposed(driver, tied):
    case, _ = tied
    stranger = {"person_id": driver.county.persons["s01.principal"], "name": "x", "office": "x", "sits": True}
    rows = [{**row, "sits": True} for row in case.variables["committee"][:2]] + [stranger]
    with pytest.raises(Invalid, match=r"reserved\.committee"):
        case.complete("choose_committee", "bureau.hr", "name", committee=rows)
