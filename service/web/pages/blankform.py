"""The form of a step on paper: empty, with its boxes, and the line by which it is found again when it is recorded."""

from typing import Any

import segno
from flask import render_template

from service.people import queries as people
from service.tasks.view import TaskView, view
from service.web import edge
from service.web.formview import form_of
from service.web.naming import flow_name, named
from service.web.pages import pages, taskpage


@pages.get("/tasks/<task_id>/form")
def blank_form(task_id: str) -> str:
    """The form of a task, to be printed and filled in by hand; what is hidden in this step is not on it."""
    return render_template("tasks/blank.html", paper=_blank(view(edge.actor(), task_id)))


def _blank(found: TaskView) -> dict[str, Any]:
    task, definition, locale = found.task, found.definition, edge.locale()
    places = people.organisation_names([task.organisation_id], locale)
    code = f"LECTERN-TASK {task.case.business_key} {task.id}"
    return {
        "task_id": task.id,
        "bureau": people.bureau_name(locale),
        "flow_name": flow_name(definition),
        "step": named(definition, task.element_id, task.name),
        "business_key": task.case.business_key,
        "title": task.case.title,
        "organisation": places.get(task.organisation_id, ""),
        "ask": taskpage.ask(found),
        "form": form_of(found.form, _given(found), found.rights),
        "decisions": [choice.label.get(locale) or choice.label["zh"] for choice in found.choices],
        "code": code,
        "qr": segno.make(code, error="m").svg_data_uri(border=1),
    }


def _given(found: TaskView) -> dict[str, Any]:
    """What stands on the paper: the fields that are read here, and the rows of lists that are filled in here."""
    return {name: value for name, value in found.data.items() if found.rights.get(name) == "read" or _rows(value)}


def _rows(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(row, dict) for row in value)
