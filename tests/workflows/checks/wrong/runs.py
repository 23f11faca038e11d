"""Runs a folder that the gate has not seen: every way that conditions, people and events may take it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from tests.workflows.checks.oracle import Deciding, stimuli
from tests.workflows.driver import CALENDAR, NOW
from workflows import engine
from workflows.case import Case
from workflows.definition import Definition, build
from workflows.environment import Environment
from workflows.models import ProcessDefinition
from workflows.nodes.activities import PersonTask
from workflows.nodes.events import MESSAGE, TIMER
from workflows.opening import opened_task
from workflows.references import main_process
from workflows.step import OpenedTask
from workflows.tokens.marking import dump, load

Files = Mapping[str, bytes]
Operation = Callable[[engine.Call], Any]
MOST = 60
"""Moves looked at; no example needs more."""


@dataclass(frozen=True)
class Way:
    """A case that can go no further: what it passed in order, whether it has ended, what still stands, and where."""

    passed: tuple[str, ...]
    performed: tuple[str, ...]
    ended: bool
    waiting: tuple[str, ...]


def built(files: Files) -> Definition:
    """The version as it would be stored."""
    row = ProcessDefinition(
        id="d", key=main_process(files), version=1, name="", state="active", checksum="", manifest={}, deployed_at=NOW
    )
    return build(row, files)


def fresh(
    flow: Definition,
    variables: Mapping[str, Any],
    operations: Mapping[str, Operation],
    script: tuple[bool, ...] | None = None,
) -> Case:
    """A case at its start; with a script its conditions hold as that says, else as FEEL does."""
    around = engine.Surroundings(None, NOW, lambda _: flow, CALENDAR.due, dict(operations))  # type: ignore[arg-type]
    environment = (Environment if script is None else Deciding)(flow, around, "case")
    if isinstance(environment, Deciding):
        environment.script = script or ()
    return Case(flow.spec.main, environment, dict(variables))


def begun(files: Files, operations: Mapping[str, Operation] = {}, **variables: Any) -> Case:
    """A case after its first step, by its real conditions. Raises EngineFault as a start would."""
    case = fresh(built(files), variables, operations)
    case.begin()
    case.run()
    return case


def passed(case: Case) -> list[str]:
    """What a case has been on in its last step."""
    return list(case.environment.journal.passed)


def opened(case: Case) -> list[OpenedTask]:
    """The user tasks that wait, as the task layer is told."""
    tokens = [token for token in case.tokens() if isinstance(token.node, PersonTask)]
    return [opened_task(token) for token in tokens if token.node.element.kind == "userTask"]


def ways(files: Files, operations: Mapping[str, Operation] = {}) -> Iterator[Way]:
    """Every way to an end or a standstill, whatever is decided; manual tasks are done, events come."""
    flow, seen = built(files), set[Any]()
    todo: list[tuple[bytes | None, int, tuple[str, ...], tuple[str, ...]]] = [(None, 0, (), ())]
    for _ in range(MOST):
        if not todo:
            return
        saved, choice, before, done = todo.pop()
        for case in _every(flow, operations, saved, choice):
            so_far = (*before, *passed(case))
            acted = (*done, *(one.operation for one in case.environment.journal.performed))
            moves = [] if case.completed else list(stimuli(case, (TIMER, MESSAGE)))
            if not moves:
                yield Way(so_far, acted, case.completed, tuple(token.node.element.id for token in case.tokens()))
            kept = b"" if case.completed else dump(case)
            key = (_shape(kept), frozenset(so_far), acted)
            if moves and key not in seen:
                seen.add(key)
                todo += [(kept, number, so_far, acted) for number in range(len(moves))]


def _shape(saved: bytes) -> Any:
    return tuple(sorted(one["element"] for one in orjson.loads(saved)["tokens"])) if saved else ()


def _every(flow: Definition, operations: Mapping[str, Operation], saved: bytes | None, choice: int) -> Iterator[Case]:
    """The cases that one move leads to, one for each way to decide on what the engine asks."""
    scripts: list[tuple[bool, ...]] = [()]
    while scripts:
        script = scripts.pop()
        case = fresh(flow, {}, operations, script)
        if saved is None:
            case.begin()
        else:
            load(case, saved)
            list(stimuli(case, (TIMER, MESSAGE)))[choice]()
        case.run()
        asked = case.environment.asked  # type: ignore[attr-defined]
        if asked <= 4:
            scripts += [(*script, *([False] * (n - len(script))), True) for n in range(len(script), asked)]
        yield case
