"""Deadlines of tasks: the worked dates, what happens when one has passed, and whom it counts against."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from service.access.actor import Actor
from service.audit import timeline
from service.calendar.commands import SetDay, load_calendar, set_day
from service.db import db
from service.instances import recomputing
from service.instances.commands import CaseCommand, resume_instance, suspend_instance
from service.instances.due import fire_due
from service.notices.outbox import OUTBOX
from service.tasks.models import NEVER, Overdue
from tests.driver import Case, Driver
from tests.parameters import SetParameter, set_parameter
from tests.service.tasks import flows

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = "2026-09-21T09:00"
"""Three working days from here end on Thursday 24 September at 18:00; 25 to 27 September are off."""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.fixture
def driver(quick_driver: Driver) -> Driver:
    load_calendar(Actor.system(), now=quick_driver.now)
    return quick_driver


def started(driver: Driver, on: str = MONDAY, **properties: str) -> Case:
    """A case whose one task has these properties."""
    given = {"decisions": "approve,return", "dueIn": "3 workdays", **properties}
    check = flows.task("check", "bureau_hr_officer", **given)
    last = flows.task("last", assignee="=initiator", decisions="approve")
    driver.deploy(flows.line(check, last, ids=("check", "last")))
    driver.clock.set(at(on))
    return driver.start("small", by="s01.principal", count=3)


def pass_until(driver: Driver, day: str) -> None:
    """Fire what falls due day by day, as the scheduler does."""
    while driver.now < at(f"{day}T19:00"):
        driver.clock.set(
            driver.now.astimezone(SHANGHAI).replace(hour=19)
            if driver.now.astimezone(SHANGHAI).hour < 19
            else at(f"{date.fromordinal(driver.now.astimezone(SHANGHAI).date().toordinal() + 1)}T19:00")
        )
        fire_due(driver.now, now=driver.now)


def told(kind: str) -> list[str]:
    found = list(db.session.scalars(select(OUTBOX.c.holder).where(OUTBOX.c.kind == kind).order_by(OUTBOX.c.id)))
    db.session.rollback()
    return found


def counted() -> list[Any]:
    found = db.session.execute(select(Overdue.organisation_id, Overdue.role, Overdue.owed_by)).all()
    db.session.rollback()
    return [tuple(row) for row in found]


def kinds(case: Case) -> list[str]:
    found = [event.kind for event in timeline.events(db.session(), f"instance:{case.id}")]
    db.session.rollback()
    return found


@pytest.mark.parametrize(
    ("start", "rule", "due"),
    [
        ("2026-09-17", "5 workdays", "2026-09-23"),
        ("2026-09-30", "5 workdays", "2026-10-13"),
        ("2026-02-12", "5 workdays", "2026-02-26"),
        ("2026-09-23", "7 days", "2026-09-30"),
        ("2026-09-23", "7 workdays", "2026-10-10"),
    ],
)
def test_a_task_falls_due_on_the_worked_dates(driver: Driver, start: str, rule: str, due: str) -> None:
    case = started(driver, f"{start}T10:11:12", dueIn=rule)
    [row] = case.timers()
    assert case.task("check").due_at == row.due_at == at(f"{due}T18:00:00")


def test_without_onexpiry_it_is_counted_and_told_once(driver: Driver) -> None:
    case = started(driver)
    pass_until(driver, "2026-10-20")
    assert len(told("task.overdue")) == 1
    assert [row.due_at for row in case.timers()] == [NEVER]
    role, _, office = case.task("check").groups[0].partition("@")
    assert counted() == [(office, role, "authority")]
    assert kinds(case).count("task.overdue") == 1


def test_what_stays_undone_is_reminded_of_every_third_working_day_and_no_more(driver: Driver) -> None:
    case = started(driver, onExpiry="remind")
    pass_until(driver, "2026-10-15")
    # overdue on 24 September; then 29 September, 9 and 13 October: the holiday is not filled with notices
    group = case.task("check").groups[0]
    assert told("task.overdue") == [group] * 4
    assert kinds(case).count("task.overdue") == 1
    case.complete("check", "bureau.hr", "approve")
    assert case.timers() == []
    pass_until(driver, "2026-10-30")
    assert len(told("task.overdue")) == 4
    assert len(counted()) == 1


def test_the_pause_between_reminders_is_the_bureaus_own(driver: Driver) -> None:
    case = started(driver, onExpiry="remind")
    set_parameter(SetParameter("overdue_reminder_workdays", 5, date(2026, 9, 1), "通知"), now=driver.now)
    pass_until(driver, "2026-10-14")
    assert len(told("task.overdue")) == 2
    assert [row.due_at for row in case.timers()] == [at("2026-10-15T18:00")]


def test_the_role_above_hears_of_it_once(driver: Driver) -> None:
    started(driver, onExpiry="escalate", escalateTo="bureau_leader")
    pass_until(driver, "2026-10-15")
    assert told("task.overdue").count("role:bureau_leader") == 1


@pytest.mark.parametrize("owner", [{}, {"owedBy": "authority"}])
def test_an_authoritys_silence_decides_nothing_even_where_it_is_drawn(driver: Driver, owner: dict[str, str]) -> None:
    case = started(driver, onExpiry="decide:approve", **owner)
    pass_until(driver, "2026-09-28")
    assert case.open() == ["check"]
    assert "role:bureau_hr_chief" in told("task.overdue")
    assert counted()[0][2] == "authority"


def test_an_applicants_silence_decides_as_drawn_and_counts_against_nobody(driver: Driver) -> None:
    case = started(driver, onExpiry="decide:return", owedBy="applicant")
    pass_until(driver, "2026-09-24")
    assert case.open() == ["last"]
    assert case.variables["check"]["by"] == "system"
    assert counted() == []


def test_a_filing_left_unanswered_counts_as_made_only_where_the_parameter_says_so(driver: Driver) -> None:
    silent = started(driver, onExpiry="decide:deemed_filed", owedBy="authority")
    pass_until(driver, "2026-09-24")
    assert silent.open() == ["check"]
    set_parameter(SetParameter("filing_silence_accepts", True, date(2026, 9, 25), "通知"), now=driver.now)
    case = started(driver, "2026-09-28T09:00", onExpiry="decide:deemed_filed", owedBy="authority")
    pass_until(driver, "2026-10-09")
    assert case.open() == ["last"]
    assert (case.variables["check"]["decision"], case.variables["check"]["by"]) == ("deemed_filed", "system")
    expired = next(event for event in timeline.events(db.session(), f"instance:{case.id}")
                   if event.kind == "task.expired")  # fmt: skip
    assert (expired.actor_id, expired.body["decision"]) == ("system", "deemed_filed")
    db.session.rollback()
    assert len(counted()) == 2


def calendar_changes(driver: Driver, *days: str) -> None:
    """These days turn out to have been days off; everything that depends on them is counted again."""
    for day in days:
        set_day(Actor.system(), SetDay(date.fromisoformat(day), False, "台风停工"), now=driver.now)
    driver.clock.advance(recomputing.SETTLED)
    while recomputing.recompute(driver.now) == 0:
        continue


def recomputed(case: Case) -> list[Any]:
    found = [event.body for event in timeline.events(db.session(), f"instance:{case.id}")
             if event.kind == "deadline.recomputed"]  # fmt: skip
    db.session.rollback()
    return found


def test_a_day_that_was_a_day_off_after_all_makes_nobody_late(driver: Driver) -> None:
    """24 September was the last day; it turns out on the 25th that nobody worked: the 28th is the last one."""
    case = started(driver, onExpiry="remind", remindBefore="1 workday")
    pass_until(driver, "2026-09-24")
    assert len(counted()) == 1
    calendar_changes(driver, "2026-09-24")
    assert counted() == []
    assert case.task("check").due_at == at("2026-09-28T18:00")
    assert {(row.kind, row.rule, row.due_at) for row in case.timers()} == {
        ("due", "3 workdays", at("2026-09-28T18:00"))
    }
    [body] = recomputed(case)
    assert (body["old"], body["new"]) == (at("2026-09-24T18:00").astimezone(UTC).isoformat(),
                                          at("2026-09-28T18:00").astimezone(UTC).isoformat())  # fmt: skip
    assert case.task("check").groups[0] in told("deadline.recomputed")
    pass_until(driver, "2026-09-28")
    assert len(counted()) == 1
    assert kinds(case).count("task.overdue") == 2


def test_what_is_late_all_the_same_is_late_by_fewer_days(driver: Driver) -> None:
    case = started(driver, onExpiry="remind")
    pass_until(driver, "2026-09-29")
    reminder = case.timers()[0].due_at
    calendar_changes(driver, "2026-09-24")
    assert len(counted()) == 1
    assert case.task("check").due_at == at("2026-09-28T18:00")
    assert [(row.kind, row.due_at) for row in case.timers()] == [("overdue", reminder)]


def test_what_was_done_in_time_by_the_right_calendar_is_taken_out_of_the_figures(driver: Driver) -> None:
    in_time, late = (started(driver, onExpiry="remind") for _ in range(2))
    pass_until(driver, "2026-09-24")
    in_time.complete("check", "bureau.hr", "approve")
    pass_until(driver, "2026-09-29")
    late.complete("check", "bureau.hr", "approve")
    assert len(counted()) == 2
    calendar_changes(driver, "2026-09-24")
    assert len(counted()) == 1
    assert [body["late"] for case in (in_time, late) for body in recomputed(case)] == [False, True]
    calendar_changes(driver, "2026-09-23")
    assert len(recomputed(late)) == 2
    assert len(recomputed(in_time)) == 1


def test_what_stood_still_meanwhile_stays_as_late_as_it_was(driver: Driver) -> None:
    case = started(driver, onExpiry="remind")
    pass_until(driver, "2026-09-24")
    suspend_instance(driver.actor("bureau.chief"), CaseCommand(case.id, reason="核查"), now=driver.now)
    calendar_changes(driver, "2026-09-24")
    resume_instance(driver.actor("bureau.chief"), CaseCommand(case.id), now=driver.now)
    calendar_changes(driver, "2026-09-23")
    assert len(counted()) == 1
