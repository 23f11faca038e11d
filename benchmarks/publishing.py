"""`python -m benchmarks.publishing [sqlite]`: fifty completions a second go on while versions are published, over HTTP.

A clock hands out the completions, fifty a second whatever the replies do, to threads with connections of their own;
an admin publishes a changed flow three times meanwhile, through the gate. On PostgreSQL two processes serve, on SQLite
one. Afterwards every case is looked at: it has gone on by the version with which it began. What is timed is the reply,
on the wall, and told: it depends on the machine. The targets are that nothing fails and nothing is lost.
"""

import http.client
import json
import logging
import os
import sys
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import local

from benchmarks import served
from benchmarks.house import House, house
from benchmarks.report import report
from tests.driver import Case
from tests.service.tasks import flows

RATE, SECONDS, PUBLISHED, THREADS, PATIENCE = 50, 12, 3, 32, 60
CHECK = flows.task("check", "bureau_hr_officer", form="small-start", decisions="approve")
NEXT = flows.task("next", "bureau_hr_chief", decisions="approve")
OLD = flows.line(CHECK, NEXT, ids=("check", "next"))

_own = local()


@dataclass(frozen=True)
class Reply:
    """Status and seconds of one request, and how often it was sent."""

    status: int
    seconds: float
    sent: int = 1


def asked(port: int, path: str, body: bytes, headers: dict[str, str]) -> Reply:
    """One POST on this thread's own connection; status 0 when none came back.

    A server closes a connection that was idle for two seconds, maybe just as the next request is sent: that one is sent
    once more on a new connection, under the same Idempotency-Key, as every client does.
    """
    connection = getattr(_own, "connection", None)
    if connection is None:
        connection = _own.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    began, keyed = time.perf_counter(), {**headers, "Idempotency-Key": uuid.uuid4().hex}
    for attempt in (1, 2):
        try:
            connection.request("POST", path, body, keyed)
            reply = connection.getresponse()
            reply.read()
        except (ConnectionError, http.client.RemoteDisconnected):
            connection.close()
        else:
            return Reply(reply.status, time.perf_counter() - began, attempt)
    return Reply(0, time.perf_counter() - began, 2)


def version(number: int) -> dict[str, bytes]:
    """The flow with another name of its second step."""
    diagram = OLD["flow.bpmn"].replace(b'name="next"', f'name="next {number}"'.encode())
    return {**OLD, "flow.bpmn": diagram}


def published(port: int, number: int, header: dict[str, str]) -> Reply:
    """Send a folder to be published."""
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'.encode() + content
        for name, content in version(number).items()
    ]
    body = b"\r\n".join(parts) + f"\r\n--{boundary}--\r\n".encode()
    return asked(
        port, "/api/v1/deployments", body, {"Content-Type": f"multipart/form-data; boundary={boundary}", **header}
    )


def driven(
    port: int, cases: Sequence[Case], header: dict[str, str], admin: dict[str, str]
) -> tuple[list[Reply], list[Reply], float]:
    """Replies of the completions, paced by the clock, and of publishing; how long the completions took."""
    tasks = [(case.task("check").id, case.task("check").version) for case in cases]
    sent = {"Content-Type": "application/json", **header}
    with ThreadPoolExecutor(THREADS) as pool, ThreadPoolExecutor(1) as publisher:
        began, done, made = time.perf_counter(), [], []
        for number, (task_id, seen) in enumerate(tasks):
            time.sleep(max(0.0, began + number / RATE - time.perf_counter()))
            body = json.dumps({"version": seen, "decision": "approve", "values": {"count": 2}}).encode()
            done.append(pool.submit(asked, port, f"/api/v1/tasks/{task_id}/complete", body, sent))
            if number % (len(tasks) // PUBLISHED) == RATE:
                made.append(publisher.submit(published, port, len(made) + 1, admin))
        replies = [one.result() for one in done]
        seconds = time.perf_counter() - began
        return replies, [one.result() for one in made], seconds


def measured(here: House, *options: str) -> dict[str, float]:
    """Figures of one run."""
    here.driver.clock.set(datetime.now(UTC))
    here.driver.deploy(OLD)
    cases = [here.driver.start("small", "s01.principal", count=1) for _ in range(RATE * SECONDS)]
    header, admin = served.bearer(here, "bureau.hr"), served.bearer(here, "admin")
    with served.served(here, *options) as server:
        server.rest()
        done, made, seconds = driven(server.port, cases, header, admin)
    times = sorted(reply.seconds for reply in done)
    lost = sum(case.open() != ["next"] or case.task("next").name != "next" for case in cases)
    return {
        "completions": len(done),
        "completions that failed": sum(reply.status != 200 for reply in done),
        "cases that did not go on by their own version": lost,
        "completions sent again on a new connection": sum(reply.sent > 1 for reply in done),
        "completions refused (4xx)": sum(400 <= reply.status < 500 for reply in done),
        "versions published": sum(reply.status == 201 for reply in made),
        "versions refused": sum(reply.status != 201 for reply in made),
        "completions a second": round(len(done) / seconds, 1),
        "p50 seconds": round(times[len(times) // 2], 3),
        "p95 seconds": round(times[int(len(times) * 0.95)], 3),
        "slowest seconds": round(times[-1], 3),
        "slowest publishing seconds": round(max(reply.seconds for reply in made), 3),
        "load of the machine (1 minute)": round(os.getloadavg()[0], 1),
    }


def main() -> int:
    """Print a table and the line of JSON; 1 when a target is missed."""
    logging.disable(logging.INFO)
    kind = sys.argv[1] if len(sys.argv) > 1 else "postgresql"
    options = ("--workers", "2", "--threads", "8") if kind == "postgresql" else ("--threads", "8")
    with house(kind) as here:
        figures = measured(here, *options)
    target = {"completions that failed": 0, "cases that did not go on by their own version": 0, "versions refused": 0}
    return int(not report("publishing", figures, target))


if __name__ == "__main__":
    sys.exit(main())
