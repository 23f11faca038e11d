"""Entering the minutes of a collective decision, and confirming them as their chair."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import INCLUDE, Schema, fields, validate
from werkzeug.wrappers import Response

from service.errors import Conflict, Invalid
from service.tasks import commands_minutes
from service.tasks.commands_minutes import ConfirmMinutes, EnterMinutes
from service.tasks.view import view
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.formview import typed
from service.web.pages import meetingview, pages, sent

OWN = frozenset({"minutes", "decision", "opinion", "version", "no_interest", "idempotency_key"})
PLACES = ("present", "absent", "recused")


class Member(sent.Form):
    """Where somebody stands in the minutes; nowhere: not due."""

    id = Text(most=64, required=True)
    place = fields.String(load_default="", validate=validate.OneOf(("", *PLACES)))


class Minutes(sent.Form):
    """What the minutes say; the fields carry their name, so that the step's own form keeps theirs."""

    meeting = Text(most=200, load_default="")
    held_on = fields.Date(load_default=None, allow_none=True)
    members = fields.List(fields.Nested(Member), load_default=list)
    chair_id = Text(most=64, load_default=None, allow_none=True)
    scan = fields.List(Text(most=64), load_default=list)


class Entered(Schema):
    """Minutes and, beside them, the fields of the task's own form, which its form-js schema checks."""

    class Meta:
        unknown = INCLUDE

    minutes = fields.Nested(Minutes, load_default=dict)
    decision = fields.String(load_default="complete")
    opinion = fields.String(load_default=None, allow_none=True)
    version = fields.Integer(load_default=None, allow_none=True)
    no_interest = fields.String(load_default=None)


class Confirmed(sent.Form):
    """The version of the minutes that was read."""

    version = sent.whole(load_default=None, allow_none=True)
    no_interest = fields.String(load_default=None)


@pages.get("/tasks/<task_id>/minutes")
def minutes(task_id: str) -> str:
    """The form, with what was entered before."""
    return render_template("tasks/minutes.html", task=meetingview.form(task_id, meetingview.entered(task_id)))


@pages.post("/tasks/<task_id>/minutes")
def enter_minutes(task_id: str) -> Response | tuple[str, int]:
    """Enter or correct them, or show the form again with what is wrong."""
    found = sent.form(Entered)
    values = {name: value for name, value in found.items() if name not in OWN}
    given = found | {"values": typed(view(edge.actor(), task_id).form, values)}
    try:
        commands_minutes.enter_minutes(edge.actor(), _command(task_id, given), now=edge.now())
    except (Conflict, Invalid) as refused:
        shown = render_template("tasks/minutes.html", task=meetingview.form(task_id, given, refused))
        return shown, 409 if isinstance(refused, Conflict) else 422
    flash(_("Entered; the chair has been asked to confirm."))
    return redirect(url_for("pages.task", task_id=task_id))


def _command(task_id: str, given: dict[str, Any]) -> EnterMinutes:
    told = given["minutes"]
    placed = {
        place: tuple(one["id"] for one in told.get("members", ()) if one["place"] == place) for place in PLACES
    }  # fmt: skip
    said = {name: given[name] for name in ("decision", "opinion", "values")}
    return EnterMinutes(
        task_id,
        given["version"],
        meeting=told.get("meeting", ""),
        held_on=told.get("held_on"),
        due=tuple(one for place in PLACES for one in placed[place]),
        present=placed["present"],
        recused=placed["recused"],
        chair_id=told.get("chair_id"),
        attachment_id=(told.get("scan") or [""])[0],
        no_interest=bool(given["no_interest"]),
        **said,
    )


@pages.post("/tasks/<task_id>/confirm-minutes")
def confirm_minutes(task_id: str) -> Response:
    """Confirm what the meeting decided."""
    given = sent.form(Confirmed)
    command = ConfirmMinutes(task_id, given["version"], bool(given["no_interest"]))
    commands_minutes.confirm_minutes(edge.actor(), command, now=edge.now())
    flash(_("Confirmed."))
    return redirect(url_for("pages.inbox"))
