"""`python -m benchmarks.workdays`: working-day computations per second, over 23 published years."""

import json
import random
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from workflows.calendar import Calendar
from workflows.calendar_seed import seed

TARGET = 100_000
RUNS = 100_000


def rate(work: Callable[[int], object]) -> int:
    """Calls of `work` per second of the process's CPU."""
    began = time.process_time()
    for i in range(RUNS):
        work(i)
    return round(RUNS / (time.process_time() - began))


def main() -> None:
    """Print a table and the JSON line."""
    calendar = Calendar({d: w for d, (w, _) in seed(range(2004, 2027)).items()}, ZoneInfo("Asia/Shanghai"))
    chance = random.Random(5)
    days = [date(2004, 1, 1) + timedelta(days=chance.randrange(8_000)) for _ in range(RUNS)]
    starts = [datetime(day.year, day.month, day.day, 3, tzinfo=UTC) for day in days]
    figures = {
        "add_workdays per s": rate(lambda i: calendar.add_workdays(days[i], 7)),
        "workdays_between per s": rate(lambda i: calendar.workdays_between(days[i], days[i - 1])),
        "due workdays per s": rate(lambda i: calendar.due("5 workdays", starts[i])),
        "due days per s": rate(lambda i: calendar.due("P7D", starts[i])),
    }
    for name, value in figures.items():
        print(f"{name:26}{value:>12,}")
    ok = min(figures.values()) >= TARGET
    print(json.dumps({"benchmark": "workdays", "figures": figures, "target": dict.fromkeys(figures, TARGET), "ok": ok}))


if __name__ == "__main__":
    main()
