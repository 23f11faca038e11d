"""What may be done to a running case by hand: where it may be moved back to, which variables may be put right."""

from collections.abc import Mapping
from typing import Any

from service.access import sealed
from service.errors import Conflict, Fault, Invalid
from workflows import engine, store
from workflows.catalogue import Definition

OWN = frozenset({"initiator", "school", "school_name", "scheduled_for"})
"""Whose case it is: that is never changed under it."""
_KINDS: tuple[tuple[str, tuple[type, ...]], ...] = (
    ("yes_no", (bool,)), ("number", (int, float)), ("text", (str,)), ("list", (list,)), ("context", (dict,)),
)  # fmt: skip


def token_at(held: store.Held, definition: Definition, element_id: str) -> str:
    """The one token on an element; Conflict("move.nothing_there" | "move.several")."""
    found = [place.token for place in engine.inspect(held, definition) if place.element_id == element_id]
    if not found:
        raise Conflict("move.nothing_there", element_id=element_id)
    if len(found) > 1:
        raise Conflict("move.several", element_id=element_id, count=len(found))
    return found[0]


def expect_earlier(held: store.Held, definition: Definition, token: str, target_id: str) -> None:
    """The target is a step of a person before the token; Conflict("move.not_back")."""
    if target_id not in engine.return_targets(held, definition, token):
        raise Conflict("move.not_back", element_id=target_id)


def moves(held: store.Held, definition: Definition) -> dict[str, dict[str, tuple[str, ...]]]:
    """Element → earlier step to which it may be moved back → the elements that this closes."""
    places = [place for place in engine.inspect(held, definition) if place.state != "running"]
    counted: Mapping[str, int] = {one.element_id: sum(o.element_id == one.element_id for o in places) for one in places}
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for place in places:
        if counted[place.element_id] == 1:
            targets = engine.return_targets(held, definition, place.token)
            found[place.element_id] = {
                target: engine.closed_by(held, definition, place.token, target) for target in targets
            }
    return {element: targets for element, targets in found.items() if targets}


def changeable(held: store.Held, definition: Definition, name: str, value: Any) -> Any:
    """The present value of a variable that may be given this one; see `commands_operating.change_variable`."""
    if name not in held.variables:
        raise Invalid("variable.absent", faults=(Fault("name", "variable.absent"),), name=name[:80])
    if code := kept(held, definition, name):
        raise Conflict(code, name=name)
    old = held.variables[name]
    if old == value and type(old) is type(value):
        raise Conflict("variable.same", name=name)
    if old is not None and value is not None and _kind(old) != _kind(value):
        raise Invalid("variable.type", faults=(Fault("value", "variable.type", "", {"kind": _kind(old)}),))
    return old


def kept(held: store.Held, definition: Definition, name: str) -> str | None:
    """Why a variable is not changed by hand; None when it may be."""
    if name in OWN:
        return "variable.own"
    if name in _results(definition):
        return "variable.decision"
    value = held.variables[name]
    return "variable.sealed" if sealed.opened(sealed.case(held.id), value) != value else None


def _results(definition: Definition) -> frozenset[str]:
    """The variables in which user tasks write what was decided, by whom and when."""
    tasks = (e for process in definition.spec.processes.values() for e in process.elements.values())
    return frozenset(e.properties.get("result") or e.id for e in tasks if e.kind == "userTask")


def _kind(value: Any) -> str:
    return next((name for name, types in _KINDS if isinstance(value, types)), "text")
