"""More time for a task: a small form that shows the resulting day before it is confirmed."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from service.access import policy
from service.errors import Conflict, Invalid
from service.tasks import commands_deadlines, extension, queries
from service.tasks.commands_deadlines import ExtendTask
from service.tasks.facts import TaskFacts
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.casetitles import case_title
from service.web.naming import step_name
from service.web.pages import frame, pages, sent
from service.web.words import words


class Wished(sent.Form):
    """How much more time, or until when, its reason, and what the page showed; the preview is sent the same form."""

    days = sent.whole(1, 1000, load_default=None, allow_none=True)
    unit = fields.String(load_default="workdays", validate=validate.OneOf(extension.UNITS))
    until = fields.Date(load_default=None, allow_none=True)
    reason = Text(most=500, load_default="")
    version = sent.whole(load_default=None, allow_none=True)
    due_at = fields.AwareDateTime(load_default=None, allow_none=True)


def may_extend(task: TaskFacts) -> bool:
    """Whether the page offers it."""
    actor = edge.actor()
    return (
        task.state == "open"
        and task.has_deadline
        and policy.allows(actor, "task.extend", task)
        and not extension.owes(actor, task)
    )


@pages.get("/tasks/<task_id>/extend")
def extend(task_id: str) -> str:
    """The form."""
    return _form(queries.task(edge.actor(), task_id), {"days": 5, "unit": "workdays", "until": None})


@pages.post("/tasks/<task_id>/extend/preview")
def extend_preview(task_id: str) -> str:
    """What the wish comes to."""
    try:
        wish = ExtendTask(task_id, **sent.form(Wished))
    except Invalid as refused:
        return render_template("tasks/extend_preview.html", preview=_refused(refused))
    return render_template("tasks/extend_preview.html", preview=_preview(wish))


@pages.post("/tasks/<task_id>/extend")
def grant_extension(task_id: str) -> str | Response | tuple[str, int]:
    """Give the time, or show the form again with what is wrong."""
    found = sent.form(Wished)
    try:
        due_at = commands_deadlines.extend_task(edge.actor(), ExtendTask(task_id, **found), now=edge.now())
    except (Conflict, Invalid) as refused:
        shown = _form(queries.task(edge.actor(), task_id), found, _refused(refused))
        return shown, 409 if isinstance(refused, Conflict) else 422
    flash(_("Extended: now due %(when)s.", when=frame.show().moment(due_at)))
    return redirect(url_for("pages.task", task_id=task_id))


def _form(task: TaskFacts, given: dict[str, Any], problem: dict[str, Any] | None = None) -> str:
    step = step_name(task.case.definition_id, task.element_id, task.name)
    wish = ExtendTask(task.id, given["days"], given["unit"], given["until"])
    title = case_title(task.instance_id, task.case.title)
    shown = {"id": task.id, "name": step, "title": title, "business_key": task.case.business_key,
             "due_at": task.due_at, "version": task.version}  # fmt: skip
    return render_template("tasks/extend.html", task=shown, given=given, problem=problem, preview=_preview(wish))


def _preview(wish: ExtendTask) -> dict[str, Any]:
    try:
        found = queries.proposed_extension(edge.actor(), wish.task_id, wish, edge.now())
    except (Conflict, Invalid) as refused:
        return _refused(refused)
    return {"due_at": found.span.due_at, "old": found.old, "rest": found.rest}


def _refused(error: Conflict | Invalid) -> dict[str, Any]:
    fault = error.faults[0] if isinstance(error, Invalid) and error.faults else None
    code, params = (fault.code, fault.params) if fault else (error.code, error.params)
    return {"problem": words(code, params, edge.locale())}
