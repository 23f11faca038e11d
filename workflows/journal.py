"""What one run of the engine notes on its way: elements passed, effects, and what became of each variable."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from workflows.step import DecisionMade, Performed, Thrown

_SORTED = orjson.OPT_SORT_KEYS


@dataclass
class Journal:
    """What a run did so far; `writes` is (scope, name) → what became of it, the root scope is "".

    `weighed` are the policy parameters that conditions of the diagram read.
    """

    passed: list[str] = field(default_factory=list)
    thrown: list[Thrown] = field(default_factory=list)
    decisions: list[DecisionMade] = field(default_factory=list)
    performed: list[Performed] = field(default_factory=list)
    weighed: set[str] = field(default_factory=set)
    writes: dict[tuple[str, str], "Write"] = field(default_factory=dict)

    def changes(self) -> Iterator[tuple[str, str, "Write"]]:
        """Scope, name and write of every variable that is not what it was."""
        for (scope, name), write in self.writes.items():
            if write.is_change:
                yield scope, name, write


@dataclass
class Write:
    """A variable that was written: before and after the run, and the element that wrote it last."""

    existed: bool
    old: Any
    new: Any = None
    element_id: str = ""

    @property
    def is_change(self) -> bool:
        """Whether it is another value now; 1 and true are not the same."""
        same = self.existed and self.old == self.new
        return not same or orjson.dumps(self.old, option=_SORTED) != orjson.dumps(self.new, option=_SORTED)
