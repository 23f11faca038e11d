"""A suspended case keeps what every deadline had left, of every measure, however often it stands still."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from service.access.actor import Actor
from service.audit import timeline
from service.calendar.commands import load_calendar
from service.db import db, transaction
from service.instances import queries_timers, waiting
from service.instances.commands import CaseCommand, resume_instance, suspend_instance
from service.instances.due import fire_due
from service.notices.outbox import OUTBOX
from service.tasks.models import NEVER, QueueEntry
from tests.driver import Case, Driver
from tests.service.tasks import flows
from tests.workflows import diagrams as d
from workflows.models import Timer

SHANGHAI = ZoneInfo("Asia/Shanghai")
RULES = {
    "working": "5 workdays",
    "calendar": "7 days",
    "month": "P1M",
    "exact": "PT4H",
    "day": "2026-09-20",
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.fixture
def case(driver: Driver) -> Case:
    """A task of each measure, one with a reminder, and a drawn period, from Thursday 10 September at 09:00."""
    load_calendar(Actor.system(), now=driver.now)
    tasks = [flows.task(name, "bureau_hr_officer", decisions="approve", dueIn=rule, onExpiry="none",
                        **({"remindBefore": "2 workdays"} if name == "working" else {}))
             for name, rule in RULES.items()]  # fmt: skip
    period = d.catch("period", d.timer("Duration", "7 workdays"))
    links = [d.path("start", "split", "period", "join", "end")]
    links += [d.path("split", name, "join") for name in RULES]
    nodes = (d.gateway("parallel", "split"), *tasks, period, d.gateway("parallel", "join"))
    driver.deploy(flows.flow(nodes, links))
    driver.clock.set(at("2026-09-10T09:00"))
    return driver.start("small", by="s01.principal", count=3)


def stand_still(case: Case, on: str, until: str) -> None:
    driver = case.driver
    driver.clock.set(at(on))
    suspend_instance(driver.actor("bureau.chief"), CaseCommand(case.id, reason="核查"), now=driver.now)
    driver.clock.set(at(until))
    resume_instance(driver.actor("bureau.chief"), CaseCommand(case.id), now=driver.now)


def dues(case: Case) -> dict[str, datetime]:
    return {f"{row.element_id}:{row.kind}": row.due_at.astimezone(SHANGHAI) for row in case.timers()}


def test_what_was_left_goes_on_in_every_measure(case: Case) -> None:
    stand_still(case, "2026-09-10T11:00:30", "2026-09-28T14:00:00")
    assert dues(case) == {
        "working:due": at("2026-10-10T18:00"),
        "working:remind": at("2026-10-08T18:00"),
        "calendar:due": at("2026-10-08T18:00"),
        "month:due": at("2026-10-28T18:00"),
        "exact:due": at("2026-09-28T15:59:30"),
        "day:due": at("2026-10-08T18:00"),
        "period:event": at("2026-10-13T18:00"),
    }
    for name in RULES:
        assert case.task(name).due_at == dues(case)[f"{name}:due"]


def test_standing_still_twice_adds_up(case: Case) -> None:
    stand_still(case, "2026-09-11T11:00", "2026-09-21T11:00")
    assert dues(case)["working:due"] == at("2026-09-28T18:00")
    assert dues(case)["calendar:due"] == at("2026-09-27T18:00").replace(day=28)
    stand_still(case, "2026-09-23T11:00", "2026-10-12T11:00")
    assert dues(case)["working:due"] == at("2026-10-14T18:00")
    assert dues(case)["calendar:due"] == at("2026-10-16T18:00")
    assert dues(case)["period:event"] == at("2026-10-16T18:00")


def test_nothing_of_a_suspended_case_is_due_or_late(case: Case) -> None:
    driver = case.driver
    driver.clock.set(at("2026-09-11T11:00"))
    suspend_instance(driver.actor("bureau.chief"), CaseCommand(case.id, reason="核查"), now=driver.now)
    driver.clock.set(at("2027-01-11T11:00"))
    assert fire_due(driver.now, now=driver.now).fired == 0
    assert {row.due_at for row in case.timers()} == {NEVER}
    assert set(db.session.scalars(select(QueueEntry.due_at))) == {NEVER}
    assert queries_timers.deadlines(driver.actor("admin")).items == []
    db.session.rollback()


def test_suspending_and_going_on_are_recorded_and_told(case: Case) -> None:
    stand_still(case, "2026-09-11T11:00", "2026-09-21T11:00")
    events = list(timeline.events(db.session(), f"instance:{case.id}"))
    suspended = next(event for event in events if event.kind == "instance.suspended")
    assert {"element_id": "working", "rule": "5 workdays", "left": 4}.items() <= next(
        found for found in suspended.body["deadlines"] if found["rule"] == "5 workdays"
    ).items()
    assert sum(event.kind == "deadline.resumed" for event in events) == len(RULES) + 1
    told = db.session.execute(select(OUTBOX.c.kind, OUTBOX.c.holder)).all()
    db.session.rollback()
    initiator = f"person:{case.driver.actor('s01.principal').person_id}"
    group = case.task("working").groups[0]
    assert {("instance.suspended", initiator), ("instance.suspended", group), ("instance.resumed", initiator),
            ("deadline.resumed", group)} <= {tuple(row) for row in told}  # fmt: skip


def test_what_was_overdue_is_as_late_as_before_and_is_reminded_of_again(driver: Driver) -> None:
    load_calendar(Actor.system(), now=driver.now)
    check = flows.task("check", "bureau_hr_officer", decisions="approve", dueIn="3 workdays", onExpiry="remind")
    driver.deploy(flows.line(check, ids=("check",)))
    driver.clock.set(at("2026-09-21T09:00"))
    case = driver.start("small", by="s01.principal", count=3)
    driver.clock.set(at("2026-09-24T18:00"))
    fire_due(driver.now, now=driver.now)
    stand_still(case, "2026-09-29T11:00", "2026-10-20T11:00")
    # two working days late on 29 September, and so on 20 October
    assert case.task("check").due_at == at("2026-10-16T18:00")
    assert dues(case) == {"check:overdue": at("2026-10-23T18:00")}


def test_a_late_row_of_a_suspended_case_is_not_looked_at_until_the_case_goes_on(case: Case) -> None:
    """As an upgrade leaves the deadlines of cases that were suspended before deadlines stood still."""
    driver = case.driver
    suspend_instance(driver.actor("bureau.chief"), CaseCommand(case.id, reason="核查"), now=driver.now)
    row = case.timers()[0]
    with transaction() as session:
        late = {"due_at": driver.now - timedelta(days=1), "paused": None, "retry_at": NEVER}
        session.execute(update(Timer).where(Timer.id == row.id).values(**late))
    assert waiting.due(driver.now, driver.now, 10) == []
    assert waiting.lateness(driver.now) == 0
    resume_instance(driver.actor("bureau.chief"), CaseCommand(case.id), now=driver.now)
    assert [found.timer_id for found in waiting.due(driver.now, driver.now, 10)] == [row.id]
