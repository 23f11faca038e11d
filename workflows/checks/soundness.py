"""Soundness: whatever is decided, every case can end, nothing waits for ever, and every element can be reached.

Each process and sub process is played on its own (`workflows/checks/game`); what lies inside an activity is one step
of the scope around it. Conditions are not evaluated: any flow of a gateway may be taken.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from workflows.checks import game
from workflows.checks.cycles import components
from workflows.checks.diagram import Diagram, Node, Scope
from workflows.checks.findings import Finding, error, warning
from workflows.checks.ways import shortest, words

DEADLOCK = error(
    "sound.deadlock",
    (
        "“{name}”会永远等下去：等不到从{missing}来的一路。走到这里的一条最短路径：{path}。",
        '"{name}" would wait for ever: nothing comes from {missing} any more. A shortest way there: {path}.',
    ),
    (
        "分路用排他网关的，汇合也用排他网关；并行分开的才用并行网关汇合，且每一路都要走到汇合处。",
        "Merge with an exclusive gateway what an exclusive gateway has split; join with a parallel gateway only what "
        "a parallel gateway has split, and let every branch lead there.",
    ),
)
LEFT_BEHIND = error(
    "sound.left_behind",
    (
        "流程到了结束事件，却还有一路停在“{name}”，案件永远不能办结。最短路径：{path}。",
        'An end event is reached while a branch stays behind at "{name}": the case never ends. A shortest way: {path}.',
    ),
    (
        "让每一路都到汇合处，或把该结束事件改为终止结束事件。",
        "Let every branch lead to the join, or make that end event a terminate end event.",
    ),
)
NEVER = error(
    "sound.never_reached",
    ("“{name}”画在图上，但无论怎样办理都走不到。", '"{name}" is drawn, but no case can ever come there.'),
    (
        "把它接到会走到的一步；错误和升级边界事件要有里面抛出的代码，定时和消息边界事件要附在会等待的活动上；或删去它。",
        "Connect it with a step that is reached; an error or escalation event needs something inside that throws its "
        "code, a timer or message event an activity that waits; or remove it.",
    ),
)
NO_WAY_OUT = error(
    "sound.no_way_to_end",
    (
        "到了“{name}”以后，再也走不到任何结束事件。走到这里的路径：{path}。",
        'From "{name}" no way leads to an end event. A way there: {path}.',
    ),
    (
        "从回路里画一条通向结束事件的路，例如在排他网关上加一条流出。",
        "Draw a way out of the loop to an end event, for example one more flow out of an exclusive gateway.",
    ),
)
TWICE = warning(
    "sound.twice",
    (
        "“{name}”可能同时进行两次：几路没有先汇合。最短路径：{path}。",
        '"{name}" may be active twice at once: branches come together without a join. A shortest way: {path}.',
    ),
    (
        "几路都要等到的，用并行网关汇合；不中断的边界事件之后自成一路，另画结束事件。",
        "Join with a parallel gateway what has to wait for all branches; give the path of a non-interrupting event an "
        "end of its own.",
    ),
)
SPINNING = warning(
    "sound.loop_without_wait",
    (
        "回路 {loop} 中没有人工步骤，也没有等待：条件一直成立时会不停地转。",
        "The loop {loop} has no step of a person and no wait: it would spin for as long as its condition holds.",
    ),
    (
        "在回路里加一个用户任务、定时事件或消息事件；确需如此的，确认每转一次条件都会改变。",
        "Put a user task, a timer or a message event into the loop, or make sure that every round changes the "
        "condition.",
    ),
)
PARTIAL = warning(
    "sound.not_explored",
    (
        "“{name}”太复杂，只走查了 {count} 种情形（上限 {limit}）；其余没有检查是否会卡住。",
        '"{name}" is too complex: {count} markings were looked at (limit {limit}); the rest was not checked for '
        "deadlocks.",
    ),
    (
        "减少同时进行的分路，或把其中一部分放进子流程。",
        "Draw fewer branches at once, or put a part of them into a sub process.",
    ),
)

CODED = ("error", "escalation")


def check(diagrams: Mapping[str, Diagram], limit: int = game.LIMIT) -> Iterator[Finding]:
    """All rules of soundness, on diagrams in which the other rules found no error; `limit` markings for all scopes."""
    processes = {process.id: process for diagram in diagrams.values() for process in diagram.processes}
    used = 0
    for diagram in diagrams.values():
        unending, standing = set[str](), set[str]()
        for scope in reversed(list(diagram.scopes())):
            net = net_of(diagram, scope, processes, frozenset(unending), frozenset(standing))
            found = game.explore(net, max(limit - used, 1))
            used += found.markings
            yield from _findings(diagram, found, limit)
            if found.stuck:
                standing.add(scope.id)
            if found.whole and not found.ends and not found.stuck:
                unending.add(scope.id)


def net_of(
    diagram: Diagram,
    scope: Scope,
    processes: Mapping[str, Scope] = MappingProxyType({}),
    unending: frozenset[str] = frozenset(),
    standing: frozenset[str] = frozenset(),
) -> game.Net:
    """The net of a scope: silent are events that nothing fires and the sub processes `unending` without a normal end.

    `processes` are those of the folder by id, `standing` the sub processes in which something waits for ever.
    """
    silent = {node.id for node in scope.nodes.values() if node.body and node.id in unending}
    for event in scope.nodes.values():
        host = scope.nodes.get(event.element.get("attachedToRef", "")) if event.kind == "boundaryEvent" else None
        if host and not (_thrown(event, host, diagram, processes) or _awaited(event, host, standing)):
            silent.add(event.id)
    passing = frozenset(node.id for node in scope.nodes.values() if not _waits(node, standing))
    return game.Net(scope, frozenset(silent), passing)


def _thrown(event: Node, host: Node, diagram: Diagram, processes: Mapping[str, Scope]) -> bool:
    """Whether something inside an activity throws the code of an error or escalation event at it."""
    return event.event in CODED and game.throws_of(host, diagram, processes).fires(event, diagram)


def _awaited(event: Node, host: Node, standing: frozenset[str]) -> bool:
    """Whether time or a message can reach an event at an activity: a sub process that never waits is over at once."""
    return event.event not in CODED and (host.body is None or _waits(host, standing))


def _waits(node: Node, standing: frozenset[str]) -> bool:
    """Whether a token has to stand on a node, or may come to stand in it for ever."""
    return game.waits_in(node) or (node.body is not None and any(one.id in standing for one in node.body.inside()))


def _findings(diagram: Diagram, found: game.Exploration, limit: int) -> Iterator[Finding]:
    yield from _stuck(diagram, found)
    yield from _twice(diagram, found)
    yield from _unreached(diagram, found)
    yield from _no_way_out(diagram, found)
    yield from _spinning(diagram, found.net)
    if not found.whole:
        scope = found.net.scope
        name = scope.element.get("name") or scope.id
        yield diagram.find(PARTIAL, scope, name=name, count=found.markings, limit=limit)


def _stuck(diagram: Diagram, found: game.Exploration) -> Iterator[Finding]:
    """One finding for each join that waits for ever, with the first marking in which it does."""
    seen: set[str] = set()
    for marking in found.stuck:
        way = found.way(marking)
        ended = any(node.kind == "endEvent" for node in way)
        for join in dict.fromkeys(found.net.node_at(place) for place in marking):
            if join.id in seen:
                continue
            seen.add(join.id)
            missing = [flow.source for flow in join.incoming if found.net.arrival[id(flow)] not in marking]
            names = [node.name for node in missing if node] or ["–"]
            rule = LEFT_BEHIND if ended else DEADLOCK
            yield diagram.find(rule, join, name=join.name, missing=names, path=words([*way, join]))


def _twice(diagram: Diagram, found: game.Exploration) -> Iterator[Finding]:
    """Where tokens first meet without a join; what lies behind is crowded for the same reason."""
    net = found.net
    ways = {name: [*found.way(marking), net.scope.nodes[name]] for name, marking in found.crowded.items()}
    for fork in game.forks(net):
        if fork.node.id in found.reached:
            for name in fork.shared():
                node = net.scope.nodes[name]
                if name not in ways and not _finishes_at_once(net, node):
                    ways[name] = shortest(net.start, node)
    explained: set[str] = set()
    for name in sorted(ways, key=lambda name: net.rank[net.place[name]]):
        if name not in explained:
            explained |= net.reachable(net.scope.nodes[name])
            yield diagram.find(TWICE, net.scope.nodes[name], name=net.scope.nodes[name].name, path=words(ways[name]))


def _finishes_at_once(net: game.Net, node: Node) -> bool:
    """Whether the first token to come ends the whole scope before another can: only automatic steps up to such ends."""
    names = net.reachable(node)
    ends = [net.scope.nodes[name] for name in names if net.scope.nodes[name].kind == "endEvent"]
    return all(net.automatic[net.place[name]] for name in names) and all(
        end.event in ("terminate", "error") for end in ends
    )


def _unreached(diagram: Diagram, found: game.Exploration) -> Iterator[Finding]:
    """Elements where no token came, once everything was seen and nothing stands still before them."""
    if not found.whole or found.stuck:
        return
    net = found.net
    missing = [node for node in net.nodes if node.id not in found.reached]
    behind = {after.id for node in missing for after in _led_to(net, node)}
    first = [node for node in missing if node.id not in behind] or missing
    for node in first:
        yield diagram.find(NEVER, node, name=node.name)


def _led_to(net: game.Net, node: Node) -> Iterator[Node]:
    yield from (flow.target for flow in node.outgoing if flow.target)
    yield from net.events.get(node.id, ())


def _no_way_out(diagram: Diagram, found: game.Exploration) -> Iterator[Finding]:
    """The first reached element of each region from which no flow leads to an end event."""
    net = found.net
    before: dict[str, list[str]] = {}
    for node in net.nodes:
        for after in net.after(node):
            before.setdefault(after.id, []).append(node.id)
    ending = {node.id for node in net.nodes if node.kind == "endEvent"}
    todo = list(ending)
    while todo:
        fresh = [name for name in before.get(todo.pop(), ()) if name not in ending]
        ending.update(fresh)
        todo += fresh
    trapped = [node for node in net.nodes if node.id in found.reached and node.id not in ending]
    explained: set[str] = set()
    for node in sorted(trapped, key=lambda node: net.rank[net.place[node.id]]):
        if node.id not in explained:
            explained |= net.reachable(node)
            yield diagram.find(NO_WAY_OUT, node, name=node.name, path=words(shortest(net.start, node)))
    marking = found.endless()
    if marking is not None and not trapped:
        node = min((net.node_at(place) for place in marking), key=lambda node: net.rank[net.place[node.id]])
        yield diagram.find(NO_WAY_OUT, node, name=node.name, path=words([*found.way(marking), node]))


def _spinning(diagram: Diagram, net: game.Net) -> Iterator[Finding]:
    """Loops that only automatic elements lie on."""
    passing = {node.id for node, automatic in zip(net.nodes, net.automatic, strict=True) if automatic}
    following = {
        node.id: [flow.target.id for flow in node.outgoing if flow.target and flow.target.id in passing]
        for node in net.nodes
        if node.id in passing
    }
    for component in components(following):
        if len(component) > 1 or component[0] in following[component[0]]:
            loop = sorted((net.scope.nodes[name] for name in component), key=lambda n: net.rank[net.place[n.id]])
            yield diagram.find(SPINNING, loop[0], loop=words([*loop, loop[0]]))
