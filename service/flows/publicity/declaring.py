"""How a flow says what it publishes: the lines of a period, and how an objection reaches its case."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from service.flows.declaring import operation
from service.flows.publicity import periods
from workflows.surroundings import Call

Hook = Callable[[Call], Mapping[str, Any] | None]


Period = tuple[str, str]
"""(Instance id, subject): which period of which case."""


@dataclass(frozen=True, slots=True)
class Line:
    """One published name: where the person is, and what for; never a number, a mark or a reason (policy §7)."""

    key: str
    name: str
    place: str
    what: str


@dataclass(frozen=True)
class Published:
    """What a flow publishes. `flow` is its prefix (`hiring`), `subject` the variable that names a period's subject.

    `lines` (session, [(instance id, subject)], locale) → what stands on the page of each period, in a number of
    statements that does not depend on how many are asked for. An objection reaches the case as the
    message `<flow>.objection`; where the diagram has none, `receive` (session, line key, text, now) keeps it for the
    inquiry.
    `opened` and `paused` are what else happens then; `inside` the variable that is true for what only a school sees.
    """

    flow: str
    zh: str
    en: str
    lines: Callable[[Session, Sequence[Period], str], Mapping[Period, Sequence[Line]]]
    subject: str
    receive: Callable[[Session, str, str, datetime], None] | None = None
    opened: Hook | None = None
    paused: Hook | None = None
    inside: str = ""

    @property
    def message(self) -> str:
        return f"{self.flow}.objection"

    def lines_of(self, session: Session, instance_id: str, subject: str, locale: str) -> Sequence[Line]:
        """What stands on the page of one period."""
        return self.lines(session, [(instance_id, subject)], locale)[instance_id, subject]


PUBLISHED: dict[str, Published] = {}


def publish(found: Published, *, reads: tuple[str, ...] = (), writes: tuple[str, ...] = ()) -> None:
    """Declare what a flow publishes, and its operations `<flow>.open_publicity` and `<flow>.pause_publicity`."""
    PUBLISHED[found.flow] = found
    kept = ("publicity_days", "publicity_for")

    @operation(
        f"{found.flow}.open_publicity",
        "开始公示",
        "Begin or go on with the publicity period",
        inputs={"full_period": "number"},
        required=("full_period",),
        reads=(*kept, found.subject, *reads),
        writes=(*kept, "publicity_from", *writes),
    )
    def open_publicity(call: Call) -> Mapping[str, Any] | None:
        """In full for a new subject; after an inquiry with the days that were left."""
        more = found.opened(call) if found.opened else None
        hidden = bool(found.inside and call.variables.get(found.inside))
        return {**periods.begun(call, found.flow, call.variables[found.subject], hidden=hidden), **(more or {})}

    @operation(
        f"{found.flow}.pause_publicity",
        "中止公示",
        "Let the publicity period stand still",
        reads=("publicity_days", *reads),
        writes=("publicity_days",),
    )
    def pause_publicity(call: Call) -> Mapping[str, Any] | None:
        """Keep the working days that the period still had."""
        if found.paused:
            found.paused(call)
        return {"publicity_days": periods.left_of(call)}
