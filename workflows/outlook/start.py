"""Where an outlook begins: at a live token, or at the start event of a case that does not run yet."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from workflows.case import Case, Scope, Token
from workflows.environment import Sealed, visible
from workflows.feel import Scope as Reading
from workflows.nodes.activities import PersonTask
from workflows.nodes.base import Flow, Node
from workflows.nodes.events import Boundary, End
from workflows.nodes.gateways import Join
from workflows.outlook import steps, tasks
from workflows.outlook.known import Known
from workflows.outlook.steps import Guide, Step
from workflows.outlook.walk import Place, Stretch, Walk, end_of
from workflows.store import Held
from workflows.surroundings import Definition
from workflows.tokens.marking import load

Path = tuple[Step, ...]


def outlook_from_start(definition: Definition, variables: Mapping[str, Any], guide: Guide, reading: Reading) -> Path:
    """What would come after a start with these variables."""
    walk = Walk(definition, guide, reading)
    found = walk.along(definition.spec.main.begin.flows, Place(Known(variables)))
    return found.path if found.ended is None else (*found.path, end_of(found.ended.element))


def outlook_of(
    held: Held,
    definition: Definition,
    token_id: str,
    guide: Guide,
    reading: Reading,
    *,
    decision: str | None = None,
    values: Mapping[str, Any] | None = None,
    hidden: Collection[str] | None = (),
) -> Path:
    """What comes after a live token by what is known now; () when it is gone.

    A user task is left with `decision` (None: the one that lets the case go on) and `values` of its form; every task
    behind it with the one that lets the case go on. `hidden` variables (None: all) count as unknown. Events attached to
    activities (deadlines, objections) are exceptions and not told. At most walk.NODES nodes are visited.
    """
    case = load(Case(definition.spec.main, Sealed(), held.variables), held.tokens)
    token = case.find(token_id)
    if token is None:
        return ()
    climb = _Climb(case, token, Walk(definition, guide, reading), hidden)
    return climb.path(replace(climb.known_at(token), laid=values or {}), decision)


class _Climb:
    """A walk from a token outwards: past joins that wait for others, and out of the processes around it."""

    def __init__(self, case: Case, token: Token, walk: Walk, hidden: Collection[str] | None) -> None:
        self.case, self.token, self.walk, self.hidden = case, token, walk, hidden
        self.scope: Scope = token.workflow
        self.seen = frozenset({token.node.element.id})

    def known_at(self, token: Token) -> Known:
        """The variables that a token sees, without those that may not be read."""
        return Known({}) if self.hidden is None else Known(visible(self.case, token), unknown=frozenset(self.hidden))

    def path(self, known: Known, decision: str | None) -> Path:
        node, guide = self.token.node, self.walk.guide
        if isinstance(node, PersonTask):
            chosen = decision or guide.agrees(node.element.id, node.element.properties)
            known = tasks.decided(node, chosen, guide, known)
        else:
            known = tasks.after(node, guide, known, self.walk.scope)
        if isinstance(node, Join):
            found = self.walk.beyond(node, Place(known, self.seen))
        else:
            found = self.walk.along(_leaving(node), Place(known, self.seen))
        path = list(found.path)
        while (onwards := self._onwards(found)) is not None:
            found = onwards
            path += found.path
        return tuple(path)

    def _onwards(self, found: Stretch) -> Stretch | None:
        if found.join is not None:
            return self._past(found.join, found.known)
        if found.ended is None:
            return None
        host = self._host(found.ended)
        if host is None:
            return Stretch((end_of(found.ended.element),), found.known)
        self.token, self.scope = host[0], host[0].workflow
        known = self.known_at(host[0]).without(found.known.unknown | found.known.laid.keys())
        return self.walk.along(host[1], Place(known, self.seen))

    def _past(self, join: Join, known: Known) -> Stretch:
        """Behind a join: whoever is still at work beside us is waited for, and lets the case go on."""
        waited = [other for other in self.scope.top() if other is not self.token and _leads_to(other.node, join)]
        others = [other for other in waited if other.node is not join]
        for other in others:
            body = other.node
            known = tasks.agreed(body, self.walk.guide, known) if isinstance(body, PersonTask) else known
        self.seen |= {other.node.element.id for other in others}
        rest = self.walk.beyond(join, Place(known, self.seen))
        if not others:
            return rest
        among = tuple(dict.fromkeys(other.node.element.id for other in others))
        step = Step(steps.JOIN, join.element.id, join.element.name, among=among)
        return Stretch((step, *rest.path), rest.known, rest.join, rest.ended)

    def _host(self, ended: End) -> tuple[Token, tuple[Flow, ...]] | None:
        """The activity that an end finishes, and the flows that lead on; None at the end of the case."""
        host = self.scope.host
        if host is None:
            return None
        if ended.trigger == "error":
            for event in host.node.events:
                if isinstance(event, Boundary) and event.trigger == "error" and event.code in ("", ended.code):
                    return host, event.flows
        return host, _leaving(host.node)


def _leaving(node: Node) -> tuple[Flow, ...]:
    """The flows that leave an activity; of an iteration those of the whole loop."""
    flows: tuple[Flow, ...] = (node.loop or node).flows
    return flows


def _leads_to(node: Node, join: Join) -> bool:
    seen: set[Node] = set()
    todo: list[Node] = [node]
    while todo:
        here = todo.pop()
        if here is join:
            return True
        if here not in seen:
            seen.add(here)
            todo += [flow.target for flow in here.flows]
    return False
