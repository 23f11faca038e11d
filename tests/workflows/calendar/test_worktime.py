"""Hours of work to the second: over lunch, nights, weekends and moved days, against a walk from span to span."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workflows.calendar import Calendar
from workflows.calendar_seed import seed
from workflows.errors import Invalid
from workflows.hours import Hours, parse_hours

SHANGHAI = ZoneInfo("Asia/Shanghai")
SUMMER, WINTER = date(2026, 5, 1), date(2026, 10, 1)


def hours(text: str) -> Hours:
    found = parse_hours(text)
    assert found is not None
    return found


DATED = [
    (date.min, hours("08:30-12:00,14:00-18:00")),
    (SUMMER, hours("08:00-12:00,15:00-18:30")),
    (WINTER, hours("08:30-12:00,14:00-18:00")),
]
SEEDED = {day: working for day, (working, _) in seed(range(2004, 2027)).items()}
CHINA = Calendar(SEEDED, SHANGHAI)
SEASONS = Calendar(SEEDED, SHANGHAI, hours=DATED)
EPOCH = datetime(2004, 1, 1, tzinfo=SHANGHAI)
MOMENTS = st.integers(0, 8_370 * 86_400).map(lambda seconds: EPOCH + timedelta(seconds=seconds))
"""2004 to the end of November 2026."""
SECONDS = st.integers(1, 200 * 3600)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def spans_of(calendar: Calendar, day: date) -> list[tuple[datetime, datetime]]:
    if not calendar.is_working(day):
        return []
    midnight = datetime.combine(day, time(), SHANGHAI)
    return [(midnight + timedelta(seconds=a), midnight + timedelta(seconds=b)) for a, b in calendar.hours_of(day).spans]


def walked(calendar: Calendar, start: datetime, seconds: int) -> datetime:
    """What `add_worktime` must give, forwards, span by span."""
    day = start.date()
    while True:
        for first, last in spans_of(calendar, day):
            begin = max(first, start)
            ahead = (last - begin).total_seconds()
            if ahead >= seconds:
                return begin + timedelta(seconds=seconds)
            seconds -= max(0, int(ahead))
        day += timedelta(days=1)


def walked_back(calendar: Calendar, end: datetime, seconds: int) -> datetime:
    day = end.date()
    while True:
        for first, last in reversed(spans_of(calendar, day)):
            stop = min(last, end)
            behind = (stop - first).total_seconds()
            if behind >= seconds:
                return stop - timedelta(seconds=seconds)
            seconds -= max(0, int(behind))
        day -= timedelta(days=1)


@pytest.mark.parametrize(
    ("start", "rule", "due"),
    [
        ("2026-09-17T09:30:00", "4 workhours", "2026-09-17T15:30:00"),
        ("2026-09-17T08:30:00", "3.5 workhours", "2026-09-17T12:00:00"),
        ("2026-09-17T12:30:00", "1 workhour", "2026-09-17T15:00:00"),
        ("2026-09-17T17:30:15", "1 个工作小时", "2026-09-18T09:00:15"),
        ("2026-09-18T17:59:59", "2 工作小时", "2026-09-20T10:29:59"),
        ("2026-09-19T11:00:00", "7.5 workhours", "2026-09-20T18:00:00"),
        ("2026-09-30T16:00:01", "4 workhours", "2026-10-08T10:30:01"),
        ("2026-09-30T20:00:00", "8 workhours", "2026-10-09T09:00:00"),
        ("2026-02-13T17:00:00", "2 workhours", "2026-02-14T09:30:00"),
    ],
)
def test_hours_of_work_run_over_lunch_nights_weekends_and_moved_days(start: str, rule: str, due: str) -> None:
    found = CHINA.due(rule, at(start))
    assert (found.due_at, found.unit, found.count) == (at(due), "workhours", None)
    assert found.due_at.tzinfo is UTC


def test_a_begun_second_is_not_taken_from_who_has_the_deadline() -> None:
    start = at("2026-09-17T09:30:00") + timedelta(microseconds=1)
    assert CHINA.add_worktime(start, 60) == at("2026-09-17T09:31:01")


def test_hours_change_with_the_season_and_with_them_the_end_of_the_day() -> None:
    assert SEASONS.due("2 workdays", at("2026-04-29T09:00")).due_at == at("2026-05-06T18:30")
    assert SEASONS.due("1 workday", at("2026-04-29T09:00")).due_at == at("2026-04-30T18:00")
    assert SEASONS.due("1 workhour", at("2026-04-30T17:30")).due_at == at("2026-05-06T08:30")
    assert SEASONS.due("1 workhour", at("2026-09-30T18:00")).due_at == at("2026-10-08T09:00")


@given(st.sampled_from([CHINA, SEASONS]), MOMENTS, SECONDS)
@example(SEASONS, at("2026-04-30T12:00"), 5 * 3600)
@example(CHINA, at("2026-09-17T08:30"), int(3.5 * 3600))
def test_adding_seconds_of_work_agrees_with_walking(calendar: Calendar, start: datetime, seconds: int) -> None:
    end = calendar.add_worktime(start, seconds)
    assert end == walked(calendar, start, seconds)
    assert calendar.worktime_between(start, end) == seconds
    assert calendar.worktime_between(end, start) == -seconds


@given(st.sampled_from([CHINA, SEASONS]), MOMENTS, SECONDS)
@example(CHINA, at("2026-09-17T09:30"), 3600)
def test_taking_seconds_of_work_away_agrees_with_walking_back(calendar: Calendar, end: datetime, seconds: int) -> None:
    start = calendar.add_worktime(end, -seconds)
    assert start == walked_back(calendar, end, seconds)
    assert calendar.worktime_between(start, end) == seconds


@given(MOMENTS, SECONDS, SECONDS)
def test_what_is_left_after_a_part_is_the_rest(start: datetime, part: int, rest: int) -> None:
    middle = SEASONS.add_worktime(start, part)
    assert SEASONS.add_worktime(middle, rest) == SEASONS.add_worktime(start, part + rest)


def test_no_work_is_no_time() -> None:
    assert CHINA.add_worktime(at("2026-09-19T13:00"), 0) == at("2026-09-19T13:00")


def test_work_until_midnight_and_round_the_clock_are_counted() -> None:
    night = Calendar({}, SHANGHAI, hours=[(date.min, hours("20:00-24:00"))])
    assert night.due("4 workhours", at("2026-09-17T09:00")).due_at == at("2026-09-18T00:00")
    assert night.end_of(date(2026, 9, 17)) == at("2026-09-17T23:59:59")


def test_hours_beyond_the_calendar_are_refused_by_name() -> None:
    with pytest.raises(Invalid, match=r"calendar\.out_of_range"):
        CHINA.add_worktime(at("9999-12-30T09:00"), 40 * 3600)
    with pytest.raises(Invalid, match=r"calendar\.out_of_range"):
        CHINA.add_worktime(at("2026-09-17T09:00"), -(10**12))


@pytest.mark.parametrize(
    ("text", "end", "total"),
    [
        ("08:30-12:00,14:00-18:00", time(18), 27000),
        ("8:00-12:00，14:30-17:30", time(17, 30), 25200),
        ("09:00–17:00", time(17), 28800),
        ("08:30—12:00、14:00至18:00", time(18), 27000),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, end: time, total: int) -> None:
    assert (hours(text).end, hours(text).total) == (end, total)


@pytest.mark.parametrize(
    "text",
    ["", "9-5", "08:30", "12:00-08:30", "08:30-12:00,11:00-18:00", "08:30-12:00,", "08:30-08:30", "20:00-24:30", "x"],
)
def test_hours_that_overlap_or_run_backwards_are_not_read(text: str) -> None:
    assert parse_hours(text) is None
