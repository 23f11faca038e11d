"""Working-day arithmetic against the worked dates of the policy and against a plain loop."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workflows.calendar import Calendar
from workflows.calendar_seed import published_years, seed
from workflows.errors import Invalid

SHANGHAI = ZoneInfo("Asia/Shanghai")
SEEDED = {day: working for day, (working, _) in seed(range(2004, 2027)).items()}
CHINA = Calendar(SEEDED, SHANGHAI, revision=3)
WEEKS_ONLY = Calendar({}, SHANGHAI)

DAYS = st.dates(date(2004, 1, 1), date(2026, 12, 31))
TABLES = st.dictionaries(st.dates(date(2010, 1, 1), date(2010, 6, 30)), st.booleans(), max_size=60)


def stepped(calendar, day, n):
    """What `add_workdays` must give, by walking."""
    step = timedelta(days=1 if n > 0 else -1)
    for _ in range(abs(n)):
        day += step
        while not calendar.is_working(day):
            day += step
    return day


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2026-09-17", 5, "2026-09-23"),
        ("2026-09-30", 5, "2026-10-13"),
        ("2026-02-12", 5, "2026-02-26"),
        ("2026-09-23", 7, "2026-10-10"),
    ],
)
def test_worked_dates_of_the_policy_hold(start, n, end):
    assert CHINA.add_workdays(date.fromisoformat(start), n) == date.fromisoformat(end)
    assert CHINA.workdays_between(date.fromisoformat(start), date.fromisoformat(end)) == n


def test_seven_calendar_days_of_the_policy_end_before_the_national_day():
    assert CHINA.add_days(date(2026, 9, 23), 7) == date(2026, 9, 30)


def test_calendar_days_that_end_on_a_day_off_roll_to_the_next_working_day():
    assert CHINA.add_days(date(2026, 9, 24), 7) == date(2026, 10, 8)
    assert CHINA.add_days(date(2026, 10, 3), 7) == date(2026, 10, 10), "a working Saturday is an end"


def test_calendar_days_counted_backwards_roll_to_the_working_day_before():
    assert CHINA.add_days(date(2026, 10, 8), -3) == date(2026, 9, 30)


def test_moved_working_weekends_of_the_state_council_are_working_days():
    worked = [date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9), date(2026, 9, 20)]
    assert all(CHINA.is_working(day) and day.weekday() > 4 for day in worked)
    assert not CHINA.is_working(date(2026, 10, 7))
    assert CHINA.is_working(date(2018, 12, 29)), "moved by the notice of the following year"


def test_every_year_from_2004_to_2026_is_published_with_both_kinds_of_days():
    assert set(range(2004, 2027)) <= published_years()
    for year in range(2004, 2027):
        kinds = {working for day, working in SEEDED.items() if day.year == year}
        assert kinds == {True, False}, year


def test_unpublished_year_has_no_seed_and_counts_weekends_only():
    assert seed([2040]) == {}
    assert CHINA.is_provisional(date(2040, 1, 1))
    assert not CHINA.is_provisional(date(2026, 1, 1))
    assert CHINA.add_workdays(date(2040, 10, 1), 5) == WEEKS_ONLY.add_workdays(date(2040, 10, 1), 5)


def test_year_named_provisional_is_provisional_although_days_are_entered():
    calendar = Calendar({date(2026, 5, 8): False}, SHANGHAI, provisional_years={2026})
    assert calendar.is_provisional(date(2026, 1, 1))


@given(DAYS, st.integers(-60, 60))
@example(date(2026, 10, 3), 0)
@example(date(2026, 2, 15), -1)
def test_adding_working_days_agrees_with_walking_over_published_years(day, n):
    expected = stepped(CHINA, day, n) if n else CHINA.next_working(day)
    assert CHINA.add_workdays(day, n) == expected


def test_every_day_of_23_years_agrees_with_walking_in_both_directions():
    ahead = None
    day = date(2026, 12, 31)
    while day >= date(2004, 1, 1):
        ahead = day if CHINA.is_working(day) else ahead
        assert ahead is None or CHINA.next_working(day) == ahead
        assert CHINA.add_workdays(day, 1) == stepped(CHINA, day, 1)
        assert CHINA.add_workdays(day, -1) == stepped(CHINA, day, -1)
        day -= timedelta(days=1)


@given(DAYS, st.integers(-9000, 9000))
def test_weeks_alone_agree_with_arithmetic_in_both_directions(day, n):
    end = WEEKS_ONLY.add_workdays(day, n)
    assert end.weekday() < 5
    if n:
        assert WEEKS_ONLY.workdays_between(day, end) == n


@given(TABLES, st.dates(date(2009, 12, 1), date(2010, 7, 31)), st.integers(-40, 40))
def test_any_table_of_exceptions_agrees_with_walking(table, day, n):
    calendar = Calendar(table, SHANGHAI)
    expected = stepped(calendar, day, n) if n else calendar.next_working(day)
    assert calendar.add_workdays(day, n) == expected
    if n:
        assert calendar.workdays_between(day, expected) == n


@given(DAYS, DAYS)
def test_days_between_are_counted_as_a_plain_loop_counts_them(start, end):
    first, last = min(start, end), max(start, end)
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    counted = days[1:] if end >= start else days[:-1]
    expected = sum(map(CHINA.is_working, counted)) * (1 if end >= start else -1)
    assert CHINA.workdays_between(start, end) == expected


def test_counting_outside_the_years_that_dates_can_hold_is_refused_by_name():
    with pytest.raises(Invalid, match=r"calendar\.out_of_range"):
        CHINA.add_workdays(date(9999, 12, 30), 5)
    with pytest.raises(Invalid, match=r"calendar\.out_of_range"):
        CHINA.add_days(date(2026, 1, 1), 10**9)
