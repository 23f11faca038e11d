"""Conditions of a diagram in the reader's words, for "why is this with me" and "what comes next"."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _

from service.flows.registry import declared
from service.tasks import forms
from service.tasks.reasons import Reason
from service.web import edge
from service.web.naming import decision_words, label, named, table_name
from service.web.reasonwords import reason_words
from service.web.words import words

HOPS = 10
"""Gateways that only merge, passed on the way to something with a name."""


def reason_of(definition: Any, reason: Reason) -> str:
    """Why a task is with somebody, where the flow may have words of its own."""
    if reason.code == "reason.rule":
        return reason_words(_row(definition, reason))
    if reason.code != "reason.condition":
        return reason_words(reason)
    text = condition_words(definition, reason.params["flow"])
    told = [f"{name} = {value}" for name, value in _values(definition, reason.params["values"])]
    params = {"condition": text, "values": str(_(", ")).join(told)}
    return words("why.condition_with" if told else "why.condition", params, edge.locale())


def _row(definition: Any, reason: Reason) -> Reason:
    """A row of a table as flow.toml words it, else as it is annotated, and the table in which it stands."""
    own = definition.settings.get("conditions", {}).get(reason.params.get("rule"))
    told = {"annotation": label(own)} if own else {}
    table = reason.params.get("table")
    called = table_name(definition, reason.decision_id or "")
    told["table"] = named(definition, table, table) if table else called
    return replace(reason, params={**reason.params, **told})


def _values(definition: Any, values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Fields with their labels, numbers and yes or no with the step that found them; other texts are codes."""
    for path, value in values.items():
        name = path.partition(".")[0]
        field = _field(definition, name)
        if field is not None and path == name:
            yield _label(field), _option(field, value)
        elif isinstance(value, bool):
            yield variable_words(definition, name), words(f"switch.{str(value).lower()}", {}, edge.locale())
        elif isinstance(value, int | float):
            yield variable_words(definition, name), str(value)


def condition_words(definition: Any, flow_id: str) -> str:
    """The condition of a flow as flow.toml says it, else by the decision it asks for, else the gateway's question."""
    own = definition.settings.get("conditions", {}).get(flow_id)
    if own:
        return label(own)
    flow = definition.spec.element(flow_id)
    gateway = definition.spec.element(flow.source)
    asked = _decided(definition, flow.condition or "")
    if asked:
        return asked
    answer = named(definition, flow.id, flow.name) if flow.name else _towards(definition, flow)
    return str(_("%(question)s → %(answer)s", question=_question(definition, gateway), answer=answer))


def _question(definition: Any, gateway: Any) -> str:
    return named(definition, gateway.id, gateway.name) or str(gateway.id)


def open_words(definition: Any, flow_id: str, name: str) -> str:
    """What is not known yet where a way begins: what a step will bring, a field, else the question of its gateway."""
    element = writer_of(definition, name)
    if element is not None:
        return str(_("the outcome of “%(name)s”", name=named(definition, element.id, element.name)))
    told = variable_words(definition, name)
    flow = definition.spec.element(flow_id) if flow_id else None
    if told != name or flow is None:
        return str(_("“%(name)s”", name=told))
    return _question(definition, definition.spec.element(flow.source))


def _towards(definition: Any, flow: Any) -> str:
    """The first named element to which a flow leads, past gateways that only merge."""
    target = definition.spec.element(flow.target)
    for _hop in range(HOPS):
        if target.name or len(target.outgoing) != 1:
            break
        target = definition.spec.element(definition.spec.element(target.outgoing[0]).target)
    return named(definition, target.id, target.name) or target.id


def _decided(definition: Any, condition: str) -> str:
    """`x.decision = "return"` of one step in words: Review: Return."""
    text = condition.strip().removeprefix("=").strip()
    name, _dot, rest = text.partition(".decision = ")
    if not rest or rest.count('"') != 2 or not name.isidentifier():
        return ""
    element = writer_of(definition, name)
    if element is None:
        return ""
    decision = decision_words(definition, element.id, rest.strip('"'))
    return str(_("%(step)s: %(decision)s", step=named(definition, element.id, element.name), decision=decision))


def variable_words(definition: Any, name: str) -> str:
    """A variable by the step that writes it, else by its field; its own name where nothing says more."""
    element = writer_of(definition, name)
    if element is not None:
        return named(definition, element.id, element.name)
    field = _field(definition, name)
    return name if field is None else _label(field)


def _field(definition: Any, name: str) -> Mapping[str, Any] | None:
    """The first field of that name in the forms of the flow."""
    fields = (component for form in definition.forms.values() for component in forms.components(form))
    return next((component for component in fields if component["key"] == name), None)


def _label(component: Mapping[str, Any]) -> str:
    """The label of a field or of one of its choices."""
    english = component.get("properties", {}).get("label_en") or component.get("label_en")
    return str((edge.locale() == "en" and english) or component.get("label") or component["key"])


def _option(component: Mapping[str, Any], value: Any) -> str:
    """A value as its field shows it: the label of a choice, yes or no, else itself."""
    chosen = next((option for option in component.get("values", ()) if option["value"] == value), None)
    if chosen is not None:
        return _label({"key": value, **chosen})
    return words(f"switch.{str(value).lower()}", {}, edge.locale()) if isinstance(value, bool) else str(value)


def writer_of(definition: Any, name: str) -> Any:
    """The first step of the diagram that writes a variable as its result; None when none does."""
    named = (element for element in definition.spec.everything.values() if element.name)
    return next((element for element in named if name in _results(element)), None)


def _results(element: Any) -> Iterable[str]:
    if element.kind == "userTask":
        return (element.properties.get("result") or element.id,)
    if element.kind == "serviceTask":
        found = declared().get(element.zeebe.get("taskDefinition", {}).get("type", ""))
        return found.writes if found else ()
    written = (element.zeebe.get(kind, {}).get("resultVariable") for kind in ("calledDecision", "script"))
    return tuple(filter(None, written))
