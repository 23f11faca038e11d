"""`python -m benchmarks.signers`: twenty people sign one task at once, over HTTP, four processes, PostgreSQL.

What is timed is the reply to each signature, on the wall, from the moment at which all twenty send theirs; each has its
connection open already. The first round, in which each process reads the flow, is told apart. Afterwards every task is
looked at: each signature once, one decision.
"""

import http.client
import json
import logging
import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Barrier

from benchmarks import served
from benchmarks.house import House, house
from benchmarks.report import report
from service.audit import timeline
from service.db import db
from tests.driver import Case
from tests.service.tasks import polls

SIGNERS, ROUNDS, PROCESSES, PATIENCE = 20, 15, 4, 60
WAYS = {
    "all": {"signing": "all", "decisions": "passed,return", "quorum": "", "ratio": "", "dueIn": ""},
    "vote": {},
}
"""Properties of the step; a vote has those of `polls`."""
DECISION = {"all": "passed", "vote": "yes"}
SIGNED = {"all": "task.signed", "vote": "task.voted"}


@dataclass(frozen=True)
class Reply:
    """Status of one signature, its seconds, and whether it decided."""

    status: int
    seconds: float
    decided: bool


def signed_at_once(port: int, case: Case, headers: Sequence[dict[str, str]], decision: str) -> list[Reply]:
    """Everybody sends at the same moment, each on a connection of their own."""
    path, body = f"/api/v1/tasks/{case.task('vote').id}/complete", json.dumps({"decision": decision})
    gate = Barrier(len(headers))

    def sign(header: dict[str, str]) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.connect()
        gate.wait()
        began = time.perf_counter()
        connection.request("POST", path, body, {"Content-Type": "application/json", **header})
        reply = connection.getresponse()
        text = reply.read()
        seconds = time.perf_counter() - began
        connection.close()
        return Reply(reply.status, seconds, reply.status == 200 and json.loads(text)["decided"])

    with ThreadPoolExecutor(len(headers)) as pool:
        return list(pool.map(sign, headers))


def mistakes(case: Case, kind: str, replies: Sequence[Reply]) -> int:
    """Signatures that were lost or counted twice, and decisions beyond the one."""
    events = Counter(event.kind for event in timeline.events(db.session(), f"instance:{case.id}"))
    db.session.rollback()
    told = case.variables["vote"]
    counted = told["present"] if kind == "vote" else len({ballot["by"] for ballot in told["ballots"]})
    wrong = abs(events[SIGNED[kind]] - SIGNERS) + abs(counted - SIGNERS) + abs(events["task.completed"] - 1)
    return wrong + abs(sum(reply.decided for reply in replies) - 1) + (case.open() != ["done"])


def measured(here: House) -> dict[str, float]:
    """Figures of both ways of signing."""
    here.driver.clock.set(datetime.now(UTC))
    members = polls.committee(here.driver, SIGNERS)
    headers = [served.bearer(here, name) for name in members]
    cases = {kind: [polls.begun(here.driver, members, **given) for _ in range(ROUNDS)] for kind, given in WAYS.items()}
    figures: dict[str, float] = {}
    replies: dict[str, list[list[Reply]]] = {}
    with served.served(here, "--workers", str(PROCESSES), "--threads", "8") as server:
        server.rest()
        for kind, each in cases.items():
            replies[kind] = [signed_at_once(server.port, case, headers, DECISION[kind]) for case in each]
    for kind, each in cases.items():
        flat = [reply for found in replies[kind] for reply in found]
        times = sorted(reply.seconds for reply in flat[SIGNERS:])
        figures |= {
            f"{kind}: signatures": len(flat),
            f"{kind}: replies of 500 and above": sum(reply.status >= 500 for reply in flat),
            f"{kind}: refused": sum(400 <= reply.status < 500 for reply in flat),
            f"{kind}: signatures or decisions miscounted": sum(map(mistakes, each, [kind] * ROUNDS, replies[kind])),
            f"{kind}: p50 seconds": round(statistics.median(times), 3),
            f"{kind}: p95 seconds": round(times[int(len(times) * 0.95)], 3),
            f"{kind}: slowest seconds": round(times[-1], 3),
            f"{kind}: slowest seconds of the first round": round(max(r.seconds for r in flat[:SIGNERS]), 3),
        }
    return figures | {"load of the machine (1 minute)": round(os.getloadavg()[0], 1)}


def main() -> int:
    """Print a table and the line of JSON; 1 when a target is missed."""
    logging.disable(logging.INFO)
    with house("postgresql") as here:
        figures = measured(here)
    target: dict[str, float] = {}
    for kind in WAYS:
        target |= {f"{kind}: replies of 500 and above": 0, f"{kind}: refused": 0}
        target |= {f"{kind}: signatures or decisions miscounted": 0, f"{kind}: p95 seconds": 1.0}
    return int(not report("signers", figures, target))


if __name__ == "__main__":
    sys.exit(main())
