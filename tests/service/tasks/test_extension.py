"""More time for a task: who may give it, how much, from when, and what moves with the deadline."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from service.access.actor import Actor
from service.audit import timeline
from service.calendar import queries as calendars
from service.calendar.commands import SetDay, load_calendar, set_day
from service.calendar.commands_holidays import SetHoliday, set_holiday
from service.db import db
from service.errors import Conflict, Forbidden, Invalid, LecternError
from service.instances import recomputing
from service.instances.commands import CaseCommand, suspend_instance
from service.instances.due import fire_due
from service.notices.outbox import OUTBOX
from service.tasks.commands_deadlines import ExtendTask, extend_task
from service.tasks.models import Overdue
from tests.driver import Case, Driver
from tests.parameters import SetParameter, set_parameter
from tests.service.tasks import flows

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.fixture
def case(driver: Driver) -> Case:
    """Five working days from Monday 21 September: 29 September at 18:00, a reminder two working days before."""
    load_calendar(Actor.system(), now=driver.now)
    return started(driver)


def started(driver: Driver, **properties: str) -> Case:
    given = {"decisions": "approve", "dueIn": "5 workdays", "remindBefore": "2 workdays", "onExpiry": "remind"}
    check = flows.task("check", "bureau_hr_officer", **{**given, **properties})
    driver.deploy(flows.line(check, ids=("check",)))
    driver.clock.set(at("2026-09-21T09:00"))
    return driver.start("small", by="s01.principal", count=3)


def extend(case: Case, by: str = "bureau.chief", reason: str = "材料较多", **wish: Any) -> datetime:
    driver = case.driver
    command = ExtendTask(case.task("check").id, reason=reason, **wish)
    return extend_task(driver.actor(by), command, now=driver.now)


def refused(case: Case, **wish: Any) -> LecternError:
    with pytest.raises(LecternError) as found:
        extend(case, **wish)
    return found.value


def dues(case: Case) -> dict[str, datetime]:
    return {row.kind: row.due_at for row in case.timers()}


@pytest.mark.parametrize(
    ("wish", "due"),
    [
        ({"days": 3}, "2026-10-09T18:00"),
        ({"days": 7, "unit": "days"}, "2026-10-08T18:00"),
        ({"until": date(2026, 10, 10)}, "2026-10-10T18:00"),
    ],
)
def test_time_is_added_to_the_deadline_and_the_reminder_goes_with_it(case: Case, wish: Any, due: str) -> None:
    assert case.task("check").due_at == at("2026-09-29T18:00")
    assert extend(case, **wish) == at(due)
    assert case.task("check").due_at == dues(case)["due"] == at(due)
    before = {"2026-10-09": "2026-09-30", "2026-10-08": "2026-09-29", "2026-10-10": "2026-10-08"}[due[:10]]
    assert dues(case)["remind"] == at(f"{before}T18:00")


@pytest.mark.parametrize("wish", [{"days": 3}, {"until": date(2026, 10, 10)}])
def test_the_reminder_of_more_time_moves_with_the_calendar(case: Case, wish: Any) -> None:
    """Two working days before the end: a day off between the two moves it, whether the end moves or is a fixed day."""
    driver = case.driver
    extend(case, **wish)
    end = dues(case)["due"].astimezone(SHANGHAI).date()
    set_day(Actor.system(), SetDay(date(2026, 10, 8), False, "台风停工"), now=driver.now)
    driver.clock.advance(recomputing.SETTLED)
    while recomputing.recompute(driver.now) == 0:
        continue
    calendar = calendars.calendar(db.session())
    due = dues(case)["due"].astimezone(SHANGHAI).date()
    assert due == (end if "until" in wish else date(2026, 10, 10))
    assert dues(case)["remind"] == calendar.end_of(calendar.add_workdays(due, -2))
    assert calendar.workdays_between(dues(case)["remind"].astimezone(SHANGHAI).date(), due) == 2


def test_a_reminder_leaves_out_school_holidays_as_its_deadline_does(driver: Driver) -> None:
    load_calendar(Actor.system(), now=driver.now)
    set_holiday(Actor.system(), SetHoliday("秋假", date(2026, 9, 30), date(2026, 10, 16)), now=driver.now)
    case = started(driver, dueIn="5 workdays outside holidays")
    assert extend(case, days=1) == at("2026-10-19T18:00")
    assert dues(case)["remind"] == at("2026-09-28T18:00")


def test_nobody_is_told_that_a_task_is_due_soon_when_it_is_overdue(case: Case) -> None:
    driver = case.driver
    extend(case, days=1)
    driver.clock.set(at("2026-10-20T09:00"))
    fire_due(driver.now, now=driver.now)
    kinds = db.session.execute(select(OUTBOX.c.kind).where(OUTBOX.c.kind.in_(("task.due_soon", "task.overdue"))))
    assert kinds.scalars().all() == ["task.overdue"]
    db.session.rollback()


def test_it_is_recorded_and_told_with_the_reason(case: Case) -> None:
    group = case.task("check").groups[0]
    extend(case, days=2)
    [event] = [event for event in timeline.events(db.session(), f"instance:{case.id}")
               if event.kind == "deadline.extended"]  # fmt: skip
    assert event.actor_id == case.driver.actor("bureau.chief").person_id
    assert event.body["reason"] == "材料较多"
    assert (datetime.fromisoformat(event.body["old"]), datetime.fromisoformat(event.body["new"])) == (
        at("2026-09-29T18:00"), at("2026-10-08T18:00")
    )  # fmt: skip
    told = db.session.execute(select(OUTBOX.c.holder).where(OUTBOX.c.kind == "deadline.extended")).scalars().all()
    db.session.rollback()
    assert told == [group]


def test_a_deadline_that_has_passed_is_counted_from_today_and_no_longer_against_the_office(case: Case) -> None:
    driver = case.driver
    driver.clock.set(at("2026-09-29T19:00"))
    fire_due(driver.now, now=driver.now)
    assert set(dues(case)) == {"overdue"}
    assert db.session.scalars(select(Overdue.task_id)).all() == [case.task("check").id]
    driver.clock.set(at("2026-09-30T10:00"))
    assert extend(case, days=3) == at("2026-10-10T18:00")
    assert dues(case) == {"due": at("2026-10-10T18:00"), "remind": at("2026-10-08T18:00")}
    assert db.session.scalars(select(Overdue.task_id)).all() == []
    db.session.rollback()
    driver.clock.set(at("2026-10-11T10:00"))
    fire_due(driver.now, now=driver.now)
    assert set(dues(case)) == {"overdue"}
    case.complete("check", "bureau.hr", "approve")
    assert case.timers() == []


def test_more_time_given_after_the_deadline_leaves_out_school_holidays_as_the_rule_did(driver: Driver) -> None:
    load_calendar(Actor.system(), now=driver.now)
    case = started(driver, dueIn="5 workdays outside holidays")
    set_holiday(Actor.system(), SetHoliday("秋假", date(2026, 10, 12), date(2026, 10, 16)), now=driver.now)
    driver.clock.set(at("2026-10-09T19:00"))
    fire_due(driver.now, now=driver.now)
    assert set(dues(case)) == {"overdue"}
    assert extend(case, days=2) == at("2026-10-19T18:00")


def test_a_case_that_stood_still_keeps_what_was_granted(case: Case) -> None:
    extend(case, days=3)
    driver = case.driver
    suspend_instance(driver.actor("bureau.chief"), CaseCommand(case.id, reason="核查"), now=driver.now)
    assert refused(case, days=1).code == "instance.not_running"


def test_an_officer_extends_no_authoritys_deadline(case: Case) -> None:
    assert isinstance(refused(case, days=1, by="bureau.hr"), Forbidden)


@pytest.mark.parametrize("who", ["s01.principal", "s01.hr"])
def test_the_school_gives_itself_no_time(case: Case, who: str) -> None:
    assert isinstance(refused(case, days=1, by=who), Forbidden)


def test_who_holds_the_task_is_told_that_somebody_else_decides(driver: Driver) -> None:
    load_calendar(Actor.system(), now=driver.now)
    driver.clock.set(at("2026-09-21T09:00"))
    driver.deploy(flows.line(flows.task("check", "bureau_hr_chief", decisions="approve", dueIn="5 workdays"),
                             ids=("check",)))  # fmt: skip
    own = driver.start("small", by="s01.principal", count=3)
    assert refused(own, days=1).code == "extension.own"
    assert extend(own, by="bureau.leader", days=1) == at("2026-09-30T18:00")


def test_bureau_hr_extends_what_an_applicant_owes(driver: Driver) -> None:
    load_calendar(Actor.system(), now=driver.now)
    driver.deploy(flows.line(flows.task("check", assignee="=initiator", decisions="approve", dueIn="5 workdays",
                                        owedBy="applicant"), ids=("check",)))  # fmt: skip
    driver.clock.set(at("2026-09-21T09:00"))
    own = driver.start("small", by="s01.principal", count=3)
    assert isinstance(refused(own, days=1, by="s01.principal"), Forbidden)
    assert extend(own, by="bureau.hr", days=1) == at("2026-09-30T18:00")


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({}, "extension.nothing"),
        ({"days": 21}, "extension.too_long"),
        ({"days": 60, "unit": "days"}, "extension.too_long"),
        ({"until": date(2026, 10, 3)}, "extension.day_off"),
        ({"until": date(2026, 9, 28)}, "extension.not_later"),
        ({"until": date(2026, 9, 22)}, "extension.not_later"),
        ({"until": date(2026, 9, 20)}, "extension.not_later"),
        ({"days": 1, "reason": " "}, "reason.missing"),
        ({"days": 1, "version": 9}, "task.stale"),
        ({"days": 1, "due_at": at("2026-09-25T18:00")}, "deadline.changed"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_changes_nothing(case: Case, wish: Any, code: str) -> None:
    before = dues(case)
    assert refused(case, **wish).code == code
    assert dues(case) == before


def test_a_step_is_extended_no_oftener_than_the_parameter_says(case: Case) -> None:
    extend(case, days=1)
    extend(case, days=1)
    error = refused(case, days=1)
    assert (type(error), error.code, error.params["times"]) == (Conflict, "extension.used_up", 2)
    change = SetParameter("extension_times", 3, date(2026, 9, 1), "通知")
    set_parameter(change, now=case.driver.now)
    extend(case, days=1)
    assert case.task("check").due_at == at("2026-10-09T18:00")


def test_a_task_without_a_deadline_has_none_to_extend(driver: Driver) -> None:
    driver.deploy(flows.line(flows.task("check", "bureau_hr_officer", decisions="approve"), ids=("check",)))
    case = driver.start("small", by="s01.principal", count=3)
    assert refused(case, days=1).code == "deadline.none"


def test_a_closed_task_is_not_extended(case: Case) -> None:
    task = case.task("check")
    case.complete("check", "bureau.hr", "approve")
    with pytest.raises((Conflict, Invalid)) as late:
        extend_task(case.driver.actor("bureau.chief"), ExtendTask(task.id, 1, reason="晚了"), now=case.driver.now)
    assert late.value.code == "task.closed"
