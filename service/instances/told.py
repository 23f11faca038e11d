"""What is told of a case that began on paper: who asked for it when, what its steps decided, where it stands."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

import orjson

from service.parameters.scopes import About
from service.tasks.papers import Tally


@dataclass(frozen=True)
class ToldStep:
    """A step that was decided on paper before the case came here: `element_id`, and what a recorded paper says.

    `rows` is what stands in the case beside its forms by then, where the flow keeps such (`flows.declaring.beside`).
    `about` says which one it was, of a step that is done for several: a candidate's ID number, a school's id.
    """

    element_id: str
    decided_on: date | None
    decision: str
    decided_by: str | None = None
    document: str = ""
    attachment_id: str = ""
    person_id: str | None = None
    opinion: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    tally: Tally | None = None
    rows: tuple[Mapping[str, Any], ...] = ()
    seat_id: str | None = None
    about: str | None = None


@dataclass(frozen=True)
class ToldCase:
    """A case on paper: asked for by `initiator_id` on `requested_on` with `variables`, the start form filled in.

    `steps` are its earlier steps in the order in which they were decided, `element_id` where it stands after them.
    `hold_id` names the hold that was booked for it and that it takes over.
    """

    definition_key: str
    organisation_id: str
    initiator_id: str
    requested_on: date
    element_id: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[ToldStep, ...] = ()
    business_key: str | None = None
    hold_id: str | None = None

    @property
    def about(self) -> About:
        """The school and the flow by which policy parameters are read."""
        return About(self.organisation_id, self.definition_key)

    @property
    def files(self) -> tuple[str, ...]:
        """The scans, each once."""
        return tuple(dict.fromkeys(step.attachment_id for step in self.steps if step.attachment_id))

    def texts(self) -> set[str]:
        """Every text in its forms and rows: some of them name persons."""
        return set(_texts([self.variables, *((step.values, step.rows) for step in self.steps)]))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


HEAD, APPLICATION = "head", "application"
_HEAD = ("organisation_id", "initiator_id", "requested_on", "element_id", "business_key", "hold_id")


def part_of(told: ToldCase, name: str) -> Any:
    """A part of what is told: HEAD, APPLICATION, or a step by its place in digits; None for one that is not there."""
    if name == HEAD:
        return {one: getattr(told, one) for one in _HEAD}
    if name == APPLICATION:
        return told.variables
    return asdict(told.steps[int(name)]) if int(name) < len(told.steps) else None


def with_part(told: ToldCase, name: str, value: Any) -> ToldCase:
    """The same with another part; of a step None takes it out, and the next place adds one."""
    if name == HEAD:
        return replace(told, **value)
    if name == APPLICATION:
        return replace(told, variables=value)
    place = int(name)
    steps = (*told.steps[:place], *(() if value is None else (value,)), *told.steps[place + 1 :])
    return replace(told, steps=steps)


def print_of(told: ToldCase, name: str) -> str:
    """By what a page knows a part again that it was made of; "" for a step that is not there yet."""
    part = part_of(told, name)
    if part is None:
        return ""
    return hashlib.sha256(orjson.dumps(_plain(part), option=orjson.OPT_SORT_KEYS)).hexdigest()


def kept(told: ToldCase) -> dict[str, Any]:
    """As JSON."""
    found: dict[str, Any] = _plain(asdict(told))
    return found


def read(stored: Mapping[str, Any]) -> ToldCase:
    """What `kept` wrote."""
    steps = tuple(_step(step) for step in stored["steps"])
    return ToldCase(**{**stored, "steps": steps, "requested_on": date.fromisoformat(stored["requested_on"])})


def _step(stored: Mapping[str, Any]) -> ToldStep:
    tally = stored["tally"]
    counted = Tally(**{**tally, "recused": tuple(tally["recused"])}) if tally else None
    day = date.fromisoformat(stored["decided_on"]) if stored["decided_on"] else None
    return ToldStep(**{**stored, "decided_on": day, "tally": counted, "rows": tuple(stored["rows"])})


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value
