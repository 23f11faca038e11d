"""Where a case that began on paper may stand: what of its diagram before an element can be told afterwards.

A case is told from its start on: each earlier step with the decision that fell on paper, each operation done as the
diagram says. So an element may be stood at when a way leads there over what can be told. What cannot be told stops it:
what waits for a message that somebody else has to send, what tells other cases, what people do several times over and
nothing says for whom (`about`), a confidential step with files, and an operation that needs what lies in the house
alone (a draw, a list, another case).
"""

from collections import deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from workflows.dialect import Spec
from workflows.nodes.activities import PersonTask, WorkTask
from workflows.nodes.base import Node
from workflows.nodes.containers import Called, Embedded, Loop
from workflows.nodes.events import MESSAGE, Begin, Boundary, Catch, Choice, End, Receive, Throw, Waiting

SEVERAL, LIVE, SENDS, WAITS, SECRET, INSIDE = (
    "told.several", "told.live", "told.sends", "told.message", "told.confidential", "told.inside",
)  # fmt: skip
VOTE = "told.vote"
"""The vote itself: how it came out on paper can be told, and one that is to come is held here."""
NEVER = "told.no_way"
"""Only a message, an error or an objection leads there."""
CODES = (SEVERAL, LIVE, SENDS, WAITS, SECRET, INSIDE, VOTE, NEVER)


@dataclass(frozen=True)
class Place:
    """An element at which a case can stand; `code` says why one that is told may not, None when it may.

    `kind` is task (a person's) or wait (an event); `obstacle` the element that cannot be told, its name beside it.
    """

    element_id: str
    name: str
    kind: str
    code: str | None = None
    obstacle: str = ""
    obstacle_name: str = ""

    @property
    def tellable(self) -> bool:
        """Whether what was decided there on paper can be told, as a step of people."""
        return self.kind == "task" and self.code in (None, VOTE)


def places(
    spec: Spec, live: Collection[str], secret: Collection[str] = (), heard: Collection[str] = ()
) -> tuple[Place, ...]:
    """Every element at which a case of this flow can stand, in the order of the ways there.

    `live` are the operations that cannot be told afterwards, `secret` the confidential elements with files, `heard`
    the events whose message a paper tells, too.
    """
    walk = _Walk(live, secret, heard)
    walk.through(spec.main)
    found = [_place(node) for node in walk.reached if _stands(node)]
    known = {place.element_id for place in found}
    for node, code in walk.stopped:
        for behind in _behind(node):
            if _stands(behind) and behind.element.id not in known:
                known.add(behind.element.id)
                found.append(_refused(behind, code, node))
    for node in _everywhere(spec):
        if _stands(node) and node.element.id not in known:
            known.add(node.element.id)
            found.append(_refused(node, NEVER, node))
    return tuple(found)


class _Walk:
    """The ways from a start over what can be told; `stopped` is where they end, and why."""

    def __init__(self, live: Collection[str], secret: Collection[str], heard: Collection[str]) -> None:
        self.live, self.secret, self.heard = live, secret, heard
        self.reached: list[Node] = []
        self.stopped: list[tuple[Node, str]] = []

    def through(self, spec: Any) -> bool:
        """Follow a process from its start; whether its end can be told."""
        todo: deque[Node] = deque(node for node in _nodes(spec) if isinstance(node, Begin))
        seen: set[Node] = set()
        ends = False
        while todo:
            node = todo.popleft()
            if node in seen:
                continue
            seen.add(node)
            code = self._enter(node)
            ends = ends or isinstance(node, End)
            todo.extend(_events(node))
            if code is None:
                todo.extend(flow.target for flow in node.flows)
            elif not isinstance(node, Boundary):
                self.stopped.append((node, code))
        return ends

    def _enter(self, node: Node) -> str | None:
        """Note that a case can come here; why it cannot be told beyond, None when it can."""
        if isinstance(node, Loop):
            return SEVERAL if any(_nameless(task) for task in _people(node)) else self._enter(node.body)
        self.reached.append(node)
        if isinstance(node, Embedded | Called):
            return None if self.through(node.inner) else INSIDE
        return self._obstacle(node)

    def _obstacle(self, node: Node) -> str | None:
        if isinstance(node, WorkTask):
            return LIVE if node.work.operation in self.live else None
        if isinstance(node, PersonTask):
            return SECRET if node.element.id in self.secret else None
        if isinstance(node, Waiting):
            return WAITS if node.trigger == MESSAGE and node.element.id not in self.heard else None
        return SENDS if isinstance(node, Throw) and node.trigger == MESSAGE else None


def _people(loop: Loop) -> Iterator[PersonTask]:
    """The steps of people that an iteration goes through."""
    return (node for node in (loop.body, *_behind(loop.body)) if isinstance(node, PersonTask))


def _nameless(task: PersonTask) -> bool:
    """Nothing says for which of several the step is: neither whom it is about nor whose office does it."""
    groups = str(task.element.zeebe.get("assignmentDefinition", {}).get("candidateGroups", ""))
    return "about" not in task.element.properties and "@" not in groups


def _stands(node: Node) -> bool:
    if isinstance(node, Boundary):
        return False
    return isinstance(node, PersonTask | Catch | Receive | Choice)


def _place(node: Node) -> Place:
    element = node.element
    if element.properties.get("signing") == "vote":
        return _refused(node, VOTE, node)
    return Place(element.id, element.name, "task" if isinstance(node, PersonTask) else "wait")


def _refused(node: Node, code: str, obstacle: Node) -> Place:
    element, kind = node.element, "task" if isinstance(node, PersonTask) else "wait"
    return Place(element.id, element.name, kind, code, obstacle.element.id, obstacle.element.name)


def _events(node: Node) -> Iterable[Node]:
    """The attached events by which a told case may have left: a timer, or what its inside has thrown."""
    return (event for event in node.events if not isinstance(event, Boundary) or event.trigger != MESSAGE)


def _behind(node: Node) -> Iterator[Node]:
    """What lies behind an obstacle, and inside it."""
    seen: set[Node] = set()
    todo: deque[Node] = deque([*_within(node), *(flow.target for flow in node.flows)])
    while todo:
        found = todo.popleft()
        if found in seen:
            continue
        seen.add(found)
        yield found
        todo.extend((*_within(found), *(flow.target for flow in found.flows), *found.events))


def _within(node: Node) -> Iterator[Node]:
    if isinstance(node, Loop):
        yield node.body
    elif isinstance(node, Embedded | Called):
        yield from (found for found in _nodes(node.inner) if isinstance(found, Begin))


def _everywhere(spec: Spec) -> Iterator[Node]:
    for process in spec.processes.values():
        todo = [process.main]
        while todo:
            for node in _nodes(todo.pop()):
                yield node
                if isinstance(node, Embedded):
                    todo.append(node.inner)


def _nodes(spec: Any) -> Iterator[Node]:
    return (node for node in spec.task_specs.values() if isinstance(node, Node))
