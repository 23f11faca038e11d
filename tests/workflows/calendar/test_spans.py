"""What is left of a deadline when it stands still, and when that ends: to the day, and to the second."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workflows import spans
from workflows.calendar import Calendar
from workflows.calendar_seed import seed

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHINA = Calendar({day: working for day, (working, _) in seed(range(2024, 2027)).items()}, SHANGHAI)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


MOMENTS = st.integers(0, 800 * 24 * 60).map(lambda minutes: at("2024-03-01T00:00") + timedelta(minutes=minutes))
BUSY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A machine that builds beside the tests draws slowly; that says nothing of the rules."""
COUNTED = ("5 workdays", "1 workday", "7 days", "P1M", "P2W", "R3/2 workdays")


@dataclass(frozen=True)
class Row:
    rule: str
    start_day: date
    due_at: datetime
    used: int = 0
    start_at: datetime | None = None


def row(rule: str, start: datetime) -> Row:
    due = CHINA.due(rule, start)
    return Row(rule, due.start_day, due.due_at, 0, start)


def again(found: Row, stopped: datetime, resumed: datetime) -> Row:
    span = spans.resumed(CHINA, found, spans.left(CHINA, found, stopped), resumed)
    return Row(span.rule, span.start_day, span.due_at, span.used, resumed)


@pytest.mark.parametrize(
    ("rule", "started", "stopped", "resumed", "due"),
    [
        # the October holiday of 2026 is 1-7 October; Sunday 20 September and Saturday 10 October work
        ("7 workdays", "2026-09-28T09:00", "2026-09-30T11:00", "2026-10-15T16:00", "2026-10-22T18:00"),
        ("5 workdays", "2026-09-10T09:00", "2026-09-11T09:00", "2026-10-11T09:00", "2026-10-15T18:00"),
        ("5 workdays", "2026-09-10T09:00", "2026-09-17T12:00", "2026-10-08T12:00", "2026-10-08T18:00"),
        ("5 workdays", "2026-09-10T09:00", "2026-09-17T12:00", "2026-10-08T19:00", "2026-10-09T18:00"),
        # calendar days: four of seven are left, however far the holiday had rolled the end
        ("7 days", "2026-09-28T09:00", "2026-10-01T09:00", "2026-11-02T09:00", "2026-11-06T18:00"),
        ("3 days", "2026-09-29T09:00", "2026-10-05T09:00", "2026-11-02T09:00", "2026-11-02T18:00"),
        ("P1M", "2026-09-10T09:00", "2026-09-20T09:00", "2026-10-11T09:00", "2026-11-02T18:00"),
        ("8 workhours", "2026-09-10T10:00:00", "2026-09-10T17:30:30", "2026-09-30T17:59:30", "2026-10-08T10:59:00"),
        ("PT4H", "2026-09-10T09:00:01", "2026-09-10T10:00:00", "2026-10-03T23:59:59", "2026-10-04T03:00:00"),
        ("2026-09-20", "2026-09-10T09:00", "2026-09-15T09:00", "2026-09-28T09:00", "2026-10-08T18:00"),
        ("2026-09-20T00:00Z", "2026-09-10T09:00", "2026-09-20T07:59:30", "2026-10-01T00:00", "2026-10-01T00:00:30"),
    ],
)  # fmt: skip
def test_the_rest_of_a_deadline_goes_on(rule: str, started: str, stopped: str, resumed: str, due: str) -> None:
    assert again(row(rule, at(started)), at(stopped), at(resumed)).due_at == at(due)


@BUSY
@given(
    st.sampled_from((*COUNTED, "PT90M", "P1DT2H", "4 workhours", "30 workhours")),
    MOMENTS,
    st.lists(st.integers(0, 20 * 24 * 60), max_size=5),
)
def test_stopping_and_going_on_in_the_same_minute_changes_nothing(
    rule: str, start: datetime, minutes: list[int]
) -> None:
    found = first = row(rule, start)
    for number in sorted(minutes):
        moment = start + timedelta(minutes=number)
        if moment < first.due_at:
            found = again(found, moment, moment)
    assert abs(found.due_at - first.due_at) < timedelta(seconds=1)


@BUSY
@given(
    st.integers(1, 30),
    MOMENTS,
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 40)), max_size=4),
)
def test_the_working_days_that_ran_add_up_to_the_whole_however_often_it_stood_still(
    amount: int, start: datetime, pauses: list[tuple[int, int]]
) -> None:
    found, now, ran = row(f"{amount} workdays", start), start, 0
    for run, pause in pauses:
        stopped = now + timedelta(days=run)
        if stopped >= found.due_at:
            break
        ran += CHINA.workdays_between(now.date(), stopped.date())
        now = stopped + timedelta(days=pause)
        found = again(found, stopped, now)
    last = found.due_at.astimezone(SHANGHAI).date()
    assert ran + CHINA.workdays_between(now.date(), last) in (amount, amount + 1)
    assert found.due_at >= now
    if amount > ran:
        assert ran + CHINA.workdays_between(now.date(), last) == amount


@pytest.mark.parametrize("rule", COUNTED)
def test_a_row_stands_where_its_rule_says_and_granted_days_come_on_top(rule: str) -> None:
    found = row(rule, at("2026-09-10T09:00"))
    assert spans.standing(CHINA, found) == found.due_at
    longer = spans.standing(CHINA, Row(found.rule, found.start_day, found.due_at, used=-3))
    assert longer is not None
    assert longer > found.due_at


@pytest.mark.parametrize("rule", ["PT4H", "2026-09-20", "2026-09-20T08:00:00+08:00"])
def test_no_calendar_moves_exact_durations_dates_and_moments(rule: str) -> None:
    assert spans.standing(CHINA, row(rule, at("2026-09-10T09:00"))) is None


def test_no_calendar_moves_what_stands_still() -> None:
    assert spans.standing(CHINA, Row("5 workdays", date(2026, 9, 10), spans.NEVER)) is None
