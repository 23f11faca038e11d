"""The day table: seeded from what is published, edited by admins, cached until its revision rises."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import update

from service.access.actor import Actor, HeldRole
from service.audit import timeline
from service.calendar import queries
from service.calendar.commands import STREAM, ClearDay, SetDay, clear_day, load_calendar, set_day
from service.calendar.models import CalendarRevision
from service.clock import SetClock
from service.db import db, transaction
from service.errors import Forbidden, Invalid, NotFound
from tests.statements import counted
from workflows.calendar import Calendar

SYSTEM = Actor.system()
ADMIN = Actor("a-admin", "p-admin", "管理员", roles=(HeldRole("admin", "b", "bureau", "/b/"),))
TEACHER = Actor("a-t", "p-t", "张老师", roles=(HeldRole("teacher", "s", "school", "/b/s/"),))
SUNDAY_AT_WORK = date(2026, 9, 20)


@pytest.fixture
def loaded(any_app: Flask, clock: SetClock) -> Flask:
    load_calendar(SYSTEM, now=clock.now())
    return any_app


def calendar() -> Calendar:
    return queries.calendar(db.session())


@pytest.mark.parametrize(
    ("start", "end"),
    [("2026-09-17", "2026-09-23"), ("2026-09-30", "2026-10-13"), ("2026-02-12", "2026-02-26")],
)
def test_five_working_days_follow_the_published_calendar(loaded: Flask, start: str, end: str) -> None:
    assert calendar().add_workdays(date.fromisoformat(start), 5) == date.fromisoformat(end)


def test_an_empty_table_counts_weekends_only_and_says_so(any_app: Flask) -> None:
    assert not calendar().is_working(SUNDAY_AT_WORK)
    assert calendar().is_provisional(SUNDAY_AT_WORK)
    assert calendar().revision == 0


def test_a_local_holiday_moves_deadlines_at_once_and_raises_the_revision(loaded: Flask, clock: SetClock) -> None:
    before = calendar()
    revision = set_day(ADMIN, SetDay(date(2026, 9, 18), False, "建校百年"), now=clock.now())
    assert before.add_workdays(date(2026, 9, 17), 1) == date(2026, 9, 18)
    assert calendar().add_workdays(date(2026, 9, 17), 1) == SUNDAY_AT_WORK
    assert (before.revision, calendar().revision) == (1, revision) == (1, 2)


def test_taking_a_local_day_back_restores_the_published_one(loaded: Flask, clock: SetClock) -> None:
    set_day(ADMIN, SetDay(SUNDAY_AT_WORK, False, "停电"), now=clock.now())
    assert not calendar().is_working(SUNDAY_AT_WORK)
    clear_day(ADMIN, ClearDay(SUNDAY_AT_WORK), now=clock.now())
    assert calendar().is_working(SUNDAY_AT_WORK)
    assert [d.source for d in queries.days(ADMIN, SUNDAY_AT_WORK, SUNDAY_AT_WORK) if d.day == SUNDAY_AT_WORK] == [
        "published"
    ]


def test_a_published_day_cannot_be_taken_back(loaded: Flask, clock: SetClock) -> None:
    with pytest.raises(NotFound, match=r"calendar\.no_local_day"):
        clear_day(ADMIN, ClearDay(date(2026, 10, 1)), now=clock.now())
    assert calendar().revision == 1


def test_loading_again_adds_nothing_and_keeps_local_days(loaded: Flask, clock: SetClock) -> None:
    set_day(ADMIN, SetDay(date(2026, 10, 1), True, "值班"), now=clock.now())
    assert load_calendar(SYSTEM, now=clock.now()) == []
    assert calendar().is_working(date(2026, 10, 1))
    assert calendar().revision == 2


def test_a_local_day_does_not_make_an_unpublished_year_final(loaded: Flask, clock: SetClock) -> None:
    set_day(ADMIN, SetDay(date(2027, 5, 10), False, "运动会"), now=clock.now())
    assert not calendar().is_provisional(date(2026, 5, 10))
    assert calendar().is_provisional(date(2027, 5, 10))


def test_a_fresh_calendar_costs_no_statement_and_a_stale_one_costs_one(loaded: Flask) -> None:
    calendar()
    with counted() as seen:
        calendar()
    assert seen == []
    with counted() as seen:
        kept = queries.calendar(db.session(), fresh=0)
    assert len(seen) == 1
    assert kept is calendar()


def test_a_change_by_another_process_is_seen_when_the_revision_is_checked(loaded: Flask, clock: SetClock) -> None:
    before = calendar()
    with transaction() as session:
        session.execute(update(CalendarRevision).values(revision=9))
    assert calendar() is before
    assert queries.calendar(db.session(), fresh=0).revision == 9


def test_only_admins_edit_days_and_every_edit_is_recorded(loaded: Flask, clock: SetClock) -> None:
    with pytest.raises(Forbidden):
        set_day(TEACHER, SetDay(date(2026, 9, 18), False, "放假"), now=clock.now())
    set_day(ADMIN, SetDay(date(2026, 9, 18), False, "建校百年"), now=clock.now())
    last = timeline.latest(db.session(), STREAM)[0]
    assert (last.kind, last.actor_id) == ("calendar.day_set", "a-admin")
    assert last.body == {"day": "2026-09-18", "working": False, "name": "建校百年", "revision": 2}


def test_a_day_without_a_name_or_out_of_time_is_refused_with_both_faults(loaded: Flask, clock: SetClock) -> None:
    with pytest.raises(Invalid) as refused:
        set_day(ADMIN, SetDay(date(1026, 9, 18), False, " "), now=clock.now())
    assert [fault.path for fault in refused.value.faults] == ["day", "name"]
    assert calendar().revision == 1
