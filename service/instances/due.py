"""Fires what is due, one row at a time by a few threads; a failing row is counted and never stops the others."""

import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError

from service.access.actor import Actor
from service.clock import Clock
from service.db import db
from service.errors import LecternError
from service.instances import waiting
from service.instances.commands_starts import StartFailure, begin_due, count_start_failure
from service.instances.commands_timers import TimerFailure, count_failure, fire_timer
from service.instances.waiting import Due

BATCH = 200
LOOK = timedelta(seconds=1)
"""The longest time between two looks at what is due: so late an earlier row is noticed that others wrote."""
SHARE = 64
FARTHEST = 4096
SLICE_SECONDS = 2.0
THREADS = 4

log = structlog.get_logger()


@dataclass(frozen=True)
class Fired:
    """How many rows fired and how many failed."""

    fired: int = 0
    failed: int = 0

    def __add__(self, other: "Fired") -> "Fired":
        return Fired(self.fired + other.fired, self.failed + other.failed)


def told(error: Exception) -> str:
    """An error as an incident keeps it: its kind and code, never values of the case."""
    return f"{type(error).__name__} {error.code}" if isinstance(error, LecternError) else type(error).__name__


def fire_due(until: datetime, *, now: datetime) -> Fired:
    """Fire every row that falls due by `until`, as of `now`, the oldest first; none is tried twice in one call.

    Flows that begin by themselves do so as of `now`.
    """
    done, tried = Fired(), set[str]()
    for key in waiting.beginning(now):
        done += _begin(key, now)
    while rows := [row for row in waiting.due(until, now, BATCH + len(tried)) if row.timer_id not in tried]:
        tried.update(row.timer_id for row in rows)
        for row in rows:
            done += _fire(row, now)
    return done


class Firing:
    """What one process does about due rows: looks, takes a share of them, fires it, and says when to look again.

    Other processes do the same at the same time. Whoever meets rows that others have taken begins its next share at
    a random place among the oldest, the farther the more of them were taken, so that all have work; the oldest row is
    always among the candidates. Rows whose case is locked are left for the next look.
    """

    def __init__(self, threads: int = THREADS) -> None:
        self._threads = threads
        self._spread = 0

    def __call__(self, _now: datetime) -> float:
        """Fire for a while; the seconds until the next look, 0 when there is more to do."""
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        clock: Clock = app.extensions["lectern.clock"]
        threads = 1 if db.engine.dialect.name == "sqlite" else self._threads
        for key in waiting.beginning(clock.now()):
            _begin(key, clock.now())
        left, ends = set[str](), time.monotonic() + SLICE_SECONDS
        with ThreadPoolExecutor(threads) as pool:
            while time.monotonic() < ends:
                now = clock.now()
                seen = [row for row in self._seen(now, len(left)) if row.timer_id not in left]
                rows = [row._replace(until=now) for row in seen if row.due_at <= now]
                if not rows:
                    return _pause(seen, left, now)
                parts = [rows[place::threads] for place in range(min(threads, len(rows)))]
                for part in pool.map(partial(_fire_all, app, clock), parts):
                    left.update(part)
                self._spread_by(len(rows), sum(row.timer_id in left for row in rows))
        return 0.0

    def _seen(self, now: datetime, left: int) -> Sequence[Due]:
        """A share of what is due, or of what falls due until the next look."""
        skip = random.randrange(self._spread) if self._spread else 0  # noqa: S311 - no secret
        found = waiting.due(now + LOOK, now, SHARE + left, skip)
        return found if found or not skip else waiting.due(now + LOOK, now, SHARE + left)

    def _spread_by(self, taken: int, missed: int) -> None:
        if missed:
            self._spread = min(FARTHEST, max(SHARE, self._spread * 2))
        elif taken:
            self._spread //= 2


def _pause(seen: Sequence[Due], left: set[str], now: datetime) -> float:
    following = min((row.due_at for row in seen), default=now + LOOK)
    return (LOOK if left else min(LOOK, following - now)).total_seconds()


def _fire_all(app: Flask, clock: Clock, rows: Sequence[Due]) -> list[str]:
    """Fire rows in one thread; the ids of those that stay."""
    with app.app_context():
        return [row.timer_id for row in rows if not _fire(row, clock.now()).fired]


def _begin(key: str, now: datetime) -> Fired:
    """Start the case of a flow that begins by itself, or count that it failed."""
    try:
        return Fired(int(begin_due(Actor.system(), key, now=now) is not None))
    except Exception as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise
        log.exception("start.failed", definition_key=key)
        count_start_failure(Actor.system(), StartFailure(key, told(error)), now=now)
        return Fired(failed=1)


def _fire(row: Due, now: datetime) -> Fired:
    """Fire one row, or count that it failed. Only a lost connection is nobody's fault and stops the whole look."""
    try:
        return Fired(int(fire_timer(Actor.system(), row.timer_id, now=now, found=row)))
    except Exception as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise
        log.exception("timer.failed", timer_id=row.timer_id)
        count_failure(Actor.system(), TimerFailure(row.timer_id, told(error)), now=now)
        return Fired(failed=1)
