"""A sitting before its votes: drawn once, cancelled, handled by who has no interest; what is told of its results."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from service.audit.chain import EVENT
from service.db import db
from service.errors import Conflict, Forbidden, Invalid
from service.flows.title import (
    commands_drawing,
    commands_experts,
    commands_sessions,
    commands_sitting,
    committees,
    queries_sessions,
)
from service.flows.title.commands_drawing import Draw, Excuse
from service.flows.title.commands_experts import EndTerm
from service.flows.title.commands_sessions import CancelSession, ListCandidates
from service.flows.title.commands_sitting import EnterMarks, OpenVote
from service.instances.commands import CaseCommand, suspend_instance
from service.people.commands import DeclareRelation, declare_relation
from service.tasks.commands import Recuse, recuse_task
from tests.flows.title import acting, county
from tests.flows.title.acting import at_committee, plan, seated, sitting


def events(session_id):
    """What the record says of a sitting."""
    found = db.session.execute(select(EVENT).where(EVENT.c.stream == f"title_session:{session_id}")).all()
    db.session.rollback()
    return {row.kind: json.loads(row.body) for row in found}


def cancelled(driver, session_id, reason="台风"):
    asked = CancelSession(session_id, sitting(session_id).version, reason)
    commands_sessions.cancel_session(driver.actor("bureau.hr"), asked, now=driver.now)


def test_a_sitting_may_be_cancelled_and_its_candidates_wait_for_another_one(driver):
    case = at_committee(driver)
    session_id = plan(driver)
    acting.drawn(driver, session_id)
    with pytest.raises(Invalid, match=r"title\.reason"):
        cancelled(driver, session_id, " ")
    cancelled(driver, session_id)
    assert (sitting(session_id).state, sitting(session_id).cancelled_because) == ("cancelled", "台风")
    assert acting.row(case).session_id is None
    for again in (lambda: cancelled(driver, session_id), lambda: acting.drawn(driver, session_id)):
        with pytest.raises(Conflict, match=r"title\.cancelled"):
            again()


def test_nobody_draws_until_the_committee_pleases(driver):
    """A second draw for the same title needs a reason, which is recorded with its number; after a vote it does not."""
    at_committee(driver)
    first, second, third = plan(driver), plan(driver), plan(driver)
    acting.drawn(driver, first)
    cancelled(driver, first)
    with pytest.raises(Invalid, match=r"title\.redraw_reason"):
        acting.drawn(driver, second)
    acting.drawn_only(driver, second, reason="原会议因台风取消")
    told = events(second)["title.drawn"]
    assert (told["draw"], told["reason"], sitting(second).drawn_because) == (2, "原会议因台风取消", "原会议因台风取消")
    cancelled(driver, second)
    with pytest.raises(Invalid, match=r"title\.redraw_reason"):
        acting.drawn(driver, third)


@pytest.mark.parametrize(("first", "then", "asked"), [
    (None, "语文", True), ("语文", None, True), ("语文", "语文", True), ("语文", "数学", False),
])  # fmt: skip
def test_a_draw_that_could_judge_the_same_people_is_one_more_whatever_its_subject_is_called(driver, first, then, asked):
    at_committee(driver)
    unused = plan(driver, subject=first)
    acting.drawn(driver, unused)
    cancelled(driver, unused)
    found = queries_sessions.drawn_before(driver.actor("bureau.hr"), plan(driver, subject=then))
    assert found == int(asked)


def test_members_are_excused_up_to_a_share_of_the_seats_and_then_another_sitting_is_drawn(driver):
    at_committee(driver)
    session_id, hr = plan(driver), driver.actor("bureau.hr")
    members = acting.drawn(driver, session_id)

    def excused(name):
        gone = driver.county.persons[name]
        asked = Excuse(session_id, sitting(session_id).version, gone, "出差", no_interest=True)
        return commands_drawing.excuse(hr, asked, now=driver.now)

    for name in members[:2]:
        excused(name)
    before = seated(driver, session_id)
    with pytest.raises(Conflict, match=r"title\.excused_enough") as refused:
        excused(before[0])
    assert (refused.value.params, seated(driver, session_id)) == ({"most": 2}, before), "20 % of 7, rounded up"
    county.parameter(driver, "title_excused_percent", 0)
    with pytest.raises(Conflict, match=r"title\.excused_enough"):
        excused(before[0])


def test_no_vote_is_opened_before_its_day_or_with_a_member_whose_term_was_ended(driver):
    at_committee(driver)
    session_id, hr = plan(driver, meets_on=date(2026, 9, 14), vote_until=date(2026, 9, 15)), driver.actor("bureau.hr")
    acting.drawn(driver, session_id)
    with pytest.raises(Conflict, match=r"title\.not_yet"):
        acting.opened(driver, session_id)
    driver.clock.advance(timedelta(days=4))
    gone = driver.county.persons[seated(driver, session_id)[0]]
    [term] = [one.id for one in queries_sessions.experts(hr, driver.now.date()) if one.person_id == gone]
    commands_experts.end_term(hr, EndTerm(term, date(2026, 9, 15)), now=driver.now)
    with pytest.raises(Conflict, match=r"title\.member_gone"):
        acting.opened(driver, session_id)
    excused = Excuse(session_id, sitting(session_id).version, gone, "任期终止", no_interest=True)
    commands_drawing.excuse(hr, excused, now=driver.now)
    assert len(acting.opened(driver, session_id)) == 7


def test_who_is_related_to_a_candidate_has_no_hand_in_the_sitting(driver):
    case = at_committee(driver)
    session_id, hr = plan(driver), driver.actor("bureau.hr")
    with pytest.raises(Invalid, match=r"recusal\.unanswered"):
        commands_sessions.list_candidates(hr, ListCandidates(session_id, 1, (case.id,)), now=driver.now)
    acting.drawn(driver, session_id)
    relation = DeclareRelation(hr.person_id, "spouse", relative_id=driver.county.persons["li"])
    declare_relation(hr, relation, now=driver.now)
    version, person = sitting(session_id).version, driver.county.persons[seated(driver, session_id)[0]]
    marks = {case.id: {"demonstration": 100, "interview": 100}}
    for act in (
        lambda: commands_sitting.enter_marks(
            hr, EnterMarks(session_id, version, marks, no_interest=True), now=driver.now
        ),
        lambda: commands_drawing.excuse(
            hr, Excuse(session_id, version, person, "出差", no_interest=True), now=driver.now
        ),
        lambda: commands_sitting.open_vote(hr, OpenVote(session_id, version, no_interest=True), now=driver.now),
    ):
        with pytest.raises(Forbidden, match=r"title\.convener_interest"):
            act()
    cancelled(driver, session_id)
    other = plan(driver)
    with pytest.raises(Forbidden, match=r"title\.convener_interest"):
        commands_sessions.list_candidates(hr, ListCandidates(other, 1, (case.id,), no_interest=True), now=driver.now)


def test_who_draws_excuses_or_opens_the_vote_is_asked_for_an_interest(driver):
    case, session_id, hr = at_committee(driver), plan(driver), driver.actor("bureau.hr")
    listed = ListCandidates(session_id, 1, (case.id,), no_interest=True)
    commands_sessions.list_candidates(hr, listed, now=driver.now)
    with pytest.raises(Invalid, match=r"recusal\.unanswered"):
        commands_drawing.draw(hr, Draw(session_id, 2), now=driver.now)
    person = driver.county.persons[acting.drawn_only(driver, session_id)[0]]
    for act in (
        lambda: commands_drawing.excuse(hr, Excuse(session_id, 3, person, "出差"), now=driver.now),
        lambda: commands_sitting.open_vote(hr, OpenVote(session_id, 3), now=driver.now),
    ):
        with pytest.raises(Invalid, match=r"recusal\.unanswered"):
            act()


def test_who_knows_the_committee_neither_adds_nor_takes_away_a_candidate(driver):
    first = at_committee(driver)
    session_id, hr = plan(driver), driver.actor("bureau.hr")
    acting.drawn(driver, session_id)
    second = at_committee(driver, "zhao")
    for wanted in ((first.id, second.id), (), None):
        listed = ListCandidates(session_id, sitting(session_id).version, wanted, no_interest=True)
        with pytest.raises(Conflict, match=r"title\.list_fixed"):
            commands_sessions.list_candidates(hr, listed, now=driver.now)
    assert (acting.row(first).session_id, acting.row(second).session_id) == (session_id, None)


def test_a_candidate_who_stands_still_when_the_votes_open_waits_for_another_sitting(driver):
    voted, held = at_committee(driver), at_committee(driver, "zhao")
    session_id = plan(driver)
    acting.drawn(driver, session_id)
    suspend_instance(driver.actor("bureau.chief"), CaseCommand(held.id, reason="核查"), now=driver.now)
    acting.opened(driver, session_id)
    assert (acting.row(held).session_id, acting.row(held).called_at) == (None, None)
    acting.voted(voted, seated(driver, session_id))
    assert voted.variables["committee_vote"]["decision"] == "passed"


def test_marks_of_two_clerks_at_once_are_not_typed_over(driver):
    case = at_committee(driver)
    session_id, hr = plan(driver), driver.actor("bureau.hr")
    acting.drawn(driver, session_id)
    seen = sitting(session_id).version
    entered = EnterMarks(session_id, seen, {case.id: {"demonstration": 90}}, no_interest=True)
    commands_sitting.enter_marks(hr, entered, now=driver.now)
    with pytest.raises(Conflict, match=r"title\.stale"):
        commands_sitting.enter_marks(hr, entered, now=driver.now)


def test_the_votes_of_a_sitting_are_counted_at_once_when_the_last_ballot_is_cast(driver):
    """Nothing is told of a vote before: nothing was counted, the case has not moved, no timer counts it by itself."""
    cases = [at_committee(driver, name) for name in ("li", "zhao")]
    session_id = plan(driver)
    acting.drawn(driver, session_id)
    members = acting.opened(driver, session_id)

    def told(who):
        return sorted(one.state for one in queries_sessions.candidates(driver.actor(who), session_id))

    acting.voted(cases[0], members, yes=4, no=3)
    assert (told(members[0]), told("bureau.hr")) == (["closed", "open"], ["closed", "open"])
    acting.voted(cases[1], members, yes=6)
    assert cases[0].open() == ["committee_vote"]
    assert "committee_vote" not in cases[0].variables
    with pytest.raises(Conflict, match=r"vote\.running"):
        cases[0].fire("committee_vote", "due")
    acting.voted(cases[1], members[6:], yes=1)
    [timer] = [one for one in cases[0].timers() if one.element_id == "committee_vote"]
    assert timer.due_at == driver.now
    assert cases[0].fire("committee_vote", "due")
    assert told(members[0]) == ["failed", "passed"]
    assert (cases[0].open(), cases[1].variables["committee_vote"]["yes"]) == (["review_request"], 7)


def test_who_steps_aside_last_ends_the_votes_of_a_sitting_and_who_has_withdrawn_is_not_waited_for(driver):
    county.parameter(driver, "title_post_rule", "none")
    cases = [at_committee(driver, name) for name in ("li", "zhao", "wu")]
    acting.drawn(driver, plan(driver))
    members = acting.opened(driver, acting.row(cases[0]).session_id)
    cases[2].withdraw("wu")
    acting.voted(cases[0], members)
    acting.voted(cases[1], members, yes=6)
    task = cases[1].task("committee_vote")
    recuse_task(driver.actor(members[6]), Recuse(task.id, task.version, "近亲属"), now=driver.now)
    assert cases[1].variables["committee_vote"]["present"] == 6
    assert cases[0].fire("committee_vote", "due")


def test_a_withdrawal_after_everybody_else_was_voted_on_lets_the_others_be_counted(driver):
    county.parameter(driver, "title_post_rule", "none")
    cases = [at_committee(driver, name) for name in ("li", "zhao", "wu")]
    acting.drawn(driver, plan(driver))
    members = acting.opened(driver, acting.row(cases[0]).session_id)
    for case in cases[:2]:
        acting.voted(case, members)
    with pytest.raises(Conflict, match=r"vote\.running"):
        cases[0].fire("committee_vote", "due")
    cases[2].withdraw("wu")
    assert [one.due_at for case in cases[:2] for one in case.timers() if one.element_id == "committee_vote"] == [
        driver.now, driver.now,
    ]  # fmt: skip
    acting.counted(cases[:2])
    assert [case.variables["committee_vote"]["decision"] for case in cases[:2]] == ["passed", "passed"]


def test_what_was_cast_is_counted_at_the_deadline_of_a_sitting_that_not_everybody_has_ended(driver):
    cases = [at_committee(driver, name) for name in ("li", "zhao")]
    acting.drawn(driver, plan(driver))
    members = acting.opened(driver, acting.row(cases[0]).session_id)
    acting.voted(cases[0], members)
    acting.voted(cases[1], members, yes=3)
    driver.clock.advance(timedelta(days=2))
    assert all(case.fire("committee_vote", "due") for case in cases)
    assert [case.variables["committee_vote"]["decision"] for case in cases] == ["passed", "no_quorum"]


def test_a_candidate_whom_another_sitting_has_listed_meanwhile_stays_on_that_list(driver, monkeypatch):
    """Who waited when the second clerk looked is on the first one's list by now."""
    case, hr = at_committee(driver), driver.actor("bureau.hr")
    first, second = plan(driver), plan(driver)
    commands_sessions.list_candidates(hr, ListCandidates(first, 1, (case.id,), no_interest=True), now=driver.now)
    monkeypatch.setattr(committees, "waiting_for", lambda *_: [case.id])
    with pytest.raises(Conflict, match=r"title\.stale"):
        commands_sessions.list_candidates(hr, ListCandidates(second, 1, (case.id,), no_interest=True), now=driver.now)
    assert acting.row(case).session_id == first
