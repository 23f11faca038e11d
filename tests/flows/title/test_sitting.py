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
from service.people.commands import DeclareRelation, declare_relation
from tests.flows.title import acting
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
    hr = driver.actor("bureau.hr")
    first, second, third = plan(driver), plan(driver), plan(driver)
    commands_drawing.draw(hr, Draw(first, 1), now=driver.now)
    cancelled(driver, first)
    with pytest.raises(Invalid, match=r"title\.redraw_reason"):
        commands_drawing.draw(hr, Draw(second, 1), now=driver.now)
    commands_drawing.draw(hr, Draw(second, 1, "原会议因台风取消"), now=driver.now)
    told = events(second)["title.drawn"]
    assert (told["draw"], told["reason"], sitting(second).drawn_because) == (2, "原会议因台风取消", "原会议因台风取消")
    with pytest.raises(Invalid, match=r"title\.redraw_reason"):
        commands_drawing.draw(hr, Draw(third, 1), now=driver.now)


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
    excused = Excuse(session_id, sitting(session_id).version, gone, "任期终止")
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
        lambda: commands_sessions.list_candidates(
            hr, ListCandidates(session_id, version, (case.id,), no_interest=True), now=driver.now
        ),
        lambda: commands_sitting.enter_marks(
            hr, EnterMarks(session_id, version, marks, no_interest=True), now=driver.now
        ),
        lambda: commands_drawing.excuse(hr, Excuse(session_id, version, person, "出差"), now=driver.now),
        lambda: commands_sitting.open_vote(hr, OpenVote(session_id, version), now=driver.now),
    ):
        with pytest.raises(Forbidden, match=r"title\.convener_interest"):
            act()
    cancelled(driver, session_id)
    other = plan(driver)
    with pytest.raises(Forbidden, match=r"title\.convener_interest"):
        commands_sessions.list_candidates(hr, ListCandidates(other, 1, (case.id,), no_interest=True), now=driver.now)


def test_marks_of_two_clerks_at_once_are_not_typed_over(driver):
    case = at_committee(driver)
    session_id, hr = plan(driver), driver.actor("bureau.hr")
    acting.drawn(driver, session_id)
    seen = sitting(session_id).version
    entered = EnterMarks(session_id, seen, {case.id: {"demonstration": 90}}, no_interest=True)
    commands_sitting.enter_marks(hr, entered, now=driver.now)
    with pytest.raises(Conflict, match=r"title\.stale"):
        commands_sitting.enter_marks(hr, entered, now=driver.now)


def test_how_a_vote_ended_is_told_when_every_vote_of_the_sitting_has(driver):
    cases = [at_committee(driver, name) for name in ("li", "zhao")]
    session_id = plan(driver)
    acting.drawn(driver, session_id)
    members = acting.opened(driver, session_id)

    def told(who):
        return sorted(one.state for one in queries_sessions.candidates(driver.actor(who), session_id))

    acting.voted(cases[0], members, yes=4, no=3)
    for who in (members[0], "bureau.hr"):
        assert told(who) == ["closed", "open"]
    acting.voted(cases[1], members)
    assert told(members[0]) == ["failed", "passed"]


def test_a_candidate_whom_another_sitting_has_listed_meanwhile_stays_on_that_list(driver, monkeypatch):
    """Who waited when the second clerk looked is on the first one's list by now."""
    case, hr = at_committee(driver), driver.actor("bureau.hr")
    first, second = plan(driver), plan(driver)
    commands_sessions.list_candidates(hr, ListCandidates(first, 1, (case.id,), no_interest=True), now=driver.now)
    monkeypatch.setattr(committees, "waiting_for", lambda *_: [case.id])
    with pytest.raises(Conflict, match=r"title\.stale"):
        commands_sessions.list_candidates(hr, ListCandidates(second, 1, (case.id,), no_interest=True), now=driver.now)
    assert acting.row(case).session_id == first
