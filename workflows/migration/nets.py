"""A version as the gate's rules see it: its scopes as nets, played from where the tokens of a case stand."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

from workflows.catalogue import Definition
from workflows.checks import game
from workflows.checks.context import GateContext
from workflows.checks.diagram import Diagram, Node, Scope, read_diagram
from workflows.checks.forms import input_keys
from workflows.checks.held import Holding, inside
from workflows.checks.reads import reads_of
from workflows.checks.soundness import net_of
from workflows.checks.unknown import OWN, Folder, unknown_names
from workflows.checks.ways import after, shortest
from workflows.diagram.elements import Element
from workflows.migration import effects, ledger
from workflows.references import kind_of, own_first
from workflows.xml import parse_xml

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What may come of the tokens of a scope: an element that would wait for ever, elements that may be active twice,
    whether some way has no end, and whether everything was looked at."""

    stuck: str | None
    crowded: frozenset[str]
    endless: bool
    whole: bool


class Drawn:
    """The diagrams of one version, read once for many cases."""

    def __init__(self, definition: Definition, context: GateContext) -> None:
        self.definition = definition
        self.context = context
        self._nets: dict[str, game.Net] = {}
        self._played: dict[tuple[str, game.Marking], Outcome] = {}

    @cached_property
    def processes(self) -> Mapping[str, tuple[Diagram, Scope]]:
        """Processes by id, those of own files before shared ones."""
        found: dict[str, tuple[Diagram, Scope]] = {}
        files = self.definition.files
        for name in (name for name in own_first(files) if kind_of(name) == "bpmn"):
            diagram = read_diagram(name, parse_xml(files[name], name))
            for process in diagram.processes:
                found.setdefault(process.id, (diagram, process))
        return found

    @cached_property
    def scopes(self) -> dict[str, Scope]:
        """The processes by id."""
        return {name: process for name, (_, process) in self.processes.items()}

    @cached_property
    def _folder(self) -> Folder:
        forms = {name: input_keys(form) for name, form in self.definition.forms.items()}
        dmn = {name: parse_xml(one, name) for name, one in self.definition.files.items() if kind_of(name) == "dmn"}
        return Folder(forms, self.scopes, self.definition.settings, self.context, reads_of(dmn.values()))

    def scope(self, process: str, scope: str) -> Scope:
        """A process, or a sub process in it."""
        return next(one for one in self.processes[process][1].inside() if one.id == scope)

    def play(self, process: str, scope: str, entries: Iterable[Entry]) -> Outcome | None:
        """What may come of the tokens of a scope; None when they do not fit its joins."""
        net = self._net(process, scope)
        places: list[int] = []
        for entry in entries:
            node = net.scope.nodes[entry["element"]]
            places += self._places(net, node, entry)
            if None in places:
                return None
        first = tuple(sorted(places))
        key = (f"{process}/{scope}", first)
        if key not in self._played:
            self._played[key] = _outcome(game.explore(net, first=first))
        return self._played[key]

    def _net(self, process: str, scope: str) -> game.Net:
        key = f"{process}/{scope}"
        if key not in self._nets:
            diagram, _ = self.processes[process]
            self._nets[key] = net_of(diagram, self.scope(process, scope), self.scopes)
        return self._nets[key]

    def _places(self, net: game.Net, node: Node, entry: Entry) -> list[Any]:
        """Where a token stands; at a join its arrivals, [None] when their flows are gone or nothing more is awaited."""
        if "arrivals" not in entry:
            return [net.place[node.id]]
        flows = {flow.id: flow for flow in node.incoming}
        arrivals: Mapping[str, int] = entry["arrivals"]
        if not set(arrivals) < set(flows) or node.id not in net.joins:
            return [None]
        return [net.arrival[id(flows[name])] for name, count in arrivals.items() for _ in range(count)]

    def missing(self, live: Iterable[Node], names: Iterable[str]) -> frozenset[str]:
        """Variables that steps still ahead in the main process read, and that neither are there nor will be written."""
        diagram, process = self.processes[self.definition.key]
        here = [node for node in live if node.scope.process is process]
        ahead = list(_ahead(here))
        standing = {node.id for node in here}
        reading = [node for node in ahead if node.id not in standing]
        return unknown_names(diagram, self._folder, OWN | frozenset(names), ahead, reading)

    def operations(self, live: Iterable[Node]) -> dict[effects.Key, Element]:
        """The operations to which tokens may still come, those of called processes included."""
        everything = self.definition.spec.everything
        return effects.drawn(everything[node.id] for node in _ahead(live, self.scopes) if node.id in everything)

    @cached_property
    def every_operation(self) -> dict[effects.Key, Element]:
        """All operations of the version."""
        return effects.drawn(self.definition.spec.everything.values())

    def only(self, element: Element) -> str:
        """Whether the operation of a service task only "looks" or "checks"; empty: it has an effect."""
        operation = self.context.operations.get(element.zeebe["taskDefinition"].get("type", ""))
        return operation.only if operation is not None else ""

    def ledger(self, entries: Sequence[Entry], holds: bool) -> ledger.Ahead:
        """What may become of what a case holds that stands so."""
        main = self.processes[self.definition.key][1]
        return ledger.ahead(Holding(self.context.operations, self.scopes), main, entries, holds)

    def skipped(self, live: Iterable[Node], passed: frozenset[str]) -> Iterator[tuple[Node, Node]]:
        """Steps that `[mandatory]` demands before an element, that the case has not been through and may go round."""
        mandatory = self.definition.settings.get("mandatory", {})
        nodes = {node.id: node for _, one in self.processes.values() for s in one.inside() for node in s.nodes.values()}
        for target, steps in mandatory.items():
            for step in (nodes[step] for step in steps if step not in passed and step in nodes):
                begins = [node for node in live if node.scope is nodes[target].scope and node is not step]
                if any(len(shortest(node, nodes[target], lambda n: n is step)) > 1 for node in begins):  # noqa: B023
                    yield nodes[target], step


def _outcome(found: game.Exploration) -> Outcome:
    stuck = found.net.node_at(found.stuck[0][0]).id if found.stuck else None
    endless = not found.stuck and found.endless() is not None
    return Outcome(stuck, frozenset(found.crowded), endless, found.whole)


def _ahead(live: Iterable[Node], called: Mapping[str, Scope] = MappingProxyType({})) -> Iterator[Node]:
    """The nodes on which tokens stand and all to which they may still come, the inside of activities included.

    Of an activity that has begun only what its own tokens may come to, unless it begins anew for each; `called` are
    the processes into which calls are followed.
    """
    told: set[str] = set()
    seen: set[tuple[str, bool]] = set()
    todo = [(node, ledger.loops(node)) for node in live]
    while todo:
        node, enters = todo.pop()
        if (node.id, enters) in seen or (node.id, True) in seen:
            continue
        seen.add((node.id, enters))
        if node.id not in told:
            told.add(node.id)
            yield node
        todo += [(following, True) for following in after(node)]
        inner = inside(node, called) if enters else None
        if inner is not None:
            todo += [(one, True) for scope in inner.inside() for one in scope.nodes.values()]
