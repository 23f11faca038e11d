"""`python -m benchmarks.completions [--sqlite | --postgres]`: what one completion costs, and how that grows.

Only CPU is measured, never the clock on the wall; still a busy machine makes the same work dearer, because it empties
the processor's caches. So everything is done in several rounds, in turns with its floors, and the quietest round
counts: of CPU at the service layer the smallest median, over HTTP the best rate, with the median beside it. The load of
the machine is printed with the figures.
"""

import logging
import os
import statistics
import sys
from collections.abc import Sequence
from typing import Any

from benchmarks import cases, counting, served
from benchmarks.floors import Stock, bare_transaction
from benchmarks.house import DATABASES, House, house
from benchmarks.measuring import Steps, quietest, ratio
from benchmarks.report import report
from service.db import db
from service.tasks import queries

TIMES, LIFE, ROUNDS, WARM = 30, 8, 300, 100
HTTP_ROUNDS, REQUESTS = 6, 80
CPU = {"sqlite": 2.0, "postgresql": 3.5}
"""Milliseconds at the service layer in a diagram of 50 nodes."""
EACH = {
    "SQL statements": 16,
    "commits": 1,
    "200 nodes ÷ 10": 1.2,
    "300th loop ÷ 1st": 1.2,
    "300th loop round a parallel block ÷ 1st": 1.2,
    "100 KB ÷ 1 KB of variables": 2.0,
    "HTTP completions per server CPU second": 200,
    "HTTP completions with a key per server CPU second": 200,
}
FLOWS = {
    "ten": cases.line("ten", 10),
    "fifty": cases.line("fifty", 50),
    "twohundred": cases.line("twohundred", 200),
    "loop": cases.loop("loop"),
    "block": cases.block("block"),
}


def statements(here: House) -> dict[str, float]:
    """What is counted, and what is counted apart."""
    found = counting.count(here.driver, Steps(here.driver, "fifty", life=LIFE).rounds(2))
    return {
        "SQL statements": found.completion,
        "commits": found.commits,
        "apart: statements of authentication": found.authentication,
        "apart: statements of an Idempotency-Key": found.repeat,
        "apart: statements of a ledger hold of one line": found.ledger_line,
        "apart: statements of each further line": found.further_line,
    }


def cpu(here: House) -> dict[str, float]:
    """Milliseconds of CPU beside the floors, all taken in turns."""
    stock = Stock(50)
    works = [Steps(here.driver, "fifty", life=45), bare_transaction, stock.in_memory, stock.saved]
    ours, bare, memory, saved = quietest(works, TIMES)
    return {
        "ms of CPU, 50 nodes": round(ours, 3),
        "floor: ms of a bare transaction": round(bare, 3),
        "floor: ms of SpiffWorkflow in memory": round(memory, 3),
        "peer: ms of SpiffWorkflow loaded and saved as JSON": round(saved, 3),
    }


def growth(here: House) -> dict[str, float]:
    """The same step in a larger diagram, after many rounds, with more data; ratios within one run."""
    driver = here.driver

    def fresh(key: str, size: int = 0) -> Steps:
        return Steps(driver, key, life=LIFE, size=size)

    pairs = {
        "200 nodes ÷ 10": (fresh("ten"), fresh("twohundred")),
        "300th loop ÷ 1st": (fresh("loop"), Steps(driver, "loop").rounds(ROUNDS)),
        "300th loop round a parallel block ÷ 1st": (fresh("block"), Steps(driver, "block").rounds(2 * ROUNDS)),
        "100 KB ÷ 1 KB of variables": (fresh("fifty", 1_000), fresh("fifty", 100_000)),
    }
    return {name: round(ratio(first, second, TIMES), 3) for name, (first, second) in pairs.items()}


def http(here: House) -> dict[str, float]:
    """Completions and empty requests per second of the server's CPU, jobs included; the best and the median round."""
    tasks = _tasks(here, WARM + 2 * REQUESTS * HTTP_ROUNDS)
    token = served.bearer(here, cases.WHO)
    taken: dict[str, list[float]] = {}
    with served.served(here) as server:
        for request in served.completions(tasks[:WARM], token, keyed=True):
            server.ask(*request)
        server.rest()
        for number in range(HTTP_ROUNDS):
            for name, requests in _round(tasks[WARM + 2 * REQUESTS * number :], token).items():
                taken.setdefault(name, []).append(served.per_cpu_second(server, requests))
    best = {f"{name} per server CPU second": round(max(rates)) for name, rates in taken.items()}
    return best | {f"{name}, median round": round(statistics.median(rates)) for name, rates in taken.items()}


def _round(tasks: list[tuple[str, int]], token: dict[str, str]) -> dict[str, Sequence[Sequence[Any]]]:
    """The requests of one round: completions without and with a key, and as many empty ones."""
    return {
        "HTTP completions": served.completions(tasks[:REQUESTS], token, keyed=False),
        "HTTP completions with a key": served.completions(tasks[REQUESTS : 2 * REQUESTS], token, keyed=True),
        "floor: GET /healthz": [("GET", "/healthz")] * 3 * REQUESTS,
    }


def _tasks(here: House, count: int) -> list[tuple[str, int]]:
    """One open task each of `count` new cases."""
    found = [queries.open_of(cases.begun(here.driver, "fifty").id)[0] for _ in range(count)]
    db.session.rollback()
    return [(task.id, task.version) for task in found]


def measured(kind: str) -> dict[str, float]:
    """All figures of one database."""
    with house(kind) as here:
        for files in FLOWS.values():
            here.driver.deploy(files)
        figures = {f"{kind}: {n}": v for part in (statements, cpu, growth, http) for n, v in part(here).items()}
    return figures | {f"{kind}: load of the machine (1 minute)": round(os.getloadavg()[0], 1)}


def main() -> int:
    """Print a table and the line of JSON; 1 when a target is missed."""
    logging.disable(logging.INFO)
    kinds = [kind for kind in DATABASES if f"--{kind.removesuffix('ql')}" in sys.argv] or list(DATABASES)
    figures = {name: value for kind in kinds for name, value in measured(kind).items()}
    target = {f"{kind}: {name}": bound for kind in kinds for name, bound in EACH.items()}
    target |= {f"{kind}: ms of CPU, 50 nodes": CPU[kind] for kind in kinds}
    return int(not report("completions", figures, target))


if __name__ == "__main__":
    sys.exit(main())
