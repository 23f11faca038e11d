"""A substitute (代理) at work: what is offered, how it is recorded, and that nothing has moved afterwards."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from service.access.actor import Actor
from service.audit import timeline
from service.db import db
from service.errors import Conflict, Forbidden, NotFound
from service.people.commands_substitutes import EndSubstitution, end_substitution
from service.tasks import queries, queries_boxes
from service.tasks.commands import TaskCommand, claim_task, complete_task, unclaim_task
from service.tasks.models import QueueEntry
from service.tasks.queries_boxes import BoxQuery
from service.tasks.view import view
from tests.driver import Case, Driver
from tests.service.people.county import TODAY
from tests.service.tasks import flows
from tests.service.tasks.deputing import (
    check,
    command_of,
    following,
    sign,
    stand_in,
    started,
)

P, S = "bureau.hr", "bureau.chief"
"""The officer is away; the chief, the deputy of the role, is the substitute."""


def box(actor: Actor, name: str) -> list[tuple[str, str]]:
    """Element and holder of a box."""
    found = [(row.element_id, row.holder.partition("@")[0]) for row in queries_boxes.page(actor, BoxQuery(name)).items]
    assert queries_boxes.count(actor, BoxQuery(name)) == len(found)
    db.session.rollback()
    return found


def seat_of(driver: Driver, task_id: str) -> tuple[str, str | None, str]:
    """Who signed, on whose behalf, state."""
    task = queries.task(driver.actor("bureau.leader"), task_id)
    names = {person_id: who for who, person_id in driver.county.persons.items()}
    [seat] = [seat for seat in task.seats if seat.state != "removed"]
    db.session.rollback()
    return names[seat.person_id], seat.on_behalf_of and names[seat.on_behalf_of], seat.state


def events(case: Case) -> list[timeline.Event]:
    found = list(timeline.events(db.session(), f"instance:{case.id}"))
    db.session.rollback()
    return found


def test_both_names_stand_in_every_record_of_what_a_substitute_decides(driver: Driver) -> None:
    case = started(driver, check(), following())
    task = case.task("check")
    stand_in(driver, P, S)
    assert box(driver.actor(S), "claimable") == [("check", "bureau_hr_officer")]
    sign(driver, case, S)
    persons = driver.county.persons
    assert seat_of(driver, task.id) == (S, P, "signed")
    said = case.variables["check"]
    assert (said["by"], said["on_behalf_of"]) == (persons[S], persons[P])
    mine = [event for event in events(case) if event.actor_id == persons[S]]
    assert {event.kind for event in mine} >= {"task.signed", "task.completed"}
    assert {event.on_behalf_of for event in mine} == {persons[P]}
    done = select(QueueEntry.holder).where(QueueEntry.task_id == task.id)
    assert sorted(db.session.scalars(done)) == sorted([f"person:{persons[S]}", f"person:{persons[P]}"])
    db.session.rollback()
    assert box(driver.actor(P), "done") == [("check", f"person:{persons[P]}")]
    assert box(driver.actor(S), "done") == [("check", f"person:{persons[S]}")]


def test_who_signs_in_the_own_name_stands_there_alone(quick_driver: Driver) -> None:
    case = started(quick_driver, check(), following())
    stand_in(quick_driver, P, S)
    sign(quick_driver, case, P)
    assert case.variables["check"]["on_behalf_of"] is None


def test_a_claim_of_a_substitute_is_with_the_represented_when_the_days_are_over(driver: Driver) -> None:
    case = started(driver, check(), following())
    substitution_id = stand_in(driver, P, S)
    found = case.task("check")
    claim_task(driver.actor(S), TaskCommand(found.id, found.version), now=driver.now)
    assert seat_of(driver, found.id) == (P, None, "open")
    assert box(driver.actor(S), "todo") == box(driver.actor(P), "todo") != []
    end_substitution(driver.actor(P), EndSubstitution(substitution_id), now=driver.now)
    assert box(driver.actor(S), "todo") == []
    with pytest.raises(Forbidden) as refusal:
        complete_task(driver.actor(S), command_of(case), now=driver.now)
    assert refusal.value.code == "access.not_holder"
    sign(driver, case, P)
    assert seat_of(driver, found.id) == (P, None, "signed")


def test_a_substitute_gives_back_what_was_claimed(quick_driver: Driver) -> None:
    case = started(quick_driver, check(), following())
    stand_in(quick_driver, P, S)
    found = case.task("check")
    claim_task(quick_driver.actor(S), TaskCommand(found.id, found.version), now=quick_driver.now)
    unclaim_task(quick_driver.actor(S), TaskCommand(found.id, found.version + 1), now=quick_driver.now)
    assert box(quick_driver.actor(P), "claimable") == [("check", "bureau_hr_officer")]
    back = next(event for event in events(case) if event.kind == "task.unclaimed")
    assert back.on_behalf_of == quick_driver.county.persons[P]


def test_the_days_begin_and_end_at_midnight_of_the_bureau(quick_driver: Driver) -> None:
    driver = quick_driver
    started(driver, check())
    tomorrow = TODAY + timedelta(days=1)
    stand_in(driver, P, S, first=tomorrow, until=tomorrow + timedelta(days=1))
    for moment, offered in [
        (datetime(2026, 9, 10, 15, 59, 59, tzinfo=UTC), 0),
        (datetime(2026, 9, 10, 16, 0, tzinfo=UTC), 1),
        (datetime(2026, 9, 11, 15, 59, 59, tzinfo=UTC), 1),
        (datetime(2026, 9, 11, 16, 0, tzinfo=UTC), 0),
    ]:
        driver.clock.set(moment)
        assert len(box(driver.actor(S), "claimable")) == offered, moment


def test_a_period_that_ends_between_reading_and_signing_is_over(quick_driver: Driver) -> None:
    driver = quick_driver
    case = started(driver, check(), following())
    stand_in(driver, P, S, until=TODAY + timedelta(days=1))
    assert view(driver.actor(S), case.task("check").id).may_act
    db.session.rollback()
    command = command_of(case)
    driver.clock.set(datetime(2026, 9, 10, 16, 0, tzinfo=UTC))
    with pytest.raises(Forbidden):
        complete_task(driver.actor(S), command, now=driver.now)
    assert case.open() == ["check"]


def test_an_end_between_the_request_and_the_signature_is_seen(quick_driver: Driver) -> None:
    driver = quick_driver
    case = started(driver, check(), following())
    substitution_id = stand_in(driver, P, S)
    before = driver.actor(S)
    end_substitution(driver.actor(S), EndSubstitution(substitution_id), now=driver.now)
    with pytest.raises(Conflict) as refusal:
        complete_task(before, command_of(case), now=driver.now)
    assert refusal.value.code == "substitute.over"


def test_only_the_chosen_flows_are_represented(driver: Driver) -> None:
    started(driver, check())
    stand_in(driver, P, S, flows=["small"])
    assert len(box(driver.actor(S), "claimable")) == 1
    other = {name: file.replace(b'"small"', b'"other"') for name, file in flows.line(check(), ids=["check"]).items()}
    other["flow.toml"] = other["flow.toml"].replace(b"XL-", b"XM-")
    driver.deploy(other)
    case = driver.start("other", "s01.hr", "s01", count=3)
    assert len(box(driver.actor(S), "claimable")) == 1
    with pytest.raises(Forbidden):
        claim_task(driver.actor(S), TaskCommand(case.task("check").id, 1), now=driver.now)


def test_a_substitute_sees_the_task_and_its_case_in_the_period_and_later_what_was_signed(quick_driver: Driver) -> None:
    driver = quick_driver
    away, other = "s01.principal", "s02.principal"
    school = driver.county.organisations["s01"]
    driver.deploy(flows.line(check(f'="principal@{school}"'), following(), ids=("check", "next")))
    cases = [driver.start("small", "s01.hr", "s01", count=3) for _ in range(2)]
    tasks = [case.task("check").id for case in cases]
    assert sees(driver, other, tasks) == [False, False]
    stand_in(driver, away, other)
    assert sees(driver, other, tasks) == [True, True]
    sign(driver, cases[0], other)
    driver.clock.set(datetime(2026, 9, 20, tzinfo=UTC))
    assert sees(driver, other, tasks) == [True, False]


def sees(driver: Driver, who: str, task_ids: list[str]) -> list[bool]:
    found = []
    for task_id in task_ids:
        try:
            queries.task(driver.actor(who), task_id)
            found.append(True)
        except NotFound:
            found.append(False)
    db.session.rollback()
    return found
