"""The moment ahead of a deadline: which spans can be taken from which, and where they lead."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows import spans
from workflows.calendar import Calendar
from workflows.calendar_rules import parse_rule, reminds
from workflows.calendar_seed import seed

SHANGHAI = ZoneInfo("Asia/Shanghai")
AUTUMN = (date(2026, 10, 12), date(2026, 10, 18))
CHINA = Calendar({day: working for day, (working, _) in seed(range(2025, 2027)).items()}, SHANGHAI, breaks=[AUTUMN])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("rule", "before"),
    [
        ("5 workdays", "2 workdays"),
        ("10 workdays", "3 工作日"),
        ("P7D", "2 天"),
        ("P2W", "P1W"),
        ("4 workhours", "1 workhour"),
        ("5 workdays", "1 workhour"),
        ("P1M", "2 workhours"),
        ("5 workdays outside holidays", "2 workdays"),
    ],
)
def test_spans_of_one_measure_are_taken_from_each_other(rule: str, before: str) -> None:
    assert reminds(parse_rule(rule), parse_rule(before))


@pytest.mark.parametrize(
    ("rule", "before"),
    [
        ("5 workdays", "2 days"),
        ("P7D", "1 workday"),
        ("P1M", "P3D"),
        ("P1M3D", "P1M"),
        ("PT8H", "PT1H"),
        ("PT8H", "1 workhour"),
        ("4 workhours", "4 workhours"),
        ("4 workhours", "1 workday"),
        ("2026-10-10", "1 workday"),
        ("R3/5 workdays", "1 workday"),
        ("2 workdays", "2 workdays"),
        ("2 workdays", "3 workdays"),
        ("2 workdays", "0 workdays"),
    ],
)
def test_other_measures_and_reminders_at_either_end_have_no_moment(rule: str, before: str) -> None:
    assert not reminds(parse_rule(rule), parse_rule(before))


@pytest.mark.parametrize(
    ("before", "deadline", "pauses", "reminder"),
    [
        ("2 workdays", "2026-10-10T18:00", False, "2026-10-08T18:00"),
        # three days back is Saturday the 17th: nobody works then
        ("3 days", "2026-10-20T18:00", False, "2026-10-16T18:00"),
        ("3 days", "2026-10-20T18:00", True, "2026-10-10T18:00"),
        ("2 workdays", "2026-10-20T18:00", True, "2026-10-10T18:00"),
        ("1 workhour", "2026-10-10T18:00", False, "2026-10-10T17:00"),
        ("9 workhours", "2026-10-19T18:00", True, "2026-10-10T16:30"),
    ],
)
def test_a_reminder_is_counted_back_from_its_deadline(before: str, deadline: str, pauses: bool, reminder: str) -> None:
    assert spans.reminding(CHINA, parse_rule(before), at(deadline), pauses=pauses).due_at == at(reminder)


@settings(deadline=None)
@given(st.integers(1, 40), st.integers(0, 500), st.booleans(), st.sampled_from(("workdays", "days")))
def test_counting_back_agrees_with_going_back_day_by_day(n: int, offset: int, pauses: bool, measure: str) -> None:
    deadline = CHINA.next_working(date(2025, 6, 1) + timedelta(days=offset))
    calendar = CHINA.term if pauses else CHINA
    deadline = calendar.next_working(deadline)
    day, left = deadline, n
    while left:
        day -= timedelta(days=1)
        free = pauses and AUTUMN[0] <= day <= AUTUMN[1]
        left -= (calendar.is_working(day) if measure == "workdays" else True) and not free
    while not calendar.is_working(day):
        day -= timedelta(days=1)
    span = spans.reminding(CHINA, parse_rule(f"{n} {measure}"), CHINA.end_of(deadline), pauses=pauses)
    assert span.due_at == CHINA.end_of(day)
