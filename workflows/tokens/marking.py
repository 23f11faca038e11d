"""The exchange format of a running case: where its tokens stand and what they remember; saved, edited, compared.

A marking is JSON: {"tokens": [token…], "outcome"?}. A token has `element` and `id`, and as needed `arrivals` (sequence
flow → count, a waiting join), `size` `done` `results` `rest` (multi-instance), `index` (an iteration), `written` (names
that a called process wrote), `variables` (its local scope), `events` (armed boundary events), `instances`
(iterations) and `tokens` (the inside of a sub process or called process). Nothing of SpiffWorkflow's tree is in it.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from workflows.case import READY, STARTED, WAITING, Case, Scope, Token
from workflows.errors import Invalid
from workflows.nodes.activities import PersonTask
from workflows.nodes.base import Node
from workflows.nodes.containers import Called, Embedded, Loop
from workflows.nodes.events import Waiting
from workflows.nodes.gateways import Join

Marking = dict[str, Any]

_STRUCTURE = frozenset({"element", "id", "variables", "events", "instances", "tokens"})


def marking(case: Case) -> Marking:
    """The marking of a case at rest."""
    found: Marking = {"tokens": [_mark(case, token) for token in case.top()]}
    if case.outcome is not None:
        found["outcome"] = case.outcome
    return found


def build(case: Case, wanted: Mapping[str, Any]) -> Case:
    """Fill a fresh case from a marking. Raises Invalid `marking.element` for an element that is not in the diagram."""
    case.outcome = wanted.get("outcome")
    _plant(case, wanted["tokens"])
    return case


def dump(case: Case) -> bytes:
    """The marking as saved; about a hundred bytes for each live token."""
    return orjson.dumps(marking(case))


def load(case: Case, saved: bytes) -> Case:
    """Fill a fresh case from what `dump` wrote."""
    return build(case, orjson.loads(saved))


def _mark(case: Case, token: Token) -> dict[str, Any]:
    found = {"element": token.node.element.id, "id": token.id, **token.internal_data}
    if token.id in case.scopes:
        found["variables"] = case.scopes[token.id]
    if token._children:
        body = token.node.body if isinstance(token.node, Loop) else None
        for child in token.children:
            group = "instances" if child.node is body else "events"
            found.setdefault(group, []).append(_mark(case, child))
    inner = case.subprocesses.get(token.id)
    if inner is not None:
        found["tokens"] = [_mark(case, child) for child in inner.top()]
    return found


def _plant(scope: Scope, wanted: list[dict[str, Any]]) -> None:
    scope.plant()
    for entry in wanted:
        node = scope.spec.task_specs.get(entry["element"])
        if not isinstance(node, Node):
            raise Invalid("marking.element", element_id=entry["element"], process=scope.spec.name)
        _place(scope, scope.task_tree, node, entry)


def _place(scope: Scope, parent: Token, node: Node, entry: Mapping[str, Any]) -> None:
    token = Token(scope, node, parent, _state(node), entry["id"])
    token.internal_data = {key: value for key, value in entry.items() if key not in _STRUCTURE}
    case = scope.case
    if "variables" in entry:
        case.scopes[token.id] = dict(entry["variables"])
    for event in entry.get("events", ()):
        _place(scope, token, _attached(node, event["element"]), event)
    for iteration in entry.get("instances", ()):
        _place(scope, token, node.body, iteration)  # type: ignore[attr-defined]
    if isinstance(node, (Embedded, Called)):
        _plant(case.enclose(token, node.inner), entry.get("tokens", []))


def _attached(node: Node, element_id: str) -> Node:
    for event in node.events:
        if event.element.id == element_id:
            return event
    raise Invalid("marking.element", element_id=element_id, process=node.element.scope)


def _state(node: Node) -> int:
    if isinstance(node, PersonTask):
        return READY
    if isinstance(node, (Loop, Embedded, Called)):
        return STARTED
    if isinstance(node, (Waiting, Join)):
        return WAITING
    raise Invalid("marking.restless", element_id=node.element.id)
