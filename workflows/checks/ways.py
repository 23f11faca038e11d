"""Ways through a diagram along its flows and attached events, and how they are told."""

from collections.abc import Callable, Iterable, Iterator

from workflows.checks.diagram import GATEWAYS, Node

SHOWN = 14
"""Elements named of a way in words."""


def after(node: Node) -> Iterator[Node]:
    """Where a token can go from a node, events on its border included."""
    yield from (flow.target for flow in node.outgoing if flow.target)
    yield from node.scope.attached.get(node.id, ())


class Ways:
    """The shortest ways along the flows from some nodes to all others, through no avoided node."""

    def __init__(self, starts: Iterable[Node], avoided: Callable[[Node], bool] = lambda _: False) -> None:
        todo = list(starts)
        self._came: dict[str, Node | None] = {start.id: None for start in todo}
        for node in todo:
            for following in after(node):
                if following.id not in self._came and not avoided(following):
                    self._came[following.id] = node
                    todo.append(following)

    def to(self, target: Node) -> list[Node]:
        """The nodes of a shortest way to a node; only the target when there is none."""
        if target.id not in self._came:
            return [target]
        way: list[Node] = []
        step: Node | None = target
        while step is not None:
            way.append(step)
            step = self._came[step.id]
        return way[::-1]


def shortest(start: Node, target: Node, avoided: Callable[[Node], bool] = lambda _: False) -> list[Node]:
    """A shortest way between two nodes; only the target when there is none."""
    return Ways([start], avoided).to(target)


def words(way: list[Node]) -> str:
    """A way in words: names in order, without gateways that have none; of a long one the first and the last."""
    shown = [node for node in way[:-1] if node.element.get("name") or node.kind not in GATEWAYS] + way[-1:]
    names = [node.name for node in shown]
    names = [name for at, name in enumerate(names) if at == 0 or name != names[at - 1]]
    if len(names) > SHOWN:
        names = [*names[: SHOWN // 2], "…", *names[-(SHOWN // 2) :]]
    return " → ".join(names)
