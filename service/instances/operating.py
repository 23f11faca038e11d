"""Who may put a running case right by hand, and which of its variables."""

import re
from typing import Any

from sqlalchemy.orm import Session

from service.access import sealed
from service.access.actor import Actor
from service.errors import Conflict, Fault, Forbidden, Invalid
from service.flows import registry
from service.instances.starting import start_form
from service.people.members import is_related
from service.tasks import forms
from service.tasks.facts import SYSTEM, CaseFacts
from workflows import store
from workflows.catalogue import Definition

OWN = frozenset({"initiator", "school", "school_name", "scheduled_for"})
"""Whose case it is: that is never changed under it."""
_NAME = re.compile(r"[^\W\d]\w*")
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


def changeable(held: store.Held, definition: Definition, name: str, value: Any, settled: bool) -> tuple[Any, Any]:
    """The present value of a variable, and the new one as its form field would keep it.

    `settled`: `moving.settled`. Raises what `commands_operating.change_variable` says of it.
    """
    if name not in held.variables:
        raise Invalid("variable.absent", faults=(Fault("name", "variable.absent"),), name=name[:80])
    if code := kept(held, definition, name, settled):
        raise Conflict(code, name=name)
    old = held.variables[name]
    if old == value and type(old) is type(value):
        raise Conflict("variable.same", name=name)
    if old is not None and value is not None and _kind(old) != _kind(value):
        raise Invalid("variable.type", faults=(Fault("value", "variable.type", "", {"kind": _kind(old)}),))
    return old, _as_entered(definition, name, value)


def kept(held: store.Held, definition: Definition, name: str, settled: bool) -> str | None:
    """Why a variable is not changed by hand; None when it may be."""
    if name in OWN:
        return "variable.own"
    if name in _results(definition):
        return "variable.decision"
    if settled and name in _relied_on(definition):
        return "variable.settled"
    value = held.variables[name]
    return "variable.sealed" if sealed.opened(sealed.case(held.id), value) != value else None


def _as_entered(definition: Definition, name: str, value: Any) -> Any:
    """The value as the form in which the variable is entered would take it; Invalid("form.invalid")."""
    begun = start_form(definition)
    known = ([begun] if begun else []) + list(definition.forms.values())
    form = next((one for one in known if name in forms.rights(one, None, many_seats=False)), None)
    return value if form is None else forms.clean(form, {name: value}, {name: "write"})[name]


def _relied_on(definition: Definition) -> frozenset[str]:
    """What was decided about, and what ledger, persons and appointments follow: the start form, what operations expect
    and answer, what their inputs and the lists of what is done several times are made of."""
    found = set(forms.rights(start_form(definition) or {}, None, many_seats=False))
    for element in definition.spec.everything.values():
        operation = registry.declared().get(str(element.zeebe.get("taskDefinition", {}).get("type", "")))
        if operation is not None:
            found.update(operation.reads, operation.writes)
        if element.kind in ("serviceTask", "callActivity"):
            mapped = element.zeebe.get("ioMapping", {}).get("inputs", ())
            found.update(name for _target, source in mapped for name in _NAME.findall(str(source)))
        found.update(_NAME.findall(str((element.loop or {}).get("inputCollection", ""))))
    return frozenset(found)


def _results(definition: Definition) -> frozenset[str]:
    """The variables in which user tasks write what was decided, by whom and when."""
    tasks = (element for element in definition.spec.everything.values() if element.kind == "userTask")
    return frozenset(element.properties.get("result") or element.id for element in tasks)


def _kind(value: Any) -> str:
    return next((name for name, types in _KINDS if isinstance(value, types)), "text")
