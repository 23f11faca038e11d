"""Pure rules of the yearly plan: who is counted, how many are needed, what may be wished for (policy §2, §3.X)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from service.errors import Fault
from service.posts.rules import share
from service.records.facts import Facts

COMPULSORY = ("primary", "junior")
TOWNS = ("city", "town")
OUTLYING = ("rural", "remote")
MAY_APPLY = ("REQUIRED", "VOLUNTARY", "DEFER", "EXEMPT")
"""Results with which somebody may apply; DEFER and EXEMPT only of their own will (policy §3.X)."""
SETTLED = "corrected"
"""The reason of an entry that bureau HR has settled by name."""
OUT = ("INELIGIBLE", "EXEMPT", "DEFER")
"""Results that take somebody out of those who meet the conditions; what is not known takes nobody out (policy §8)."""


@dataclass(frozen=True)
class Needed:
    """How many persons a plan must exchange at least."""

    target: int
    floor: int
    backbone: int


def needed(staff: int, eligible: int, parameters: Mapping[str, Any]) -> Needed:
    """Whole persons, rounded up: 8 % of 2,513 is 202, 10 % of 1,240 is 124, 20 % of these is 25."""
    floor = share(eligible, parameters["exchange_floor_percent"])
    return Needed(
        share(staff, parameters["exchange_target_percent"]),
        floor,
        share(floor, parameters["exchange_backbone_percent"]),
    )


def undertaken(asked: Mapping[str, Any], least: Needed) -> tuple[Needed, list[Fault]]:
    """What the plan undertakes: what was asked for, else the least; a fault for every number below what is needed."""
    wanted = {name: asked.get(name) for name in ("target", "floor", "backbone")}
    faults = [
        Fault(f"values.{name}", "exchange.short", params={"asked": value, "needed": getattr(least, name)})
        for name, value in wanted.items()
        if value is not None and value < getattr(least, name)
    ]
    numbers = {name: getattr(least, name) if value is None else int(value) for name, value in wanted.items()}
    return Needed(**numbers), faults


def first_day(year: int, parameters: Mapping[str, Any]) -> date:
    """The day by which people move where the bureau sets no other (policy §3.X 7)."""
    return date.fromisoformat(f"{year}-{parameters['exchange_first_day']}")


class Place(Protocol):
    """A school as the scope of the floor sees it."""

    @property
    def stage(self) -> str | None: ...
    @property
    def area(self) -> str | None: ...
    @property
    def weak(self) -> bool | None: ...


def is_counted(school: Place, result: str, parameters: Mapping[str, Any]) -> bool:
    """Whether a teacher belongs to the eligible of the national floor (policy §2.8); what is not known counts in."""
    if school.stage is not None and school.stage not in COMPULSORY:
        return False
    if parameters["exchange_floor_persons"] == "meeting_conditions" and result in OUT:
        return False
    scope = parameters["exchange_floor_schools"]
    in_town = school.area is None or school.area in TOWNS
    return scope == "all" or in_town or (scope == "city_town_strong" and not school.weak)


class Listed(Protocol):
    """A person on the list, as the list says."""

    @property
    def organisation_id(self) -> str: ...
    @property
    def result(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def exception(self) -> str | None: ...


def bar(entry: Listed, facts: Facts | None) -> str | None:
    """Why somebody on the list may not take part as things stand today, as a code; None: they may.

    What the list says is of the day on which it was drawn up. A lock or a case of which nothing is known bars as well,
    until bureau HR has looked into it and settled the entry by name.
    """
    if facts is None or facts.employment is None or facts.employment.organisation_id != entry.organisation_id:
        return "exchange.moved"
    if facts.open_case or entry.result == "HOLD":
        return "exchange.on_hold"
    locked = False if entry.exception == "granted" else facts.lock_active
    if locked or entry.result == "INELIGIBLE":
        return "exchange.locked"
    unknown = (locked is None or facts.open_case is None) and entry.reason != SETTLED
    return "exchange.unknown" if unknown or entry.result not in MAY_APPLY else None


def backbone_needed(undertaken: int, exchanged: int, percent: int) -> int:
    """Backbone teachers needed among those exchanged for the floor: the share of them, and what the plan undertakes.

    One definition for plan, round and solver (policy §2.8).
    """
    return max(undertaken, share(exchanged, percent))


def is_rural(school: Place) -> bool:
    """Whether filling a place of this school is a goal: a rural, remote or weak one."""
    return school.area in OUTLYING or bool(school.weak)


class Kind(Protocol):
    """What an opening and a person must have in common."""

    @property
    def organisation_id(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def stage(self) -> str: ...
    @property
    def band(self) -> str: ...


class Offered(Kind, Protocol):
    """An opening: how who comes is taken on."""

    @property
    def manner(self) -> str: ...


def wish_faults(person: Kind, wishes: Sequence[str], openings: Mapping[str, Offered], most: int) -> list[Fault]:
    """What is wrong with a list of wishes, by its place in the list."""
    faults = [Fault("wishes", "exchange.too_many_wishes", params={"most": most})] if len(wishes) > most else []
    for place, opening_id in enumerate(wishes):
        code = _wish_fault(person, opening_id, wishes[:place], openings)
        if code is not None:
            faults.append(Fault(f"wishes.{place}", code))
    return faults


def _wish_fault(person: Kind, opening_id: str, before: Sequence[str], openings: Mapping[str, Offered]) -> str | None:
    opening = openings.get(opening_id)
    if opening is None:
        return "exchange.opening_absent"
    if opening_id in before:
        return "exchange.wish_twice"
    if opening.organisation_id == person.organisation_id:
        return "exchange.own_school"
    if (opening.subject, opening.stage) != (person.subject, person.stage):
        return "exchange.other_subject"
    if opening.manner in ("bring", "lend") and not person.band:
        return "exchange.no_band"
    return "exchange.other_band" if opening.band not in ("", person.band) else None
