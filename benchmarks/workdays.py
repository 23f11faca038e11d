"""`python -m benchmarks.workdays`: working-day computations per second, over 23 published years."""

import json
import random
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from workflows.calendar import Calendar
from workflows.calendar_seed import seed
from workflows.hours import parse_hours

TARGET = 100_000
RUNS = 100_000
SUMMER, WINTER = "08:00-12:00,15:00-18:30", "08:30-12:00,14:00-18:00"
HOURS = [
    (date(year, month, 1), hours)
    for year in range(2004, 2027)
    for month, text in ((5, SUMMER), (10, WINTER))
    if (hours := parse_hours(text))
]
"""Hours that change with the season, 46 times."""


def rate(work: Callable[[int], object]) -> int:
    """Calls of `work` per second of the process's CPU."""
    began = time.process_time()
    for i in range(RUNS):
        work(i)
    return round(RUNS / (time.process_time() - began))


def main() -> None:
    """Print a table and the JSON line."""
    days = {d: w for d, (w, _) in seed(range(2004, 2027)).items()}
    breaks = [(date(year, 7, 10), date(year, 8, 31)) for year in range(2004, 2027)]
    calendar = Calendar(days, ZoneInfo("Asia/Shanghai"), hours=HOURS, breaks=breaks)
    chance = random.Random(5)
    days_of = [date(2004, 1, 1) + timedelta(days=chance.randrange(8_000)) for _ in range(RUNS)]
    starts = [datetime(day.year, day.month, day.day, 3, tzinfo=UTC) for day in days_of]
    figures = {
        "add_workdays per s": rate(lambda i: calendar.add_workdays(days_of[i], 7)),
        "workdays_between per s": rate(lambda i: calendar.workdays_between(days_of[i], days_of[i - 1])),
        "due workdays per s": rate(lambda i: calendar.due("5 workdays", starts[i])),
        "due days per s": rate(lambda i: calendar.due("P7D", starts[i])),
        "due workhours per s": rate(lambda i: calendar.due("4 workhours", starts[i])),
        "worktime_between per s": rate(lambda i: calendar.worktime_between(starts[i], starts[i - 1])),
        "due outside holidays per s": rate(lambda i: calendar.due("5 workdays outside holidays", starts[i])),
    }
    for name, value in figures.items():
        print(f"{name:26}{value:>12,}")
    ok = min(figures.values()) >= TARGET
    print(json.dumps({"benchmark": "workdays", "figures": figures, "target": dict.fromkeys(figures, TARGET), "ok": ok}))


if __name__ == "__main__":
    main()
