"""What a load would write, as plain steps: rows to insert, values to change, rows to take away, figures to set."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Table

from service.errors import Fault
from service.opening.findings import Line
from service.posts.opening import NewAccount

NEW, CHANGED, SAME = "new", "changed", "same"


@dataclass(slots=True)
class Step:
    """Everything that changes of one person or organisation (`subject`, a stream of events), told by one event.

    `inserts` name the sheet that each row comes from, so that a later file of that sheet can take it back.
    """

    subject: str
    inserts: list[tuple[Table, dict[str, Any], str]] = field(default_factory=list)
    updates: list[tuple[Table, dict[str, Any], dict[str, Any]]] = field(default_factory=list)
    removes: list[tuple[Table, dict[str, Any]]] = field(default_factory=list)
    is_new: bool = False
    named: str | None = None

    @property
    def moves(self) -> bool:
        return bool(self.inserts or self.updates or self.removes)


@dataclass(frozen=True, slots=True)
class Opened:
    """The opening figures that an account is to have, and the paper they rest on."""

    account: NewAccount
    account_id: str | None
    document: str
    decided_on: date


@dataclass(frozen=True, slots=True)
class Holder:
    """Who sits in a post that a pool had lent before the opening day."""

    organisation_id: str
    band: str
    borrower_id: str
    person_id: str
    from_on: date
    until: date


@dataclass
class Plan:
    """What a workbook would write, or every fault that stands against it."""

    faults: tuple[Fault, ...] = ()
    wrong: int = 0
    rows: int = 0
    steps: dict[str, Step] = field(default_factory=dict)
    opened: list[Opened] = field(default_factory=list)
    holders: list[Holder] = field(default_factory=list)
    outcomes: dict[str, Counter[str]] = field(default_factory=dict)

    def step(self, subject: str) -> Step:
        """The step of a subject, made where it is missing."""
        return self.steps.setdefault(subject, Step(subject))

    def count(self, line: Line, outcome: str) -> None:
        """One more row of its sheet that is new, changed or the same."""
        self.outcomes.setdefault(line.table, Counter())[outcome] += 1

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """Sheet → rows that are new, changed, the same."""
        return {table: {name: found[name] for name in (NEW, CHANGED, SAME)} for table, found in self.outcomes.items()}

    @property
    def moves(self) -> bool:
        """Whether anything would be written."""
        return bool(self.opened or self.holders) or any(step.moves for step in self.steps.values())


def differing(row: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that the row does not have already."""
    return {name: value for name, value in values.items() if getattr(row, name) != value}


def given(line: Line, names: Mapping[str, str] | Sequence[str]) -> dict[str, Any]:
    """Column of the books → value of the row, of those columns that the file has at all."""
    pairs = names.items() if isinstance(names, Mapping) else ((name, name) for name in names)
    return {name: line[column] for name, column in pairs if column in line}
