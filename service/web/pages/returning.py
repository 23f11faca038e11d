"""Returning a task to an earlier step, and taking back what one has just decided."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from service.errors import Conflict, Invalid
from service.people import queries as people
from service.tasks import queries
from service.tasks.commands import TaskCommand
from service.tasks.commands_recalling import recall_task
from service.tasks.commands_returning import ReturnTask, return_task
from service.tasks.returning import REENTRIES
from service.tasks.targets import ReturnTarget
from service.tasks.view import TaskView, view
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.naming import named
from service.web.pages import pages, sent
from service.web.pages.taskpage import preview_from
from service.web.words import words


class Wished(sent.Form):
    """Where to, how it comes back, and why."""

    target = Text(most=200, load_default="")
    reentry = fields.String(load_default=REENTRIES[0], validate=validate.OneOf(REENTRIES))
    reason = Text(most=4000, load_default="")
    version = sent.whole(load_default=None, allow_none=True)
    no_interest = fields.String(load_default=None)


@pages.route("/tasks/<task_id>/return", methods=["GET", "POST"])
def give_back(task_id: str) -> str | Response | tuple[str, int]:
    """The form; returned, it says until when that can be taken back."""
    if request.method == "GET":
        return _form(view(edge.actor(), task_id), {"reentry": REENTRIES[0]})
    wish = sent.form(Wished)
    command = ReturnTask(task_id, **{**wish, "no_interest": bool(wish["no_interest"])})
    try:
        return_task(edge.actor(), command, now=edge.now())
    except (Conflict, Invalid) as refused:
        problem = words(refused.code, refused.params, edge.locale())
        return _form(view(edge.actor(), task_id), wish, problem), 409 if isinstance(refused, Conflict) else 422
    flash_decided(task_id, _("Returned; who has it now is told."))
    return redirect(url_for("pages.inbox"))


@pages.post("/tasks/<task_id>/recall")
def recall(task_id: str) -> Response:
    """Take the decision back; what was written is on the page as a draft."""
    try:
        recall_task(edge.actor(), TaskCommand(task_id), now=edge.now())
    except Conflict as refused:
        flash(words(refused.code, refused.params, edge.locale()), "error")
        return redirect(url_for("pages.task", task_id=task_id))
    flash(_("Taken back; what you wrote is kept as your draft."))
    return redirect(url_for("pages.task", task_id=task_id))


def flash_decided(task_id: str, text: str) -> None:
    """Say what was done, with a button to take it back and the seconds left, where that is possible."""
    offer = queries.recall_offer(edge.actor(), task_id, edge.now())
    if offer is None or offer.until is None:
        flash(text)
        return
    seconds = int((offer.until - edge.now()).total_seconds())
    url = url_for("pages.recall", task_id=task_id)
    flash({"text": text, "action_url": url, "action_label": _("Take it back"), "seconds": seconds})  # type: ignore[arg-type]


def _form(found: TaskView, given: dict[str, Any], problem: str | None = None) -> str:
    names = people.names([person for target in found.return_targets for person in target.persons])
    targets = [_target(found, target, names) for target in found.return_targets]
    chosen = given.get("target") or next((one["value"] for one in targets if one["initiator"]), None)
    return render_template(
        "tasks/return.html",
        task={**preview_from(found), "recuses": bool(found.task.properties.get("recuse"))},
        targets=targets,
        given={**given, "target": chosen or (targets[0]["value"] if targets else None)},
        problem=problem,
    )


def _target(found: TaskView, target: ReturnTarget, names: Any) -> dict[str, Any]:
    notes = [_("the applicant corrects here")] if target.initiator else []
    notes += [_("the step before")] if target.previous else []
    signed = _(", ").join(names.get(person, "") for person in target.persons)
    notes += [_("done last by %(names)s", names=signed)] if signed else []
    return {
        "value": target.element_id,
        "label": named(found.definition, target.element_id, target.name),
        "note": " · ".join(notes),
        "straight": target.straight,
        "initiator": target.initiator,
    }
