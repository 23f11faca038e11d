"""Moves to another element: what is sound is decided on the diagram, what is closed on the tokens.

For a join, a node *feeds* the incoming flows that a token on it can still reach without passing the join. A fresh
token is sound where it feeds all or none of every join; on a node that feeds only some, it needs the tokens of the
other branches, so it may only replace tokens of its own branch (design §3.4) that still owed the join something. The
side branch of an event that did not interrupt owes nothing: from there nobody returns into the branch.
"""

from collections.abc import Collection, Iterator

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from workflows.case import READY, Scope, Token
from workflows.errors import Conflict
from workflows.nodes.activities import PersonTask
from workflows.nodes.base import Activity, Node
from workflows.nodes.containers import Loop
from workflows.nodes.events import Catch, Choice, Throw
from workflows.nodes.gateways import Exclusive, Join


def move(token: Token, element_id: str) -> None:
    """Replace what lies after the target in its branch by one token on it. Raises Conflict `jump.…`."""
    scope, node = _cleared(token, element_id)
    node.arrive(scope)


def expect(token: Token, element_id: str) -> None:
    """Raises Conflict `jump.…` where `move` would; for a case that is thrown away."""
    _cleared(token, element_id)


def land(token: Token, element_id: str) -> Token:
    """Like `move`, but the token only stands there: nothing is evaluated; for a case that is thrown away."""
    scope, node = _cleared(token, element_id)
    return Token(scope, node, scope.task_tree, READY)


def comes_back(token: Token, element_id: str) -> bool:
    """Whether a user task, once returned to another one, may be jumped to straight from there, closing nothing else.

    Tries it with bare tokens, nothing is evaluated: for a case that is thrown away. Raises Conflict `jump.…`.
    """
    origin, landed = token.node, land(token, element_id)
    scope: Scope = landed.workflow
    if not isinstance(origin, PersonTask) or not isinstance(landed.node, PersonTask) or token.workflow is not scope:
        return False
    return _is_target(scope.spec, origin) and _affected(scope, landed, origin) == [landed]


def earlier(token: Token) -> Iterator[str]:
    """The user tasks before a token to which `move` may return it, those around its sub process included."""
    anchor: Token | None = token
    while anchor is not None:
        anchor = _top(anchor)
        scope: Scope = anchor.workflow
        for node in _nodes(scope.spec):
            person = node.body if isinstance(node, Loop) else node
            before = isinstance(person, PersonTask) and node is not anchor.node and anchor.node in _reach(node, ())
            if before and not isinstance(_affected(scope, anchor, node), str):
                yield node.element.id
        anchor = scope.host


def lies_between(spec: BpmnProcessSpec, first: str, middle: str, last: str) -> bool:
    """Whether `middle` lies on a way from `first` to `last` that does not come by `first` twice, or is it."""
    nodes = [spec.task_specs.get(name) for name in (first, middle, last)]
    if not all(isinstance(node, Node) for node in nodes):
        return False
    before, here, after = (node.loop or node for node in nodes if isinstance(node, Node))
    if here is before:
        return True
    return here in _reach(before, (after,)) and after in _reach(here, (before,))


def _cleared(token: Token, element_id: str) -> tuple[Scope, Node]:
    """Close what a move to an element closes; Conflict `jump.…` when it may not be made."""
    scope, anchor, node = _target(token, element_id)
    affected = _affected(scope, anchor, node)
    if isinstance(affected, str):
        raise Conflict(affected, element_id=element_id, token=token.id)
    for found in affected:
        scope.drop(found)
    return scope, node


def _target(token: Token, element_id: str) -> tuple[Scope, Token, Node]:
    anchor: Token | None = token
    while anchor is not None:
        anchor = _top(anchor)
        scope: Scope = anchor.workflow
        node = scope.spec.task_specs.get(element_id)
        if isinstance(node, Node):
            if not _is_target(scope.spec, node):
                raise Conflict("jump.not_a_target", element_id=element_id)
            return scope, anchor, node
        anchor = scope.host
    raise Conflict("jump.unknown_element", element_id=element_id)


def _affected(scope: Scope, anchor: Token, node: Node) -> list[Token] | str:
    """The tokens that a move closes, or why it is refused."""
    partial = _partial(scope.spec, node)
    after = _reach(node, partial)
    affected = [token for token in scope.top() if token.node in after]
    if anchor in affected:
        owed = all(any(_feeds(token.node, join) for token in affected) for join in partial)
        return affected if owed else "jump.inside_block"
    if len(scope.top()) == 1:
        return "jump.inside_block" if partial else [anchor]
    if node not in _reach(anchor.node, ()):
        return "jump.other_branch"
    for join in _joins(scope.spec):
        here, there = _feeds(anchor.node, join), _feeds(node, join)
        if here != there and not {len(here), len(there)} <= {0, len(join.incoming)}:
            return "jump.inside_block"
    return [anchor]


def _is_target(spec: BpmnProcessSpec, node: Node) -> bool:
    if node.loop is not None or not isinstance(node, (Activity, Catch, Choice, Exclusive, Throw)):
        return False
    if not node.incoming:
        return False
    chosen = (flow.target for found in _nodes(spec) if isinstance(found, Choice) for flow in found.flows)
    return node.element.kind != "endEvent" and node not in chosen


def _top(token: Token) -> Token:
    while token.parent is not token.workflow.task_tree:
        token = token.parent
    return token


def _nodes(spec: BpmnProcessSpec) -> Iterator[Node]:
    return (node for node in spec.task_specs.values() if isinstance(node, Node) and node.loop is None)


def _joins(spec: BpmnProcessSpec) -> list[Join]:
    return [node for node in _nodes(spec) if isinstance(node, Join) and len(node.incoming) > 1]


def _reach(node: Node, avoid: Collection[Node]) -> set[Node]:
    """The nodes to which a token on `node` can come without entering `avoid`, itself included."""
    seen: set[Node] = set()
    todo = [node]
    while todo:
        found = todo.pop()
        if found not in seen and found not in avoid:
            seen.add(found)
            todo.extend(flow.target for flow in found.flows)
            todo.extend(found.events)
    return seen


def _feeds(node: Node, join: Join) -> frozenset[str]:
    return frozenset(flow.id for found in _reach(node, (join,)) for flow in found.flows if flow.target is join)


def _partial(spec: BpmnProcessSpec, node: Node) -> list[Join]:
    """The joins of which a token on `node` feeds some flows, but not all."""
    return [join for join in _joins(spec) if 0 < len(_feeds(node, join)) < len(join.incoming)]
