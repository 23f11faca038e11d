"""Hit policies: which of the matching rules answer, and how their outputs become one value (DMN 1.5, 8.2.8)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from workflows.decisions.model import Rule, Table
from workflows.errors import Invalid
from workflows.feel.builtins import call
from workflows.feel.frame import Frame
from workflows.feel.operators import equal


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that matched and its outputs."""

    rule: Rule
    outputs: tuple[Any, ...]


Policy = Callable[[Frame, Table, Sequence[Hit]], tuple[Any, Sequence[Hit]]]
"""From all hits (at least one) to the value and the hits it comes from."""


def outputs_of(table: Table, outputs: Sequence[Any]) -> Any:
    """The outputs of one row as a value: itself, or a context of several outputs."""
    if len(table.outputs) == 1 and outputs:
        return outputs[0]
    return {output.name: value for output, value in zip(table.outputs, outputs, strict=False)}


def value_of(table: Table, hit: Hit) -> Any:
    """The output of a hit."""
    return outputs_of(table, hit.outputs)


def _unique(_: Frame, table: Table, hits: Sequence[Hit]) -> tuple[Any, Sequence[Hit]]:
    if len(hits) > 1:
        raise Invalid("decision.several", table=table.name, rows=[hit.rule.index for hit in hits])
    return value_of(table, hits[0]), hits


def _any(frame: Frame, table: Table, hits: Sequence[Hit]) -> tuple[Any, Sequence[Hit]]:
    first = list(hits[0].outputs)
    if any(equal(frame, first, list(hit.outputs)) is not True for hit in hits[1:]):
        raise Invalid("decision.differ", table=table.name, rows=[hit.rule.index for hit in hits])
    return value_of(table, hits[0]), hits


def _first(_: Frame, table: Table, hits: Sequence[Hit]) -> tuple[Any, Sequence[Hit]]:
    return value_of(table, hits[0]), hits[:1]


def _by_priority(table: Table, hits: Sequence[Hit]) -> list[Hit]:
    """Hits in the order of the output values that the columns list, the leftmost column first."""

    def rank(hit: Hit) -> tuple[int, ...]:
        return tuple(
            output.values.index(value) if value in output.values else len(output.values)
            for output, value in zip(table.outputs, hit.outputs, strict=False)
        )

    return sorted(hits, key=rank)


def _priority(frame: Frame, table: Table, hits: Sequence[Hit]) -> tuple[Any, Sequence[Hit]]:
    return _first(frame, table, _by_priority(table, hits))


def _rule_order(_: Frame, table: Table, hits: Sequence[Hit]) -> tuple[Any, Sequence[Hit]]:
    return [value_of(table, hit) for hit in hits], hits


def _output_order(frame: Frame, table: Table, hits: Sequence[Hit]) -> tuple[Any, Sequence[Hit]]:
    return _rule_order(frame, table, _by_priority(table, hits))


def _aggregate(function: str) -> Policy:
    def run(frame: Frame, table: Table, hits: Sequence[Hit]) -> tuple[Any, Sequence[Hit]]:
        return call(frame, function, [[value_of(table, hit) for hit in hits]]), hits

    return run


POLICIES: dict[str, Policy] = {
    "UNIQUE": _unique,
    "ANY": _any,
    "FIRST": _first,
    "PRIORITY": _priority,
    "RULE ORDER": _rule_order,
    "OUTPUT ORDER": _output_order,
    "COLLECT": _rule_order,
    "COLLECT SUM": _aggregate("sum"),
    "COLLECT MIN": _aggregate("min"),
    "COLLECT MAX": _aggregate("max"),
    "COLLECT COUNT": _aggregate("count"),
}

UNMATCHED: dict[str, Any] = {"RULE ORDER": (), "OUTPUT ORDER": (), "COLLECT": (), "COLLECT COUNT": Decimal(0)}
"""What a table without defaults answers when no rule matches: an empty list where it lists, 0 where it counts."""
