"""What the engine itself does with a diagram, in every order and under every decision: no idea of nets, only moves."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import orjson

from tests.workflows.driver import CALENDAR, NOW, Flow
from workflows import engine
from workflows.case import WAITING, Case, Scope, Token
from workflows.dialect import Spec, parse
from workflows.environment import Environment
from workflows.failures import EngineFault
from workflows.nodes.activities import PersonTask
from workflows.nodes.events import Choice, Waiting
from workflows.tokens.marking import dump, load


class Deciding(Environment):
    """Conditions hold as a script says, none after its end; counts how often one was asked."""

    script: tuple[bool, ...] = ()
    asked = 0

    def holds(self, token: Token, condition: Any, extra: Any = None) -> bool:
        self.asked += 1
        return self.asked <= len(self.script) and self.script[self.asked - 1]


ASKED = 5
"""Conditions decided in one run; a loop that asks more often without a wait is left."""


@dataclass
class Played:
    """All that the engine may do: elements passed, joins at which a process or sub process stood still, steps open
    twice or together in one, a normal end, and elements at which a case stood that could move but never end."""

    reached: set[str] = field(default_factory=set)
    stuck: set[str] = field(default_factory=set)
    twice: set[str] = field(default_factory=set)
    together: set[tuple[str, str]] = field(default_factory=set)
    trapped: set[str] = field(default_factory=set)
    after: dict[Any, set[Any]] = field(default_factory=dict)
    ends: bool = False
    whole: bool = True


def play(xml: bytes, limit: int, process: str = "main") -> Played:
    """Every state of the engine for one process of a diagram, up to `limit` states."""
    spec = parse({"main.bpmn": xml}, process)
    played = Played()
    seen: set[Any] = set()
    todo: list[tuple[Any, bytes]] = []
    for case in _every(spec, None, played):
        _note(case, played, seen, todo, None)
    while todo:
        before, saved = todo.pop()
        if len(seen) > limit or not played.whole:
            played.whole = False
            break
        for choice in range(len(list(stimuli(load(_fresh(spec, ()), saved))))):
            for case in _every(spec, (saved, choice), played):
                _note(case, played, seen, todo, before)
    _trap(played)
    return played


def _trap(played: Played) -> None:
    """Find the states from which no completed case is reached; () is the completed one."""
    ending: set[Any] = {()}
    size = 0
    while size != len(ending):
        size = len(ending)
        ending |= {key for key, after in played.after.items() if after & ending}
    states = (key for key, after in played.after.items() if after and key not in ending and key is not None)
    played.trapped = {shape[0] for key in states for shape in key}


def _every(spec: Spec, move: tuple[bytes, int] | None, played: Played) -> Iterator[Case]:
    """The cases that one move leads to, one for each way to decide on what the engine asks."""
    scripts: list[tuple[bool, ...]] = [()]
    while scripts:
        script = scripts.pop()
        if len(script) > ASKED:
            played.whole = False
            continue
        case = _fresh(spec, script)
        try:
            if move is None:
                case.begin()
            else:
                load(case, move[0])
                list(stimuli(case))[move[1]]()
            case.run()
        except EngineFault:
            played.whole = False
            continue
        environment = case.environment
        assert isinstance(environment, Deciding)
        played.reached.update(environment.journal.passed)
        scripts += [
            (*script, *([False] * (length - len(script))), True) for length in range(len(script), environment.asked)
        ]
        yield case


def _fresh(spec: Spec, script: tuple[bool, ...]) -> Case:
    around = engine.Surroundings(None, NOW, lambda _: Flow(spec), CALENDAR.due)  # type: ignore[arg-type]
    environment = Deciding(Flow(spec), around, "case")
    environment.script = script
    return Case(spec.main, environment, {})


def stimuli(case: Case, fires: Collection[str] | None = None) -> Iterator[Any]:
    """What may happen next: a person completes a task, an event comes (of the kinds `fires`, where named)."""
    for token in sorted(case.tokens(), key=lambda token: (token.node.element.id, token.id)):
        node = token.node
        if isinstance(node, PersonTask):
            yield lambda token=token: case.enqueue(token)
        elif isinstance(node, Choice):
            for event in node.waits():
                yield lambda token=token, event=event: token.node.choose(token, event.element.id, {})
        elif isinstance(node, Waiting) and token._state == WAITING and (fires is None or node.trigger in fires):
            yield lambda token=token: token.node.fire(token, {})


def _note(case: Case, played: Played, seen: set[Any], todo: list[tuple[Any, bytes]], before: Any) -> None:
    key = () if case.completed else _key(case)
    played.after.setdefault(before, set()).add(key)
    if case.completed:
        played.ends = True
        return
    for scope in case.every():
        played.reached |= {token.node.element.id for token in scope.top() if not _arrived(token)}
    if key in seen:
        return
    seen.add(key)
    for scope in case.every():
        _look(scope, played)
    if list(stimuli(case)):
        todo.append((key, dump(case)))


def _look(scope: Scope, played: Played) -> None:
    """What stands still in one scope, is there twice, or side by side."""
    names = [token.node.element.id for token in scope.top()]
    open_ = {token.node.element.id for token in scope.top() if not _arrived(token)}
    played.twice |= {name for name in names if names.count(name) > 1}
    played.together |= set(combinations(sorted(open_), 2))
    if not open_:
        played.stuck |= set(names)


def _arrived(token: Token) -> bool:
    return "arrivals" in token.internal_data


def _key(scope: Scope) -> Any:
    return tuple(sorted((_shape(token) for token in scope.top()), key=repr))


def _shape(token: Token) -> tuple[Any, ...]:
    """A token with what hangs under it and what runs inside."""
    arrivals = orjson.dumps(token.internal_data.get("arrivals", {}), option=orjson.OPT_SORT_KEYS)
    inner = token.workflow.case.subprocesses.get(token.id)
    attached = tuple(sorted(child.node.element.id for child in token.children))
    return token.node.element.id, attached, arrivals, () if inner is None else _key(inner)
