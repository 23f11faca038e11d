"""Whether a case may be put back on an earlier step of its own version: played on from there as the gate would."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workflows.checks.diagram import Node
from workflows.migration import effects
from workflows.migration.nets import Drawn, Entry
from workflows.migration.planning import Facts, Refusal
from workflows.tokens.marking import Marking


@dataclass(frozen=True)
class _Place:
    """The tokens of a scope, and the process in which it lies."""

    process: str
    scope: str
    entries: Sequence[Entry]


def against(drawn: Drawn, before: Marking, after: Marking, facts: Facts) -> Refusal | None:
    """What stands against a move back: an operation with an effect that would be run again, what is held and would be
    lost or missing, or that the case could not go on soundly; None when nothing does.

    Codes `move.effect_twice` | `move.hold_lost` | `move.hold_missing` | `move.unsound`, with the element concerned.
    """
    was, would = list(_places(drawn, before)), list(_places(drawn, after))
    return _again(drawn, was, would, facts) or _held(drawn, before, after, facts) or _unsound(drawn, was, would)


def _again(drawn: Drawn, was: Sequence[_Place], would: Sequence[_Place], facts: Facts) -> Refusal | None:
    run = effects.done((*facts.versions, drawn.definition), facts.passed)
    ahead = drawn.operations(_nodes(drawn, was))
    found = effects.twice(run, ahead, drawn.operations(_nodes(drawn, would)))
    return next((_refusal("effect_twice", one.id, one.name) for one in found.values() if not drawn.only(one)), None)


def _held(drawn: Drawn, before: Marking, after: Marking, facts: Facts) -> Refusal | None:
    was, would = drawn.ledger(before["tokens"], facts.holds), drawn.ledger(after["tokens"], facts.holds)
    for code, known, found in (("hold_lost", was.lost, would.lost), ("hold_missing", was.unheld, would.unheld)):
        for name, node in found.items():
            if name not in known:
                return _refusal(code, node.id, node.name)
    return None


def _unsound(drawn: Drawn, was: Sequence[_Place], would: Sequence[_Place]) -> Refusal | None:
    crowded = {one.scope: played.crowded for one in was if (played := drawn.play(one.process, one.scope, one.entries))}
    for one in would:
        found = drawn.play(one.process, one.scope, one.entries)
        if found is None or found.stuck or found.endless or not found.whole:
            return _refusal("unsound", one.scope, "")
        if found.crowded - crowded.get(one.scope, frozenset()):
            return _refusal("unsound", one.scope, "")
    return None


def _places(drawn: Drawn, marking: Marking) -> Iterator[_Place]:
    """The main process and every scope in which tokens stand."""
    todo = [_Place(drawn.definition.key, drawn.definition.key, marking["tokens"])]
    while todo:
        here = todo.pop()
        yield here
        for entry in here.entries:
            todo += [_inside(drawn, here, one) for one in (entry, *entry.get("instances", ())) if "tokens" in one]


def _inside(drawn: Drawn, here: _Place, entry: Entry) -> _Place:
    element = drawn.definition.spec.processes[here.process].elements[entry["element"]]
    called = element.zeebe.get("calledElement", {}).get("processId") if element.kind == "callActivity" else None
    return _Place(called or here.process, called or element.id, entry["tokens"])


def _nodes(drawn: Drawn, places: Sequence[_Place]) -> list[Node]:
    return [drawn.scope(one.process, one.scope).nodes[entry["element"]] for one in places for entry in one.entries]


def _refusal(code: str, element_id: str, name: str) -> Refusal:
    return Refusal(f"move.{code}", element_id, name or element_id)
