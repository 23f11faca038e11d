"""The files of a case on paper: the scans of its steps, and what its forms say are files."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from service.instances.starting import start_form
from service.instances.told import ToldCase, ToldStep
from service.tasks import forms
from workflows.catalogue import Definition


def of(definition: Definition, told: ToldCase) -> list[str]:
    """Attachment ids in their order, each once."""
    found = forms.files(start_form(definition), told.variables)
    for step in told.steps:
        found += [step.attachment_id] if step.attachment_id else []
        found += forms.files(_form(definition, step), step.values)
    return list(dict.fromkeys(found))


def exchanged(definition: Definition, told: ToldCase, others: Mapping[str, str]) -> ToldCase:
    """The same case with other files in the place of some: id → id."""
    steps = tuple(_step(definition, step, others) for step in told.steps)
    return replace(told, variables=_values(start_form(definition), told.variables, others), steps=steps)


def _step(definition: Definition, step: ToldStep, others: Mapping[str, str]) -> ToldStep:
    values = _values(_form(definition, step), step.values, others)
    return replace(step, attachment_id=others.get(step.attachment_id, step.attachment_id), values=values)


def _form(definition: Definition, step: ToldStep) -> Mapping[str, Any] | None:
    element = definition.spec.element(step.element_id)
    return definition.forms.get(element.form_id or "") if element is not None else None


def _values(form: Mapping[str, Any] | None, values: Mapping[str, Any], others: Mapping[str, str]) -> Mapping[str, Any]:
    found = dict(values)
    for component in forms.components(form or {}):
        key = component["key"]
        if component["type"] == "filepicker" and isinstance(found.get(key), list):
            found[key] = [others.get(one, one) if isinstance(one, str) else one for one in found[key]]
        elif component["type"] == "dynamiclist" and isinstance(found.get(key), list):
            found[key] = [_values(component, row, others) if isinstance(row, Mapping) else row for row in found[key]]
    return found
