"""Drives cases as people do, through the commands: `driver.start("hiring").complete("bureau_review", by=…)`."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from service.access.actor import Actor
from service.clock import SetClock
from service.db import db, transaction
from service.deployments.commands import Publish, publish
from service.instances import commands as cases
from service.instances.commands import CaseCommand, StartInstance
from service.instances.commands_timers import fire_timer
from service.tasks import queries
from service.tasks.commands import CompleteTask, complete_task
from service.tasks.completion import Completed
from service.tasks.facts import TaskFacts
from tests.service.people.county import County
from workflows import catalogue, store
from workflows.models import Timer

BPMN = Path(__file__).resolve().parent.parent / "bpmn"


def folder(path: Path) -> dict[str, bytes]:
    """The files of a flow folder by their relative names."""
    return {str(file.relative_to(path)): file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file()}


class Driver:
    """A county, a clock, and flows to run in them."""

    def __init__(self, county: County, clock: SetClock) -> None:
        self.county = county
        self.clock = clock

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def actor(self, who: str) -> Actor:
        return self.county.actor(who, self.now)

    def deploy(self, files: Mapping[str, bytes]) -> None:
        """Store a flow without asking the gate, whose trial takes a second and is tested on its own."""
        with transaction() as session:
            catalogue.deploy(session, files, now=self.now)

    def publish(self, files: Mapping[str, bytes], *, shared: bool = False) -> None:
        """Publish a flow as an admin does, through the gate."""
        publish(Actor.system(), Publish(files, shared), now=self.now)

    def start(self, key: str, by: str, organisation: str = "s01", **variables: Any) -> "Case":
        command = StartInstance(key, self.county.organisations[organisation], variables)
        started = cases.start_instance(self.actor(by), command, now=self.now)
        return Case(self, started.instance_id)


class Case:
    """One running case."""

    def __init__(self, driver: Driver, instance_id: str) -> None:
        self.driver = driver
        self.id = instance_id

    def open(self) -> list[str]:
        """Element ids of the open tasks."""
        found = sorted(task.element_id for task in queries.open_of(self.id))
        db.session.rollback()
        return found

    def task(self, element_id: str, number: int = 0) -> TaskFacts:
        found = [task for task in queries.open_of(self.id) if task.element_id == element_id]
        db.session.rollback()
        assert found, f"{element_id} is not open; open are {self.open()}"
        return found[number]

    def complete(
        self, element_id: str, by: str, decision: str, opinion: str | None = None, number: int = 0, **values: Any
    ) -> Completed:
        """Decide the open task of an element."""
        task = self.task(element_id, number)
        words = opinion if opinion is not None else (None if decision in ("approve", "complete") else "理由")
        command = CompleteTask(task.id, task.version, decision, words, values, no_interest=True)
        return complete_task(self.driver.actor(by), command, now=self.driver.now)

    def timers(self) -> list[Any]:
        found = list(store.timers(db.session(), self.id))
        db.session.rollback()
        return found

    def fire(self, element_id: str, kind: str = "event") -> bool:
        """Fire the timer of an element as an admin would."""
        timer = next(row for row in self.timers() if row.element_id == element_id and row.kind == kind)
        return fire_timer(Actor.system(), timer.id, now=self.driver.now)

    def withdraw(self, by: str) -> None:
        cases.withdraw_instance(self.driver.actor(by), CaseCommand(self.id, reason="不再需要"), now=self.driver.now)

    @property
    def state(self) -> str:
        return self._held().state

    @property
    def variables(self) -> dict[str, Any]:
        return self._held().variables

    def _held(self) -> store.Held:
        found = store.read(db.session(), self.id)
        db.session.rollback()
        return found


def pending(instance_id: str) -> int:
    """How many timer rows a case has."""
    found = len(db.session.scalars(select(Timer.id).where(Timer.instance_id == instance_id)).all())
    db.session.rollback()
    return found
