"""What a run of the engine is given: session, clock, calendar, definitions, operations."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy.orm import Session

from workflows.spans import Row

if TYPE_CHECKING:
    from workflows.dialect import Spec


def _nothing_stopped(_element_id: str) -> Row | None:
    return None


def _no_decisions(decision_id: str, _variables: Mapping[str, Any]) -> "Outcome":
    raise KeyError(decision_id)


@dataclass(frozen=True)
class Call:
    """What an operation is told: where it runs, for whom, and the variables that its element sees (read only).

    `stopped` gives the row of a timer event beside the element (its process, its round) that this run took away: an
    objection interrupts a period, and the operation behind it asks how many days were left. `decide` asks a decision of
    the case's own definition with variables that no case may keep, because whoever sees the case would read them.
    `written` is when it is written down, where that is later than it happened (`now`).
    """

    session: Session
    now: datetime
    actor: Any
    instance_id: str
    element_id: str
    token: str
    variables: Mapping[str, Any]
    headers: Mapping[str, str]
    stopped: Callable[[str], Row | None] = _nothing_stopped
    decide: Callable[[str, Mapping[str, Any]], "Outcome"] = _no_decisions
    written: datetime | None = None

    @property
    def recorded_at(self) -> datetime:
        """When it is written down."""
        return self.written or self.now


Operation = Callable[[Call], Mapping[str, Any] | None]


class Due(Protocol):
    """When a rule falls due, as workflows.calendar says: `due_at` aware, `unit` as a timer row keeps it."""

    @property
    def due_at(self) -> datetime: ...
    @property
    def unit(self) -> str: ...
    @property
    def start_day(self) -> date: ...
    @property
    def count(self) -> int | None: ...


class Looked(Mapping[str, Any]):
    """The parameters as an expression sees them; remembers which were read since `keys_read` was last emptied."""

    __slots__ = ("_parameters", "keys_read")

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self._parameters = parameters
        self.keys_read: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        value = self._parameters[key]
        self.keys_read.add(key)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._parameters)

    def __len__(self) -> int:
        return len(self._parameters)


class Outcome(Protocol):
    """What a decision answered: the value and the rules that matched on the way to it, for "why"."""

    @property
    def value(self) -> Any: ...
    def reasons(self) -> tuple[Any, ...]: ...


class Decision(Protocol):
    """A decision that a business rule task can ask."""

    @property
    def name(self) -> str: ...
    def evaluate(self, variables: Mapping[str, Any], scope: Any) -> Outcome: ...


class Definition(Protocol):
    """A deployed definition (workflows.catalogue): the engine needs its parsed diagram and its decisions."""

    @property
    def id(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def spec(self) -> "Spec": ...
    @property
    def decisions(self) -> Mapping[str, Any]: ...
    @property
    def settings(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class Surroundings:
    """Everything outside the case that one run may touch; made anew for each command.

    `now` is aware. `definitions` finds a definition by its id, `due` turns a rule ("5 workdays", "P7D", "R3/P1D", an
    instant) and a start into a due time, `working_days` (is this a working day?), `zone` and `parameters` are
    handed to FEEL, `actor` to operations. `since` is when a decision fell that is recorded only now, on paper: the
    deadlines of the tasks that it opens count from there. `written` is set where a whole case is told afterwards: `now`
    is then when it happened, and nobody is told of what is long over.
    """

    session: Session
    now: datetime
    definitions: Callable[[str], Definition]
    due: Callable[[str, datetime], Due]
    operations: Mapping[str, Operation] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    working_days: Callable[[date], bool] | None = None
    zone: tzinfo | None = None
    calendar_revision: int = 0
    actor: Any = None
    since: datetime | None = None
    written: datetime | None = None

    @property
    def recorded_at(self) -> datetime:
        """When what happens is written down: the time of records, whatever the time of what they tell."""
        return self.written or self.now
