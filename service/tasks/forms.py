"""Forms: form-js JSON becomes a marshmallow schema; what a person sends is cleaned by it."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import orjson
from marshmallow import Schema, ValidationError, fields, validate

from service.errors import Fault, Invalid

RIGHTS = ("read", "write", "required", "hidden")
LAYOUT = frozenset({"text", "html", "separator", "spacer", "image", "button", "iframe", "table", "expression"})
TEXT_LIMIT = 20_000
ALWAYS = "=true"
"""The condition of a field that nobody ever sees: it only carries a value."""
STAFF, SCHOOLS = "staff", "schools"
"""What `options` of a field may be: one of the staff of the organisation, or any school; its value is the id."""


def rights(form: Mapping[str, Any], declared: str | None, *, many_seats: bool) -> dict[str, str]:
    """The right of each field at one step: read | write | required | hidden.

    `declared` is the step's `fields` property (`count:write,reason:required`): what it does not name is read only.
    Without it every field may be written, and where several persons sign none (design §3.2).
    """
    names = [component["key"] for component in components(form)]
    if declared is None:
        return dict.fromkeys(names, "read" if many_seats else "write")
    named = dict(pair.strip().split(":", 1) for pair in declared.split(",") if pair.strip())
    return {name: named.get(name, "read").strip() for name in names}


def components(form: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The fields of a form in order, those of groups included; rows of a dynamic list stay inside it."""
    for component in form.get("components", ()):
        kind = component.get("type")
        if kind == "group" and not component.get("path"):
            yield from components(component)
        elif kind not in LAYOUT and component.get("key"):
            yield component


def hidden_when(component: Mapping[str, Any]) -> str | None:
    """The condition (FEEL) under which a field is not shown; None where it always or never is."""
    text = (component.get("conditional") or {}).get("hide")
    return None if not text or text == ALWAYS else str(text)


def asks_for_staff(component: Mapping[str, Any]) -> bool:
    """Whether a field is one of the staff, also where its own page has chosen before and hides it."""
    return (component.get("properties") or {}).get("options") == STAFF


def visible(form: Mapping[str, Any] | None, allowed: Mapping[str, str]) -> dict[str, Any] | None:
    """The form without the fields that are hidden in this step, those inside groups included."""
    if form is None:
        return None
    shown = [
        visible(one, allowed) if one.get("type") == "group" else one
        for one in form.get("components", ())
        if allowed.get(one.get("key", "")) != "hidden"
    ]
    return {**form, "components": shown}


def sensitive(form: Mapping[str, Any]) -> frozenset[str]:
    """The fields that the form flags (`properties: {"sensitive": "true"}`): events keep them encrypted (policy §7)."""
    return frozenset(one["key"] for one in components(form) if one.get("properties", {}).get("sensitive") == "true")


def for_hr(form: Mapping[str, Any]) -> frozenset[str]:
    """The fields that the form keeps for bureau HR and who began the case (`properties: {"readers": "hr"}`, §7)."""
    return frozenset(one["key"] for one in components(form) if one.get("properties", {}).get("readers") == "hr")


def secret(form: Mapping[str, Any], *, everything: bool = False) -> frozenset[str]:
    """The fields that seats, variables and history keep encrypted: the flagged ones, or all; never ids of files."""
    kept = frozenset(one["key"] for one in components(form) if one["type"] != "filepicker")
    return kept if everything else kept & sensitive(form)


def files(form: Mapping[str, Any] | None, values: Mapping[str, Any]) -> list[str]:
    """The attachment ids among values: those of file fields, also inside rows. What is no such value has none."""
    found: list[str] = []
    for component in components(form or {}):
        value = values.get(component["key"])
        if component["type"] == "filepicker" and isinstance(value, list):
            found.extend(one for one in value if isinstance(one, str))
        elif component["type"] == "dynamiclist" and isinstance(value, list):
            for row in value:
                found.extend(files(component, row) if isinstance(row, Mapping) else ())
    return found


def clean(
    form: Mapping[str, Any] | None, values: Mapping[str, Any], allowed: Mapping[str, str], *, complete: bool = True
) -> dict[str, Any]:
    """The values that this step may write, checked and converted to plain JSON.

    `complete` is False for a return or a refusal: what is sent must be right, but nothing is required. What is required
    only while it is shown depends on variables: `demands.expect` asks for that.
    Raises Invalid("form.invalid") with one Fault per field; a field that may not be written is a fault too, never
    silently dropped.
    """
    writable = {name: right for name, right in allowed.items() if right in ("write", "required")}
    faults = [
        Fault(f"values.{name}", "field.not_writable" if name in allowed else "field.unknown")
        for name in values
        if name not in writable
    ]
    cleaned: dict[str, Any] = {}
    if form is not None:
        schema = _schema(orjson.dumps(form), tuple(sorted(writable.items())), complete)
        given = _filled({name: value for name, value in values.items() if name in writable})
        try:
            cleaned = dict(schema.load(given))
        except ValidationError as error:
            faults.extend(_faults(error.normalized_messages(), "values"))  # type: ignore[no-untyped-call]
    if faults:
        raise Invalid("form.invalid", faults=tuple(faults))
    return {**{name: None for name in writable if name in values}, **_plain(cleaned)}


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what was left empty, also in the rows of lists: a browser sends "" for such a field."""
    kept = {name: value for name, value in values.items() if value not in ("", None)}
    return {name: _rows(value) if isinstance(value, list) else value for name, value in kept.items()}


def _rows(values: list[Any]) -> list[Any]:
    return [_filled(row) if isinstance(row, Mapping) else row for row in values]


@lru_cache(maxsize=512)
def _schema(form: bytes, writable: tuple[tuple[str, str], ...], complete: bool) -> Schema:
    rights_by_name = dict(writable)
    declared = {
        component["key"]: _field(
            component,
            complete=complete and hidden_when(component) is None,
            required=rights_by_name[component["key"]] == "required",
        )
        for component in components(orjson.loads(form))
        if component["key"] in rights_by_name
    }
    return Schema.from_dict(declared)()


def _field(component: Mapping[str, Any], *, complete: bool, required: bool = False) -> fields.Field[Any]:
    rules = component.get("validate") or {}
    needed = complete and (required or bool(rules.get("required")))
    options: dict[str, Any] = {"required": needed, "allow_none": not needed, "validate": _validators(component, rules)}
    kind = component["type"]
    if kind in ("textfield", "textarea"):
        return fields.String(**options)
    if kind == "number":
        return _number(component, options)
    if kind == "checkbox":
        return fields.Boolean(truthy={True, "true", "on", "1"}, falsy={False, "false", "off", "0"}, **options)
    if kind in ("checklist", "taglist", "documentPreview", "filepicker"):
        return fields.List(fields.String(validate=_choice(component)), **options)
    if kind == "datetime":
        return fields.Date(**options) if component.get("subtype", "date") == "date" else fields.DateTime(**options)
    if kind == "dynamiclist":
        row = Schema.from_dict({inner["key"]: _field(inner, complete=True) for inner in components(component)})
        return fields.List(fields.Nested(row), **options)
    if kind in ("select", "radio"):
        return fields.String(**options)
    raise Invalid("form.unknown_type", type=kind, field=component.get("key"))


def _number(component: Mapping[str, Any], options: dict[str, Any]) -> fields.Field[Any]:
    digits = component.get("decimalDigits")
    return fields.Integer(strict=True, **options) if digits in (None, 0) else fields.Float(allow_nan=False, **options)


def _choice(component: Mapping[str, Any]) -> list[Any]:
    given = [option["value"] for option in component.get("values", ())]
    return [validate.OneOf(given)] if given else []


def _validators(component: Mapping[str, Any], rules: Mapping[str, Any]) -> list[Any]:
    found: list[Any] = []
    kind = component["type"]
    if kind in ("textfield", "textarea"):
        found.append(validate.Length(min=rules.get("minLength"), max=rules.get("maxLength") or TEXT_LIMIT))
        if rules.get("pattern"):
            found.append(validate.Regexp(re.compile(rules["pattern"])))
    if kind == "number" and (rules.get("min") is not None or rules.get("max") is not None):
        found.append(validate.Range(min=rules.get("min"), max=rules.get("max")))
    if kind in ("select", "radio"):
        found.extend(_choice(component))
    if kind == "dynamiclist":
        found.append(validate.Length(min=1 if rules.get("required") else None, max=rules.get("maxItems") or 200))
    return found


def _faults(messages: Mapping[Any, Any], path: str) -> Iterator[Fault]:
    for name, found in messages.items():
        here = f"{path}.{name}"
        if isinstance(found, Mapping):
            yield from _faults(found, here)
        else:
            for message in found:
                yield Fault(here, "field.invalid", str(message))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
