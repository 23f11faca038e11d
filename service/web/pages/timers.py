"""What an admin does about timers, each with a reason: moves one of a diagram, switches a flow's own beginning."""

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.wrappers import Response

from service.calendar import queries as calendars
from service.deployments import queries as definitions
from service.errors import Conflict, Invalid
from service.instances import queries_timers
from service.instances.commands_moves import MoveTimer, move_timer
from service.instances.commands_starts import SwitchStart, switch_start
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.naming import flow_name, named
from service.web.pages import frame, pages, sent
from service.web.words import words


class MovedTo(sent.Form):
    """The new moment by the clock on the wall, the reason, and what the page showed; the preview takes it too."""

    due_at = fields.NaiveDateTime(load_default=None, allow_none=True)
    reason = Text(most=500, load_default="")
    seen = fields.AwareDateTime(load_default=None, allow_none=True)


class Switched(sent.Form):
    """On or off, and why."""

    active = fields.Boolean(required=True)
    reason = Text(most=500, load_default="")


@pages.get("/deadlines/<timer_id>/move")
def move_deadline(timer_id: str) -> str:
    """The form."""
    row = queries_timers.drawn(edge.actor(), timer_id)
    return _form(row, {"due_at": row.due_at.astimezone(edge.settings().zone).replace(tzinfo=None), "reason": ""})


@pages.post("/deadlines/<timer_id>/move/preview")
def move_preview(timer_id: str) -> str:
    """What the moment comes to."""
    queries_timers.drawn(edge.actor(), timer_id)
    try:
        given = sent.form(MovedTo)
    except Invalid:
        given = {"due_at": None}
    return render_template("admin/move_preview.html", preview=_preview(given["due_at"]))


@pages.post("/deadlines/<timer_id>/move")
def put_deadline(timer_id: str) -> str | Response | tuple[str, int]:
    """Move it, or show the form again with what is wrong."""
    given = sent.form(MovedTo)
    row = queries_timers.drawn(edge.actor(), timer_id)
    due_at = _moment(given["due_at"]) or row.due_at
    try:
        move_timer(edge.actor(), MoveTimer(timer_id, due_at, given["reason"], given["seen"]), now=edge.now())
    except (Conflict, Invalid) as refused:
        return _form(row, given, _refused(refused)), 409 if isinstance(refused, Conflict) else 422
    flash(_("Moved: falls due %(when)s.", when=frame.show().moment(due_at)))
    return redirect(url_for("pages.deadlines"))


def _form(row: Any, given: dict[str, Any], problem: str | None = None) -> str:
    definition = definitions.pinned(row.definition_id)
    place = definition.spec.element(row.element_id)
    timer = {
        "id": row.id,
        "step": named(definition, row.element_id, place.name) if place else row.element_id,
        "business_key": row.business_key,
        "flow_name": flow_name(definition),
        "due_at": row.due_at,
    }
    return render_template(
        "admin/move_timer.html", timer=timer, given=given, problem=problem, preview=_preview(given["due_at"])
    )


def _moment(local: datetime | None) -> datetime | None:
    return None if local is None else local.replace(tzinfo=edge.settings().zone)


def _preview(local: datetime | None) -> dict[str, Any]:
    due_at = _moment(local)
    if due_at is None:
        return {"problem": _("Give day and time.")}
    if due_at <= edge.now():
        return {"problem": words("timer.past", {}, edge.locale())}
    calendar = calendars.installed()
    rest = calendar.workdays_left(due_at, edge.now())
    return {"due_at": due_at, "rest": rest, "day_off": not calendar.is_working(due_at.date())}


def _refused(error: Conflict | Invalid) -> str:
    return words(error.code, error.params, edge.locale())


@pages.get("/deadlines/starts/<key>")
def flow_start(key: str) -> str:
    """The form that switches a flow's own beginning off or on."""
    return _start_form(key, "")


@pages.post("/deadlines/starts/<key>")
def switch_flow_start(key: str) -> str | Response | tuple[str, int]:
    """Switch it, or show the form again with what is wrong."""
    given = sent.form(Switched)
    try:
        due_at = switch_start(edge.actor(), SwitchStart(key, given["active"], given["reason"]), now=edge.now())
    except Invalid as refused:
        return _start_form(key, given["reason"], _refused(refused)), 422
    when = frame.show().moment(due_at)
    flash(_("Switched on: begins %(when)s.", when=when) if given["active"] else _("Switched off."))
    return redirect(url_for("pages.deadlines"))


def _start_form(key: str, reason: str, problem: str | None = None) -> str:
    row = queries_timers.own_start(edge.actor(), key)
    return render_template("admin/flow_start.html", start=start_item(row), reason=reason, problem=problem)


def start_item(row: Any) -> dict[str, Any]:
    """A flow that begins by itself, as the pages show it."""
    return {
        "key": row.definition_key,
        "flow_name": flow_name(definitions.pinned(row.definition_id)),
        "rule": row.rule,
        "due_at": row.due_at,
        "active": row.active,
        "attempts": row.attempts,
        "error": row.last_error,
    }
