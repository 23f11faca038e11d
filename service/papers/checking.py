"""Looks at a template before anybody is asked to publish it: everything that is wrong at once, place by place."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from service.errors import Fault, Invalid
from service.papers import fields, package, places, privacy, structure
from service.papers.fields import Token, Wrong
from service.papers.filling import Filling, fill
from service.papers.kinds import SEALED, Kind

MOST_FAULTS = 60
EXAMPLE_AT = datetime(2026, 9, 17, 4, tzinfo=UTC)
"""The moment of an example: `today()` in it is the day of its issue."""


@dataclass(frozen=True)
class Checked:
    """A template that may be stored: how many fields it has, and which personal data it opens."""

    fields: int
    sealed: frozenset[str]


def check(kind: Kind, content: bytes) -> Checked:
    """Invalid("paper.template") with a fault for each place: file, `p3`, `t1.r2.c3.p1`, `header.p1`."""
    document = package.opened(content)
    places.flatten(document)
    found, sealed = list(read(document)), sealed_in(document)
    faults = list(structure.faults(document)) or list(_faults(kind, document, found))
    if faults:
        raise Invalid("paper.template", faults=tuple(_once(faults))[:MOST_FAULTS])
    return Checked(len(found), sealed)


def sealed_in(document: Any) -> frozenset[str]:
    """Which personal data an unfilled template opens."""
    return frozenset(fields.mentions((token.source for _, token in read(document)), SEALED))


def read(document: Any) -> Iterator[tuple[str, Token]]:
    """Every field of a document with its place; one that cannot be read is left out."""
    for place in places.places(document):
        try:
            found = fields.tokens(places.joined(place.element))
        except Wrong:
            continue
        for token in found:
            yield place.path, token


def _faults(kind: Kind, document: Any, found: list[tuple[str, Token]]) -> Iterator[Fault]:
    if kind.public:
        yield from _personal(document, found)
    trial = Filling(kind.example(), EXAMPLE_AT, trial=True)
    fill(document, trial)
    yield from trial.faults
    if not found and not trial.faults:
        yield Fault(package.WHOLE, "paper.field.none")


def _personal(document: Any, found: list[tuple[str, Token]]) -> Iterator[Fault]:
    for path, token in found:
        for name in privacy.spoken_of([token.source]):
            yield Fault(path, "paper.personal.field", params={"name": name})
    for place in places.places(document):
        if privacy.id_number_in(places.text_of(place.element)):
            yield Fault(place.path, "paper.personal.text")


def _once(faults: list[Fault]) -> list[Fault]:
    """A row that is repeated tells what is wrong with it once."""
    return list({(one.path, one.code, repr(one.params)): one for one in faults}.values())
