"""What a figure is: the rows it counts, what counts of a row, and the target."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import FromClause, literal
from sqlalchemy.orm import Session

from service.reports.rules import Aim, Measure, personnel_year, school_year

Subject = Literal["person", "organisation", "instance", "task"]
Unit = Literal["persons", "posts", "cases", "schools", "years"]
Basis = Literal["school_year", "personnel_year", "any"]
Clause = Callable[[Any, "Day"], Any]
Shown = tuple[str, str, Clause]
"""What the fact in a row is (the heading), how it is told (word | day | number | words), and where it stands."""


@dataclass(frozen=True)
class Day:
    """The day of a report and what follows from it; `end` is the moment at which the day ends, the present one today.

    `is_past` says that the ledger has to be summed up from its entries.
    """

    on: date
    end: datetime
    is_past: bool
    parameters: Mapping[str, Any]

    @property
    def school_year(self) -> date:
        """1 September of the school year."""
        return school_year(self.on)

    @property
    def year(self) -> date:
        """1 January of the personnel year."""
        return personnel_year(self.on)


@dataclass(frozen=True, eq=False)
class Base:
    """Rows that figures count. `source` gives them for a day with the columns id, name, organisation_id and others.

    `subject` is what a row is: a person, an organisation (or one of its accounts), a case, a task.
    """

    name: str
    subject: Subject
    source: Callable[[Day], FromClause]


@dataclass(frozen=True)
class Target:
    """The dated parameters of a target: its value, and the year in which it ends ("" for a yearly one)."""

    parameter: str
    sense: Literal["least", "most"] = "least"
    year: str = ""

    def aim(self, parameters: Mapping[str, Any]) -> Aim:
        """The target as it stands."""
        return Aim(int(parameters[self.parameter]), self.sense, int(parameters[self.year]) if self.year else 0)


@dataclass(frozen=True)
class Line:
    """One row of the list behind a figure: `part` of `whole`, None where it is not known; `shown` is the fact."""

    id: str
    name: str
    organisation_id: str | None
    part: int | None
    whole: int
    shown: Any = None
    band: str | None = None
    subject: str | None = None


@dataclass(frozen=True)
class Part:
    """A share of the numerator that is told apart by name: a condition, or an amount of each row."""

    name: str
    met: Clause


def everything(_row: Any, _day: Day) -> Any:
    """No row is left out, or each counts once."""
    return literal(1)


@dataclass(frozen=True, eq=False)
class Figure:
    """A declared figure; its words are `figure.<key>` and `figure.<key>.rule` (service/web/words/figures.toml).

    Counted over `base`: `scope` says which rows belong (None: not known), `part` how much of a row counts (1, 0, or an
    amount; None: not known), `whole` what it is counted out of. `mean` divides the sum by the rows that are known;
    `bare` figures are a number of something, out of nothing. `computed` gives the rows itself, in place of a base.
    `ground` is the policy's place, `basis` the day on which the year of the figure turns.
    """

    key: str
    topic: str
    unit: Unit
    subject: Subject
    ground: str
    basis: Basis = "any"
    base: Base | None = None
    scope: Clause = everything
    part: Clause = everything
    whole: Clause | None = None
    computed: Callable[[Session, Day], Sequence[Line]] | None = None
    target: Target | None = None
    mean: bool = False
    bare: bool = False
    parts: tuple[Part, ...] = ()
    shown: Shown | None = None

    def aim(self, parameters: Mapping[str, Any]) -> Aim | None:
        """The target in force, None for a figure without one."""
        return None if self.target is None else self.target.aim(parameters)


@dataclass(frozen=True)
class Found:
    """A figure on a day: its measure, the target in force, and what the parts came to."""

    figure: Figure
    measure: Measure
    aim: Aim | None
    parts: tuple[int, ...] = ()
