"""`python -m benchmarks.completions [--sqlite | --postgres]`: what one completion costs, and how that grows."""

import logging
import sys

from benchmarks import cases, counting, served
from benchmarks.floors import Stock, bare_transaction
from benchmarks.house import DATABASES, House, house
from benchmarks.measuring import Steps, quietest, ratio
from benchmarks.report import report
from service.db import db
from service.tasks import queries

TIMES, LIFE, ROUNDS, REQUESTS, WARM = 30, 8, 300, 300, 40
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
    """Completions and empty requests per second of the server's CPU, jobs included."""
    tasks = _tasks(here, WARM + 2 * REQUESTS)
    token = served.bearer(here, cases.WHO)
    with served.served(here) as server:
        for request in served.completions(tasks[:WARM], token, keyed=True):
            server.ask(*request)
        plain = served.completions(tasks[WARM : WARM + REQUESTS], token, keyed=False)
        keyed = served.completions(tasks[WARM + REQUESTS :], token, keyed=True)
        return {
            "HTTP completions per server CPU second": round(served.per_cpu_second(server, plain)),
            "HTTP completions with a key per server CPU second": round(served.per_cpu_second(server, keyed)),
            "floor: GET /healthz per server CPU second": round(
                served.per_cpu_second(server, [("GET", "/healthz")] * 3 * REQUESTS)
            ),
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
        return {f"{kind}: {n}": v for part in (statements, cpu, growth, http) for n, v in part(here).items()}


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
