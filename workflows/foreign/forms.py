"""Form fields that stand in the diagram become a form of its own; names of forms become references."""

import re
from typing import Any

import orjson
from lxml import etree

from workflows.foreign.notes import CHANGED, OPEN
from workflows.foreign.reading import Scene
from workflows.xml import local

_TYPES = {"string": "textfield", "long": "number", "integer": "number", "int": "number", "double": "number",
          "boolean": "checkbox", "date": "datetime", "enum": "select"}  # fmt: skip
_CONSTRAINTS = {"min": "min", "max": "max", "minlength": "minLength", "maxlength": "maxLength"}
_NAMED = re.compile(r"(?:camunda-forms|embedded):(?:deployment|app):(?:.*/)?([\w.-]+)\.(?:form|html)")


def translate(scene: Scene, element: etree._Element) -> None:
    """Of a user task or start event."""
    if local(element) not in ("userTask", "startEvent"):
        return
    name = scene.take(element, "formRef")
    key = scene.take(element, "formKey")
    scene.take(element, "formRefBinding")
    if key and (found := _NAMED.fullmatch(key)):
        name = found[1]
    elif key:
        scene.note(OPEN, "foreign.form_key", element, key=key[:200])
    fields = [one for box in scene.extensions(element, "formData") for one in box if local(one) == "formField"]
    fields += scene.extensions(element, "formProperty")
    if fields:
        name = _made(scene, element, fields)
        for box in scene.extensions(element, "formData", "formProperty"):
            scene.remove(box)
    if name:
        scene.write(element, "formDefinition", formId=name)
        scene.note(CHANGED, "foreign.form", element, form=name)


def _made(scene: Scene, element: etree._Element, fields: list[etree._Element]) -> str:
    """Write the fields as a form-js file; its id."""
    form_id = re.sub(r"[^\w.-]", "_", f"{element.get('id') or 'form'}")
    components = [_component(scene, element, field) for field in fields]
    form = {"id": form_id, "type": "default", "schemaVersion": 16, "components": components}
    scene.files[f"forms/{form_id}.form"] = orjson.dumps(form, option=orjson.OPT_INDENT_2)
    return form_id


def _component(scene: Scene, element: etree._Element, field: etree._Element) -> dict[str, Any]:
    key, kind = field.get("id") or "", field.get("type") or "string"
    if kind not in _TYPES:
        scene.note(OPEN, "foreign.field_type", element, field=key, type=kind)
    label = field.get("label") or field.get("name") or key
    made: dict[str, Any] = {"key": key, "type": _TYPES.get(kind, "textfield"), "label": label, "id": f"Field_{key}"}
    if kind == "date":
        made |= {"subtype": "date"}
    if kind in ("long", "integer", "int"):
        made |= {"decimalDigits": 0}
    if kind == "enum":
        options = [one for one in field if local(one) == "value"]
        made["values"] = [{"value": o.get("id", ""), "label": o.get("name") or o.get("id", "")} for o in options]
    if rules := _rules(field):
        made["validate"] = rules
    if left := sorted(_left(field)):
        scene.note(OPEN, "foreign.field_left", element, field=key, names=", ".join(left))
    return made


def _left(field: etree._Element) -> set[str]:
    """What a field says that no form here does: values to begin with, what may not be written, checks in code."""
    found = {str(name) for name in field.attrib} - {"id", "label", "name", "type", "required"}
    for one in field.iter():
        if local(one) == "constraint" and one.get("name") not in (*_CONSTRAINTS, "required"):
            found.add(str(one.get("name")))
        elif local(one) == "property":
            found.add(str(one.get("id")))
    return found - {"readable", "writable"} | {
        name for name in ("readable", "writable") if field.get(name, "true") != "true"
    }


def _rules(field: etree._Element) -> dict[str, Any]:
    found: dict[str, Any] = {"required": True} if field.get("required") == "true" else {}
    for constraint in field.iter():
        name, config = constraint.get("name"), constraint.get("config") or ""
        if local(constraint) == "constraint" and name == "required":
            found["required"] = True
        elif local(constraint) == "constraint" and name in _CONSTRAINTS and config.lstrip("-").isdigit():
            found[_CONSTRAINTS[name]] = int(config)
    return found
