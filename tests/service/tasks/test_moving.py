"""Deadlines move in one place: rows, the queue's order, what is recorded and who is told."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from service.access.actor import Actor
from service.audit import timeline
from service.db import db, transaction
from service.instances import facts
from service.notices.outbox import OUTBOX
from service.tasks import moving
from service.tasks.around import surroundings
from service.tasks.commands import TaskCommand, claim_task
from service.tasks.models import NEVER, QueueEntry
from service.tasks.moving import Move
from tests.driver import Case, Driver
from tests.service.tasks import flows
from tests.statements import counted
from tests.workflows import diagrams as d
from workflows import store

BRANCHES = 12
LATER = timedelta(days=3)
REASON = "材料较多"


def started(driver: Driver, branches: int) -> Case:
    """A case with some open tasks, each with its deadline and reminder, and one timer drawn in the diagram."""
    names = [f"check{number}" for number in range(branches)]
    tasks = [flows.task(name, "bureau_hr_officer", decisions="approve", dueIn="5 workdays",
                        remindBefore="2 workdays") for name in names]  # fmt: skip
    period = d.catch("period", d.timer("Duration", "7 workdays"))
    nodes = (d.gateway("parallel", "split"), *tasks, period, d.gateway("parallel", "join"))
    links = [d.path("start", "split", "period", "join", "end")]
    links += [d.path("split", name, "join") for name in names]
    driver.deploy(flows.flow(nodes, links))
    return driver.start("small", by="s01.principal", count=3)


def move_all(driver: Driver, case: Case, cause: str = moving.EXTENDED, **changes: Any) -> list[str]:
    """Every row of the case three days later; the statements that the move itself sent."""
    with transaction() as session:
        locked = facts.lock(session, case.id)
        around = surroundings(session, Actor.system(), driver.now, locked.case.about)
        moves = [Move(row, row.due_at + LATER, changes) for row in store.timers(session, case.id)]
        with counted() as sent:
            moving.move(around, locked.case, moves, cause, REASON)
        return list(sent)


def moved_events(case: Case) -> list[Any]:
    found = [event for event in timeline.events(db.session(), f"instance:{case.id}") if event.kind in
             (moving.EXTENDED, moving.RECOMPUTED, moving.MOVED)]  # fmt: skip
    db.session.rollback()
    return found


def notices(kind: str) -> list[Any]:
    found = list(db.session.execute(select(OUTBOX).where(OUTBOX.c.kind == kind)).all())
    db.session.rollback()
    return found


def test_rows_tasks_and_the_order_of_the_queue_move_together(driver: Driver) -> None:
    case = started(driver, 2)
    before = {row.id: row.due_at for row in case.timers()}
    move_all(driver, case, used=2, calendar_revision=7)
    rows = case.timers()
    assert {row.id: row.due_at for row in rows} == {row_id: due + LATER for row_id, due in before.items()}
    assert {(row.used, row.calendar_revision, row.rule) for row in rows if row.kind == "due"} == {(2, 7, "5 workdays")}
    due = next(row.due_at for row in rows if row.kind == "due")
    assert {case.task("check0").due_at, case.task("check1").due_at} == {due}
    assert set(db.session.scalars(select(QueueEntry.due_at))) == {due}
    db.session.rollback()


def test_each_deadline_is_recorded_once_with_both_moments_and_the_reason(driver: Driver) -> None:
    case = started(driver, 2)
    old = {row.element_id: row.due_at for row in case.timers() if row.kind != "remind"}
    move_all(driver, case, moving.RECOMPUTED)
    events = moved_events(case)
    assert {event.element_id for event in events} == {"check0", "check1", "period"}
    for event in events:
        assert (event.kind, event.body["reason"]) == (moving.RECOMPUTED, REASON)
        assert datetime.fromisoformat(event.body["old"]) == old[event.element_id]
        assert datetime.fromisoformat(event.body["new"]) == old[event.element_id] + LATER
    assert len(events) == 3


def test_who_holds_the_task_is_told_and_of_a_drawn_timer_the_initiator(driver: Driver) -> None:
    case = started(driver, 1)
    move_all(driver, case, moving.MOVED)
    told = {row.holder: row.body for row in notices(moving.MOVED)}
    [group] = case.task("check0").groups
    assert set(told) == {group, f"person:{driver.actor('s01.principal').person_id}"}
    assert told[group]["task_id"] == case.task("check0").id
    assert told[group]["due_at"] == case.task("check0").due_at.isoformat()


def test_a_claimed_task_tells_only_who_has_it(driver: Driver) -> None:
    case = started(driver, 1)
    claim_task(driver.actor("bureau.hr"), TaskCommand(case.task("check0").id, 1), now=driver.now)
    move_all(driver, case)
    holders = {row.holder for row in notices(moving.EXTENDED) if "task_id" in row.body}
    assert holders == {f"person:{driver.actor('bureau.hr').person_id}"}


def test_many_rows_take_as_many_statements_as_one(driver: Driver) -> None:
    few, many = started(driver, 1), started(driver, BRANCHES)
    assert len(many.timers()) == 2 * BRANCHES + 1
    assert len(move_all(driver, many)) == len(move_all(driver, few)) <= 9


def test_a_deadline_that_has_passed_moves_apart_from_the_row_that_reminds_of_it(driver: Driver) -> None:
    case = started(driver, 1)
    row = next(row for row in case.timers() if row.kind == "due")
    with transaction() as session:
        store.lock(session, case.id)
        moving.write(session, [Move(row, NEVER, {"kind": "overdue"}, deadline=row.due_at - LATER)])
    assert case.task("check0").due_at == row.due_at - LATER
    assert next(found.due_at for found in case.timers() if found.id == row.id) == NEVER


def test_nothing_to_move_says_nothing(driver: Driver) -> None:
    case = started(driver, 1)
    with transaction() as session:
        locked = facts.lock(session, case.id)
        moving.move(
            surroundings(session, Actor.system(), driver.now, locked.case.about), locked.case, [], moving.MOVED, REASON
        )
    assert moved_events(case) == []
