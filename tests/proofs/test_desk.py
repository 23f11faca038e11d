"""Whatever people do at the desk of one case, in any order: no seat is lost, no task lies with nobody, engine and queue
agree, every change is told, a refusal changes nothing, and a recall restores what was. LECTERN_PROVE=1 goes on longer.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, ClassVar

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from service.audit import timeline
from service.clock import SetClock
from service.db import db
from service.errors import LecternError
from service.instances.commands import CaseCommand, resume_instance, suspend_instance
from service.tasks.commands import (
    Recuse,
    SaveDraft,
    TaskCommand,
    claim_task,
    recuse_task,
    save_draft,
    unclaim_task,
)
from service.tasks.commands_recalling import recall_task
from service.tasks.commands_returning import ReturnTask, return_task
from service.tasks.facts import TaskFacts
from service.tasks.models import WAITING, BoxedBallot, QueueEntry, Seat, Task
from service.tasks.voting import VOTE
from tests.driver import Driver
from tests.service.people import county as counties
from tests.service.tasks import desk as desks
from tests.service.tasks.desk import Desk
from tests.service.tasks.standing import snapshot
from workflows import catalogue, engine, store
from workflows.models import Timer

PROVE = bool(os.environ.get("LECTERN_PROVE"))
EXAMPLES, STEPS = (60, 30) if PROVE else (3, 16)
POLICIES = ("single", "role", "all", "any", "sequence", "vote")
TERMS = {"quorum": "1/2", "ratio": "2/3"}
"""Of the vote: secret, by more than half of three members."""
OFFICER = st.sampled_from(desks.OFFICERS)
ANYBODY = st.sampled_from((*desks.OFFICERS, "s01.hr"))


class DeskOfOneCase(RuleBasedStateMachine):
    """People do things; what they may not do is refused and changes nothing."""

    driver: ClassVar[Driver]
    keys: ClassVar[dict[tuple[str, bool], str]]
    actors: ClassVar[dict[str, Any]]
    tally: ClassVar[Counter[str]] = Counter()
    """What was tried, all cases together."""

    @initialize(policy=st.sampled_from(POLICIES), inside=st.booleans())
    def begin(self, policy: str, inside: bool) -> None:
        self.desk = Desk(self.driver, self.keys[policy, inside], self.actors)
        self.seats: set[str] = set()
        self.last: tuple[str, str, dict[str, Any]] | None = None
        self.tally[f"cases of {policy}"] += 1

    def do(self, act: Callable[[], object], decision: tuple[str, str] | None = None) -> bool:
        """Try it; whether it was allowed. `decision` is (who, task) of what can be taken back."""
        case = self.desk.case
        before, told = snapshot(case.id), self.told()
        own = snapshot(case.id, without_drafts_of=self.desk.person(decision[0])) if decision else None
        try:
            act()
        except LecternError:
            db.session.rollback()
            assert snapshot(case.id) == before
            assert self.told() == told
            self.tally["refused"] += 1
            return False
        self.tally["done"] += 1
        if snapshot(case.id, without_drafts_of="") != before:
            self.last = (*decision, own) if decision and own is not None else None
        return True

    def told(self) -> int:
        found = timeline.events(db.session(), f"instance:{self.desk.case.id}", limit=1000)
        db.session.rollback()
        return len(found)

    def loudly(self, act: Callable[[], object], decision: tuple[str, str] | None = None) -> None:
        """What changes something is told in the record."""
        told = self.told()
        assert not self.do(act, decision) or self.told() > told

    def task(self, number: int) -> TaskFacts | None:
        found = self.desk.case.open()
        return self.desk.case.task(found[number % len(found)]) if found else None

    @rule(by=ANYBODY, agrees=st.booleans(), number=st.integers(0, 2))
    def decide(self, by: str, agrees: bool, number: int) -> None:
        task = self.task(number)
        if task is not None:
            decision = "approve" if agrees or task.element_id != "check" else "return"
            act = partial(self.desk.case.complete, task.element_id, by, decision)
            self.loudly(act, (by, task.id))

    @rule(by=OFFICER, said=st.sampled_from(["yes", "no", "abstain", "aside"]))
    def vote(self, by: str, said: str) -> None:
        """Cast a ballot, or step aside from the vote; whatever is in the box, it counts as many as have voted."""
        if "check" not in self.desk.case.open() or self.desk.task.signing != VOTE:
            return
        task = self.desk.task
        if said == "aside":
            self.loudly(
                partial(recuse_task, self.actors[by], Recuse(task.id, task.version, "表弟"), now=self.driver.now)
            )
        else:
            self.loudly(partial(self.desk.case.complete, "check", by, said), (by, task.id))
        here = self.desk.task if "check" in self.desk.case.open() else None
        if here is not None:
            assert in_box(here.id) == sum(seat.state == "signed" for seat in here.seats)
            assert all(seat.decision is None for seat in here.seats)

    @rule(whose=OFFICER, agrees=st.booleans())
    def record(self, whose: str, agrees: bool) -> None:
        """A clerk records on paper what somebody who sits there decided, or whoever has the turn of a free step."""
        if "check" not in self.desk.case.open():
            return
        self.desk.task_id = self.desk.task.id
        sits = any(
            seat.person_id == self.desk.person(whose) and seat.state != "removed" for seat in self.desk.task.seats
        )
        decision = "approve" if agrees else "return"
        if self.do(partial(self.desk.paper, whose if sits else None, decision)):
            self.tally["recorded"] += 1

    @rule(by=ANYBODY, resolved=st.integers(0, 7))
    def withdraw(self, by: str, resolved: int) -> None:
        """Who began the case ends it, now and then: nothing of it waits for anybody any more."""
        if resolved:
            return
        if self.do(partial(self.desk.case.withdraw, by)):
            assert (by, self.desk.case.state, self.desk.case.open()) == ("s01.hr", "withdrawn", [])
            assert waiting_of(self.desk.case.id) == 0

    @rule(by=ANYBODY, straight=st.booleans(), number=st.integers(0, 2))
    def give_back(self, by: str, straight: bool, number: int) -> None:
        task = self.task(number)
        if task is not None:
            wish = ReturnTask(task.id, task.version, "previous", "straight" if straight else "replay", "理由")
            act = partial(return_task, self.actors[by], wish, now=self.driver.now)
            self.loudly(act, (by, task.id))

    @rule()
    def take_back(self) -> None:
        """The last thing that was done, where it was a decision."""
        if self.last is None:
            return
        by, task_id, before = self.last
        act = partial(recall_task, self.actors[by], TaskCommand(task_id), now=self.driver.now)
        told = self.told()
        if self.do(act):
            assert snapshot(self.desk.case.id, without_drafts_of=self.desk.person(by)) == before
            assert self.told() > told
        self.last = None

    @rule(by=OFFICER)
    def claim(self, by: str) -> None:
        self.at_check(lambda task: claim_task(self.actors[by], seen(task), now=self.driver.now))

    @rule(by=OFFICER)
    def unclaim(self, by: str) -> None:
        self.at_check(
            lambda task: unclaim_task(self.actors[by], TaskCommand(task.id, task.version), now=self.driver.now)
        )

    @rule(by=OFFICER)
    def draft(self, by: str) -> None:
        if "check" in self.desk.case.open():
            self.do(partial(save_draft, self.actors[by], SaveDraft(self.desk.task.id, {}), now=self.driver.now))

    @rule(by=OFFICER, to=OFFICER, how=st.sampled_from(["transfer", "delegate", "before", "after", "remove"]))
    def move_seats(self, by: str, to: str, how: str) -> None:
        def act(task: TaskFacts) -> None:
            self.desk.task_id = task.id
            if how != "remove":
                getattr(self.desk, how)(by, to)
            elif any(seat.is_live and seat.person_id == self.desk.person(to) for seat in task.seats):
                self.desk.remove(by, to)

        self.at_check(act, quiet=how == "remove")

    @rule()
    def stop_and_go_on(self) -> None:
        hr, case = self.actors["bureau.chief"], CaseCommand(self.desk.case.id, reason="核实")
        if self.desk.case.state == "running":
            self.loudly(partial(suspend_instance, hr, case, now=self.driver.now))
            self.loudly(partial(resume_instance, hr, case, now=self.driver.now))

    def at_check(self, act: Callable[[TaskFacts], object], *, quiet: bool = False) -> None:
        if "check" in self.desk.case.open():
            (self.do if quiet else self.loudly)(partial(act, self.desk.task))

    @invariant()
    def nothing_is_lost(self) -> None:
        if not hasattr(self, "desk"):
            return
        here = select(Seat.id).join(Task).where(Task.instance_id == self.desk.case.id)
        seats = set(db.session.scalars(here))
        assert seats >= self.seats
        self.seats = seats
        db.session.rollback()

    @invariant()
    def engine_queue_and_seats_agree(self) -> None:
        if not hasattr(self, "desk"):
            return
        session = db.session()
        held = store.read(session, self.desk.case.id)
        live = engine.inspect(held, catalogue.get(session, held.definition_id))
        tasks = [self.desk.case.task(element_id) for element_id in self.desk.case.open()]
        assert {task.token for task in tasks} == {place.token for place in live if place.state == "open"}
        for task in tasks:
            assert sorted(self.waiting(task)) == sorted(expected(task)), task
            assert expected(task), "a task lies with nobody"
        db.session.rollback()

    def waiting(self, task: TaskFacts) -> Iterator[tuple[str, str]]:
        entries = select(QueueEntry.holder, QueueEntry.box).where(QueueEntry.task_id == task.id)
        for row in db.session.execute(entries.where(QueueEntry.box.in_(WAITING))):
            yield row.holder, row.box


def in_box(task_id: str) -> int:
    """Ballots that lie in the box of a vote."""
    found = db.session.scalar(select(func.count()).select_from(BoxedBallot).where(BoxedBallot.task_id == task_id)) or 0
    db.session.rollback()
    return found


def waiting_of(instance_id: str) -> int:
    """Entries of any box in which a task of the case waits, and its timers."""
    entries = select(func.count()).select_from(QueueEntry).join(Task, Task.id == QueueEntry.task_id)
    lying = db.session.scalar(entries.where(Task.instance_id == instance_id, QueueEntry.box.in_(WAITING))) or 0
    timers = select(func.count()).select_from(Timer).where(Timer.instance_id == instance_id)
    running = db.session.scalar(timers) or 0
    db.session.rollback()
    return lying + running


def seen(task: TaskFacts) -> TaskCommand:
    return TaskCommand(task.id, task.version)


def expected(task: TaskFacts) -> list[tuple[str, str]]:
    """Where a task must lie: with those whose turn it is, else with its roles."""
    turn = [(f"person:{seat.person_id}", "todo") for seat in task.seats if seat.state == "open"]
    return turn or [(group, "claimable") for group in task.groups]


@pytest.fixture
def driver(app: Flask, clock: SetClock) -> Driver:
    return desks.staffed(Driver(counties.build(), clock))


@pytest.mark.timeout(3600)
def test_nothing_is_lost_at_a_desk_whatever_people_do(driver: Driver, capsys: pytest.CaptureFixture[str]) -> None:
    DeskOfOneCase.driver, DeskOfOneCase.actors = driver, desks.acting(driver)
    DeskOfOneCase.keys = {
        (policy, inside): desks.deploy(
            driver, policy, inside=inside, returnTo="any", paper="allowed", **(TERMS if policy == VOTE else {})
        )
        for policy in POLICIES
        for inside in (False, True)
    }
    how = settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, derandomize=not PROVE, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(DeskOfOneCase, settings=how)
    with capsys.disabled():
        print(f"\n{EXAMPLES} runs of {STEPS} steps: {dict(DeskOfOneCase.tally)}")
    assert DeskOfOneCase.tally["done"] and DeskOfOneCase.tally["refused"]
