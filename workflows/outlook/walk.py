"""The walk itself: along the flows from node to node, with forks where it is open which way a case will go."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from workflows.diagram.elements import Element
from workflows.diagram.values import NOTHING, Value
from workflows.feel import Scope
from workflows.nodes import activities, containers, events, gateways
from workflows.nodes.base import Flow, Node
from workflows.outlook import forks, steps, tables, tasks
from workflows.outlook.beside import beside
from workflows.outlook.known import Known
from workflows.outlook.steps import Branch, Guide, Reads, Step
from workflows.surroundings import Definition

NODES = 600
"""Nodes that one outlook visits; then it says that there is more."""
DEPTH = 5
"""Forks inside each other."""


@dataclass(frozen=True)
class Stretch:
    """A walked way: its steps, the join at which it stopped (None: it ended), and what is known there.

    `ended` is the end event that it reached.
    """

    path: tuple[Step, ...]
    known: Known
    join: gateways.Join | None = None
    ended: events.End | None = None


@dataclass(frozen=True)
class Place:
    """Where a walk goes on: what is known, the tasks of people seen on the way, forks around it."""

    known: Known
    seen: frozenset[str] = frozenset()
    depth: int = 0


class Walk:
    """One look ahead over a diagram; `left` is what may still be visited."""

    def __init__(self, definition: Definition, guide: Guide, scope: Scope) -> None:
        self.definition = definition
        self.guide = guide
        self.scope = scope
        self.left = NODES

    def along(self, flows: Sequence[Flow], place: Place) -> Stretch:
        """Follow the flows that leave a node until they end, come back, or reach a join."""
        path: list[Step] = []
        while True:
            if len(flows) > 1:
                fork = self._fork(flows, place, steps.PARALLEL, [None] * len(flows))
                return replace(fork, path=(*path, *fork.path))
            if not flows:
                return Stretch(tuple(path), place.known)
            node, self.left = flows[0].target, self.left - 1
            if self.left < 0:
                return Stretch((*path, Step(steps.MORE)), place.known)
            if isinstance(node, gateways.Join) and len(node.incoming) > 1:
                return Stretch(tuple(path), place.known, join=node)
            found = self._node(node, place, path)
            if isinstance(found, Stretch):
                return replace(found, path=(*path, *found.path))
            flows, place = found

    def beyond(self, join: gateways.Join, place: Place) -> Stretch:
        """Go on behind a join, all of whose branches have come."""
        found = self._exits(join, place)
        if isinstance(found, Stretch):
            return found
        flows, known = found
        return self.along(flows, replace(place, known=known))

    def _node(self, node: Node, place: Place, path: list[Step]) -> "Stretch | tuple[Sequence[Flow], Place]":
        """Pass one node: what follows, or the stretch that it ends."""
        body = node.body if isinstance(node, containers.Loop) else node
        if isinstance(body, activities.PersonTask):
            return self._task(node, body, place, path)
        if isinstance(node, events.End):
            return Stretch((), place.known, ended=node)
        if isinstance(node, events.Choice):
            return self._fork(node.flows, place, steps.EVENT, [None] * len(node.flows))
        if isinstance(node, gateways.Exclusive | gateways.Inclusive):
            found = self._exits(node, place)
            return found if isinstance(found, Stretch) else (found[0], replace(place, known=found[1]))
        if isinstance(body, activities.WorkTask) and body.work.decision:
            return self._decision(node, body, place)
        if isinstance(body, containers.Embedded | containers.Called):
            self._call(node, body, place, path)
        elif isinstance(body, events.Waiting):
            path.append(self._wait(body, place.known))
        known = tasks.after(body, self.guide, place.known, self.scope)
        return node.flows, replace(place, known=_looped(node, known))

    def _task(
        self, node: Node, body: activities.PersonTask, place: Place, path: list[Step]
    ) -> "Stretch | tuple[Sequence[Flow], Place]":
        element = body.element
        if element.id in place.seen:
            return Stretch((Step(steps.BACK, element.id, element.name, among=(element.id,)),), place.known)
        opened = tasks.opened(body, place.known, self.scope)
        near = beside(body, place.known, self.scope)
        path.append(Step(steps.TASK, element.id, element.name, opened=opened, each=node is not body, beside=near))
        known = tasks.agreed(body, self.guide, place.known)
        return node.flows, replace(place, known=_looped(node, known), seen=place.seen | {element.id})

    def _call(self, node: Node, body: Any, place: Place, path: list[Step]) -> None:
        """An activity with something inside; of an embedded one that is shown, too."""
        element = body.element
        inner: tuple[Branch, ...] = ()
        if isinstance(body, containers.Embedded) and place.depth < DEPTH:
            inside = self.along(body.inner.begin.flows, replace(place, depth=place.depth + 1))
            inner = (Branch(inside.path, goes_on=True),)
        near = beside(body, place.known, self.scope)
        path.append(Step(steps.CALL, element.id, element.name, branches=inner, each=node is not body, beside=near))

    def _wait(self, node: events.Waiting, known: Known) -> Step:
        rule, certain = known.value(node.text, self.scope) if node.trigger == events.TIMER else (None, True)
        told = str(rule) if certain and rule is not None else None
        return Step(steps.WAIT, node.element.id, node.element.name, rule=told)

    def _exits(self, node: Node, place: Place) -> "Stretch | tuple[Sequence[Flow], Known]":
        """The flows that a gateway takes; a fork where that is open."""
        if len(node.flows) < 2:
            return node.flows, place.known
        if isinstance(node, gateways.Exclusive):
            return self._choose(node, place)
        if isinstance(node, gateways.Inclusive):
            return self._every(node, place)
        return node.flows, place.known

    def _choose(self, node: Node, place: Place) -> "Stretch | tuple[Sequence[Flow], Known]":
        """The first flow whose condition holds, with those before it of which that is open."""
        ways: list[tuple[Flow, Reads]] = []
        default = next((flow for flow in node.flows if flow.is_default), None)
        asked: tuple[str, ...] = ()
        for flow in node.flows:
            verdict = place.known.judged(flow.condition, self.scope)
            if flow.is_default or verdict.holds is False:
                continue
            asked = tuple(sorted({*asked, *verdict.open}))
            ways.append((flow, Reads(node.element.id, flow.id, open=tuple(sorted(verdict.open)))))
            if verdict.holds:
                break
        else:
            if default is not None:
                ways.append((default, Reads(node.element.id, default.id, open=asked, otherwise=True)))
        if len(ways) == 1:
            return (ways[0][0],), place.known
        return self._either(ways, place) if ways else Stretch((), place.known)

    def _either(self, ways: Sequence[tuple[Flow, Reads]], place: Place) -> Stretch:
        """A fork by conditions: in each branch its own holds, and those before it do not."""
        knowns, known = [], place.known
        for flow, _ in ways:
            knowns.append(_going(known, flow.condition, True))
            known = _going(known, flow.condition, False)
        return self._fork([flow for flow, _ in ways], place, steps.EITHER, [reads for _, reads in ways], knowns)

    def _every(self, node: Node, place: Place) -> "Stretch | tuple[Sequence[Flow], Known]":
        """The flows of an inclusive split: those that hold side by side, with those of which it is open."""
        found, reads = [], []
        for flow in node.flows:
            verdict = place.known.judged(flow.condition, self.scope)
            if not flow.is_default and verdict.holds is not False:
                found.append(flow)
                reads.append(
                    Reads(node.element.id, flow.id, open=tuple(sorted(verdict.open))) if verdict.open else None
                )
        if not found:
            found, reads = [flow for flow in node.flows if flow.is_default], [None]
        if len(found) < 2:
            return found, place.known
        return self._fork(found, place, steps.PARALLEL, reads)

    def _decision(
        self, node: Node, body: activities.WorkTask, place: Place
    ) -> "Stretch | tuple[Sequence[Flow], Place]":
        """A decision: with its value where that is certain, else a branch for each row that may still answer."""
        work, decision = body.work, self.definition.decisions.get(body.work.decision)
        found = tables.answers(decision, place.known, self.scope) if decision is not None else ()
        if not found or body is not node:
            return node.flows, replace(place, known=place.known.without((work.result,)))
        knowns = [place.known.with_value(work.result, answer.value) for answer in found]
        if len(found) == 1:
            return node.flows, replace(place, known=knowns[0])
        reads = [
            Reads(body.element.id, "", work.decision, one.row, one.rule, one.annotation, one.open) for one in found
        ]
        return self._fork([node.flows[0]] * len(found), place, steps.EITHER, reads, knowns)

    def _fork(
        self,
        flows: Sequence[Flow],
        place: Place,
        how: str,
        reads: Sequence[Reads | None],
        knowns: Sequence[Known] | None = None,
    ) -> Stretch:
        """Walk every branch; where all that go on meet at one join, walk on behind it."""
        if place.depth >= DEPTH:
            return Stretch((Step(steps.MORE),), place.known)
        starts = knowns or [place.known] * len(flows)
        inner = [
            self.along((flow,), replace(place, known=known, depth=place.depth + 1))
            for flow, known in zip(flows, starts, strict=True)
        ]
        inner = [stretch if stretch.ended is None else _closed(stretch) for stretch in inner]
        fork = forks.fork(how, [stretch.path for stretch in inner], reads, [s.join is not None for s in inner])
        joins = {stretch.join for stretch in inner if stretch.join is not None}
        if len(joins) != 1:
            return Stretch((*fork, Step(steps.MORE)) if joins else fork, place.known)
        return self._joined(fork, joins.pop(), inner, place, how)

    def _joined(self, fork: tuple[Step, ...], join: Any, inner: Sequence[Stretch], place: Place, how: str) -> Stretch:
        came = [stretch.known for stretch in inner if stretch.join is not None]
        known = forks.merged(place.known, came, parallel=how == steps.PARALLEL)
        if how != steps.PARALLEL:
            return Stretch(fork, known, join=join)
        seen = place.seen | {step.element_id for stretch in inner for step in stretch.path if step.kind == steps.TASK}
        rest = self.beyond(join, replace(place, known=known, seen=seen))
        return replace(rest, path=(*fork, *rest.path))


def _closed(stretch: Stretch) -> Stretch:
    """A branch that ended, with its end as a step."""
    assert stretch.ended is not None
    return Stretch((*stretch.path, end_of(stretch.ended.element)), stretch.known)


def end_of(element: Element) -> Step:
    """The end of a case or branch."""
    return Step(steps.END, element.id, element.name, outcome=element.properties.get("outcome"))


def _going(known: Known, condition: Value, way: bool) -> Known:
    text = getattr(condition, "text", None)
    return known if condition is NOTHING or text is None else known.going(text, way)


def _looped(node: Node, known: Known) -> Known:
    """After a multi-instance activity its list of results is new."""
    return known.without((node.output,)) if isinstance(node, containers.Loop) and node.output else known
