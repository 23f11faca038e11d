"""What an outlook is made of: steps in order, and forks whose branches are outlooks again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workflows.step import OpenedTask

TASK, CALL, WAIT, JOIN, FORK, BACK, END, MORE = "task", "call", "wait", "join", "fork", "back", "end", "more"
SIGNERS = "signers"
PARALLEL, EITHER, EVENT = "parallel", "either", "event"


@dataclass(frozen=True)
class Reads:
    """Why a branch may be taken: a flow's condition (`flow`), or row `row` (its id `rule`) of a decision.

    `open` are the names on which it depends; `otherwise` says that the branch is taken when the others are not.
    """

    element_id: str
    flow: str = ""
    decision: str = ""
    row: int | None = None
    rule: str = ""
    annotation: str = ""
    open: tuple[str, ...] = ()
    otherwise: bool = False


@dataclass(frozen=True)
class Branch:
    """One way of a fork, and why it may be taken; `goes_on` when it leads to what stands after the fork."""

    path: "tuple[Step, ...]"
    reads: tuple[Reads, ...] = ()
    goes_on: bool = False


@dataclass(frozen=True)
class Step:
    """One thing ahead.

    `kind` is task | call (a called process) | wait (a timer with its `rule`, or a message) | join (waits for the
    branches of `among`) | fork (`how`: parallel | either | event) | back (to the elements of `among`, seen before) |
    end (with its `outcome`) | more (too far ahead to tell) | signers (`among`: others who sign the same task).
    `opened` is how a task would open by what is known. `beside` are waits of events attached to it, which may come
    while it is open and lead to what is first behind them (`among`); parallel where they do not interrupt it.
    """

    kind: str
    element_id: str = ""
    name: str = ""
    opened: OpenedTask | None = None
    rule: str | None = None
    outcome: str | None = None
    how: str = ""
    branches: tuple[Branch, ...] = ()
    among: tuple[str, ...] = ()
    each: bool = False
    beside: "tuple[Step, ...]" = ()


@dataclass(frozen=True)
class Guide:
    """What the diagram itself does not say.

    `writes` operation → variables it sets; `fills` element id → fields that its form may set; `agrees` the decision
    that lets a case go on at an element with these properties.
    """

    writes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fills: Callable[[str], tuple[str, ...]] = lambda _element_id: ()
    agrees: Callable[[str, Mapping[str, Any]], str] = lambda _element_id, _properties: "complete"
