"""Pure rules of what differs between a report that was frozen and the same day as it reads now."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

KEPT = 2
"""Columns of a row after which it is compared: a new name of a person is no difference."""
NUMBERS = ("part", "whole", "unknown", "verdict")


@dataclass(frozen=True)
class Change:
    """What the rows of one person, school or case said and say; empty before: it came, empty after: it is gone."""

    id: str
    name: str
    before: Sequence[Sequence[Any]]
    after: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Difference:
    """A figure of which numbers or rows differ; one that is declared only then or only now has None on the other side.

    `before` and `after` hold part, whole, unknown, verdict.
    """

    key: str
    before: tuple[Any, ...] | None
    after: tuple[Any, ...] | None
    changes: tuple[Change, ...]


def differences(frozen: Mapping[str, Any], present: Mapping[str, Any]) -> list[Difference]:
    """The figures that differ, in the order of the frozen report; a target changed since shows in the verdict."""
    then, now = (_by_key(report) for report in (frozen, present))
    found = [_difference(key, then.get(key), now.get(key)) for key in dict.fromkeys((*then, *now))]
    return [one for one in found if one.changes or one.before != one.after]


def _by_key(report: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {figure["key"]: figure for figure in report["figures"]}


def _difference(key: str, then: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> Difference:
    numbers = [None if side is None else tuple(side[name] for name in NUMBERS) for side in (then, now)]
    changes = tuple(_changes(then["lines"], now["lines"])) if then is not None and now is not None else ()
    return Difference(key, numbers[0], numbers[1], changes)


def _changes(then: Sequence[Sequence[Any]], now: Sequence[Sequence[Any]]) -> list[Change]:
    before, after = _by_id(then), _by_id(now)
    ids = [one for one in dict.fromkeys((*before, *after)) if _said(before[one]) != _said(after[one])]
    return [Change(one, (after[one] or before[one])[0][1], before[one], after[one]) for one in ids]


def _by_id(rows: Sequence[Sequence[Any]]) -> dict[str, list[Sequence[Any]]]:
    found: dict[str, list[Sequence[Any]]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return found


def _said(rows: Sequence[Sequence[Any]]) -> list[str]:
    return sorted(repr(list(row[KEPT:])) for row in rows)
