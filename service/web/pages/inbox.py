"""The inbox: boxes, the list, the preview."""

from typing import Any

from flask import g, render_template, url_for
from flask_babel import gettext as _
from marshmallow import EXCLUDE, Schema, fields

from service.deployments import queries as definitions
from service.errors import NotFound
from service.flows.hiring import queries as candidates
from service.instances import queries as cases
from service.people import queries as people
from service.tasks import queries_boxes as queries
from service.tasks.queries_boxes import BoxQuery
from service.web import edge
from service.web.naming import flow_name, step_name
from service.web.pages import frame, pages, sent
from service.web.pages.taskpage import preview_of

BOXES = ("todo", "late", "claimable", "done", "started")


class InboxQuery(Schema):
    """What the address of the inbox may ask for; anything else is left out."""

    class Meta:
        unknown = EXCLUDE

    box = fields.String(load_default="")
    flow = fields.String(load_default="")
    q = fields.String(load_default="")
    cursor = fields.String(load_default=None, allow_none=True)
    task = fields.String(load_default=None, allow_none=True)


@pages.get("/")
def inbox() -> str:
    """A box of mine with the chosen task beside it."""
    asked = sent.query(InboxQuery)
    g.searched = asked["q"]
    counted = boxes()
    box = asked["box"] if asked["box"] in BOXES else first_box(counted)
    items, following = _started(asked) if box == "started" else _tasks(box, asked)
    chosen = asked["task"] or (items[0]["id"] if items and box != "started" else None)
    return render_template(
        "inbox/index.html",
        box=box,
        boxes=counted,
        flow=asked["flow"],
        flows=[{"key": flow.key, "name": flow_name(flow)} for flow in definitions.newest()],
        items=items,
        bulk=False,
        selected=_chosen(chosen),
        next=following,
    )


def first_box(counted: list[dict[str, Any]]) -> str:
    """Where work lies: my own tasks, else those of my roles that nobody has claimed."""
    waiting = {each["box"] for each in counted if each["count"]}
    return "claimable" if "todo" not in waiting and "claimable" in waiting else "todo"


def boxes() -> list[dict[str, Any]]:
    """Every box with its count; finished and started ones are not counted."""
    actor = edge.actor()
    counts = {
        "todo": queries.count(actor, BoxQuery()),
        "late": queries.count(actor, BoxQuery(due_before=edge.now())),
        "claimable": queries.count(actor, BoxQuery("claimable")),
    }
    return [{"box": box, "count": frame.counted(counts.get(box, 0))} for box in BOXES]


def _tasks(box: str, asked: dict[str, Any]) -> tuple[list[dict[str, Any]], str | None]:
    late = edge.now() if box == "late" else None
    query = BoxQuery("todo" if late else box, asked["flow"] or None, late, asked["q"] or None, cursor=asked["cursor"])
    found = queries.page(edge.actor(), query)
    names = people.names([row.initiator_id for row in found.items])
    about = candidates.subjects(found.items)
    return [_row(row, names, about.get(row.id)) for row in found.items], found.next


def _row(row: Any, names: dict[str, str], about: str | None) -> dict[str, Any]:
    step = step_name(row.definition_id, row.element_id, row.name)
    return {
        "id": row.id,
        "name": _("%(step)s · %(name)s", step=step, name=about) if about else step,
        "title": row.title,
        "business_key": row.business_key,
        "due_at": row.due_at,
        "by": names.get(row.initiator_id, ""),
        "signing": _("in sequence") if row.signing == "sequence" else None,
        "on_behalf_of": _(", ").join(one.name for one in edge.actor().represented.get(row.holder, ())),
        "unread": False,
        "bulk": False,
    }


def _started(asked: dict[str, Any]) -> tuple[list[dict[str, Any]], str | None]:
    query = cases.CaseQuery(mine=True, flow=asked["flow"] or None, cursor=asked["cursor"])
    found = cases.page(edge.actor(), query)
    return [_case_row(row) for row in found.items], found.next


def _case_row(row: Any) -> dict[str, Any]:
    return {
        "id": row.instance_id,
        "name": row.definition_name,
        "title": row.title,
        "business_key": row.business_key,
        "due_at": None,
        "by": "",
        "unread": False,
        "bulk": False,
        "process_url": url_for("pages.case", case_id=row.instance_id),
    }


def _chosen(task_id: str | None) -> dict[str, Any] | None:
    if task_id is None:
        return None
    try:
        return preview_of(task_id)
    except NotFound:
        return None


@pages.get("/tasks/<task_id>/preview")
def task_preview(task_id: str) -> str:
    """The chosen task beside the list."""
    task = _chosen(task_id)
    if task is None:
        return render_template("inbox/preview_gone.html")
    return render_template("inbox/preview.html", task=task)
