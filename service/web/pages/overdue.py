"""Who is late: the offices with their figures, and behind each the tasks, how late they are and who has them."""

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _

from service.people import queries as people
from service.tasks import queries_overdue
from service.tasks.queries_overdue import Lateness, LateTask
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.casetitles import case_title, look_up
from service.web.naming import holder_words, role_name, step_name
from service.web.pages import pages, sent


class OverdueQuery(sent.Query):
    """The role, and where the page begins."""

    role = Text(most=64, load_default=None, allow_none=True)
    cursor = Text(most=200, load_default=None, allow_none=True)


@pages.get("/overdue")
def overdue() -> str:
    """Every office that is late or was."""
    found = queries_overdue.figures(edge.actor(), edge.now())
    names = people.organisation_names({each.organisation_id for each in found}, edge.locale())
    items = [_office(each, names) for each in found]
    return render_template("reports/overdue.html", items=items, as_of=edge.now())


def _office(found: Lateness, names: dict[str, str]) -> dict[str, Any]:
    where = url_for("pages.overdue_of", organisation_id=found.organisation_id, role=found.role)
    return {
        "organisation": names.get(found.organisation_id, ""),
        "role": role_name(found.role) if found.role else _("named persons"),
        "overdue": found.overdue,
        "workdays": found.workdays,
        "longest": found.longest,
        "done": found.done,
        "done_workdays": found.done_workdays,
        "url": where if found.overdue else None,
    }


@pages.get("/overdue/<organisation_id>")
def overdue_of(organisation_id: str) -> str:
    """The tasks behind the figure of one office."""
    asked = sent.query(OverdueQuery)
    found = queries_overdue.page(
        edge.actor(), organisation_id, edge.now(), role=asked["role"], after=asked["cursor"]
    )  # fmt: skip
    names = people.names([holder.removeprefix("person:") for late in found.items for holder in late.holders])
    office = people.organisation_names([organisation_id], edge.locale()).get(organisation_id, "")
    look_up(late.task for late in found.items)
    items = [_task(late, names) for late in found.items]
    role = role_name(asked["role"]) if asked["role"] else ""
    return render_template("reports/overdue_of.html", office=office, role=role, items=items, next=found.next)


def _task(late: LateTask, names: dict[str, str]) -> dict[str, Any]:
    task = late.task
    return {
        "id": task.id,
        "step": step_name(task.definition_id, task.element_id, task.name),
        "title": case_title(task.instance_id, task.title),
        "business_key": task.business_key,
        "due_at": task.due_at,
        "workdays": late.workdays,
        "holders": [holder_words(holder, names) for holder in late.holders],
    }
