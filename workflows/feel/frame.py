"""What one evaluation carries: variables, local slots, the injected scope and the budget."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from workflows.feel.errors import FeelBudgetError, FeelWarning
from workflows.feel.temporal import text_of
from workflows.feel.values import DAYS, YearsMonths

MAX_STEPS = 100_000
"""Steps of one evaluation: about one per node of the expression, per item of a list, per 16 characters of a string."""
MAX_DEPTH = 32
"""Nested calls of functions defined in FEEL, and levels of nested data that are compared or printed."""
MAX_STRING = 100_000
"""Characters of one string."""
MAX_LIST = 20_000
"""Items of one list."""
MAX_WARNINGS = 100
_LONGEST = 160
_TEMPORAL = frozenset((*DAYS, time, timedelta, YearsMonths))

Run = Callable[["Frame"], Any]
"""A compiled expression."""


@dataclass(slots=True)
class Scope:
    """What the host injects into evaluations: clock, calendar, policy parameters; it collects the warnings.

    now: aware datetime for now() and today(), shown in `zone` when that is given.
    working_days: tells whether a date is a working day; the working-day functions are null without it.
    parameters: read in FEEL as the context `parameters` unless a variable has that name; looked up key by key.
    steps: the budget of each evaluation made with this scope.
    """

    now: datetime | None = None
    working_days: Callable[[date], bool] | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    warnings: list[FeelWarning] = field(default_factory=list)
    zone: tzinfo | None = None
    steps: int = MAX_STEPS


class Meter:
    """The budget of one evaluation, shared by all its frames."""

    __slots__ = ("depth", "steps")

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.depth = 0

    def charge(self, steps: int) -> None:
        """Take steps from the budget; raises FeelBudgetError when it is used up."""
        self.steps -= steps
        if self.steps < 0:
            raise FeelBudgetError("feel.budget.steps")

    def text(self, length: int) -> None:
        """Charge for a string of this length that is about to be made."""
        if length > MAX_STRING:
            raise FeelBudgetError("feel.budget.string", limit=MAX_STRING)
        self.charge(1 + length // 16)

    def items(self, length: int) -> None:
        """Charge for a list of this length that is about to be made."""
        if length > MAX_LIST:
            raise FeelBudgetError("feel.budget.list", limit=MAX_LIST)
        self.charge(1 + length)

    def enter(self) -> None:
        """One level deeper into calls or data; pair with leave()."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FeelBudgetError("feel.budget.depth")

    def leave(self) -> None:
        """Back from enter()."""
        self.depth -= 1


class Frame:
    """One activation: the variables of the host, the slots of local names, scope and meter."""

    __slots__ = ("meter", "scope", "slots", "variables")

    def __init__(self, variables: Mapping[str, Any], slots: list[Any], scope: Scope | None, meter: Meter) -> None:
        self.variables = variables
        self.slots = slots
        self.scope = scope
        self.meter = meter

    def warn(self, code: str, **params: Any) -> None:
        """Collect a warning and answer null, so that callers can return the call."""
        if self.scope is not None and len(self.scope.warnings) < MAX_WARNINGS:
            shown = {name: _short(value) for name, value in params.items()}
            self.scope.warnings.append(FeelWarning(code, shown))


def _short(value: Any) -> str:
    text = text_of(value) if type(value) in _TEMPORAL else str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
