"""One case of ours in memory, saved and loaded again after every move."""

from collections import Counter
from typing import Any

import orjson

from tests.workflows.driver import CALENDAR, NOW, Flow
from workflows import engine
from workflows.case import WAITING, Case, Token, owners
from workflows.dialect import Spec
from workflows.environment import Environment
from workflows.nodes.activities import PersonTask
from workflows.nodes.events import MESSAGE, TIMER, Choice, Waiting
from workflows.tokens.marking import build, dump, load, marking


class Walk:
    """The same moves as the reference, on a tree that is rebuilt from its marking each time.

    `performed` counts by element how often an operation was run; `passed` are the elements that the case has been on.
    """

    def __init__(self, spec: Spec, variables: dict[str, Any]) -> None:
        self.spec = spec
        self.variables = variables
        self.performed: Counter[str] = Counter()
        self.passed: set[str] = set()
        self.case = self._fresh()
        self.case.begin()
        self.rest()

    def _fresh(self) -> Case:
        named = {
            str(one.zeebe["taskDefinition"]["type"]): self._perform
            for one in self.spec.everything.values()
            if one.kind == "serviceTask"
        }
        around = engine.Surroundings(None, NOW, lambda _: Flow(self.spec), CALENDAR.due, named)  # type: ignore[arg-type]
        self.environment = Environment(Flow(self.spec), around, "case")
        return Case(self.spec.main, self.environment, self.variables)

    def _perform(self, call: engine.Call) -> None:
        self.performed[call.element_id] += 1

    @property
    def completed(self) -> bool:
        return self.case.completed

    def rest(self) -> None:
        """Run, check that nothing but live tokens is left, and go on with a copy made from the saved form."""
        self.case.run()
        self.passed.update(self.environment.journal.passed)
        if self.completed:
            assert not list(self.case.tokens())
            return
        saved = dump(self.case)
        assert not any(scope.completed for scope in self.case.every())
        assert not any(task.data for scope in self.case.every() for task in scope.tasks.values())
        assert marking(build(self._fresh(), orjson.loads(saved))) == orjson.loads(saved)
        again = load(self._fresh(), saved)
        assert dump(again) == saved
        self.case = again

    def ready(self) -> list[tuple[Any, ...]]:
        return sorted(self._key(token) for token in self.open_tokens())

    def waits(self) -> list[str]:
        return sorted(event.element.id for _, event in self._waiting())

    def set(self, name: str, value: Any) -> None:
        """Change a variable wherever it is: called processes have copies of it."""
        for scope in (self.variables, *self.case.scopes.values()):
            if name in scope:
                scope[name] = value

    def complete(self, position: int) -> None:
        self.case.enqueue(sorted(self.open_tokens(), key=self._key)[position])
        self.rest()

    def happen(self, element_id: str) -> None:
        for token, event in self._waiting():
            if event.element.id == element_id:
                if isinstance(token.node, Choice):
                    token.node.choose(token, element_id, {})
                else:
                    event.fire(token, {})
        self.rest()

    def open_tokens(self) -> list[Token]:
        return [token for token in self.case.tokens() if isinstance(token.node, PersonTask)]

    def _waiting(self) -> list[tuple[Token, Waiting]]:
        found = [t for t in self.case.tokens() if t._state == WAITING and isinstance(t.node, Waiting)]
        pairs = [(token, event) for token in found for event in token.task_spec.waits()]
        return [(token, event) for token, event in pairs if event.trigger in (TIMER, MESSAGE)]

    def _key(self, token: Token) -> tuple[Any, ...]:
        found = [(owner.node.element.id, owner.internal_data.get("index", -1)) for owner in owners(token)]
        return tuple(reversed(found))
