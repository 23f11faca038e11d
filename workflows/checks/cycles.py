"""Which nodes of a scope lie on a cycle: strongly connected components without recursion (Tarjan 1972)."""

from collections.abc import Iterator, Mapping

from workflows.checks.diagram import Scope


def successors(scope: Scope) -> dict[str, list[str]]:
    """Node id → ids that may follow; a boundary event follows the activity that carries it."""
    following = {node.id: [flow.target.id for flow in node.outgoing if flow.target] for node in scope.nodes.values()}
    for node in scope.nodes.values():
        host = node.element.get("attachedToRef")
        if node.kind == "boundaryEvent" and host in following:
            following[host].append(node.id)
    return following


def components(following: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """The strongly connected components of a graph."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    open_nodes: list[str] = []
    is_open: set[str] = set()
    for root in following:
        if root in index:
            continue
        todo = [(root, iter(following[root]))]
        index[root] = low[root] = len(index)
        open_nodes.append(root)
        is_open.add(root)
        while todo:
            name, rest = todo[-1]
            step = next(rest, None)
            if step is None:
                todo.pop()
                if todo:
                    low[todo[-1][0]] = min(low[todo[-1][0]], low[name])
                if low[name] == index[name]:
                    yield _closed(open_nodes, is_open, name)
            elif step not in index:
                index[step] = low[step] = len(index)
                open_nodes.append(step)
                is_open.add(step)
                todo.append((step, iter(following[step])))
            elif step in is_open:
                low[name] = min(low[name], index[step])


def _closed(open_nodes: list[str], is_open: set[str], name: str) -> list[str]:
    component = []
    while True:
        last = open_nodes.pop()
        is_open.discard(last)
        component.append(last)
        if last == name:
            return component
