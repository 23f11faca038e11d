"""The call list: whom to ring up, by school; to be printed when nothing else reaches people."""

from typing import Any

from flask import render_template, url_for

from service.people import queries as people
from service.tasks import queries_calls
from service.tasks.queries_calls import Call, Due
from service.web import edge
from service.web.naming import step_name
from service.web.pages import pages

SHOWN = 5
"""Tasks a person; the others are a number."""


@pages.get("/notices/calls")
def calls() -> str:
    """Who has something due by the end of the next working day, or has not read what was sent."""
    found = queries_calls.call_list(edge.actor(), edge.now())
    places = {call.organisation_id for call in found.calls if call.organisation_id}
    names = people.organisation_names(list(places), edge.locale())
    groups: dict[str, list[dict[str, Any]]] = {}
    for call in found.calls:
        groups.setdefault(names.get(call.organisation_id or "", ""), []).append(_item(call))
    return render_template(
        "notices/calls.html",
        groups=[{"name": name, "people": listed} for name, listed in groups.items()],
        until=found.until,
        complete=found.complete,
        total=len(found.calls),
    )


def _item(call: Call) -> dict[str, Any]:
    return {
        "name": call.name,
        "phone": call.phone,
        "reveal_url": url_for("pages.reveal", person_id=call.person_id, field="phone") if call.phone else None,
        "unread": call.unread,
        "due": [_due(one) for one in call.due[:SHOWN]],
        "more": max(0, len(call.due) - SHOWN),
    }


def _due(one: Due) -> dict[str, Any]:
    return {
        "name": step_name(one.definition_id, one.element_id, one.name),
        "business_key": one.business_key,
        "due_at": one.due_at,
    }
