"""A timer of the diagram is moved by an admin, with a reason: the row, an event with both moments, a notice."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from service.access.actor import Actor
from service.audit import timeline
from service.calendar.commands import SetDay, set_day
from service.db import db
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.instances import recomputing
from service.instances.commands import CaseCommand, suspend_instance
from service.instances.commands_moves import MoveTimer, move_timer
from service.instances.due import fire_due
from service.notices.models import OutboxMessage
from tests.driver import Case, Driver
from tests.service.instances.test_due import waiting_cases
from tests.service.tasks import flows
from tests.workflows import diagrams as d


def moved(driver: Driver, case: Case, days: int, by: str = "admin", reason: str = "节假日调整") -> None:
    move_timer(
        driver.actor(by), MoveTimer(case.timers()[0].id, driver.now + timedelta(days=days), reason), now=driver.now
    )


def test_a_moved_timer_fires_at_its_new_moment_and_says_so(driver: Driver) -> None:
    [case] = waiting_cases(driver, 1)
    old, new = case.timers()[0].due_at, driver.now + timedelta(days=3)
    moved(driver, case, 3)
    driver.clock.advance(timedelta(days=2))
    assert fire_due(driver.now, now=driver.now).fired == 0
    told = timeline.events(db.session(), f"instance:{case.id}")[-1]
    assert (told.kind, told.element_id) == ("deadline.moved", "period")
    assert (told.body["old"], told.body["new"], told.body["reason"]) == (
        old.isoformat(), new.isoformat(), "节假日调整",
    )  # fmt: skip
    kinds = db.session.scalars(select(OutboxMessage.kind).where(OutboxMessage.kind == "deadline.moved")).all()
    assert len(kinds) == 1
    driver.clock.advance(timedelta(days=1))
    assert fire_due(driver.now, now=driver.now).fired == 1
    assert case.open() == ["after"]


def test_what_cannot_be_moved_is_refused_with_what_to_do_instead(quick_driver: Driver) -> None:
    driver = quick_driver
    [case] = waiting_cases(driver, 1)
    for days, reason, code in ((3, " ", "reason.missing"), (-1, "提前", "timer.past")):
        with pytest.raises(Invalid) as refused:
            moved(driver, case, days, reason=reason)
        assert refused.value.code == code
    with pytest.raises(Forbidden):
        moved(driver, case, 3, by="bureau.hr")
    with pytest.raises(NotFound):
        move_timer(Actor.system(), MoveTimer("gone", driver.now + timedelta(days=1), "试"), now=driver.now)
    suspend_instance(driver.actor("bureau.chief"), CaseCommand(case.id, reason="核查"), now=driver.now)
    with pytest.raises(Conflict):
        moved(driver, case, 3)


def test_the_deadline_of_a_step_is_not_moved_but_extended(quick_driver: Driver) -> None:
    task = flows.task("check", "bureau_hr_officer", decisions="approve", dueIn="5 workdays")
    quick_driver.deploy(flows.line(task, ids=("check",)))
    case = quick_driver.start("small", by="s01.principal", count=3)
    with pytest.raises(Invalid) as refused:
        moved(quick_driver, case, 3)
    assert refused.value.code == "timer.not_drawn"


def test_a_moment_set_by_hand_holds_though_the_calendar_changes(driver: Driver) -> None:
    period = d.catch("period", d.timer("Duration", "7 workdays"))
    driver.deploy(flows.line(period, flows.task("after", "bureau_hr_officer"), ids=("period", "after")))
    counted, placed = (driver.start("small", by="s01.principal", count=3) for _ in range(2))
    before = counted.timers()[0].due_at
    noon = datetime(2026, 9, 24, 4, tzinfo=UTC)
    move_timer(driver.actor("admin"), MoveTimer(placed.timers()[0].id, noon, "现场会"), now=driver.now)
    set_day(driver.actor("admin"), SetDay(date(2026, 9, 15), False, "台风停工"), now=driver.now)
    driver.clock.advance(recomputing.SETTLED)
    while recomputing.recompute(driver.now) == 0:
        continue
    assert counted.timers()[0].due_at > before
    assert placed.timers()[0].due_at == noon


def test_who_moves_what_has_moved_meanwhile_is_told(driver: Driver) -> None:
    [case] = waiting_cases(driver, 1)
    seen = case.timers()[0].due_at
    moved(driver, case, 3)
    again = MoveTimer(case.timers()[0].id, driver.now + timedelta(days=5), "再调整", seen)
    with pytest.raises(Conflict) as refused:
        move_timer(driver.actor("admin"), again, now=driver.now)
    assert refused.value.code == "deadline.changed"
