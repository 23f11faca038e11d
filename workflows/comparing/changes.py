"""The shape of a difference, and how two sets of parts become differences."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

ADDED, REMOVED, CHANGED, MOVED = "added", "removed", "changed", "moved"
LONGEST = 500


@dataclass(frozen=True)
class Detail:
    """One thing that differs: where in the part, what was there, what is there now ("" for nothing)."""

    what: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """A part that differs: `part` is its id, `type` what it is (userTask, rule, textfield, setting, file).

    `state` is added | removed | changed | moved; a part is moved when only its place on the drawing differs.
    """

    file: str
    kind: str
    part: str
    type: str
    name: str
    state: str
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True)
class Part:
    """One part of a file: what it is called, what it says by place, and where it is drawn."""

    file: str
    type: str
    name: str
    says: Mapping[str, str]
    drawn: tuple[str, ...] = ()


def differences(kind: str, old: Mapping[str, Part], new: Mapping[str, Part]) -> Iterator[Change]:
    """Parts by id, in the order of the old ones, then what is new."""
    for part, before in old.items():
        after = new.get(part)
        if after is None:
            yield Change(before.file, kind, part, before.type, before.name, REMOVED)
        elif details := tuple(_details(before, after)):
            yield Change(after.file, kind, part, after.type, after.name, CHANGED, details)
        elif before.drawn != after.drawn:
            yield Change(after.file, kind, part, after.type, after.name, MOVED)
    for part, after in new.items():
        if part not in old:
            yield Change(after.file, kind, part, after.type, after.name, ADDED)


def _details(before: Part, after: Part) -> Iterator[Detail]:
    if before.type != after.type:
        yield Detail("type", before.type, after.type)
    for place in dict.fromkeys((*before.says, *after.says)):
        old, new = before.says.get(place, ""), after.says.get(place, "")
        if old != new:
            yield Detail(place, old[:LONGEST], new[:LONGEST])
