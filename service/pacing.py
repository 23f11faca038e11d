"""APScheduler whose pauses are spans of time: a clock that is set forward or back neither hurries nor stops it."""

# mypy: allow-subclassing-any

import time
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

LOOK_SECONDS = 1.0
JUMP_SECONDS = 0.5


def after(seconds: float) -> datetime:
    """The moment so many seconds from now, by the clock that APScheduler looks at."""
    return datetime.now(UTC) + timedelta(seconds=seconds)


class SteadyScheduler(BackgroundScheduler):
    """Looks at the clock at least once a second; when it jumped, the moments of all jobs jump with it."""

    _ahead: float | None = None

    def _process_jobs(self) -> float:
        ahead = time.time() - time.monotonic()
        jump = 0.0 if self._ahead is None else ahead - self._ahead
        self._ahead = ahead
        if abs(jump) > JUMP_SECONDS:
            for job in self.get_jobs():
                job.modify(next_run_time=job.next_run_time + timedelta(seconds=jump))
        pause: float | None = super()._process_jobs()
        return LOOK_SECONDS if pause is None else min(pause, LOOK_SECONDS)
