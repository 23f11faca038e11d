"""One task: its page, claim, draft, decision, stepping aside."""

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import INCLUDE, Schema, fields
from werkzeug.wrappers import Response

from service.errors import Conflict, Invalid
from service.tasks import commands, queries
from service.tasks.commands import CompleteTask, Recuse, SaveDraft, TaskCommand
from service.tasks.view import view
from service.tasks.voting import VOTE
from service.web import edge
from service.web.formview import typed
from service.web.pages import listing, pages, sent
from service.web.pages.inbox import look_at
from service.web.pages.returning import flash_decided
from service.web.pages.taskpage import page_of
from service.web.words import words

OWN = frozenset({"decision", "opinion", "version", "no_interest", "from_page"})


class Decided(Schema):
    """A decision and, beside it, the fields of the task's own form, which its form-js schema checks."""

    class Meta:
        unknown = INCLUDE

    decision = fields.String(load_default="complete")
    opinion = fields.String(load_default=None, allow_none=True)
    version = fields.Integer(load_default=None, allow_none=True)
    no_interest = fields.String(load_default=None)
    from_page = fields.String(load_default=None, data_key="from")


class Versioned(sent.Form):
    """The version that the page showed."""

    version = sent.whole(load_default=None, allow_none=True)


class SteppingAside(Versioned):
    """Why somebody must not handle a case."""

    reason = fields.String(required=True)


def _parted(task_id: str, found: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What every task is sent with, and beside it the fields of its own form in their types."""
    values = {name: value for name, value in found.items() if name not in OWN and name != "idempotency_key"}
    return found, typed(view(edge.actor(), task_id).form, values)


@pages.get("/tasks/<task_id>")
def task(task_id: str) -> str:
    """The page of a task; looked at, it is no longer unread."""
    shown = page_of(task_id)
    look_at(task_id)
    return render_template("tasks/task.html", task=shown)


@pages.post("/tasks/<task_id>/complete")
def complete(task_id: str) -> Response | tuple[str, int]:
    """Decide; on to the next task, or back to the form with what is wrong."""
    found, values = _parted(task_id, sent.form(Decided))
    command = CompleteTask(
        task_id, found["version"], found["decision"], found["opinion"], values, bool(found["no_interest"])
    )
    following = listing.following(task_id, beside=found["from_page"] == "inbox")
    try:
        done = commands.complete_task(edge.actor(), command, now=edge.now())
    except Invalid as refused:
        return _again(task_id, refused, found, values), 422
    except Conflict as late:
        return _again(task_id, late, found, values), 409
    if queries.task(edge.actor(), task_id).signing == VOTE:
        flash(_("Your ballot is in the box."))
        return redirect(url_for("pages.task", task_id=task_id))
    flash_decided(task_id, _("Decided.") if done.decided else _("Signed; others still have to sign."))
    return redirect(following or url_for("pages.inbox", **listing.asked()))


def _again(task_id: str, refused: Conflict | Invalid, found: dict[str, Any], values: dict[str, Any]) -> str:
    """The same page with everything that was typed, and what is wrong with it."""
    problem = {
        "title": words(refused.code, refused.params, edge.locale()),
        "words": _("What you typed is kept below."),
        "reload": isinstance(refused, Conflict),
    }
    kept = {"values": values, "opinion": found["opinion"]}
    return render_template("tasks/task.html", task=page_of(task_id, refused.faults, kept, problem))


@pages.post("/tasks/<task_id>/draft")
def save_draft(task_id: str) -> Response:
    """Keep what is typed so far."""
    found, values = _parted(task_id, sent.form(Decided))
    draft = SaveDraft(task_id, values, None, found["opinion"])
    commands.save_draft(edge.actor(), draft, now=edge.now())
    return jsonify({})


@pages.post("/tasks/<task_id>/claim")
def claim(task_id: str) -> Response:
    """Take a task of one of my roles."""
    seen = sent.form(Versioned)
    commands.claim_task(edge.actor(), TaskCommand(task_id, seen["version"]), now=edge.now())
    flash(_("It is yours now."))
    return redirect(url_for("pages.task", task_id=task_id))


@pages.post("/tasks/<task_id>/unclaim")
def unclaim(task_id: str) -> Response:
    """Give a claimed task back."""
    seen = sent.form(Versioned)
    commands.unclaim_task(edge.actor(), TaskCommand(task_id, seen["version"]), now=edge.now())
    flash(_("Given back; your colleagues see it again."))
    return redirect(url_for("pages.inbox"))


@pages.route("/tasks/<task_id>/recuse", methods=["GET", "POST"])
def recuse(task_id: str) -> str | Response:
    """Step aside because of an interest: it is recorded, and the task is no longer mine."""
    if request.method == "GET":
        return render_template("tasks/recuse.html", task=page_of(task_id))
    given = sent.form(SteppingAside)
    commands.recuse_task(edge.actor(), Recuse(task_id, given["version"], given["reason"]), now=edge.now())
    flash(_("Recorded. The task goes to somebody without an interest."))
    return redirect(url_for("pages.inbox"))
