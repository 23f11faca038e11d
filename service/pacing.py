"""APScheduler whose pauses are spans of time: a clock that is set forward or back neither hurries nor stops it."""

# mypy: allow-subclassing-any

import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.events import EVENT_JOB_EXECUTED
from apscheduler.schedulers.background import BackgroundScheduler

LOOK_SECONDS = 1.0
JUMP_SECONDS = 0.5


def after(seconds: float) -> datetime:
    """The moment so many seconds from now, by the clock that APScheduler looks at."""
    return datetime.now(UTC) + timedelta(seconds=seconds)


class SteadyScheduler(BackgroundScheduler):
    """Looks at the clock at least once a second; when it jumped, the moments of all jobs jump with it."""

    _ahead: float | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._wanted: deque[tuple[str, float]] = deque()
        super().__init__(*arguments, **options)

    def tell(self, ended: Callable[[str, Any], None]) -> None:
        """Call `ended` with the id of a job and what it returned, whenever one has run."""
        self.add_listener(lambda event: ended(event.job_id, event.retval), EVENT_JOB_EXECUTED)

    def run_again(self, job_id: str, seconds: float) -> None:
        """Let a job run so many seconds from now.

        A run that ends before the scheduler has noted its beginning is told of in the middle of that: what it wants
        is kept until the scheduler has written the job's own next moment, else it would be lost.
        """
        self._wanted.append((job_id, time.monotonic() + seconds))
        self.wakeup()

    def _process_jobs(self) -> float:
        ahead = time.time() - time.monotonic()
        jump = 0.0 if self._ahead is None else ahead - self._ahead
        self._ahead = ahead
        if abs(jump) > JUMP_SECONDS:
            for job in self.get_jobs():
                job.modify(next_run_time=job.next_run_time + timedelta(seconds=jump))
        while self._wanted:
            job_id, moment = self._wanted.popleft()
            if self.get_job(job_id) is not None:  # it may have been taken off while it ran: the others go on
                self.modify_job(job_id, next_run_time=after(moment - time.monotonic()))
        pause: float | None = super()._process_jobs()
        if self._wanted:
            return 0.0
        return LOOK_SECONDS if pause is None else min(pause, LOOK_SECONDS)
