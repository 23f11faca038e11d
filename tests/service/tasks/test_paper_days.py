"""Which day of a decision on paper, or by a meeting, counts: for the deadline it met, and for those that begin."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from service.access.actor import Actor
from service.calendar.commands import load_calendar
from service.db import db
from service.instances.due import fire_due
from service.tasks import queries_overdue
from service.tasks.commands_minutes import ConfirmMinutes, EnterMinutes, confirm_minutes, enter_minutes
from tests.driver import Case, Driver
from tests.service.tasks import scans
from tests.service.tasks.paperwork import at, begun


@pytest.fixture
def late(driver: Driver) -> Case:
    """Due on Wednesday 23 September; counted as overdue on the 24th, and still open on Monday the 28th."""
    load_calendar(Actor.system(), now=driver.now)
    driver.clock.set(at("2026-09-21T09:00"))
    case = begun(driver, dueIn="2 workdays", onExpiry="remind")
    driver.clock.set(at("2026-09-24T08:00"))
    fire_due(driver.now, now=driver.now)
    driver.clock.set(at("2026-09-28T10:00"))
    return case


def figures(driver: Driver) -> list[tuple[int, int, int]]:
    found = queries_overdue.figures(driver.actor("bureau.leader"), driver.now)
    db.session.rollback()
    return [(one.overdue, one.done, one.done_workdays) for one in found]


def test_what_was_decided_in_time_and_recorded_late_is_not_overdue(late: Case) -> None:
    assert figures(late.driver) == [(1, 0, 0)]
    scans.recorded(late, "check", decided_on=date(2026, 9, 23))
    assert figures(late.driver) == []
    result = late.variables["check"]
    assert result["at"] == at("2026-09-23T18:00").astimezone(ZoneInfo("UTC")).isoformat()
    assert result["paper"]["recorded_at"] == late.driver.now.isoformat()


def test_what_was_decided_late_is_late_by_the_day_of_the_decision(late: Case) -> None:
    """25 to 27 September are off: recorded two working days late, decided one."""
    scans.recorded(late, "check", decided_on=date(2026, 9, 24))
    assert figures(late.driver) == [(0, 1, 1)]


def test_the_next_step_counts_from_the_decision_but_never_into_the_past(late: Case) -> None:
    scans.recorded(late, "check", decided_on=date(2026, 9, 24))
    task = late.task("after")
    assert task.due_at == at("2026-09-30T18:00")
    [reminder] = [row for row in late.timers() if row.kind == "remind"]
    assert reminder.due_at == at("2026-09-29T18:00")


def test_a_deadline_that_the_decision_has_used_up_ends_with_the_present_working_day(late: Case) -> None:
    scans.recorded(late, "check", decided_on=date(2026, 9, 21))
    assert late.task("after").due_at == at("2026-09-28T18:00")
    assert [row.kind for row in late.timers()] == ["due"]


def test_a_collective_decision_counts_from_the_day_of_the_meeting_and_the_confirmation_stands_beside_it(
    driver: Driver,
) -> None:
    load_calendar(Actor.system(), now=driver.now)
    driver.clock.set(at("2026-09-21T09:00"))
    props = {"group": "bureau_hr_officer", "paper": "", "collective": "ordinary"}
    case = begun(driver, dueIn="2 workdays", onExpiry="remind", **props)
    driver.clock.set(at("2026-09-24T08:00"))
    fire_due(driver.now, now=driver.now)
    driver.clock.set(at("2026-09-28T10:00"))
    assert figures(driver) == [(1, 0, 0)]
    task, [chair] = case.task("check"), [driver.county.persons["bureau.leader"]]
    sent = EnterMinutes(task.id, task.version, "局党组会", date(2026, 9, 23), (chair,), (chair,), (), chair, "approve",
                        attachment_id=scans.scan(driver))  # fmt: skip
    enter_minutes(driver.actor("bureau.hr"), sent, now=driver.now)
    confirm_minutes(driver.actor("bureau.leader"), ConfirmMinutes(task.id, 1), now=driver.now)
    result = case.variables["check"]
    assert (figures(driver), result["at"]) == ([], at("2026-09-23T18:00").astimezone(ZoneInfo("UTC")).isoformat())
    assert result["meeting"]["confirmed_at"] == driver.now.isoformat()
    assert case.task("after").due_at == at("2026-09-29T18:00")
