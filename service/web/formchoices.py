"""Choices of a form that are not written in it: `options` of a select is `staff` of the school, or all `schools`."""

from collections.abc import Mapping
from typing import Any

from service.access.days import day_of
from service.people import persons
from service.people.queries import school_names
from service.tasks.forms import SCHOOLS, STAFF
from service.web import edge

MOST = 1000


def with_staff(form: Mapping[str, Any], organisation_id: str) -> dict[str, Any]:
    """The form with the staff of the school, by name, wherever it asks for one of them."""
    return {**form, "components": [_component(one, organisation_id) for one in form.get("components", ())]}


def with_schools(component: Mapping[str, Any]) -> dict[str, Any]:
    """The field with all schools of the county, where it asks for one of them."""
    if (component.get("properties") or {}).get("options") != SCHOOLS:
        return dict(component)
    found = school_names(day_of(edge.now()))
    return {**component, "values": [{"value": one, "label": zh, "label_en": en} for one, zh, en in found]}


def _component(component: Mapping[str, Any], organisation_id: str) -> dict[str, Any]:
    if "components" in component:
        return with_staff(component, organisation_id)
    if (component.get("properties") or {}).get("options") != STAFF or component["type"] != "select":
        return dict(component)
    staff = persons.people_of(edge.actor(), organisation_id, day_of(edge.now()), limit=MOST)
    return {**component, "values": [{"value": one.id, "label": one.name, "label_en": one.name} for one in staff]}
