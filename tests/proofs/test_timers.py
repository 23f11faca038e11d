"""Due deadlines, fired by processes of which one is killed with -9 halfway: each has its effect once, none is lost.

LECTERN_PROVE=1 takes 20,000 rows and four processes.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import func, select, text, update

from service.audit.models import AuditEvent
from service.audit.verify import verify
from service.clock import SetClock
from service.config import Settings
from service.db import db, transaction
from service.notices.models import OutboxMessage
from service.tasks.models import QueueEntry, Task
from tests.driver import Driver
from tests.many import Pattern
from tests.postgres import free_port
from tests.processes import environment
from tests.service.people import county as counties
from tests.service.tasks import flows
from tests.workflows import diagrams as d
from workflows.models import ProcessInstance, Timer

PROVE = bool(os.environ.get("LECTERN_PROVE"))
ROWS = 20_000 if PROVE else 240
PROCESSES = 4 if PROVE else 2
PATIENCE_SECONDS = 1800 if PROVE else 120
LECTERN = str(Path(sys.executable).parent / "lectern")
FLOW = flows.line(
    d.catch("period", d.timer("Duration", "7 workdays")),
    flows.task("after", "bureau_hr_officer", decisions="approve", dueIn="5 workdays"),
    ids=("period", "after"),
)


def waiting(clock: SetClock) -> list[str]:
    """Cases whose deadlines are not due yet."""
    clock.set(datetime.now(UTC))
    driver = Driver(counties.build(), clock)
    driver.deploy(FLOW)
    pattern = Pattern(driver.start("small", by="s01.principal", count=3).id)
    return pattern.more(ROWS, driver.now + timedelta(days=1))


def all_fall_due() -> None:
    with transaction() as session:
        session.execute(update(Timer).where(Timer.due_at < datetime(9999, 1, 1, tzinfo=UTC)).values(due_at=moment()))


def moment() -> datetime:
    return datetime.now(UTC) - timedelta(seconds=1)


def fired() -> int:
    found = db.session.scalar(select(func.count()).select_from(AuditEvent).where(AuditEvent.kind == "timer.fired"))
    db.session.rollback()
    return found or 0


def until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.02)


@contextmanager
def processes(commands: Sequence[Sequence[str]]) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """Processes of this installation, each with its children in a group of its own; all are ended."""
    settings: Settings = current_app.extensions["lectern.settings"]
    started = [
        subprocess.Popen(
            list(command), env=environment(settings), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        for command in commands
    ]  # fmt: skip
    try:
        yield started
    finally:
        for process in started:
            if process.poll() is None:
                kill(process)


def kill(process: "subprocess.Popen[bytes]") -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def stop(process: "subprocess.Popen[bytes]") -> None:
    """Asked to end, a process ends its transactions and says that all is well."""
    process.terminate()
    assert process.wait(60) == 0


def check_effects(ids: Sequence[str], now: datetime) -> None:
    """One event, one task, one place in the queue, one notice and one new deadline a case; the record verifies."""
    session = db.session()
    ours = set(ids)
    events = select(AuditEvent.stream).where(AuditEvent.kind == "timer.fired")
    assert sorted(session.scalars(events)) == sorted(f"instance:{each}" for each in ids)
    assert sorted(session.scalars(select(Task.instance_id).where(Task.state == "open"))) == sorted(ids)
    queued = select(Task.instance_id).join(QueueEntry, QueueEntry.task_id == Task.id)
    assert sorted(session.scalars(queued)) == sorted(ids)
    told = session.scalars(select(OutboxMessage.body).where(OutboxMessage.kind == "task.opened"))
    assert sorted(body["instance_id"] for body in told) == sorted(ids)
    left = session.execute(select(Timer.instance_id, Timer.kind)).all()
    assert sorted(row.instance_id for row in left if row.kind == "due") == sorted(ids)
    assert not [row for row in left if row.kind == "event" and row.instance_id in ours]
    versions = select(ProcessInstance.version).where(ProcessInstance.id.in_(select(Task.instance_id)))
    assert set(session.scalars(versions)) == {2}
    session.rollback()
    assert verify(now).findings == []


def test_on_postgresql_several_processes_fire_each_once_though_one_is_killed(
    postgres_app: Flask, clock: SetClock
) -> None:
    ids = waiting(clock)
    with processes([[LECTERN, "scheduler"]] * PROCESSES) as running:
        until(lambda: connections() >= PROCESSES)
        began = time.monotonic()
        all_fall_due()
        until(lambda: fired() >= ROWS // 2)
        kill(running[0])
        until(lambda: fired() == ROWS)
        told("PostgreSQL", PROCESSES, time.monotonic() - began)
        for process in running[1:]:
            stop(process)
    check_effects(ids, clock.now())


def connections() -> int:
    """How many processes beside this one have looked."""
    mine = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    found: int = db.session.execute(text(mine)).scalar_one()
    db.session.rollback()
    return found


def test_on_sqlite_one_process_fires_each_once_though_it_is_killed_and_started_again(
    app: Flask, clock: SetClock
) -> None:
    ids = waiting(clock)
    all_fall_due()
    command = [[LECTERN, "serve", "--port", str(free_port())]]
    began = time.monotonic()
    with processes(command) as running:
        until(lambda: fired() >= ROWS // 2)
        kill(running[0])
    assert fired() < ROWS
    with processes(command) as running:
        until(lambda: fired() == ROWS)
        told("SQLite", 1, time.monotonic() - began)
        stop(running[0])
    check_effects(ids, clock.now())


def told(database: str, count: int, seconds: float) -> None:
    print(f"{database}: {ROWS} deadlines by {count} processes, one killed halfway, in {seconds:.1f} s")


def test_a_scheduler_beside_sqlite_is_refused_in_words(app: Flask) -> None:
    settings: Settings = current_app.extensions["lectern.settings"]
    refused = subprocess.run(
        [LECTERN, "scheduler"], env=environment(settings), capture_output=True, text=True, timeout=60, check=False
    )
    assert refused.returncode == 1
    assert "lectern serve" in refused.stderr
