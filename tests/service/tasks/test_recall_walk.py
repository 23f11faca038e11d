"""Whatever is decided on a random walk is taken back exactly. LECTERN_PROVE=1 walks forty times."""

import os
import random
from collections.abc import Callable
from typing import Any

from tests.driver import Case, Driver
from tests.service.tasks import flows
from tests.service.tasks.recalls import expect_same
from tests.service.tasks.returns import FILL, OFFICERS
from tests.workflows import diagrams as d

WALKS = 40 if os.environ.get("LECTERN_PROVE") else 2


def everything() -> dict[str, bytes]:
    """Loops, branches, boundary events, a message, local variables: all that a step may open or close."""
    tasks = [
        FILL,
        flows.task("left", OFFICERS, form="small-start", signing="all", dueIn="5 workdays", remindBefore="1 workday"),
        flows.task("right", OFFICERS, form="small-start", fields="note:write", dueIn="3 workdays"),
        flows.task("again", "bureau_hr_officer", form="small-start", fields="count:write", dueIn="2 days"),
        flows.task("nag", "bureau_leader"), flows.task("late", "bureau_leader"),
    ]  # fmt: skip
    events_ = [
        d.boundary("remind", "right", d.timer("Duration", "P1D"), interrupting=False), d.end("nagged"),
        d.boundary("over", "again", d.timer("Duration", "P9D")),
        d.catch("wait", d.on("message", "news")),
    ]  # fmt: skip
    gates = [
        d.gateway("parallel", "fork"),
        d.gateway("parallel", "join"),
        d.gateway("exclusive", "more", default="out"),
    ]
    links = [
        d.path("start", "fill", "fork", "left", "join", "again", "more"), d.path("fork", "right", "join"),
        d.flow("more", "fill", "=count < 25"), d.flow("more", "wait", None, "out"), d.path("wait", "end"),
        d.path("remind", "nag", "nagged"), d.path("over", "late", "wait"),
    ]  # fmt: skip
    files = flows.flow([*tasks, *events_, *gates], links)
    files["flow.bpmn"] = files["flow.bpmn"].replace(
        b"<bpmn:process", d.message("news", '="k"').encode() + b"<bpmn:process", 1
    )
    return files


VALUES: dict[str, Callable[[int], dict[str, Any]]] = {
    "fill": lambda number: {"count": number, "note": str(number)},
    "right": lambda number: {"note": str(number)},
    "again": lambda number: {"count": number},
}
PEOPLE = {"fill": ["s01.hr"], "again": ["bureau.hr"], "nag": ["bureau.leader"], "late": ["bureau.leader"]}


def test_whatever_is_decided_on_a_random_walk_is_taken_back_exactly(quick_driver: Driver) -> None:
    quick_driver.deploy(everything())
    for seed in range(WALKS):
        chance = random.Random(seed)
        case = quick_driver.start("small", "s01.hr", "s01", count=3)
        for _ in range(10):
            if case.open():
                walk(case, chance)


def walk(case: Case, chance: random.Random) -> None:
    """Decide something, take it back, decide it again; now and then a drawn timer fires."""
    step, persons = chance.choice(case.open()), case.driver.county.persons
    signed = {seat.person_id for seat in case.task(step).seats if seat.state == "signed"}
    able = [who for who in PEOPLE.get(step, ["bureau.hr", "bureau.chief"]) if persons[who] not in signed]
    by, values = chance.choice(able), VALUES.get(step, lambda _: {})(chance.randrange(1, 40))

    def act() -> None:
        case.complete(step, by, "complete", **values)

    expect_same(case, by, act, step)
    act()
    drawn = [row.element_id for row in case.timers() if row.kind == "event"]
    if drawn and chance.random() < 0.3:
        case.fire(drawn[0])
