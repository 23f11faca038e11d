"""The background jobs survive the worker that does them."""

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from flask import Flask

from tests.postgres import free_port
from tests.proofs.test_timers import LECTERN, processes, stop, until


def workers(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def jobs(port: int, wanted: str) -> Callable[[], bool]:
    """Whether a worker says so of the jobs in its process."""

    def holds() -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as reply:
                return bool(json.load(reply)["checks"]["jobs"] == wanted)
        except (HTTPError, URLError, ConnectionError, TimeoutError):
            return False

    return holds


def test_when_the_worker_with_the_jobs_is_killed_its_successor_does_them(app: Flask) -> None:
    port = free_port()
    with processes([[LECTERN, "serve", "--port", str(port)]]) as [server]:
        until(jobs(port, "ok"))
        [first] = workers(server.pid)
        os.kill(first, signal.SIGKILL)
        until(lambda: first not in workers(server.pid) and jobs(port, "ok")())
        stop(server)


def test_of_two_workers_one_does_the_jobs_and_the_other_when_that_is_killed(postgres_app: Flask) -> None:
    port = free_port()
    with processes([[LECTERN, "serve", "--port", str(port), "--workers", "2"]]) as [server]:
        until(jobs(port, "ok"))
        until(jobs(port, "absent"))
        for worker in workers(server.pid):
            os.kill(worker, signal.SIGKILL)
            until(lambda gone=worker: gone not in workers(server.pid) and jobs(port, "ok")())  # type: ignore[misc]
        stop(server)
