"""Deadlines that run, for an admin: what falls due when, firing one now, and flows that begin by themselves."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from service.deployments import queries as definitions
from service.instances import queries_timers
from service.instances.commands_timers import fire_timer
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.naming import flow_name, named
from service.web.pages import pages, sent
from service.web.pages.timers import start_item
from service.web.words import words

KINDS = ("event", "due", "remind", "overdue")


class DeadlinesQuery(sent.Query):
    """Of which kind, and where the page begins."""

    kind = fields.String(load_default="", validate=validate.OneOf(("", *KINDS)))
    cursor = Text(most=200, load_default=None, allow_none=True)


@pages.get("/deadlines")
def deadlines() -> str:
    """What falls due next, in every case, and which flows begin by themselves."""
    asked = sent.query(DeadlinesQuery)
    found = queries_timers.deadlines(edge.actor(), asked["kind"] or None, asked["cursor"])
    kinds = [{"kind": kind, "words": words(f"timer.kind.{kind}", {}, edge.locale())} for kind in KINDS]
    return render_template(
        "admin/deadlines.html",
        items=[_item(row) for row in found.items],
        starts=[] if asked["cursor"] else [start_item(row) for row in queries_timers.all_starts(edge.actor())],
        kinds=kinds,
        kind=asked["kind"],
        next=found.next,
    )


def _item(row: Any) -> dict[str, Any]:
    definition = definitions.pinned(row.definition_id)
    place = definition.spec.element(row.element_id)
    return {
        "id": row.id,
        "due_at": row.due_at,
        "kind": words(f"timer.kind.{row.kind}", {}, edge.locale()),
        "may_move": row.kind == "event" and row.state == "running",
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
