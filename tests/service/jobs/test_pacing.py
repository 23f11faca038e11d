"""Jobs go on at their pace when the clock of the machine is set an hour forward or back."""

import threading
import time

import pytest

from service import pacing
from service.pacing import SteadyScheduler

HOUR = 3600.0


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["forward", "back"])
def test_a_clock_that_jumps_an_hour_neither_stops_nor_hurries_a_job(
    jump: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    from apscheduler.schedulers import base
    from apscheduler.triggers import interval

    ahead = 0.0
    real_time, real = time.time, base.datetime

    class Jumping(real):  # type: ignore[misc, valid-type]
        @classmethod
        def now(cls, tz: object = None) -> object:
            return real.fromtimestamp(real_time() + ahead, tz)

    monkeypatch.setattr(base, "datetime", Jumping)
    monkeypatch.setattr(interval, "datetime", Jumping)
    monkeypatch.setattr(pacing.time, "time", lambda: real_time() + ahead)
    ran = threading.Semaphore(0)
    scheduler = SteadyScheduler(timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True})
    scheduler.add_job(ran.release, "interval", seconds=0.5)
    scheduler.start()
    try:
        assert ran.acquire(timeout=20)
        ahead = jump
        time.sleep(1.5)
        while ran.acquire(blocking=False):
            pass
        for _ in range(3):
            assert ran.acquire(timeout=20)
        time.sleep(1)
        late = sum(1 for _ in range(100) if ran.acquire(blocking=False))
        assert late <= 5
    finally:
        scheduler.shutdown()


def test_a_job_that_was_taken_off_while_it_ran_stops_no_other() -> None:
    ran = threading.Semaphore(0)
    scheduler = SteadyScheduler(timezone="UTC")
    scheduler.add_job(ran.release, "interval", seconds=3600, id="other")
    scheduler.start()
    try:
        scheduler.run_again("taken off", 0.0)
        scheduler.run_again("other", 0.0)
        assert ran.acquire(timeout=20)
    finally:
        scheduler.shutdown()
