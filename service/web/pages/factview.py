"""Filled fields of a form in words, for the preview beside the inbox."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from service.tasks import forms
from service.tasks.view import TaskView
from service.web.formview import always_hidden
from service.web.pages import frame


def facts(found: TaskView) -> list[dict[str, Any]]:
    """What the preview shows of the form: its filled fields, rows of a list in one line each."""
    shown = []
    for component in forms.components(found.form or {}):
        text = fact(component, found.data.get(component["key"]))
        if text and found.rights.get(component["key"]) == "read":
            wide = component["type"] in ("textarea", "dynamiclist")
            shown.append({"label": frame.show().label(component), "value": text, "wide": wide})
    return shown[:6]


def fact(component: Mapping[str, Any], value: Any) -> str:
    """A filled field in words; "" for files, boxes that are not ticked and what is empty."""
    show, kind = frame.show(), component["type"]
    if value in (None, "", []) or value is False or kind == "filepicker":
        return ""
    if kind == "dynamiclist":
        parts = [part for part in forms.components(component) if not always_hidden(part)]
        rows = [[_cell(part, row.get(part["key"])) for part in parts] for row in value]
        return str(_("; ")).join(" · ".join(filter(None, row)) for row in rows)
    if kind in ("select", "radio"):
        known = [option for option in component.get("values", ()) if option["value"] == value]
        return show.label(known[0]) if known else str(value)
    if kind == "checkbox":
        return str(_("Yes"))
    return show.typed_day(value) if kind == "datetime" else str(value)


def _cell(component: Mapping[str, Any], value: Any) -> str:
    """The same within a row, where nothing stands above: a number says what it counts, a ticked box what it is."""
    words, label = fact(component, value), frame.show().label(component)
    if not words or component["type"] not in ("number", "checkbox"):
        return words
    return label if component["type"] == "checkbox" else f"{label} {words}"
