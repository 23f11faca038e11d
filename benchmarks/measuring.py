"""CPU of pieces of work that are compared: taken in turns, so that a busy machine treats them alike."""

import statistics
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from benchmarks import cases
from service.db import db
from service.tasks import queries
from service.tasks.commands import CompleteTask, complete_task
from tests.driver import Driver

Work = Callable[[], float]
"""Does something once and says how many seconds of the process's CPU it took."""

BATCHES, SHORTER = 7, 3
"""Batches of a comparison; a search for a quiet moment takes SHORTER times as many, each as much shorter."""


def spent(work: Callable[[], object]) -> float:
    """CPU seconds of this process for one call."""
    began = time.process_time()
    work()
    return time.process_time() - began


def quietest(works: Sequence[Work], times: int) -> list[float]:
    """For each work the median ms of its quietest batch of calls; the works take turns batch by batch."""
    times = max(times // SHORTER, 1)
    batches = [[statistics.median(work() for _ in range(times)) for work in works] for _ in range(BATCHES * SHORTER)]
    return [min(column) * 1000 for column in zip(*batches, strict=True)]


def ratio(first: Work, second: Work, times: int) -> float:
    """Second ÷ first, the median over the batches of the ratio within a batch."""
    first(), second()
    found = []
    for _ in range(BATCHES):
        one, other = (statistics.median(column) for column in _batch((first, second), times))
        found.append(other / one)
    return statistics.median(found)


def _batch(works: Sequence[Work], times: int) -> list[list[float]]:
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(times):
        for place, work in enumerate(works):
            taken[place].append(work())
    return taken


class Steps:
    """Completions of one flow, each one minute after the other; a case is left after `life` steps for a new one."""

    def __init__(self, driver: Driver, key: str, *, life: int = 0, size: int = 0) -> None:
        self._driver, self._key, self._life, self._size = driver, key, life, size
        self._actor = driver.actor(cases.WHO)
        self._taken = 0
        self._case = cases.begun(driver, key, size)

    def command(self) -> CompleteTask:
        """The completion of the first open task."""
        if self._life and self._taken == self._life:
            self._case, self._taken = cases.begun(self._driver, self._key, self._size), 0
        self._taken += 1
        self._driver.clock.advance(timedelta(minutes=1))
        task = queries.open_of(self._case.id)[0]
        db.session.rollback()
        return CompleteTask(task.id, task.version, "approve", None, {"count": 2})

    def __call__(self) -> float:
        command = self.command()
        return spent(lambda: self.complete(command))

    def complete(self, command: CompleteTask) -> Any:
        """Send a completion that `command` has prepared."""
        return complete_task(self._actor, command, now=self._driver.now)

    def rounds(self, count: int) -> "Steps":
        """Complete `count` times and go on from there."""
        for _ in range(count):
            self.complete(self.command())
        return self
