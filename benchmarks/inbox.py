"""`python -m benchmarks.inbox [--sqlite | --postgres] [--tasks=N]`: a page of each box, and of searches, at scale.

1,000,000 open tasks on PostgreSQL, 100,000 on SQLite, and the same pages in a house of 1,000. Milliseconds on the wall,
p50 and p95, from the command's call to the rows: the database's part cannot be seen in the CPU of this process. The
load of the machine is printed, as it makes the same page dearer.
"""

import logging
import os
import statistics
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import cycle, islice

from benchmarks import many_tasks
from benchmarks.house import DATABASES, house
from benchmarks.report import report
from service.access.actor import Actor, HeldRole, Represented
from service.db import db
from service.tasks import queries_boxes
from service.tasks.queries_boxes import BoxQuery
from tests.conftest import START

SIZES = {"postgresql": 1_000_000, "sqlite": 100_000}
SMALL, TIMES, WARM = 1_000, 60, 6
BOX_MS, TIMES_SMALL, SEARCH_MS = 5.0, 2.0, 20.0
SUBSTITUTED, TIMES_SUBSTITUTED = "box todo of a substitute ÷ of who represents nobody", 1.3
SEARCHES = {
    "name of two characters": ("张伟", "王芳", "李娜", "罗英", "马超"),
    "name of three characters": ("张伟芳", "王明超", "李平刚"),
    "subject and school": ("数学 第三实验小学", "物理 第九实验中学"),
    "case number": ("zp-2026-00070", "2026-00990"),
    "one character": ("张", "学"),
    "what is not there": ("诸葛", "zp-2031", "诸"),
}


def office() -> Actor:
    """Who acts for the office in whose queue every tenth task lies."""
    role, _, place = many_tasks.OFFICE.partition("@")
    return Actor("a", "p", "", roles=(HeldRole(role, place, "section", "/office/"),))


def clerk() -> Actor:
    """A person with a hundred tasks."""
    return Actor("a", many_tasks.person(0, 0), "")


def substitute() -> Actor:
    """The same person while standing in for another who has as many tasks."""
    first = START.date()
    other = Represented("s", many_tasks.person(0, 1), "", first, first + timedelta(days=30))
    return replace(clerk(), standing_in=(other,))


def asked() -> Mapping[str, list[tuple[Actor, BoxQuery]]]:
    """The pages of each kind that are looked at in turns."""
    found = {f"box {box}": [(who, BoxQuery(box))] for who, box in (
        (clerk(), "todo"), (office(), "claimable"), (clerk(), "done"), (clerk(), "started"), (clerk(), "copied"),
    )}  # fmt: skip
    found["box overdue"] = [(clerk(), BoxQuery("overdue", due_before=START + timedelta(days=30)))]
    for sort in ("arrival", "priority"):
        found[f"box claimable by {sort}"] = [(office(), BoxQuery("claimable", sort=sort))]
    for name, texts in SEARCHES.items():
        found[f"search in a large queue: {name}"] = [(office(), BoxQuery("claimable", q=text)) for text in texts]
        found[f"search in one's own: {name}"] = [(clerk(), BoxQuery("todo", q=text)) for text in texts]
    return found


def milliseconds(actor: Actor, query: BoxQuery) -> float:
    """One page, on the wall."""
    began = time.perf_counter()
    queries_boxes.page(actor, query)
    took = time.perf_counter() - began
    db.session.rollback()
    return took * 1000


def measured(kind: str, count: int) -> dict[str, list[float]]:
    """The times of every kind of page in a house of `count` tasks."""
    with house(kind) as here:
        many_tasks.write(here, count)
        taken: dict[str, list[float]] = {}
        for name, pages in asked().items():
            taken[name] = [milliseconds(*page) for page in islice(cycle(pages), WARM + TIMES)][WARM:]
        both = [(milliseconds(substitute(), BoxQuery()), milliseconds(clerk(), BoxQuery())) for _ in range(TIMES)]
        taken[SUBSTITUTED] = [min(times) for times in zip(*both, strict=True)]
        return taken


def main() -> int:
    """Print a table and the line of JSON; 1 when a target is missed."""
    logging.disable(logging.INFO)
    kinds = [kind for kind in DATABASES if f"--{kind.removesuffix('ql')}" in sys.argv] or list(DATABASES)
    given = next((int(arg.removeprefix("--tasks=")) for arg in sys.argv if arg.startswith("--tasks=")), None)
    figures: dict[str, float] = {}
    target: dict[str, float] = {}
    for kind in kinds:
        count = given or SIZES[kind]
        small, large = measured(kind, SMALL), measured(kind, count)
        stood, own = large.pop(SUBSTITUTED)
        figures[f"{kind} {count}: {SUBSTITUTED}"] = round(stood / own, 2)
        target[f"{kind} {count}: {SUBSTITUTED}"] = TIMES_SUBSTITUTED
        for name, times in large.items():
            here, p50, before = f"{kind} {count}: {name}", statistics.median(times), statistics.median(small[name])
            figures[f"{here}, p50"] = round(p50, 2)
            figures[f"{here}, p95"] = round(statistics.quantiles(times, n=20)[-1], 2)
            figures[f"{here}, p50 at {SMALL}"] = round(before, 2)
            target[f"{here}, p50"] = SEARCH_MS if name.startswith("search") else BOX_MS
            if name.startswith("box"):
                figures[f"{here}, p50 ÷ at {SMALL}"] = round(p50 / before, 2)
                target[f"{here}, p50 ÷ at {SMALL}"] = TIMES_SMALL
    figures["load of the machine (1 minute)"] = round(os.getloadavg()[0], 1)
    return int(not report("inbox", figures, target))


if __name__ == "__main__":
    sys.exit(main())
