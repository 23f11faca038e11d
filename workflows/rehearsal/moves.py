"""What a rehearsal is made of: moves that somebody makes, and where the case stands after them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workflows.errors import LecternError
from workflows.step import DecisionMade, OpenedTask, Performed, Thrown

START, COMPLETE, FIRE, DELIVER = "start", "complete", "fire", "deliver"
KINDS = (START, COMPLETE, FIRE, DELIVER)


@dataclass(frozen=True)
class Answer:
    """What an operation shall have answered at an element: values to write, or an error that the diagram catches."""

    element_id: str
    values: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True)
class Move:
    """One thing that happens to the case.

    `kind` is start (with the variables of `values`) | complete (a user task) | fire (a timer; the clock moves to it) |
    deliver (a message). `nth` tells several tokens on one element apart, the first to arrive is 0. `answers` are used
    by the operations that run because of it, in their order.
    """

    kind: str
    element_id: str = ""
    nth: int = 0
    values: Mapping[str, Any] = field(default_factory=dict)
    answers: Sequence[Answer] = ()


@dataclass(frozen=True)
class Turn:
    """What one move did; `changed` name → (before, after) of the variables of the case."""

    move: Move
    at: datetime
    passed: tuple[str, ...]
    performed: tuple[Performed, ...]
    decisions: tuple[DecisionMade, ...]
    thrown: tuple[Thrown, ...]
    changed: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True)
class Open:
    """A user task that waits for somebody, since when, and the variables that it sees."""

    element_id: str
    nth: int
    since: datetime
    opened: OpenedTask
    variables: Mapping[str, Any]


@dataclass(frozen=True)
class Wait:
    """An event that is waited for: a timer with the moment at which it falls due, or a message with its key."""

    element_id: str
    nth: int
    name: str
    kind: str
    due_at: datetime | None = None
    message: str = ""
    key: str = ""


@dataclass(frozen=True)
class Asking:
    """An operation whose answer is needed before the case can go on, and the variables that it sees."""

    element_id: str
    operation: str
    headers: Mapping[str, str]
    variables: Mapping[str, Any]


@dataclass(frozen=True)
class Rehearsal:
    """Where a tried case stands after its moves; `fault` is what stopped the last one, `outcome` how it ended."""

    turns: tuple[Turn, ...]
    open: tuple[Open, ...]
    waits: tuple[Wait, ...]
    variables: Mapping[str, Any]
    now: datetime
    asking: Asking | None = None
    fault: LecternError | None = None
    outcome: str | None = None
