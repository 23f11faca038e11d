"""How a flow declares its operations and its question of interest; `registry` collects what was declared."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy.orm import Session

from service.columns import Column
from service.posts.posting import Cause
from service.posts.queueing import QUEUES, Queue
from workflows.surroundings import Operation

Interest = Callable[[Session, str, str], str | None]
"""(session, instance id, person id) → why that person may not act in that case, None when nothing is known."""

Applications = Callable[[Session, str], Iterable[str]]
"""(session, person id) → instance ids of the cases that are about that person alone, open or not."""

Departed = Callable[[str, str, datetime], None]
"""(person id, how, now): what a flow does by a command of its own when somebody has left; a repeat changes nothing."""

Ending = Callable[[Session, Cause], None]
"""(session, cause) → puts in order what the end of the cause's case leaves behind; asked at every end, of any kind."""

Together = Callable[[Session, str, bool], Sequence[str] | None]
"""(session, instance id, lock) → the tasks of the other votes that are over and counted with this case's vote, None
while one of them is still voted on. `lock`: of two that are over at once one sees the other."""

Discipline = Callable[[Session, date], Mapping[str, str]]
"""(session, day) → instance id → `suspend` | `resume` | `confirm`: what the files on discipline ask of cases now.

`confirm`: a finding bars who the case is about, and a named person of bureau HR ends the case (policy §7).
"""
HELD_BY_FILE = "有事项尚无结论，本件按规定中止办理，结论作出后自动继续；详情请向人事科了解。"
"""Why such a case stands still, as its readers learn it: that there is something, never what (policy §7)."""
AWAITS_HR = "有事项待人事科处理，本件按规定中止办理；详情请向人事科了解。"
"""The same where bureau HR has to end the case by name, or to correct the file."""


@dataclass(frozen=True)
class Minuted:
    """What a meeting is said to have decided at a step: the decision and the form, in a case with these variables."""

    session: Session
    instance_id: str
    variables: Mapping[str, Any]
    decision: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class BesideForm:
    """What stood in a case on paper beside its forms when a step was decided `on` a day: rows of the flow's own.

    `values` is the step's form, `now` when it is written down."""

    session: Session
    actor: Any
    instance_id: str
    element_id: str
    rows: Sequence[Mapping[str, Any]]
    now: datetime
    on: date
    values: Mapping[str, Any] = field(default_factory=dict)


Beside = Callable[[BesideForm], None]
"""Writes these rows into the case, checked as where people enter them; Invalid with faults `rows.<n>.<field>`."""


@dataclass(frozen=True)
class StepRows:
    """The rows beside a form that a step takes: `registers` whether they come and go there, else each gets a mark."""

    columns: tuple[Column, ...]
    registers: bool


RowsAt = Callable[[str], StepRows | None]
"""(element id) → the rows that are entered at this step; None where it takes none."""


Named = Callable[[Session, str, str], str | None]
"""(session, instance id, as a paper names it) → the id of one of several of a case (a candidate's by the ID number)."""


Heard = Callable[[date], Mapping[str, Any]]
"""(day of the step behind) → what the message would have brought for which a case waited that went on on paper."""


RestingOn = Callable[[Minuted], Mapping[str, Any]]
"""What the minutes of a step rest on beside their form, as data to be kept with them and compared when the chair
confirms; what could not be carried out is refused as the step itself would, so that who enters them learns it."""


@dataclass(frozen=True)
class Declared:
    """A registered operation: what it is called in a diagram, and which inputs and headers it takes.

    `inputs` name → FEEL type of an input mapping, `required` those without which it cannot run, `headers` name → the
    values allowed (empty: any), `reads` and `writes` the variables of the case that it expects and sets. `ledger` is
    "reserves" where the case begins to hold something, "settles" where what it holds is released or handed over (a
    cut down to what is still needed included), "occupies" where it is taken up, which cannot be done by a case that
    holds nothing: the gate follows every way from the one to the other, a migration every way from where a case is.
    `parameters` are the policy parameters that it reads by itself, beside those of diagram, tables and forms.
    `live`: it rests on what only the house has on its day (a draw, a list, another case), so that a case that began on
    paper cannot be told beyond it. `of_pools`: it takes posts of the reserved pools. `only`: "looks" for one that reads
    and sets variables and writes nothing, "checks" for one that may refuse besides: a case that moves to another
    version may come to it again, and pass by one that only looks (what is then missing among the variables refuses it).
    """

    name: str
    run: Operation
    zh: str
    en: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    ledger: str = ""
    parameters: tuple[str, ...] = ()
    live: bool = False
    of_pools: bool = False
    only: str = ""


Outcome = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""(variables of the case) → what an operation would likely answer; only proposed, to whoever tries a draft."""

DECLARED: dict[str, Declared] = {}
OUTCOMES: dict[str, Outcome] = {}
INTERESTS: dict[str, Interest] = {}
APPLICATIONS: dict[str, Applications] = {}
MINUTED: dict[tuple[str, str], RestingOn] = {}
ENDINGS: dict[str, Ending] = {}
TOGETHER: dict[str, Together] = {}
DISCIPLINES: dict[str, Discipline] = {}
DEPARTURES: dict[str, Departed] = {}
NAMED: dict[str, Named] = {}
HEARD: dict[tuple[str, str], tuple[str, Heard]] = {}
BESIDE: dict[str, tuple[Beside, tuple[Column, ...], RowsAt]] = {}


def operation(
    name: str,
    zh: str,
    en: str,
    *,
    inputs: Mapping[str, str] | None = None,
    required: tuple[str, ...] = (),
    headers: Mapping[str, tuple[str, ...]] | None = None,
    reads: tuple[str, ...] = (),
    writes: tuple[str, ...] = (),
    ledger: Literal["", "reserves", "settles", "occupies"] = "",
    parameters: tuple[str, ...] = (),
    live: bool = False,
    of_pools: bool = False,
    only: Literal["", "looks", "checks"] = "",
) -> Callable[[Operation], Operation]:
    """Declare the decorated function as the operation `name`; ValueError when the name is taken by another."""

    def declare(run: Operation) -> Operation:
        if name in DECLARED and DECLARED[name].run is not run:
            raise ValueError(f"operation {name} is declared twice")
        DECLARED[name] = Declared(
            name, run, zh, en, dict(inputs or {}), frozenset(required), dict(headers or {}), reads, writes, ledger,
            parameters, live, of_pools, only,
        )  # fmt: skip
        return run

    return declare


def outcome(name: str) -> Callable[[Outcome], Outcome]:
    """Declare the decorated function as what the operation `name` would likely answer in a trial."""

    def declare(propose: Outcome) -> Outcome:
        OUTCOMES[name] = propose
        return propose

    return declare


def interest(flow: str) -> Callable[[Interest], Interest]:
    """Declare the decorated function as the question of interest of the process definition `flow`."""

    def declare(ask: Interest) -> Interest:
        INTERESTS[flow] = ask
        return ask

    return declare


def together(flow: str) -> Callable[[Together], Together]:
    """Declare the decorated function as what knows which votes of `flow` are counted at the same time."""

    def declare(find: Together) -> Together:
        TOGETHER[flow] = find
        return find

    return declare


def queue(flow: str) -> Callable[[Queue], Queue]:
    """Declare the decorated function as what counts who waits in `flow` for a post: other flows leave it to them."""

    def declare(count: Queue) -> Queue:
        QUEUES[flow] = count
        return count

    return declare


def minuted(flow: str, element_id: str) -> Callable[[RestingOn], RestingOn]:
    """Declare the decorated function as what the decision of a step of `flow` rests on: the minutes of a meeting, which
    the chair confirms for exactly that, else what is recorded with the signature or the paper that decides.
    """

    def declare(look: RestingOn) -> RestingOn:
        MINUTED[flow, element_id] = look
        return look

    return declare


def beside(flow: str, columns: tuple[Column, ...], at: RowsAt) -> Callable[[Beside], Beside]:
    """Declare the decorated function as what enters the rows of a case of `flow` that began on paper.

    `columns` are those of a sheet of such rows, `at` says which of them a step takes.
    """

    def declare(enter: Beside) -> Beside:
        BESIDE[flow] = enter, columns, at
        return enter

    return declare


def named(flow: str) -> Callable[[Named], Named]:
    """Declare the decorated function as what finds for whom a step of `flow` was that is done for several."""

    def declare(find: Named) -> Named:
        NAMED[flow] = find
        return find

    return declare


def heard(flow: str, waits: str, step: str) -> Callable[[Heard], Heard]:
    """Declare the decorated function as what a case of `flow` has heard at `waits` where a paper tells its `step`."""

    def declare(say: Heard) -> Heard:
        HEARD[flow, step] = waits, say
        return say

    return declare


def applications(flow: str) -> Callable[[Applications], Applications]:
    """Declare the decorated function as what finds a person's own cases of `flow`: they end when the person leaves."""

    def declare(find: Applications) -> Applications:
        APPLICATIONS[flow] = find
        return find

    return declare


def ending(flow: str) -> Callable[[Ending], Ending]:
    """Declare the decorated function as what follows from every end of a case of `flow`: withdrawn, cancelled, done."""

    def declare(follow: Ending) -> Ending:
        ENDINGS[flow] = follow
        return follow

    return declare


def discipline(flow: str) -> Callable[[Discipline], Discipline]:
    """Declare the decorated function as what the files on discipline ask of the cases of `flow` (policy §1, ethics)."""

    def declare(find: Discipline) -> Discipline:
        DISCIPLINES[flow] = find
        return find

    return declare


def departure(flow: str) -> Callable[[Departed], Departed]:
    """Declare the decorated function as what `flow` does when somebody has left, besides ending that one's cases."""

    def declare(act: Departed) -> Departed:
        DEPARTURES[flow] = act
        return act

    return declare
