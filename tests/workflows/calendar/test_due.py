"""Deadline texts become moments; what cannot be read is refused with a remedy."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from workflows.calendar import Calendar
from workflows.calendar_seed import seed
from workflows.errors import Invalid
from workflows.hours import parse_hours

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHINA = Calendar({day: working for day, (working, _) in seed(range(2025, 2027)).items()}, SHANGHAI)
START = datetime(2026, 9, 17, 9, 30, tzinfo=SHANGHAI)


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("rule", "due", "unit", "count"),
    [
        ("5 workdays", "2026-09-23T18:00", "workdays", 5),
        ("1 workday", "2026-09-18T18:00", "workdays", 1),
        ("5个工作日", "2026-09-23T18:00", "workdays", 5),
        ("7 days", "2026-09-24T18:00", "days", 7),
        ("8 天", "2026-09-28T18:00", "days", 8),
        ("P5D", "2026-09-22T18:00", "days", 5),
        ("P1W", "2026-09-24T18:00", "days", 7),
        ("P1M", "2026-10-19T18:00", "days", None),
        ("PT4H", "2026-09-17T13:30", "instant", None),
        ("P1DT0H", "2026-09-18T09:30", "instant", None),
        ("P1MT1H", "2026-10-17T10:30", "instant", None),
        ("2026-10-01", "2026-10-01T18:00", "instant", None),
        ("2026-10-01T08:00:00+08:00", "2026-10-01T08:00", "instant", None),
        ("2026-10-01T00:00:00Z", "2026-10-01T08:00", "instant", None),
        ("R3/PT1H", "2026-09-17T10:30", "cycle", 3),
        ("R/2 workdays", "2026-09-20T18:00", "cycle", None),
    ],
)
def test_rule_falls_due_at(rule, due, unit, count):
    answer = CHINA.due(rule, START)
    assert answer.due_at == local(due)
    assert answer.due_at.tzinfo is UTC
    assert (answer.unit, answer.count, answer.rule, answer.start_day) == (unit, count, rule, date(2026, 9, 17))


def test_start_day_is_the_local_day_not_the_utc_day():
    late_evening_utc = datetime(2026, 9, 16, 17, 0, tzinfo=UTC)
    assert CHINA.due("5 workdays", late_evening_utc).start_day == date(2026, 9, 17)


def test_end_of_january_plus_one_month_is_the_end_of_february():
    assert CHINA.due("P1MT0H", local("2026-01-31T09:00")).due_at == local("2026-02-28T09:00")
    assert CHINA.due("P1YT0H", local("2024-02-29T09:00")).due_at == local("2025-02-28T09:00")


def test_zero_days_after_office_hours_end_with_the_next_working_day():
    assert CHINA.due("0 days", local("2026-09-30T19:00")).due_at == local("2026-10-08T18:00")
    assert CHINA.due("0 days", local("2026-09-30T17:00")).due_at == local("2026-09-30T18:00")


def test_end_of_the_working_day_is_a_setting():
    hours = parse_hours("08:00-12:00,13:30-17:30")
    assert hours
    calendar = Calendar({}, SHANGHAI, hours=[(date.min, hours)])
    assert calendar.due("1 workday", START).due_at == local("2026-09-18T17:30")


def test_deadline_that_reaches_an_unpublished_year_is_provisional():
    assert CHINA.due("5 workdays", local("2026-12-30T09:00")).provisional
    assert not CHINA.due("5 workdays", START).provisional


@pytest.mark.parametrize(
    "rule",
    ["", "soon", "5", "five days", "-5 days", "P", "PT", "P5", "-P5D", "R/PT0S", "R0/PT1H", "R3/P0D", "2026-13-01",
     "2026-10-01T08:00:00", "P99999Y", "5 workdays and more", "R3/R3/PT1H", "R3/2026-10-01"],
)  # fmt: skip
def test_unreadable_rule_is_refused_with_a_remedy(rule):
    with pytest.raises(Invalid) as refused:
        CHINA.due(rule, START)
    assert refused.value.code == "calendar.rule_unreadable"
    assert "请写成" in refused.value.params["remedy"]
    assert "Write" in refused.value.params["remedy_en"]


def test_a_million_working_days_are_counted_as_fast_as_five():
    assert CHINA.due("999999 workdays", START).due_at.year == 5859


@pytest.mark.parametrize("rule", ["P9999Y", "P9999YT1H", "P9999Y999999D"])
def test_deadline_beyond_the_calendar_is_refused_by_name(rule):
    with pytest.raises(Invalid, match=r"calendar\.out_of_range"):
        CHINA.due(rule, START)


def test_naive_start_is_a_programming_error():
    with pytest.raises(ValueError, match="aware"):
        CHINA.due("5 workdays", START.replace(tzinfo=None))
