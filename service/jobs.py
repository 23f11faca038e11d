"""Background jobs of a process: APScheduler ticks, and every tick calls a command like anybody else."""

import atexit
import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from flask import Flask

from service import metrics
from service.access import commands as access
from service.access.actor import Actor
from service.access.days import day_of
from service.attachments import commands as attachments
from service.audit import checkpoint
from service.channels import couriers
from service.channels.fanout import fan_out
from service.db import db
from service.flows.hiring import commands_import
from service.flows.title import commands_waiting
from service.idempotency import commands as idempotency
from service.instances import commands_batches, commands_migrate, commands_paper_import
from service.instances.departed import close_applications, close_case
from service.instances.disciplined import follow_files
from service.instances.due import Firing
from service.instances.recomputing import recompute
from service.instances.thrown import deliver_thrown
from service.notices import delivery, reading
from service.notices.outbox import CLOSING, DEPARTURE, MESSAGE
from service.opening import commands_runs
from service.parameters import queries as parameters
from service.posts import commands_named, commands_terms
from service.runs import commands as runs
from service.runs import working
from service.tasks import commands_forgetting, commands_recalling

EXTENSION = "lectern.jobs"
TURN = "jobs.lock"
"""The file in the data folder that the worker with the jobs holds locked."""
SLACK = 3
"""A job that did not end for this many of its periods (and a minute) counts as hanging."""

_log = logging.getLogger("lectern.jobs")


@dataclass(frozen=True)
class Tick:
    """A job: its name, the seconds from the end of one run to the next, and what it does with the present moment.

    A run that returns a number of seconds asks to be run again after so many. `shared` jobs may run in any number of
    processes at once.
    """

    name: str
    seconds: float
    run: Callable[[datetime], object]
    at_shutdown: bool = False
    shared: bool = False


@dataclass(frozen=True)
class TickState:
    """What is known of a job in this process; moments are those of the installation's clock."""

    name: str
    last_run: datetime | None = None
    last_error: str | None = None
    runs: int = 0
    failures: int = 0


def until_done(command: Callable[..., int], *arguments: Any) -> Callable[[datetime], None]:
    """Repeat a clean-up command, a transaction each time, until it finds nothing more."""

    def run(now: datetime) -> None:
        while command(Actor.system(), *arguments, now=now):
            continue

    return run


SENDERS = {MESSAGE: deliver_thrown, DEPARTURE: close_applications, CLOSING: close_case}
"""Channel of the outbox → what delivers its messages here; notices of the pages need none, couriers have the others."""


def deliver(now: datetime) -> None:
    """Deliver what stays in the house, then send out couriers with what leaves it, and do not wait for them."""
    delivery.deliver(now, SENDERS, fan_out)
    couriers.send_out()


def forget_notices(now: datetime) -> None:
    """Forget notices that were read longer ago than the parameter says."""
    days = int(parameters.county(db.session(), day_of(now))["notice_read_days"])
    db.session.rollback()
    reading.forget_read(now, days)


def named_holds(now: datetime) -> None:
    """Tell owners of the holds that are going to end, and end those that are over."""
    commands_named.remind_of_holds(Actor.system(), now=now)
    until_done(commands_named.expire_holds)(now)


DEADLINES = "deadlines"
TICKS = (
    Tick(DEADLINES, 1, Firing(), shared=True),
    Tick("outbox", 3, deliver, shared=True),
    Tick("runs", 1, lambda _now: working.send_out(), shared=True),
    Tick("recompute", 2, recompute),
    Tick("files", 60, follow_files),
    Tick("loan_terms", 3600, lambda now: commands_terms.remind_of_terms(Actor.system(), now=now)),
    Tick("named_holds", 600, named_holds),
    Tick("title_queue", 60, lambda now: commands_waiting.serve_waiting(Actor.system(), now=now)),
    Tick("checkpoint", 60, checkpoint.seal, at_shutdown=True),
    Tick("clean_up_sessions", 3600, until_done(access.clean_up, access.CleanUp())),
    Tick("clean_up_keys", 3600, until_done(idempotency.clean_up)),
    Tick("clean_up_imports", 3600, until_done(commands_import.clean_up)),
    Tick("clean_up_openings", 3600, until_done(commands_runs.clean_up)),
    Tick("clean_up_undo", 600, until_done(commands_recalling.clean_up)),
    Tick("clean_up_desk", 3600, until_done(commands_forgetting.clean_up)),
    Tick("clean_up_runs", 3600, until_done(runs.clean_up)),
    Tick("clean_up_paper_cases", 3600, until_done(commands_paper_import.forget_faulty)),
    Tick("clean_up_batches", 3600, until_done(commands_batches.forget_batches)),
    Tick("clean_up_migrations", 3600, until_done(commands_migrate.forget_migrations)),
    Tick("clean_up_outbox", 3600, delivery.clean_up),
    Tick("clean_up_notices", 3600, forget_notices),
    Tick("clean_up_files", 3600, lambda now: attachments.clean_up(Actor.system(), now=now)),
)


def pacing() -> Any:
    """APScheduler is loaded where jobs run: most processes serve pages alone."""
    from service import pacing

    return pacing


class Jobs:
    """The jobs of one process. Start after a fork, never before it; `stop` waits and signs a last checkpoint."""

    def __init__(self, app: Flask, ticks: Sequence[Tick] = TICKS) -> None:
        self._app = app
        self._ticks = {tick.name: tick for tick in ticks}
        self._states = {tick.name: TickState(tick.name) for tick in ticks}
        self._beaten = dict.fromkeys(self._ticks, time.monotonic())
        self._process: int | None = None
        self._stopping = threading.Lock()
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._pacing = pacing()
        self._scheduler = self._pacing.SteadyScheduler(timezone=UTC, job_defaults=defaults)
        self._scheduler.tell(self._again)

    def start(self) -> None:
        """Begin to tick in this process; also stops by itself when the interpreter ends."""
        self._process = os.getpid()
        self._beaten = dict.fromkeys(self._ticks, time.monotonic())
        for tick in self._ticks.values():
            self._scheduler.add_job(
                self.tick, "interval", seconds=_patience(tick), args=[tick.name], id=tick.name,
                next_run_time=self._pacing.after(tick.seconds),
            )  # fmt: skip
        self._scheduler.start()
        atexit.register(self.stop)

    def stop(self) -> None:
        """Let running ticks end, then run those that belong to a shutdown; a second call does nothing."""
        with self._stopping:
            if self._process != os.getpid():
                return
            self._process = None
        atexit.unregister(self.stop)
        self._scheduler.shutdown(wait=True)
        for tick in self._ticks.values():
            if tick.at_shutdown:
                self.tick(tick.name)

    def tick(self, name: str) -> float:
        """Run one job now, in an application context of its own; an error is logged, counted and goes no further.

        The seconds until it wants to run again.
        """
        tick, pause = self._ticks[name], None
        with self._app.app_context():
            now = self._app.extensions["lectern.clock"].now()
            started, error = time.monotonic(), None
            try:
                pause = tick.run(now)
            except Exception as failure:  # noqa: BLE001 - the edge of a job: it must not stop the others
                error = type(failure).__name__
                _log.exception("tick failed", extra={"tick": name})
        self._note(name, now, error, time.monotonic() - started)
        return pause if isinstance(pause, float) else tick.seconds

    def _again(self, name: str, pause: float) -> None:
        """A run has ended and said when it wants the next; one that never ends is not started a second time."""
        with self._stopping:
            if self._process == os.getpid():
                self._scheduler.run_again(name, pause)

    def states(self) -> Sequence[TickState]:
        """Every job with its last run and error, in the order declared."""
        return tuple(self._states.values())

    def hanging(self) -> Sequence[str]:
        """Names of jobs that should have ended a run long ago; all of them when nothing ticks in this process."""
        if self._process != os.getpid() or not self._scheduler.running:
            return tuple(self._ticks)
        now = time.monotonic()
        return tuple(name for name, tick in self._ticks.items() if now - self._beaten[name] > _patience(tick))

    def _note(self, name: str, now: datetime, error: str | None, seconds: float) -> None:
        old = self._states[name]
        failures = old.failures + (error is not None)
        self._states[name] = replace(old, last_run=now, last_error=error, runs=old.runs + 1, failures=failures)
        self._beaten[name] = time.monotonic()
        metrics.TICKS.labels(name, "failed" if error else "ok").inc()
        metrics.TICK_SECONDS.labels(name).observe(seconds)


def _patience(tick: Tick) -> float:
    """Seconds after which a run should have ended long ago."""
    return SLACK * tick.seconds + 60


def scheduling(threads: int) -> Sequence[Tick]:
    """The jobs that any number of processes may do at once, with so many threads that fire deadlines."""
    return [replace(tick, run=Firing(threads)) if tick.name == DEADLINES else tick for tick in TICKS if tick.shared]


def without_deadlines() -> Sequence[Tick]:
    """The jobs of a serving process where others fire the deadlines."""
    return [tick for tick in TICKS if tick.name != DEADLINES]


def start(app: Flask, ticks: Sequence[Tick] = TICKS) -> Jobs:
    """Start the jobs of a process and let `/readyz` know of them."""
    jobs = Jobs(app, ticks)
    app.extensions[EXTENSION] = jobs
    jobs.start()
    return jobs
