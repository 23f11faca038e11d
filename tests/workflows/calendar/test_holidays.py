"""School holidays stay working days; a rule that pauses on them does not count them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.calendar import Calendar
from workflows.calendar_rules import parse_rule, pausing
from workflows.calendar_seed import seed
from workflows.errors import Invalid

SHANGHAI = ZoneInfo("Asia/Shanghai")
SEEDED = {day: working for day, (working, _) in seed(range(2024, 2027)).items()}
WINTER = (date(2026, 1, 24), date(2026, 2, 28))
SUMMER = (date(2026, 7, 11), date(2026, 8, 31))
CHINA = Calendar(SEEDED, SHANGHAI, breaks=[SUMMER, WINTER])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("rule", "start", "due"),
    [
        ("5 workdays", "2026-07-09T09:00", "2026-07-16T18:00"),
        ("5 workdays outside holidays", "2026-07-09T09:00", "2026-09-04T18:00"),
        ("5个工作日（寒暑假除外）", "2026-07-09T09:00", "2026-09-04T18:00"),
        ("7 days outside holidays", "2026-07-09T09:00", "2026-09-07T18:00"),
        ("P7D outside holidays", "2026-07-20T09:00", "2026-09-07T18:00"),
        ("8 workhours outside holidays", "2026-07-10T17:00", "2026-09-01T17:30"),
        ("3 workdays outside holidays", "2026-09-01T09:00", "2026-09-04T18:00"),
        ("R3/2 workdays outside holidays", "2026-07-09T09:00", "2026-09-01T18:00"),
    ],
)
def test_days_of_a_school_holiday_count_unless_the_rule_pauses(rule: str, start: str, due: str) -> None:
    assert CHINA.due(rule, at(start)).due_at == at(due)


def test_a_school_holiday_is_a_working_day_for_offices() -> None:
    assert CHINA.is_working(date(2026, 7, 15))
    assert not CHINA.term.is_working(date(2026, 7, 15))


def test_holidays_that_overlap_or_touch_are_skipped_once() -> None:
    twice = Calendar(SEEDED, SHANGHAI, breaks=[SUMMER, (date(2026, 8, 1), date(2026, 8, 31)), WINTER])
    assert twice.breaks == CHINA.breaks
    rule = "7 days outside holidays"
    assert twice.due(rule, at("2026-07-09T09:00")) == CHINA.due(rule, at("2026-07-09T09:00"))


@given(st.dates(date(2025, 12, 1), date(2026, 9, 30)), st.integers(0, 90))
def test_calendar_days_outside_holidays_agree_with_walking(start: date, n: int) -> None:
    day, left = start, n
    while left:
        day += timedelta(days=1)
        left -= not any(first <= day <= last for first, last in CHINA.breaks)
    rule = parse_rule(f"{n} days outside holidays")
    assert CHINA.term.raw_end(rule, start) == day
    assert CHINA.term.days_between(start, day) == n


def test_a_flag_adds_the_words_to_what_is_counted_and_to_nothing_else() -> None:
    assert pausing("5 workdays") == "5 workdays outside holidays"
    assert pausing("4 工作小时") == "4 工作小时 outside holidays"
    assert pausing("5 workdays outside holidays") == "5 workdays outside holidays"
    assert pausing("PT4H") == "PT4H"
    assert pausing("2026-10-10") == "2026-10-10"


@pytest.mark.parametrize("rule", ["PT4H outside holidays", "2026-10-10 outside holidays", "outside holidays"])
def test_what_is_not_counted_in_days_or_hours_of_work_cannot_pause(rule: str) -> None:
    with pytest.raises(Invalid, match=r"calendar\.rule_unreadable"):
        parse_rule(rule)
