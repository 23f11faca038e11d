"""Votes through the commands: ballots, closing by count and by deadline, stepping aside, what is refused."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from service.access.actor import Actor
from service.audit import timeline
from service.audit.verify import verify
from service.clock import SetClock
from service.db import db
from service.errors import Conflict, Forbidden
from service.incidents.models import Incident
from service.instances.commands import CaseCommand, withdraw_instance
from service.instances.due import fire_due
from service.rotation import rotate
from service.tasks import queries, queries_boxes, voting_box
from service.tasks.commands_returning import ReturnTask, return_task
from service.tasks.models import NEVER
from tests.conftest import KEY
from tests.driver import Case, Driver, pending
from tests.service.people import county as counties
from tests.service.rotation.test_rotation import NEW, use
from tests.service.tasks import polls


@pytest.fixture
def driver(quick_driver: Driver) -> Driver:
    """Where SQL does not matter."""
    return quick_driver


@pytest.fixture
def either(any_app: Flask, clock: SetClock) -> Driver:
    """On both databases."""
    return Driver(counties.build(), clock)


def events(case: Case, kind: str, **more: Any) -> list[timeline.Event]:
    found = [event for event in timeline.events(db.session(), f"instance:{case.id}", **more) if event.kind == kind]
    db.session.rollback()
    return found


def expire(case: Case) -> None:
    """The deadline passes and the scheduler comes by."""
    case.driver.clock.set(case.task("vote").due_at + timedelta(minutes=1))
    fire_due(case.driver.now, now=case.driver.now)


def states(task_id: str) -> Counter[str]:
    found = queries.task(Actor.system(), task_id)
    db.session.rollback()
    return Counter(seat.state for seat in found.seats)


def test_a_secret_vote_closes_when_all_have_voted_and_the_diagram_goes_on(either: Driver) -> None:
    members = polls.committee(either, 5)
    case = polls.begun(either, members)
    said = ["yes", "no", "yes", "yes", "yes"]
    answers = [polls.cast(case, who, choice) for who, choice in zip(members, said, strict=True)]
    assert [answer.decided for answer in answers] == [False] * 4 + [True]
    assert case.open() == ["done"]
    told = case.variables["vote"]
    figures = {"yes": 4, "no": 1, "abstain": 0, "present": 5, "members": 5, "recused": 0}
    assert told == {"decision": "passed", "opinion": None, "by": "system", "at": either.now.isoformat(), **figures}
    [closed] = events(case, "vote.closed")
    kept = [{"id": row.id, "choice": row.choice} for row in polls.ballots()]
    assert closed.body["box"] == voting_box.hash_of(kept)
    assert {name: closed.body[name] for name in figures} == figures
    assert Counter(row.choice for row in polls.ballots()) == {"yes": 4, "no": 1}
    assert pending(case.id) == 0
    assert verify(either.now).ok


def test_one_refusal_does_not_end_a_vote_and_too_few_in_favour_fail(driver: Driver) -> None:
    members = polls.committee(driver, 3)
    case = polls.begun(driver, members)
    assert not polls.cast(case, members[0], "no").decided
    assert not polls.cast(case, members[1], "yes").decided
    assert polls.cast(case, members[2], "abstain").decided
    assert case.variables["vote"]["decision"] == "failed"
    assert case.open() == ["again"]


def test_a_secret_vote_does_not_close_early_because_that_would_tell(driver: Driver) -> None:
    members = polls.committee(driver, 3)
    case = polls.begun(driver, members)
    polls.cast(case, members[0], "no")
    polls.cast(case, members[1], "no")
    assert case.open() == ["vote"]


def test_a_named_vote_closes_once_it_is_settled_and_tells_who_chose_what(driver: Driver) -> None:
    members = polls.committee(driver, 3)
    case = polls.begun(driver, members, secret="false")
    task = case.task("vote")
    polls.cast(case, members[0], "yes", "材料齐全")
    seen = queries.task(driver.actor(members[1]), task.id)
    db.session.rollback()
    assert next((seat.state, seat.decision, seat.opinion) for seat in seen.seats) == ("signed", None, None)
    assert polls.cast(case, members[1], "yes").decided, "the third cannot change it any more"
    persons = driver.county.persons
    told = [(ballot["by"], ballot["decision"], ballot["opinion"]) for ballot in case.variables["vote"]["ballots"]]
    assert told == [(persons[members[0]], "yes", "材料齐全"), (persons[members[1]], "yes", None)]
    assert states(task.id) == {"signed": 2, "superseded": 1}
    voted = events(case, "task.voted", reveal=True)
    assert next(event.sensitive for event in voted) == {"decision": "yes", "opinion": "材料齐全"}
    assert all(event.sensitive is None for event in events(case, "task.voted"))
    assert polls.ballots() == []


def test_the_deadline_counts_what_was_cast_and_nobodys_silence(driver: Driver) -> None:
    members = polls.committee(driver, 5)
    case = polls.begun(driver, members)
    task = case.task("vote")
    for who in members[:4]:
        polls.cast(case, who, "yes")
    expire(case)
    assert case.open() == ["done"]
    assert (case.variables["vote"]["present"], case.variables["vote"]["members"]) == (4, 5)
    assert states(task.id) == {"signed": 4, "superseded": 1}
    assert [event.actor_id for event in events(case, "vote.closed")] == ["system"]


def test_too_few_at_the_deadline_are_no_quorum(driver: Driver) -> None:
    members = polls.committee(driver, 5)
    case = polls.begun(driver, members)
    for who in members[:3]:
        polls.cast(case, who, "yes")
    expire(case)
    assert case.open() == ["none"]
    assert case.variables["vote"]["decision"] == "no_quorum"


def test_a_member_who_steps_aside_is_not_waited_for_and_the_quorum_is_checked_again(either: Driver) -> None:
    members = polls.committee(either, 3)
    case = polls.begun(either, members)
    task = case.task("vote")
    polls.cast(case, members[0], "yes")
    polls.cast(case, members[1], "yes")
    polls.aside(case, members[2])
    assert case.open() == ["done"], "everybody who may vote has voted"
    assert case.variables["vote"] | {"at": None, "by": None} == {
        "decision": "passed", "opinion": None, "by": None, "at": None,
        "yes": 2, "no": 0, "abstain": 0, "present": 2, "members": 3, "recused": 1,
    }  # fmt: skip
    assert states(task.id) == {"signed": 2, "recused": 1}


def test_who_stepped_aside_cannot_vote_and_who_voted_cannot_step_aside(driver: Driver) -> None:
    members = polls.committee(driver, 4)
    case = polls.begun(driver, members)
    version = case.task("vote").version
    polls.aside(case, members[0])
    assert case.task("vote").version == version + 1
    with pytest.raises(Forbidden, match=r"access\.not_holder"):
        polls.cast(case, members[0], "yes")
    polls.cast(case, members[1], "yes")
    with pytest.raises(Conflict, match=r"vote\.cast"):
        polls.aside(case, members[1])
    todo = queries_boxes.page(driver.actor(members[0]), queries_boxes.BoxQuery())
    assert todo.items == []


def test_a_vote_that_loses_its_last_member_is_an_incident_and_has_no_quorum(driver: Driver) -> None:
    members = polls.committee(driver, 2)
    case = polls.begun(driver, members)
    for who in members:
        polls.aside(case, who)
    assert case.open() == ["vote"]
    found = db.session.execute(select(Incident.code, Incident.instance_id)).all()
    db.session.rollback()
    assert [tuple(row) for row in found] == [("task.nobody", case.id)]
    expire(case)
    assert case.open() == ["none"]


def test_the_members_of_a_role_on_the_day_are_asked(driver: Driver) -> None:
    members = polls.committee(driver, 3)
    driver.deploy(polls.flow(driver, members, "staffing_officer"))
    case = driver.start("small", by="s01.principal", count=3)
    polls.committee(driver, 1, first=700)
    asked = {driver.county.persons[name] for name in (*members, "staffing.office")}
    assert {seat.person_id for seat in case.task("vote").seats} == asked


def test_a_vote_that_is_broken_off_leaves_no_ballot(either: Driver) -> None:
    members = polls.committee(either, 3)
    case = polls.begun(either, members)
    polls.cast(case, members[0], "yes")
    withdraw_instance(either.actor("s01.principal"), CaseCommand(case.id, reason="不再需要"), now=either.now)
    assert polls.ballots() == []


def test_an_open_box_survives_the_rotation_of_keys(driver: Driver, app: Flask) -> None:
    members = polls.committee(driver, 2)
    case = polls.begun(driver, members)
    polls.cast(case, members[0], "yes")
    use(app, NEW, KEY)
    list(rotate(driver.now))
    use(app, NEW)
    assert polls.cast(case, members[1], "yes").decided
    assert case.variables["vote"]["yes"] == 2


def test_a_vote_that_is_asked_for_again_counts_afresh(driver: Driver) -> None:
    members = polls.committee(driver, 3)
    case = polls.begun(driver, members)
    for who in members:
        polls.cast(case, who, "yes")
    task = case.task("done")
    again = ReturnTask(task.id, task.version, "vote", "replay", "材料有变，请重新票决")
    return_task(driver.actor("s01.principal"), again, now=driver.now)
    assert case.open() == ["vote"]
    for who, choice in zip(members, ("yes", "yes", "no"), strict=True):
        polls.cast(case, who, choice)
    assert case.open() == ["done"]
    assert (case.variables["vote"]["yes"], case.variables["vote"]["members"]) == (2, 3)
    assert len({row.task_id for row in polls.ballots()}) == 2


def test_a_vote_without_a_deadline_ends_when_all_have_voted(driver: Driver) -> None:
    members = polls.committee(driver, 1)
    case = polls.begun(driver, members, dueIn="")
    assert case.task("vote").due_at == NEVER
    assert polls.cast(case, members[0], "yes").decided
