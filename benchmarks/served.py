"""`lectern serve` as its own process, driven over HTTP; what it costs is read from the processes' own CPU times."""

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.house import House
from service.access import sessions
from service.db import db, transaction
from tests.postgres import free_port
from tests.processes import environment
from workflows.base import new_id

PATIENCE_SECONDS = 60
LOG_SHOWN = 4000
IDLE_SECONDS = 0.03
"""CPU of a server of which nobody asks anything, in a second."""
TICK = os.sysconf("SC_CLK_TCK")


class Server:
    """A running server and one connection to it that is kept open."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self._process = process
        self.port = port
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)

    def ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Any:
        """The reply's JSON; RuntimeError unless its status is below 300."""
        sent = None if body is None else json.dumps(body)
        self._connection.request(method, path, sent, {"Content-Type": "application/json", **(headers or {})})
        reply = self._connection.getresponse()
        text = reply.read()
        if reply.status >= 300:
            raise RuntimeError(f"{reply.status} {text!r}")
        return json.loads(text)

    def wait(self) -> None:
        """Until it answers."""
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                self.ask("GET", "/healthz")
                return
            except (OSError, http.client.HTTPException):
                self._connection.close()
                if time.monotonic() > until or self._process.poll() is not None:
                    raise
                time.sleep(0.05)

    def rest(self) -> None:
        """Until its jobs have dealt with what the preparations left: a second in which it does next to nothing."""
        until = time.monotonic() + PATIENCE_SECONDS
        before, now = 0.0, self.cpu()
        while now - before > IDLE_SECONDS and time.monotonic() < until:
            time.sleep(1)
            before, now = now, self.cpu()
        self._connection.close()  # the server has given up on it meanwhile

    def cpu(self) -> float:
        """Seconds of CPU, user and system, of the server and its workers so far."""
        return sum(_ticks(pid) for pid in _family(self._process.pid)) / TICK


def _family(root: int) -> list[int]:
    found = [root]
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == root:
            found.append(int(stat.parent.name))
    return found


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


@contextmanager
def served(house: House, *options: str) -> Iterator[Server]:
    """`lectern serve` on the house's database, jobs included; an error inside carries the end of its log."""
    db.session.remove()
    db.engine.dispose()
    port = free_port()
    command = [str(Path(sys.executable).parent / "lectern"), "serve", "--port", str(port), *options]
    with open(house.settings.data_dir / "server.log", "w+b") as log:
        process = subprocess.Popen(command, env=environment(house.settings), stdout=log, stderr=log)
        try:
            server = Server(process, port)
            server.wait()
            yield server
        except Exception as error:
            log.seek(0)
            error.add_note(log.read().decode(errors="replace")[-LOG_SHOWN:])
            raise
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)


def bearer(house: House, who: str) -> dict[str, str]:
    """The header of an account of the county."""
    with transaction() as session:
        life = timedelta(hours=1)
        opened = sessions.open_token(session, house.driver.county.accounts[who], "bearer", life, datetime.now(UTC))
    return {"Authorization": f"Bearer {opened.token}"}


def per_cpu_second(server: Server, requests: Sequence[Sequence[Any]]) -> float:
    """Requests per second of the server's CPU."""
    began = server.cpu()
    for request in requests:
        server.ask(*request)
    return len(requests) / max(server.cpu() - began, 1 / TICK)


def completions(tasks: Sequence[tuple[str, int]], headers: Mapping[str, str], *, keyed: bool) -> list[tuple[Any, ...]]:
    """A completion of each task; `keyed` with an Idempotency-Key."""
    return [
        (
            "POST", f"/api/v1/tasks/{task_id}/complete",
            {"version": version, "decision": "approve", "values": {"count": 2}},
            {**headers, **({"Idempotency-Key": new_id()} if keyed else {})},
        )
        for task_id, version in tasks
    ]  # fmt: skip
