"""Deadlines told from today on: days of the house, working days that are soon, a week that ends with its Sunday."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from service.tasks.dues import before

ZONE = ZoneInfo("Asia/Shanghai")
OFF = {date(2026, 9, 25), date(2026, 9, 26), date(2026, 9, 27)}
AT_WORK = date(2026, 9, 20)


def is_working(day: date) -> bool:
    return day == AT_WORK or (day.weekday() < 5 and day not in OFF)


@pytest.mark.parametrize(
    ("due", "today", "first_day_after"),
    [
        ("today", date(2026, 9, 17), date(2026, 9, 18)),
        ("week", date(2026, 9, 17), date(2026, 9, 21)),
        ("week", date(2026, 9, 20), date(2026, 9, 21)),
        ("soon", date(2026, 9, 17), date(2026, 9, 22)),
        ("soon", date(2026, 9, 18), date(2026, 9, 23)),
        ("soon", date(2026, 9, 24), date(2026, 10, 1)),
    ],
)
def test_a_deadline_ends_with_a_day_of_the_house(due: str, today: date, first_day_after: date) -> None:
    for hour in (0, 9, 23):
        now = datetime(today.year, today.month, today.day, hour, 59, tzinfo=ZONE).astimezone(UTC)
        assert before(due, now, ZONE, is_working) == datetime.combine(first_day_after, datetime.min.time(), ZONE)


def test_what_is_overdue_is_overdue_now() -> None:
    now = datetime(2026, 9, 17, 8, tzinfo=UTC)
    assert before("overdue", now, ZONE, is_working) == now
    with pytest.raises(KeyError):
        before("tomorrow", now + timedelta(days=1), ZONE, is_working)
