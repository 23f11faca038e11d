"""`python -m benchmarks.timers [--sqlite | --postgres]`: how many deadlines fire, what lies beside them, how late."""

import logging
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
from sqlalchemy import func, select, text

from benchmarks import served
from benchmarks.house import DATABASES, House, house
from benchmarks.report import report
from service.audit.models import AuditEvent
from service.db import db
from service.instances.due import Firing
from service.tasks.models import QueueEntry
from tests.many import Pattern
from tests.processes import environment
from tests.service.tasks import flows
from tests.workflows import diagrams as d

WARM, FIRED, SHARED, BESIDE, LATE = 200, 2000, 4000, 1_000_000, 200
PROCESSES = (1, 2, 4)
IDLE_LOOKS = 50
PATIENCE_SECONDS = 600
APART = timedelta(milliseconds=250)
RATE = "fired per CPU second"
FLOW = flows.line(
    d.catch("period", d.timer("Duration", "PT1H")),
    flows.task("after", "bureau_hr_officer", decisions="approve", dueIn="5 workdays"),
    ids=("period", "after"),
)


class Waiting:
    """Cases that wait for one hour, and then open a task with a deadline of its own."""

    def __init__(self, here: House) -> None:
        self.here = here
        here.driver.deploy(FLOW)
        here.driver.clock.set(datetime.now(UTC))
        self.pattern = Pattern(here.driver.start("small", by="s01.principal", count=3).id)

    def more(self, count: int, due_at: datetime, apart: timedelta = timedelta(0)) -> None:
        """`count` more of them."""
        self.pattern.more(count, due_at, apart)

    def spent(self, count: int) -> tuple[float, float]:
        """Seconds of CPU of this process and of the clock for firing `count`."""
        self.more(count, self.here.driver.now)
        fired, cpu, wall = _count("timer.fired"), time.process_time(), time.perf_counter()
        firing = Firing()
        while not firing(self.here.driver.now):
            continue
        taken = time.process_time() - cpu, time.perf_counter() - wall
        assert _count("timer.fired") == fired + count
        return taken


def _count(kind: str) -> int:
    found = db.session.scalar(select(func.count()).select_from(AuditEvent).where(AuditEvent.kind == kind)) or 0
    db.session.rollback()
    return found


def firing(waiting: Waiting) -> dict[str, float]:
    """Rates in this process with full effect: token, task, queue, deadline, events, in a transaction each."""
    waiting.spent(WARM)
    opened = db.session.scalar(select(func.count()).select_from(QueueEntry))
    cpu, wall = waiting.spent(FIRED)
    assert db.session.scalar(select(func.count()).select_from(QueueEntry)) == (opened or 0) + FIRED
    db.session.rollback()
    return {RATE: round(FIRED / cpu), "fired per second of the clock": round(FIRED / wall)}


def idle(waiting: Waiting) -> float:
    """Milliseconds of CPU of a look that finds nothing."""
    look, now = Firing(), waiting.here.driver.now
    look(now)
    began = time.process_time()
    for _ in range(IDLE_LOOKS):
        look(now)
    return (time.process_time() - began) / IDLE_LOOKS * 1000


def beside(waiting: Waiting) -> dict[str, float]:
    """The same with a million open cases without timers lying beside."""
    without, look = statistics.median(waiting.spent(WARM)[0] for _ in range(5)), idle(waiting)
    waiting.pattern.beside(BESIDE)
    waiting.spent(WARM)
    with_them = statistics.median(waiting.spent(WARM)[0] for _ in range(5))
    return {
        "CPU of firing with 1,000,000 open cases beside ÷ without": round(with_them / without, 3),
        "ms of CPU of an idle look": round(look, 3),
        "ms of CPU of an idle look with 1,000,000 open cases beside": round(idle(waiting), 3),
    }


@contextmanager
def schedulers(here: House, count: int) -> Iterator[None]:
    """`lectern scheduler` so many times."""
    command = [str(Path(sys.executable).parent / "lectern"), "scheduler"]
    with open(here.settings.data_dir / "schedulers.log", "wb") as log:
        running = [
            subprocess.Popen(command, env=environment(here.settings), stdout=log, stderr=log) for _ in range(count)
        ]
        try:
            yield
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(60)


def scaling(waiting: Waiting) -> dict[str, float]:
    """Rows fired per second of the clock by 1, 2 and 4 processes on this machine."""
    found = {}
    for count in PROCESSES:
        with schedulers(waiting.here, count):
            _until(lambda: _connected() >= count)  # noqa: B023 - called within the round
            before = _count("timer.fired")
            waiting.more(SHARED, datetime.now(UTC) - timedelta(minutes=1))
            first, began = _reached(before + SHARED // 10), time.perf_counter()
            last = _reached(before + SHARED * 9 // 10)
            taken = time.perf_counter() - began
            _reached(before + SHARED)
        name = "process" if count == 1 else "processes"
        found[f"{count} {name}: fired per second of the clock"] = round((last - first) / taken)
    return found


def _connected() -> int:
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    found: int = db.session.execute(text(others)).scalar_one()
    db.session.rollback()
    return found


def _reached(count: int) -> int:
    """Wait until so many have fired; how many that are now."""
    _until(lambda: _count("timer.fired") >= count)
    return _count("timer.fired")


def _until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > ends:
            raise TimeoutError
        time.sleep(0.05)


def lateness(waiting: Waiting) -> dict[str, float]:
    """Seconds from the moment of a deadline to its effect, over a server that does nothing else."""
    with served.served(waiting.here):
        begin = datetime.now(UTC) + timedelta(seconds=5)
        before = _count("timer.fired")
        waiting.more(LATE, begin, APART)
        _reached(before + LATE)
    kind = AuditEvent.kind == "timer.fired"
    rows = db.session.execute(select(AuditEvent.at, AuditEvent.body).where(kind, AuditEvent.at >= begin)).all()
    db.session.rollback()
    late = sorted((row.at - _due(row.body)).total_seconds() for row in rows)
    return {
        "lateness p50, seconds": round(statistics.median(late), 3),
        "lateness p99, seconds": round(late[int(0.99 * (len(late) - 1))], 3),
    }


def _due(body: Mapping[str, str] | str) -> datetime:
    found = orjson.loads(body) if isinstance(body, str) else body
    return datetime.fromisoformat(found["due_at"])


def measured(kind: str) -> dict[str, float]:
    """All figures of one database."""
    with house(kind) as here:
        waiting = Waiting(here)
        parts = [firing, lateness]
        if kind == "postgresql":
            parts = [firing, scaling, lateness, beside]
        return {f"{kind}: {name}": value for part in parts for name, value in part(waiting).items()}


def main() -> int:
    """Print a table and the line of JSON; 1 when a target is missed."""
    logging.disable(logging.INFO)
    kinds = [kind for kind in DATABASES if f"--{kind.removesuffix('ql')}" in sys.argv] or list(DATABASES)
    figures = {name: value for kind in kinds for name, value in measured(kind).items()}
    target = {f"{kind}: {RATE}": 300.0 for kind in kinds}
    target |= {f"{kind}: lateness p99, seconds": 2.0 for kind in kinds}
    if "postgresql" in kinds:
        target["postgresql: CPU of firing with 1,000,000 open cases beside ÷ without"] = 1.1
    return int(not report("timers", figures, target))


if __name__ == "__main__":
    sys.exit(main())
