"""Works on runs: takes one up, calls its runner, keeps it alive meanwhile, and writes how it ended."""

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app

from service import metrics
from service.access import sessions
from service.access.actor import SYSTEM, Actor
from service.clock import Clock
from service.db import db
from service.errors import Forbidden, LecternError
from service.runs import commands, queries
from service.runs.commands import LEASE, Claimed, Told
from service.runs.declaring import KINDS, LONG, QUIET, SHORT, Lost, Running, Stopped
from service.runs.ending import CANCELLED, DONE, End

EXTENSION = "lectern.runs"
PACE = 0.5
"""Seconds between two signs of progress that are written; what is told between them is passed over."""
BEAT = LEASE.total_seconds() / 4

_log = logging.getLogger("lectern.runs")
Enough = Callable[[], bool]


@dataclass(frozen=True)
class Lane:
    """How many threads of a process work on it, and for how many times the length of a run it rests after each."""

    threads: int
    rest: float = 0.0


LANES = {SHORT: Lane(2), LONG: Lane(1), QUIET: Lane(1, rest=9.0)}


class _Cancelled(Stopped):
    """Somebody has asked to cancel it."""


class _Leaving(Stopped):
    """The process is to end."""


@dataclass
class _Progress:
    """What a runner calls; see `declaring.Progress`."""

    claimed: Claimed
    clock: Clock
    enough: Enough
    pace: float
    written: float = field(default_factory=time.monotonic)

    def __call__(self, done: int, total: int | None = None) -> None:
        if self.enough():
            raise _Leaving(self.claimed.id)
        if time.monotonic() - self.written < self.pace:
            return
        if commands.tell(Actor.system(), self.claimed, Told(done, total), now=self.clock.now()):
            raise _Cancelled(self.claimed.id)
        self.written = time.monotonic()


def work(lane: str, enough: Enough = lambda: False, pace: float = PACE, *, most: float = math.inf) -> int:
    """Carry out the runs of a lane one after the other until none waits, or it is `enough`; how many were ended.

    Needs an application context of its own: between commands nothing of it is open.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    clock: Clock = app.extensions["lectern.clock"]
    begun = ended = 0
    while begun < most and not enough() and queries.waits(lane, clock.now()):
        claimed = commands.claim(Actor.system(), lane, now=clock.now())
        if claimed is None:
            break
        begun += 1
        with _alive(app, claimed):
            ended += _carry_out(claimed, _Progress(claimed, clock, enough, pace))
    return ended


def _carry_out(claimed: Claimed, progress: _Progress) -> bool:
    """Whether the run has ended; a run that was lost or given back goes on elsewhere."""
    clock = progress.clock
    how = _outcome(claimed, progress)
    try:
        if how is None:
            commands.give_back(Actor.system(), claimed, now=clock.now())
        else:
            commands.end(Actor.system(), claimed, how, now=clock.now())
    except Lost:
        how = None
        _log.warning("run %s was taken over by another process", claimed.id)
    metrics.RUNS.labels(claimed.kind, how.state if how else "left").inc()
    return how is not None


def _outcome(claimed: Claimed, progress: _Progress) -> End | None:
    """How it ended; None when it is to go on elsewhere. Whatever a runner raises ends its own run and nothing else."""
    try:
        return End(DONE, _run(claimed, progress))
    except _Cancelled:
        return End(CANCELLED)
    except Stopped:
        return None
    except LecternError as refused:
        return End.refused(refused)
    except Exception as failure:  # noqa: BLE001 - the edge of a run: its asker and the admin are told
        _log.exception("run failed", extra={"run_id": claimed.id, "kind": claimed.kind})
        return End.failed(failure)
    finally:
        db.session.rollback()


def _run(claimed: Claimed, progress: _Progress) -> Mapping[str, Any]:
    asker = _asker(claimed, progress.clock)
    run = Running(claimed.id, asker, claimed.arguments, claimed.attempt, claimed.holder, claimed.organisation_id)
    return KINDS[claimed.kind].run(run, progress, progress.clock)


def _asker(claimed: Claimed, clock: Clock) -> Actor:
    """Who asked, as of now; Forbidden("run.account_closed")."""
    if claimed.account_id == SYSTEM:
        return Actor.system()
    found = sessions.of_account(claimed.account_id, clock.now())
    if found is None:
        raise Forbidden("run.account_closed")
    return found


@contextmanager
def _alive(app: Flask, claimed: Claimed) -> Iterator[None]:
    """Hold the run while its runner is at work, however long that says nothing."""
    over = threading.Event()
    thread = threading.Thread(target=_beat, args=(app, claimed, over), name=f"alive-{claimed.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat(app: Flask, claimed: Claimed, over: threading.Event) -> None:
    clock: Clock = app.extensions["lectern.clock"]
    while not over.wait(BEAT):
        with app.app_context():
            try:
                commands.tell(Actor.system(), claimed, Told(), now=clock.now())
            except Lost:
                return
            except Exception:  # noqa: BLE001 - the next beat may find the database again
                _log.exception("run %s could not be held", claimed.id)


class Workers:
    """The threads of one process. They are no daemons: its end waits until each has come to its next progress."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._threads: dict[str, list[threading.Thread]] = {lane: [] for lane in LANES}
        self._rests_until = dict.fromkeys(LANES, 0.0)

    def send_out(self) -> None:
        """Start a thread for every lane where something waits and that has one to spare."""
        now = self._app.extensions["lectern.clock"].now()
        for lane, how in LANES.items():
            busy = self._threads[lane] = [thread for thread in self._threads[lane] if thread.is_alive()]
            ready = len(busy) < how.threads and time.monotonic() >= self._rests_until[lane]
            if ready and queries.waits(lane, now):
                thread = threading.Thread(target=self._work, args=(lane,), name=f"runs-{lane}")
                busy.append(thread)
                thread.start()

    def wait(self, seconds: float) -> None:
        """Wait until all have come home; tests call it."""
        for thread in [one for lane in self._threads.values() for one in lane]:
            thread.join(seconds)

    def _work(self, lane: str) -> None:
        main, rest, began = threading.main_thread(), LANES[lane].rest, time.monotonic()
        with self._app.app_context():
            try:
                work(lane, lambda: not main.is_alive(), most=1 if rest else math.inf)
            except Exception:  # noqa: BLE001 - the edge of a thread: the next tick starts another
                _log.exception("worker failed", extra={"lane": lane})
        self._rests_until[lane] = time.monotonic() + rest * (time.monotonic() - began)


def send_out() -> None:
    """Send out the threads of this process; a job calls it."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    workers: Workers = app.extensions.setdefault(EXTENSION, Workers(app))
    workers.send_out()
