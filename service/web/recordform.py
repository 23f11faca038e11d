"""The form of a record, by its kind: the fields that the kind holds and no others."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from service.access.days import day_of
from service.people import queries as people
from service.records.reading import Record
from service.records.rules import BASES, KINDS
from service.web import edge
from service.web.formview import form_of
from service.web.recordview import VALUES

PLACED = ("exchange", "loan", "service", "rural_service", "principal_term")
"""Kinds that say at which school."""


def form_shown(kind: str, values: Mapping[str, Any], faults: Any = (), *, correcting: bool = False) -> dict[str, Any]:
    """What components/form.html is given."""
    held = KINDS[kind]
    fields = [_day("valid_from", _("From"), needed=True), _day("valid_until", _("Until (first day without)"))]
    if held.values:
        fields.insert(0, _select("value", _("What"), {v: v for v in held.values}, needed="value" in held.needs))
    elif "value" in held.needs:
        fields.insert(0, _text("value", _("What"), 40, needed=True))
    if "basis" in held.needs:
        fields.insert(1, _select("basis", _("By which law"), {v: v for v in BASES}, needed=True))
    if "year" in held.needs:
        fields.append({"type": "number", "key": "year", "label": _("Year"), "validate": {"required": True}})
    if "amount" in held.needs:
        fields.append({"type": "number", "key": "amount", "label": _("Hours"), "validate": {"required": True}})
    if kind in PLACED:
        fields.append(_select("organisation_id", _("School"), _schools(), needed="organisation_id" in held.needs))
    fields.append(_text("document", _("Document and number"), 200, needed="document" in held.needs))
    fields.append({"type": "textarea", "key": "note", "label": _("Notes"), "validate": {"maxLength": 400}})
    if correcting:
        fields.append(_text("reason", _("Why it is corrected"), 200, needed=True))
    schema = {"id": "record", "components": fields}
    return form_of(schema, values, dict.fromkeys((one["key"] for one in fields), "write"), faults)


def values_of(record: Record) -> dict[str, Any]:
    """What the form of a correction begins with."""
    names = ("value", "basis", "year", "amount", "organisation_id", "valid_from", "valid_until", "document", "note")
    found = {name: getattr(record, name) for name in names}
    return {name: str(value) if name.startswith("valid") and value else value for name, value in found.items()}


def _schools() -> dict[str, str]:
    rows = people.organisations(edge.actor(), day_of(edge.now()), kind="school")
    return {row.id: (row.name_en if edge.locale() == "en" and row.name_en else row.name) for row in rows}


def _select(key: str, label: Any, options: Mapping[str, str], *, needed: bool) -> dict[str, Any]:
    values = [
        {"value": value, "label": VALUES.get(text, (text, text))[0], "label_en": VALUES.get(text, (text, text))[1]}
        for value, text in options.items()
    ]
    return {"type": "select", "key": key, "label": label, "values": values, "validate": {"required": needed}}


def _text(key: str, label: Any, most: int, *, needed: bool) -> dict[str, Any]:
    return {"type": "textfield", "key": key, "label": label, "validate": {"required": needed, "maxLength": most}}


def _day(key: str, label: Any, *, needed: bool = False) -> dict[str, Any]:
    return {"type": "datetime", "subtype": "date", "key": key, "label": label, "validate": {"required": needed}}
