"""2,000 applications for titles in one batch: opening, deciding and closing, and how long a person ever waits.

`python -m benchmarks.titles [applications] [sqlite|postgresql]`. Every application goes the whole way through the
commands of people; what runs in the background (periods that end, votes that open, and votes that the scheduler counts
when their time is over) is counted apart, as a rate.
"""

import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import select

from benchmarks.house import house
from benchmarks.report import report
from service.access.actor import Actor
from service.db import db
from service.flows.title import (
    commands,
    commands_drawing,
    commands_sessions,
    commands_sitting,
    commands_waiting,
    queries,
    queries_progress,
    queries_sessions,
)
from service.flows.title.commands import CloseBatch
from service.flows.title.commands_drawing import Draw
from service.flows.title.commands_sessions import ListCandidates
from service.flows.title.commands_sitting import EnterMarks, OpenVote
from service.instances.commands import StartInstance, start_instance
from service.instances.commands_timers import fire_timer
from service.tasks.commands import CompleteTask, complete_task
from service.web.pages.ballots import PAPERS
from tests.flows.title import acting, county
from workflows.base import table_of
from workflows.models import Timer

APPLICATIONS, LISTED, SEATS, LARGE = 2000, 100, 7, 25
TIMER = table_of(Timer)


class Watch:
    """How long each kind of operation took, in milliseconds."""

    def __init__(self) -> None:
        self.taken: dict[str, list[float]] = defaultdict(list)

    def time(self, name: str, run: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        found = run()
        self.taken[name].append((time.perf_counter() - began) * 1000)
        return found

    def figures(self) -> dict[str, float]:
        told = {}
        for name, taken in self.taken.items():
            told[f"{name}, ms p50"] = round(statistics.median(taken), 1)
            told[f"{name}, ms max"] = round(max(taken), 1)
        return told


def decide(watch: Watch, name: str, actor: Actor, case: Any, element: str, decision: str, **values: Any) -> None:
    """One decision of a person, timed without finding the task."""
    task = case.task(element)
    sent = CompleteTask(task.id, task.version, decision, "", values, no_interest=True)
    watch.time(name, lambda: complete_task(actor, sent, now=case.driver.now))


def applied(watch: Watch, driver: Any, names: Sequence[str]) -> list[Any]:
    """Everybody applies, the school recommends, the bureau approves; publicity ends in the background."""
    actors = {who: driver.actor(who) for who in ("s02.hr", "s02.principal", "bureau.hr")}
    cases = []
    for name in names:
        command = StartInstance("title", driver.county.organisations["s02"], dict(acting.ASKED))
        started = watch.time("apply", partial(start_instance, driver.actor(name), command, now=driver.now))
        case = acting.of(driver, started.instance_id)
        decide(watch, "verify", actors["s02.hr"], case, "verification", "verify")
        given = {"school_score": 88.5, "recommended_on": "2026-09-10"}
        decide(watch, "recommend", actors["s02.principal"], case, "recommendation", "recommend", **given)
        fired(driver, [case])
        decide(watch, "approve", actors["bureau.hr"], case, "bureau_review", "approve")
        cases.append(case)
    return cases


def fired(driver: Any, cases: Sequence[Any], element_id: str = "publicity_over") -> None:
    """The publicity period of each case ends, or its vote is counted."""
    ids = [case.id for case in cases]
    wanted = select(TIMER.c.id).where(TIMER.c.instance_id.in_(ids), TIMER.c.element_id == element_id)
    timers = db.session.scalars(wanted).all()
    db.session.rollback()
    for timer_id in timers:
        fire_timer(Actor.system(), timer_id, now=driver.now)


def judged(watch: Watch, driver: Any, cases: Sequence[Any], seats: int) -> tuple[float, float]:
    """One sitting from its list to its result; the seconds in which the background opened and counted its votes."""
    hr = driver.actor("bureau.hr")
    session_id = acting.plan(driver, seats=seats)
    version = lambda: acting.sitting(session_id).version  # noqa: E731 - read anew for every command
    ids = tuple(case.id for case in cases)
    first = ListCandidates(session_id, version(), ids, no_interest=True)
    watch.time("list", lambda: commands_sessions.list_candidates(hr, first, now=driver.now))
    draw = Draw(session_id, version(), no_interest=True)
    watch.time("draw", lambda: commands_drawing.draw(hr, draw, now=driver.now))
    marks = EnterMarks(
        session_id, version(), {one: {"demonstration": 90, "interview": 85} for one in ids}, no_interest=True
    )
    watch.time(f"marks of {LISTED}", lambda: commands_sitting.enter_marks(hr, marks, now=driver.now))
    opening = OpenVote(session_id, version(), no_interest=True)
    watch.time("open the votes", lambda: commands_sitting.open_vote(hr, opening, now=driver.now))
    opened = lasted(lambda: county.deliver(driver))
    for name in acting.seated(driver, session_id):
        vote(watch, driver.actor(name), session_id, driver.now)
    return opened, lasted(lambda: fired(driver, cases, "committee_vote"))


def lasted(run: Callable[[], Any]) -> float:
    """Seconds of what nobody waits for."""
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def vote(watch: Watch, member: Actor, session_id: str, now: Any) -> None:
    """A member fills in page after page; a page with all its ballots is one operation."""
    page = f"page of {PAPERS} ballots"
    while True:
        found = watch.time("look at the ballots", lambda: queries_sessions.candidates(member, session_id))
        papers = [one for one in found if (one.mine, one.state) == ("open", "open")][:PAPERS]
        db.session.rollback()
        if not papers:
            return
        sent = [CompleteTask(one.task_id, one.task_version, "yes", "", {}, no_interest=True) for one in papers]
        watch.time(page, partial(cast, member, sent, now))


def cast(member: Actor, sent: Sequence[CompleteTask], now: Any) -> None:
    """The ballots of a page, each a command of its own."""
    for ballot in sent:
        complete_task(member, ballot, now=now)


def confirmed(watch: Watch, driver: Any, cases: Sequence[Any]) -> None:
    """Publicity of the result, confirmation, certificate, appointment."""
    chief = driver.actor("bureau.chief")
    fired(driver, cases)
    given = {"confirmation_document": "职称〔2026〕1号", "confirmed_on": "2026-09-10"}
    for case in cases:
        decide(watch, "confirm, certify, appoint", chief, case, "confirmation", "confirm", **given)


def looked_at(watch: Watch, driver: Any, batch_id: str) -> None:
    """What the bureau looks at, and the closing."""
    hr = driver.actor("bureau.hr")
    watch.time("progress by school", lambda: queries_progress.progress(hr, batch_id, driver.now))
    watch.time("list of a school", lambda: queries.applications(hr, batch_id=batch_id))
    watch.time("export", lambda: queries.applications(hr, batch_id=batch_id, limit=5000))
    db.session.rollback()


def main(applications: int, kind: str) -> bool:
    """Print the figures; whether nobody ever waited longer than a second."""
    watch, opening, counting = Watch(), 0.0, 0.0
    with house(kind) as made:
        figures = {"middle": (applications + 50, 10), "junior": (applications + 50, applications + 20)}
        driver = county.furnished(made.driver, figures=figures)
        county.experts(driver, LARGE + 5)
        names = county.many(driver, applications)
        cases = applied(watch, driver, names)
        looked_at(watch, driver, driver.batch)
        for place in range(0, len(cases), LISTED):
            opened, counted = judged(watch, driver, cases[place : place + LISTED], LARGE if place == 0 else SEATS)
            opening, counting = opening + opened, counting + counted
            confirmed(watch, driver, cases[place : place + LISTED])
        looked_at(watch, driver, driver.batch)
        close = CloseBatch(driver.batch, 1)
        hr = driver.actor("bureau.hr")
        watch.time("close the batch", lambda: commands.close_batch(hr, close, now=driver.now))
        watch.time("serve the queue", lambda: commands_waiting.serve_waiting(Actor.system(), now=driver.now))
        done = sum(case.state == "completed" for case in cases)
        assert done == applications, f"{done} of {applications} were appointed"
        assert county.figures(driver, "s02", "middle")[0] == 10 + applications
    figures_of = watch.figures()
    slowest = max(max(taken) for taken in watch.taken.values()) / 1000
    rate = {
        "votes opened a second, in the background": round(applications / opening, 1),
        "votes counted a second, in the background": round(applications / counting, 1),
    }
    told = {"applications": applications, **figures_of, **rate, "slowest operation of a person, s": round(slowest, 3)}
    return report(f"titles on {kind}", told, {"slowest operation of a person, s": 1.0})


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else APPLICATIONS
    sys.exit(not main(size, sys.argv[2] if len(sys.argv) > 2 else "postgresql"))
