"""Whether a case may move to another version, decided on its marking: every live token, join, scope and read ahead."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from workflows.base import new_id
from workflows.catalogue import Definition
from workflows.checks.context import GateContext
from workflows.checks.diagram import Node
from workflows.diagram.elements import Element
from workflows.errors import Invalid
from workflows.migration import effects, elements
from workflows.migration.nets import Drawn, Entry
from workflows.tokens.marking import Marking

STANDING = frozenset(
    ["userTask", "receiveTask", "intermediateCatchEvent", "callActivity", "subProcess", "eventBasedGateway",
     "parallelGateway", "inclusiveGateway"]
)  # fmt: skip
"""What a person may name as standing in the place of another of its kind, whatever its id: a token waits on it, at it
for others or for the first of several events, or goes on inside."""


@dataclass(frozen=True)
class Refusal:
    """Why a case stays: a code `migrate.…`, the element concerned with its name, and what fills the words."""

    code: str
    element_id: str = ""
    name: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Facts:
    """What is asked of a case beside its marking: elements that it has been on, names of its root variables, whether
    it holds anything in the ledger, and the versions by which it ran before the one that it runs by now."""

    passed: frozenset[str]
    variables: frozenset[str]
    holds: bool = False
    versions: tuple[Definition, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What a move would do: why it is refused, else the marking to stand on, the attached events that begin to wait
    (`armed`) and those that stop (`dropped`), both element ids, what is different of how somebody decides at the open
    steps (`redrawn`, element id → names), and which element stands in the place of which (`mapping`)."""

    refusals: tuple[Refusal, ...]
    marking: Marking
    armed: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    redrawn: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    mapping: Mapping[str, str] = field(default_factory=dict)

    @property
    def safe(self) -> bool:
        """Whether the case may move."""
        return not self.refusals


class Planner:
    """From one version to another, for as many cases as wanted; what the diagrams say is worked out once.

    `mapping` says of steps and waits of the old version (`STANDING`) which of the new one stands in their place, by
    ids; whatever it does not name keeps its id. Invalid("migrate.mapping") for what is none of these or of another
    kind, or is taken twice.
    """

    def __init__(
        self, old: Definition, new: Definition, context: GateContext, mapping: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.old, self.new, self.mapping = Drawn(old, context), Drawn(new, context), mapping
        for name, target in mapping.items():
            both = (old.spec.everything.get(name), new.spec.everything.get(target))
            same = [one for one in mapping.values() if one == target]
            kinds = {one.kind if one is not None else "" for one in both}
            if len(kinds) > 1 or not kinds <= STANDING or len(same) > 1:
                raise Invalid("migrate.mapping", element_id=name, target=target)

    def plan(self, marking: Marking, facts: Facts) -> Plan:
        """Say for one case at rest whether it may move; what refuses it comes in the order of its tokens."""
        return _Walk(self.old, self.new, facts, self.mapping).plan(marking)


class _Walk:
    def __init__(self, old: Drawn, new: Drawn, facts: Facts, mapping: Mapping[str, str]) -> None:
        self.old, self.new, self.facts, self.mapping = old, new, facts, mapping
        self.refusals: list[Refusal] = []
        self.armed: list[str] = []
        self.dropped: list[str] = []
        self.redrawn: dict[str, tuple[str, ...]] = {}
        self.live: list[tuple[str, str, str]] = []  # process, scope, element of the old version

    def plan(self, marking: Marking) -> Plan:
        key = self.new.definition.key
        tokens = self._scope(marking["tokens"], key, key)
        if not self.refusals:
            self._read_ahead()
            self._operations()
            self._ledger(marking["tokens"], tokens)
        moved = {**marking, "tokens": tokens}
        return Plan(tuple(self.refusals), moved, tuple(self.armed), tuple(self.dropped), self.redrawn, self.mapping)

    def _scope(self, entries: list[Entry], process: str, scope: str) -> list[dict[str, Any]]:
        """The tokens of a scope as the new version has them; refused where they could not go on soundly."""
        before = len(self.refusals)
        moved = [self._token(entry, process, scope) for entry in entries]
        if len(self.refusals) == before:
            self._play(entries, moved, process, scope)
        return moved

    def _target(self, name: str) -> str:
        return self.mapping.get(name, name)

    def _token(self, entry: Entry, process: str, scope: str) -> dict[str, Any]:
        old = self._elements(self.old, process)[entry["element"]]
        new = self._elements(self.new, process).get(self._target(old.id))
        self.live.append((process, scope, old.id))
        code = "migrate.element_gone" if new is None else self._changed(process, old, new)
        if new is None or code is not None:
            self._refuse(str(code), old)
            return dict(entry)
        if changes := elements.redrawn(self.old.definition, self.new.definition, old, new):
            self.redrawn[old.id] = changes
        moved = {**entry, "element": new.id, **self._events(entry, process, old.id)}
        if "arrivals" in entry:
            moved["arrivals"] = {self._flow(process, name, new): count for name, count in entry["arrivals"].items()}
        if "instances" in entry:
            inner = (self._inside(one, process, old) for one in entry["instances"])
            moved["instances"] = [{**one, "element": new.id} for one in inner]
        return self._inside(moved, process, old)

    def _changed(self, process: str, old: Element, new: Element) -> str | None:
        return elements.changed(self.old.definition, self.new.definition, process, old, new, self.mapping)

    def _flow(self, process: str, name: str, join: Element) -> str:
        """The flow by which a token came to a join, as the new version calls it: the one from the same element."""
        if name in join.incoming:
            return name
        source = self._target(self._elements(self.old, process)[name].source)
        found = [one for one in join.incoming if self._elements(self.new, process)[one].source == source]
        return found[0] if len(found) == 1 else name

    def _inside(self, entry: Entry, process: str, element: Element) -> dict[str, Any]:
        """A token, or an iteration, with what runs inside it."""
        if "tokens" not in entry:
            return dict(entry)
        called = element.zeebe.get("calledElement", {}).get("processId")
        inner = (called, called) if element.kind == "callActivity" else (process, element.id)
        return {**entry, "tokens": self._scope(entry["tokens"], *inner)}

    def _events(self, entry: Entry, process: str, host: str) -> dict[str, Any]:
        """Attached events: those that go on waiting as they do, and those that the new version adds."""
        old = elements.attached(self._elements(self.old, process), host)
        new = elements.attached(self._elements(self.new, process), self._target(host))
        kept = [
            one for one in entry.get("events", ()) if elements.same_event(old[one["element"]], new.get(one["element"]))
        ]
        gone = [one["element"] for one in entry.get("events", ()) if one not in kept]
        fresh = [
            name for name, element in new.items() if name not in old or not elements.same_event(old[name], element)
        ]
        self.dropped += gone
        self.armed += fresh
        waiting = [*kept, *({"element": name, "id": new_id()} for name in fresh)]
        return {"events": waiting} if waiting or "events" in entry else {}

    def _play(self, entries: Sequence[Entry], moved: Sequence[Entry], process: str, scope: str) -> None:
        found = self.new.play(process, self._target(scope), moved)
        if found is None:
            joins = [entry["element"] for entry in entries if "arrivals" in entry]
            self._refuse("migrate.join_changed", self._elements(self.old, process)[joins[0]])
            return
        names = {element.id: element for element in self._elements(self.new, process).values()}
        if found.stuck is not None:
            self._refuse("migrate.would_wait", names[found.stuck])
        if not found.whole:
            self.refusals.append(Refusal("migrate.too_complex"))
        if found.endless:
            self.refusals.append(Refusal("migrate.no_end"))
        before = self.old.play(process, scope, entries)
        for twice in sorted(found.crowded - (before.crowded if before else frozenset()))[:1]:
            self._refuse("migrate.twice", names[twice])

    def _read_ahead(self) -> None:
        """What only the whole case can tell: variables, mandatory steps, secrecy of what was done."""
        for name in sorted(self._missing(self.new) - self._missing(self.old)):
            self.refusals.append(Refusal("migrate.variable_missing", "", name, {"variable": name}))
        passed = self.facts.passed | {self._target(name) for name in self.facts.passed}
        for target, step in self.new.skipped(self._nodes(self.new), passed):
            self.refusals.append(Refusal("migrate.mandatory_missed", step.id, step.name, {"target": target.name}))
        seen = self.facts.passed | {element for _, _, element in self.live}
        for process, read in self.old.definition.spec.processes.items():
            for element in elements.unveiled(read.elements, self._elements(self.new, process), seen, self.mapping):
                self._refuse("migrate.secrecy_lost", element)

    def _operations(self) -> None:
        """No effect twice, and none left out because it was moved to where the case has been; to look is none."""
        run = effects.done((*self.facts.versions, self.old.definition), self.facts.passed)
        old, new = (drawn.operations(self._nodes(drawn)) for drawn in (self.old, self.new))
        for element in effects.twice(run, old, new).values():
            if not self.new.only(element):
                self._refuse("migrate.effect_twice", element)
        for element in effects.skipped(run, old, new, self.new.every_operation).values():
            if self.new.only(element) != "looks":
                self._refuse("migrate.effect_skipped", element)

    def _ledger(self, before: Sequence[Entry], after: Sequence[Entry]) -> None:
        """What is held must be settled before every end, and what is taken up must be held: as the gate demands."""
        old, new = self.old.ledger(before, self.facts.holds), self.new.ledger(after, self.facts.holds)
        for code, lost, found in (
            ("migrate.hold_lost", old.lost, new.lost),
            ("migrate.hold_missing", old.unheld, new.unheld),
        ):
            for node in (node for name, node in found.items() if name not in lost):
                self.refusals.append(Refusal(code, node.id, node.name))

    def _missing(self, drawn: Drawn) -> frozenset[str]:
        return drawn.missing(self._nodes(drawn), self.facts.variables)

    def _nodes(self, drawn: Drawn) -> list[Node]:
        named = self._target if drawn is self.new else str
        return [drawn.scope(process, named(scope)).nodes[named(element)] for process, scope, element in self.live]

    def _elements(self, drawn: Drawn, process: str) -> Mapping[str, Element]:
        found = drawn.definition.spec.processes.get(process)
        return found.elements if found is not None else {}

    def _refuse(self, code: str, element: Element) -> None:
        self.refusals.append(Refusal(code, element.id, element.name or element.id))


def standing(marking: Marking) -> Iterator[str]:
    """The elements on which the tokens of a marking stand, outer ones first, without attached events."""
    todo = list(marking["tokens"])
    while todo:
        entry = todo.pop(0)
        yield entry["element"]
        todo += [
            *entry.get("tokens", ()),
            *(inner for one in entry.get("instances", ()) for inner in one.get("tokens", ())),
        ]
