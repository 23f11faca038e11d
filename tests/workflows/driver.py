"""Runs one case on a database in memory, step by step, checking after each step what must always hold."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy.orm import Session

from workflows import engine, store
from workflows.calendar import Calendar
from workflows.case import Case
from workflows.dialect import Spec, parse
from workflows.environment import Sealed
from workflows.step import Step
from workflows.tokens.marking import build, load, marking

NOW = datetime(2026, 9, 10, 1, 0, tzinfo=UTC)
CALENDAR = Calendar({date(2026, 9, 20): True, date(2026, 10, 1): False}, ZoneInfo("Asia/Shanghai"), 1)


@dataclass(frozen=True)
class Flow:
    """A definition as the engine needs it."""

    spec: Spec
    decisions: dict[str, Any] = field(default_factory=dict)
    id: str = "definition"
    key: str = "main"
    version: int = 1
    settings: dict[str, Any] = field(default_factory=dict)


class Driver:
    """`start`, then `complete`, `fire`, `deliver` by element id; `open` and `waiting` say where the case stands."""

    def __init__(
        self,
        session: Session,
        *files: bytes,
        operations: dict[str, Any] | None = None,
        decisions: dict[str, Any] | None = None,
    ) -> None:
        self.flow = Flow(parse({f"{n}.bpmn": file for n, file in enumerate(files)}, "main"), decisions or {})
        self.session = session
        self.around = engine.Surroundings(
            session=self.session,
            now=NOW,
            definitions=lambda definition_id: self.flow,
            due=CALENDAR.due,
            operations=operations or {},
            working_days=CALENDAR.is_working,
            calendar_revision=CALENDAR.revision,
        )
        self.instance_id = ""
        self.steps: list[Step] = []

    def start(self, **variables: Any) -> "Driver":
        step = engine.start(self.session, self.flow, variables, self.around)
        self.instance_id = step.instance_id
        return self._took(step)

    def complete(self, element_id: str, nth: int = 0, onward: str | None = None, **values: Any) -> "Driver":
        token = self.token(element_id, nth)
        return self._took(engine.complete(self.held, token, values, self.around, onward=onward))

    def fire(self, element_id: str) -> "Driver":
        row = next(row for row in self.timers if row.element_id == element_id)
        self.around = replace(self.around, now=max(self.around.now, row.due_at.replace(tzinfo=UTC)))
        return self._took(engine.fire_timer(self.held, row, self.around))

    def deliver(self, element_id: str, **payload: Any) -> "Driver":
        row = next(row for row in self.subscriptions if row.element_id == element_id)
        return self._took(engine.deliver(self.held, row, payload, self.around))

    def move(self, element_id: str, target: str) -> "Driver":
        return self._took(engine.move(self.held, self.token(element_id), target, self.around))

    def cancel(self, outcome: str) -> "Driver":
        return self._took(engine.cancel(self.held, outcome, self.around))

    def later(self, delta: timedelta) -> "Driver":
        self.around = replace(self.around, now=self.around.now + delta)
        return self

    @property
    def held(self) -> store.Held:
        return store.lock(self.session, self.instance_id)

    @property
    def step(self) -> Step:
        return self.steps[-1]

    @property
    def current(self) -> tuple[engine.Current, ...]:
        return engine.inspect(self.held, self.flow)

    @property
    def open(self) -> list[str]:
        return sorted(found.element_id for found in self.current if found.state == "open")

    @property
    def waiting(self) -> list[str]:
        return sorted(found.element_id for found in self.current if found.state == "waiting")

    @property
    def timers(self) -> Any:
        return store.timers(self.session, self.instance_id)

    @property
    def subscriptions(self) -> Any:
        return store.subscriptions(self.session, self.instance_id)

    @property
    def variables(self) -> dict[str, Any]:
        return self.held.variables

    @property
    def state(self) -> str:
        return self.held.state

    def token(self, element_id: str, nth: int = 0) -> str:
        return [found for found in self.current if found.element_id == element_id and found.state == "open"][nth].token

    def _took(self, step: Step) -> "Driver":
        self.steps.append(step)
        held = self.held
        if held.ended_at is None:
            self._holds(held)
        else:
            assert not self.timers
            assert not self.subscriptions
        return self

    def _holds(self, held: store.Held) -> None:
        case = load(Case(self.flow.spec.main, Sealed(), held.variables), held.tokens)
        wanted = orjson.loads(held.tokens)
        assert marking(case) == wanted
        assert marking(build(Case(self.flow.spec.main, Sealed(), {}), wanted)) == wanted
        tokens = list(case.tokens())
        assert all(task.data == {} for scope in case.every() for task in scope.tasks.values())
        assert all(scope.data == {} for scope in case.every())
        waiting = {found.token for found in self.current if found.state == "waiting"}
        assert {row.token for row in self.timers if row.kind == "event"} <= waiting
        assert {row.token for row in self.subscriptions} <= waiting
        assert len(tokens) == len({token.id for token in tokens})
