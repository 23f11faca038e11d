"""A changed calendar moves the open deadlines that depend on it: all of them, once, and no other."""

import os
import threading
import time
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from service.access.actor import Actor
from service.audit import timeline
from service.calendar import queries
from service.calendar.commands import SetDay, load_calendar, set_day
from service.calendar.models import CalendarChange, CalendarRevision
from service.clock import SetClock
from service.db import db, transaction
from service.instances import recomputing
from service.instances.commands import CaseCommand, resume_instance, suspend_instance
from service.instances.due import fire_due
from service.instances.models import ProcessCase
from service.notices.outbox import OUTBOX
from service.tasks.models import QueueEntry
from tests.driver import Case, Driver
from tests.parameters import SetParameter, set_parameter
from tests.service.people import county as counties
from tests.service.tasks import flows
from tests.workflows import diagrams as d
from workflows.base import new_id, table_of
from workflows.models import ProcessInstance, Timer

SHANGHAI = ZoneInfo("Asia/Shanghai")
RULES = {"working": "5 workdays", "calendar": "7 days", "hours": "20 workhours", "exact": "PT96H", "day": "2026-09-20"}
MANY = 20_000 if "LECTERN_PROVE" in os.environ else 60


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.fixture
def driver(any_app: Flask, clock: SetClock) -> Driver:
    """A flow with a task of each measure, one reminded of, and a drawn period; Thursday 10 September 2026 at 09:00."""
    found = Driver(counties.build(), clock)
    load_calendar(Actor.system(), now=clock.now())
    tasks = [flows.task(name, "bureau_hr_officer", decisions="approve", dueIn=rule, onExpiry="none",
                        **({"remindBefore": "1 workday"} if name == "working" else {}))
             for name, rule in RULES.items()]  # fmt: skip
    period = d.catch("period", d.timer("Duration", "7 workdays"))
    links = [d.path("start", "split", "period", "join", "end")]
    links += [d.path("split", name, "join") for name in RULES]
    found.deploy(flows.flow((d.gateway("parallel", "split"), *tasks, period, d.gateway("parallel", "join")), links))
    clock.set(at("2026-09-10T09:00"))
    with transaction() as session:
        session.execute(update(CalendarChange).values(done_at=clock.now()))
    return found


def work_off(clock: SetClock) -> int:
    """Let the job run until nothing is left; the number of its runs."""
    runs = 0
    clock.set(clock.now() + recomputing.SETTLED)
    while recomputing.recompute(clock.now()) == 0:
        runs += 1
    return runs


def dues(case: Case) -> dict[str, datetime]:
    return {f"{row.element_id}:{row.kind}": row.due_at.astimezone(SHANGHAI) for row in case.timers()}


def off(driver: Driver, *days: str) -> None:
    for day in days:
        set_day(driver.actor("admin"), SetDay(date.fromisoformat(day), False, "台风停工"), now=driver.now)


def recomputed(case: Case) -> list[str]:
    found = [event.element_id for event in timeline.events(db.session(), f"instance:{case.id}")
             if event.kind == "deadline.recomputed"]  # fmt: skip
    db.session.rollback()
    return sorted(found)


def test_a_day_off_moves_what_counts_it_with_events_notices_and_the_order_of_the_queue(driver: Driver) -> None:
    case = driver.start("small", by="s01.principal", count=3)
    before = dues(case)
    off(driver, "2026-09-11", "2026-09-17")
    work_off(driver.clock)
    assert dues(case) == before | {
        "working:due": at("2026-09-20T18:00"),
        "working:remind": at("2026-09-18T18:00"),
        "calendar:due": at("2026-09-18T18:00"),
        "hours:due": at("2026-09-15T16:00"),
        "period:event": at("2026-09-22T18:00"),
    }
    assert set(recomputed(case)) == {"working", "calendar", "hours", "period"}
    for name in ("working", "calendar", "hours"):
        assert case.task(name).due_at == dues(case)[f"{name}:due"]
    assert dues(case)["working:due"] in set(db.session.scalars(select(QueueEntry.due_at)))
    told = db.session.execute(select(OUTBOX.c.holder).where(OUTBOX.c.kind == "deadline.recomputed")).all()
    db.session.rollback()
    assert {case.task("working").groups[0], f"person:{driver.actor('s01.principal').person_id}"} <= {
        row.holder for row in told
    }


def test_doing_it_again_changes_nothing_and_tells_nobody_twice(driver: Driver) -> None:
    case = driver.start("small", by="s01.principal", count=3)
    off(driver, "2026-09-11")
    work_off(driver.clock)
    after, told = dues(case), recomputed(case)
    with transaction() as session:
        session.execute(update(CalendarChange).values(done_at=None, cursor_due=None, cursor_id=None))
    work_off(driver.clock)
    assert (dues(case), recomputed(case)) == (after, told)


def test_a_row_that_does_not_span_the_day_is_not_touched(driver: Driver) -> None:
    case = driver.start("small", by="s01.principal", count=3)
    before = {row.id: (row.due_at, row.calendar_revision) for row in case.timers()}
    off(driver, "2026-12-11")
    work_off(driver.clock)
    assert {row.id: (row.due_at, row.calendar_revision) for row in case.timers()} == before


def test_a_row_of_the_new_revision_is_never_touched(driver: Driver) -> None:
    off(driver, "2026-09-11")
    case = driver.start("small", by="s01.principal", count=3)
    assert dues(case)["working:due"] == at("2026-09-18T18:00")
    work_off(driver.clock)
    assert recomputed(case) == []


def test_the_work_goes_on_after_a_crash_where_it_stood(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [driver.start("small", by="s01.principal", count=3) for _ in range(3)]
    off(driver, "2026-09-11")
    monkeypatch.setattr(recomputing, "CHUNK", 2)
    for _ in range(2):
        recomputing.recompute(driver.now)
    with transaction() as session:
        change = session.scalars(select(CalendarChange).where(CalendarChange.done_at.is_(None))).one()
        assert (change.looked > 0, change.cursor_id is not None) == (True, True)
    work_off(driver.clock)
    assert {dues(case)["working:due"] for case in cases} == {at("2026-09-18T18:00")}
    assert {dues(case)["period:event"] for case in cases} == {at("2026-09-21T18:00")}
    assert all(len(recomputed(case)) == len(set(recomputed(case))) for case in cases)


def test_a_process_that_still_counted_by_the_old_calendar_is_caught_by_a_later_pass(driver: Driver) -> None:
    off(driver, "2026-09-11")
    recomputing.recompute(driver.now)
    case = driver.start("small", by="s01.principal", count=3)
    with transaction() as session:
        old = {"calendar_revision": 1, "due_at": at("2026-09-17T18:00")}
        session.execute(update(Timer).where(Timer.rule == "5 workdays").values(**old))
    work_off(driver.clock)
    assert dues(case)["working:due"] == at("2026-09-18T18:00")


def test_a_suspended_case_is_right_when_it_goes_on(driver: Driver) -> None:
    case = driver.start("small", by="s01.principal", count=3)
    chief = driver.actor("bureau.chief")
    driver.clock.set(at("2026-09-15T10:00"))
    suspend_instance(chief, CaseCommand(case.id, reason="核查"), now=driver.now)
    off(driver, "2026-09-14", "2026-09-29")
    work_off(driver.clock)
    driver.clock.set(at("2026-09-28T10:00"))
    resume_instance(chief, CaseCommand(case.id), now=driver.now)
    # two of five days had passed (11 and 15 September; the 14th was a day off): 30 September, 8 and 9 October
    assert dues(case)["working:due"] == at("2026-10-09T18:00")


def test_nothing_moves_into_the_past_it_ends_with_the_present_day_and_its_holder_is_told(driver: Driver) -> None:
    off(driver, "2026-09-11", "2026-09-14", "2026-09-15")
    case = driver.start("small", by="s01.principal", count=3)
    assert dues(case)["hours:due"] == at("2026-09-17T16:00")
    driver.clock.set(at("2026-09-16T08:40"))
    for day in ("2026-09-11", "2026-09-14", "2026-09-15"):
        set_day(driver.actor("admin"), SetDay(date.fromisoformat(day), True, "照常上班"), now=driver.now)
    driver.clock.set(at("2026-09-16T08:40") - recomputing.SETTLED)
    work_off(driver.clock)
    assert dues(case)["hours:due"] == at("2026-09-16T18:00")
    assert "hours" in recomputed(case)
    fire_due(driver.now, now=driver.now)
    moved = dues(case)
    assert moved["hours:due"] == at("2026-09-16T18:00")
    with transaction() as session:
        session.execute(update(CalendarChange).values(done_at=None))
        session.execute(update(Timer).values(calendar_revision=1))
    driver.clock.set(at("2026-09-16T09:40"))
    work_off(driver.clock)
    assert dues(case) == moved


def test_other_hours_of_work_move_the_end_of_days_from_then_on(driver: Driver) -> None:
    case = driver.start("small", by="s01.principal", count=3)
    hours = SetParameter("working_hours", "09:00-12:00,13:30-17:30", date(2026, 9, 15), "作息通知")
    set_parameter(hours, now=driver.now)
    queries.forget(db.session())
    work_off(driver.clock)
    assert dues(case)["working:due"] == at("2026-09-17T17:30")
    assert case.task("working").due_at == at("2026-09-17T17:30")


def copies(instance_id: str, number: int) -> None:
    """So many cases more like one, each with the row of its drawn period."""
    instance, case, timer = table_of(ProcessInstance), table_of(ProcessCase), table_of(Timer)
    with transaction() as session:
        read = {
            table: dict(session.execute(select(table).where(where)).mappings().one())
            for table, where in (
                (instance, instance.c.id == instance_id),
                (case, case.c.instance_id == instance_id),
                (timer, (timer.c.instance_id == instance_id) & (timer.c.kind == "event")),
            )
        }
        ids = [new_id() for _ in range(number)]
        for start in range(0, number, 500):
            some = ids[start : start + 500]
            session.execute(insert(instance), [{**read[instance], "id": one} for one in some])
            session.execute(insert(case), [{**read[case], "instance_id": one, "business_key": one} for one in some])
            session.execute(insert(timer), [{**read[timer], "id": new_id(), "instance_id": one} for one in some])


def test_many_dependent_rows_are_worked_off_and_nobody_waits_for_long(
    driver: Driver, any_app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    first = driver.start("small", by="s01.principal", count=3)
    copies(first.id, MANY)
    off(driver, "2026-09-11")
    waits: list[float] = []
    stop = threading.Event()

    def somebody_else() -> None:
        with any_app.app_context():
            while not stop.is_set():
                began = time.perf_counter()
                with transaction() as session:
                    session.execute(update(CalendarRevision).values(at=driver.now))
                waits.append(time.perf_counter() - began)
                time.sleep(0.01)
            db.session.remove()

    other = threading.Thread(target=somebody_else)
    other.start()
    began = time.perf_counter()
    work_off(driver.clock)
    seconds = time.perf_counter() - began
    stop.set()
    other.join()
    due = db.session.scalars(select(Timer.due_at).where(Timer.element_id == "period").distinct()).all()
    moved = len(db.session.scalars(select(OUTBOX.c.id).where(OUTBOX.c.kind == "deadline.recomputed")).all())
    db.session.rollback()
    assert [found.astimezone(SHANGHAI) for found in due] == [at("2026-09-21T18:00")]
    assert moved == MANY + 3
    waits.sort()
    with capsys.disabled():
        print(f"\n{db.engine.dialect.name}: {MANY} rows of as many cases in {seconds:.1f} s; others waited "
              f"{waits[len(waits) // 2] * 1000:.1f} ms (median), {waits[len(waits) * 99 // 100] * 1000:.0f} ms (p99), "
              f"{waits[-1] * 1000:.0f} ms (longest)")  # fmt: skip
