"""Who may put a running case right by hand, and which of its variables."""

from typing import Any

from sqlalchemy.orm import Session

from service.access import sealed
from service.access.actor import Actor
from service.errors import Conflict, Fault, Forbidden, Invalid
from service.flows import registry
from service.people.members import is_related
from service.tasks.facts import SYSTEM, CaseFacts
from workflows import store
from workflows.catalogue import Definition

OWN = frozenset({"initiator", "school", "school_name", "scheduled_for"})
"""Whose case it is: that is never changed under it."""
_KINDS: tuple[tuple[str, tuple[type, ...]], ...] = (
    ("yes_no", (bool,)), ("number", (int, float)), ("text", (str,)), ("list", (list,)), ("context", (dict,)),
)  # fmt: skip


def expect_free(session: Session, actor: Actor, case: CaseFacts) -> None:
    """Nobody puts the own case right by hand, a relative's, or one in which they have an interest (policy §5).

    Forbidden("operate.own_case" | "task.recused").
    """
    if actor.person_id is None:
        return
    if case.initiator_id != SYSTEM and is_related(actor.person_id, case.initiator_id):
        raise Forbidden("operate.own_case", instance_id=case.instance_id)
    reason = registry.interest_of(session, case.definition_key, case.instance_id, actor.person_id)
    if reason is not None:
        raise Forbidden("task.recused", instance_id=case.instance_id, reason=reason)


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
