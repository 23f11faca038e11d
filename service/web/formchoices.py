"""Choices of a form that are not written in it: `options` = `staff` of a select offers the staff of a school."""

from collections.abc import Mapping
from typing import Any

from service.access.days import day_of
from service.people import persons
from service.web import edge

STAFF, MOST = "staff", 1000


def with_staff(form: Mapping[str, Any], organisation_id: str) -> dict[str, Any]:
    """The form with the staff of the school, by name, wherever it asks for one of them."""
    return {**form, "components": [_component(one, organisation_id) for one in form.get("components", ())]}


def _component(component: Mapping[str, Any], organisation_id: str) -> dict[str, Any]:
    if "components" in component:
        return with_staff(component, organisation_id)
    if (component.get("properties") or {}).get("options") != STAFF:
        return dict(component)
    staff = persons.people_of(edge.actor(), organisation_id, day_of(edge.now()), limit=MOST)
    return {**component, "values": [{"value": one.id, "label": one.name, "label_en": one.name} for one in staff]}
