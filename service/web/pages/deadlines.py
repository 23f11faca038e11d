"""Deadlines that run, for an admin: what falls due when, and firing one now."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from service.deployments import queries as definitions
from service.instances import queries
from service.instances.commands_timers import fire_timer
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.naming import flow_name, named, place_of
from service.web.pages import pages, sent
from service.web.words import words

KINDS = ("event", "due", "remind", "overdue")


class DeadlinesQuery(sent.Query):
    """Of which kind, and where the page begins."""

    kind = fields.String(load_default="", validate=validate.OneOf(("", *KINDS)))
    cursor = Text(most=200, load_default=None, allow_none=True)


@pages.get("/deadlines")
def deadlines() -> str:
    """What falls due next, in every case."""
    asked = sent.query(DeadlinesQuery)
    found = queries.deadlines(edge.actor(), asked["kind"] or None, asked["cursor"])
    kinds = [{"kind": kind, "words": words(f"timer.kind.{kind}", {}, edge.locale())} for kind in KINDS]
    return render_template(
        "admin/deadlines.html",
        items=[_item(row) for row in found.items],
        kinds=kinds,
        kind=asked["kind"],
        next=found.next,
    )


def _item(row: Any) -> dict[str, Any]:
    definition = definitions.pinned(row.definition_id)
    place = place_of(definition, row.element_id)
    return {
        "id": row.id,
        "due_at": row.due_at,
        "kind": words(f"timer.kind.{row.kind}", {}, edge.locale()),
        "step": named(definition, row.element_id, place.name) if place else row.element_id,
        "business_key": row.business_key,
        "flow_name": flow_name(definition),
        "state": row.state,
        "attempts": row.attempts,
    }


@pages.post("/deadlines/<timer_id>/fire")
def fire_deadline(timer_id: str) -> Response:
    """Let a deadline fall due at once."""
    fired = fire_timer(edge.actor(), timer_id, now=edge.now())
    if fired:
        flash(_("Fired; the case goes on."))
    else:
        flash(_("This deadline is gone, or its case is busy: reload the list."), "error")
    return redirect(url_for("pages.deadlines"))
