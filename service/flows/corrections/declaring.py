"""How a flow declares what of its outcome can be corrected, and what it is given to carry a correction out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy.orm import Session

from service.access.days import day_of
from service.parameters.queries import ParameterView, view
from service.parameters.scopes import About
from service.posts.posting import Cause
from workflows.surroundings import Call, Outcome

ELEMENT = "correction"
"""The element under which the ledger and the streams keep what a correction does."""

Entered = Literal["text", "note", "day", "number", "choice", "person", "school"]


@dataclass(frozen=True)
class Field:
    """One value that can be corrected; `choices` are (value, zh, en)."""

    name: str
    entered: Entered
    zh: str
    en: str
    choices: tuple[tuple[str, str, str], ...] = ()
    required: bool = True


@dataclass(frozen=True)
class Item:
    """One thing of a case that can be corrected: its values as they stand now, and which persons it concerns.

    `key` tells it from others of its kind in the same case (a candidate), `about` is what people know it by.
    """

    key: str
    about: str
    fields: tuple[Field, ...]
    values: Mapping[str, Any]
    persons: frozenset[str]


@dataclass(frozen=True)
class Told:
    """What a correction does besides the ledger, as a code of words with its parameters."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Carried:
    """What was done; `published` once a list is published again (`publicity.periods.again`).

    `variables` are those by which a case that still runs goes on. `cases` are others in whose name something was moved,
    `persons` whom it concerns besides those of the item, `organisation_id` whose case it is from now on, where it is
    another's, `parameters` the records of those that were read.
    """

    told: Sequence[Told] = ()
    published: bool = False
    variables: Mapping[str, Any] = field(default_factory=dict)
    cases: Sequence[str] = ()
    persons: frozenset[str] = frozenset()
    organisation_id: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Correcting:
    """A correction that is carried out: what stands (`item`), all values as they shall be, and the paper behind it.

    `variables` are those of the case, `decide` asks a table of its own definition.
    """

    session: Session
    id: str
    instance_id: str
    item: Item
    values: Mapping[str, Any]
    reason: str
    document: str
    decided_on: date
    actor: Any
    by: str
    now: datetime
    variables: Mapping[str, Any]
    decide: Callable[[str, Mapping[str, Any]], Outcome]
    looked: list[ParameterView] = field(default_factory=list)

    def parameters(self, about: About) -> ParameterView:
        """Policy parameters of today for a school; those that are read are recorded with the correction."""
        self.looked.append(view(self.session, day_of(self.now), about))
        return self.looked[-1]

    @property
    def about(self) -> About:
        """The school of the case, for policy parameters that a school may have of its own."""
        return About(self.variables.get("school"))

    def call(self, values: Mapping[str, Any]) -> Call:
        """As an operation of the case would be called, with these values beside the variables."""
        variables = {**self.variables, **values}
        return Call(
            self.session, self.now, self.actor, self.instance_id, ELEMENT, self.id, variables, {}, decide=self.decide
        )

    def cause(self, part: str = "") -> Cause:
        """The cause of what it moves in the ledger; what it takes back, and what it leaves over, have their own."""
        token = f"{self.id}{part}"
        return Cause(self.instance_id, ELEMENT, token, self.by, self.now, self.document, self.decided_on)

    def changes(self, *names: str) -> bool:
        """Whether one of these values becomes another."""
        return any(self.values.get(name) != self.item.values.get(name) for name in names)


Items = Callable[[Session, str], Sequence[Item]]
"""(session, instance id) → what can be corrected now; empty as long as the case has brought nothing about."""
Carry = Callable[[Correcting], Carried]
"""Writes everything in the caller's transaction; raises Conflict or Invalid where it cannot be."""


@dataclass(frozen=True)
class Correctable:
    """A kind of correction of one flow; `name` is `<flow>.<what>`, `fields` all that its items may ask for."""

    name: str
    flow: str
    zh: str
    en: str
    fields: tuple[Field, ...]
    items: Items
    carry: Carry


CORRECTABLE: dict[str, Correctable] = {}


def correctable(
    name: str, flow: str, zh: str, en: str, fields: Sequence[Field], items: Items
) -> Callable[[Carry], Carry]:
    """Declare the decorated function as what carries out corrections of this kind."""

    def declare(carry: Carry) -> Carry:
        CORRECTABLE[name] = Correctable(name, flow, zh, en, tuple(fields), items, carry)
        return carry

    return declare


def of_flow(flow: str) -> list[Correctable]:
    """The kinds that a flow has declared, in that order."""
    return [found for found in CORRECTABLE.values() if found.flow == flow]


WAYS: set[str] = set()
OTHER = "other"


def elsewhere(*flows: str) -> None:
    """Declare that the words `elsewhere.<flow>` say which way puts right what of these flows is not corrected here."""
    WAYS.update(flows)


def way_of(flow: str) -> str:
    """Whose words say so; a flow that has none is spoken of in general."""
    return flow if flow in WAYS else OTHER
