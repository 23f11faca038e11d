"""The inbox: boxes, the list, the preview."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import g, jsonify, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.wrappers import Response

from service.access.days import day_of
from service.deployments import queries as definitions
from service.desk import queries as desk
from service.errors import NotFound
from service.flows.hiring import queries as candidates
from service.people import queries as people
from service.tasks import bulk, commands_reading, queries, queries_boxes
from service.tasks.dues import DUES, UNDATED
from service.tasks.orders import SORTS
from service.web import edge
from service.web.casetitles import case_title, subtitles
from service.web.naming import definition_of, flow_name, holder_words, step_name
from service.web.pages import frame, listing, pages, sent
from service.web.pages.taskpage import preview_of

MANY = 200
"""Rows of a long page, for who decides many together."""
PICKED = ("todo", "claimable", "overdue")
"""Boxes whose tasks may be decided together."""


class Placed(sent.Query):
    """Where in the list, and which task beside it."""

    cursor = fields.String(load_default=None, allow_none=True)
    rows = fields.String(load_default="")
    task = fields.String(load_default=None, allow_none=True)


@pages.get("/")
def inbox() -> str:
    """A box of mine with the chosen task beside it."""
    wanted, placed = listing.asked(), sent.query(Placed)
    g.searched = wanted.get("q", "")
    counts = listing.counts()
    wanted["box"] = wanted.get("box") or first_box(counts)
    started = wanted["box"] == "started"
    rows = MANY if placed["rows"] == str(MANY) else bulk.AT_ONCE
    items, following = (_started if started else _tasks)(wanted, placed["cursor"], rows)
    chosen = placed["task"] or (items[0]["id"] if items and not started else None)
    return render_template(
        "inbox/index.html",
        box=wanted["box"],
        boxes=[{"box": box, "count": frame.counted(counts.get(box, 0))} for box in listing.BOXES],
        list=wanted,
        flow=wanted.get("flow", ""),
        flows=[{"key": flow.key, "name": flow_name(flow)} for flow in definitions.newest()],
        organisation_id=wanted.get("organisation_id", ""),
        places=[] if started else _places(wanted),
        due=wanted.get("due", ""),
        dues=[] if wanted["box"] in ("overdue", *UNDATED) else list(DUES),
        sort=wanted.get("sort", "due"),
        sorts=[] if wanted["box"] in ("done", "copied", "started") else list(SORTS),
        filters=[_chip(row, wanted) for row in desk.filters(edge.actor())],
        items=items,
        bulk=any(item["bulk"] for item in items),
        selected=_chosen(chosen),
        next=following,
        more=None if rows == MANY or not following else url_for("pages.inbox", **wanted, rows=MANY),
    )


@pages.get("/inbox/counts")
def inbox_counts() -> Response:
    """How many lie in each box: asked now and then by the page itself."""
    return jsonify({box: frame.counted(count) or "" for box, count in listing.counts().items()})


def _places(wanted: Mapping[str, Any]) -> list[dict[str, str]]:
    """Whose cases may be asked for; a school has hardly any but its own and is not asked."""
    actor = edge.actor()
    found = people.organisations(actor, day_of(edge.now()))
    schools = {row.id for row in found if row.kind == "school"}
    if actor.organisation_id in schools and not wanted.get("organisation_id"):
        return []
    names = people.organisation_names([row.id for row in found], edge.locale())
    return [{"id": row.id, "name": names[row.id]} for row in found]


def _chip(row: Any, wanted: Mapping[str, Any]) -> dict[str, Any]:
    named: dict[str, Any] = {name: getattr(row, name) for name in listing.NAMES if getattr(row, name)}
    mine = row.person_id == edge.actor().person_id
    here = named == {"sort": "due", **wanted}
    return {"name": row.name, "url": url_for("pages.inbox", **named), "current": here, "shared": not mine}


def first_box(counts: Mapping[str, int]) -> str:
    """Where work lies: my own tasks, else those of my roles that nobody has claimed."""
    return "claimable" if not counts["todo"] and counts["claimable"] else "todo"


def _tasks(wanted: dict[str, str], cursor: str | None, rows: int) -> tuple[list[dict[str, Any]], str | None]:
    found = queries_boxes.page(edge.actor(), replace(listing.query_of(wanted), cursor=cursor, limit=rows))
    names = people.names([row.initiator_id for row in found.items])
    about, below = candidates.subjects(found.items), _subtitles(found.items)
    box = wanted["box"]
    unread = queries_boxes.unread(edge.actor(), [row.id for row in found.items]) if box in queries_boxes.MARKED else ()
    return [
        {
            **_row(row, names, about.get(row.id)),
            "subtitle": subtitle,
            "unread": row.id in unread,
            "bulk": box in PICKED and _may_pick(row),
        }
        for row, subtitle in zip(found.items, below, strict=True)
    ], found.next


def _subtitles(rows: Sequence[Any]) -> list[str | None]:
    return subtitles([(row.instance_id, row.definition_id, row.organisation_id) for row in rows])


def _may_pick(row: Any) -> bool:
    return bulk.refusal(definition_of(row.definition_id), row) is None


def _row(row: Any, names: dict[str, str], about: str | None) -> dict[str, Any]:
    step = step_name(row.definition_id, row.element_id, row.name)
    return {
        "id": row.id,
        "name": _("%(step)s · %(name)s", step=step, name=about) if about else step,
        "title": case_title(row.instance_id, row.title),
        "business_key": row.business_key,
        "due_at": row.due_at,
        "by": names.get(row.initiator_id, ""),
        "signing": _("in sequence") if row.signing == "sequence" else None,
        "on_behalf_of": _(", ").join(one.name for one in edge.actor().represented.get(row.holder, ())),
        "version": row.version,
    }


def _started(wanted: dict[str, str], cursor: str | None, rows: int) -> tuple[list[dict[str, Any]], str | None]:
    """The open steps of the cases that I began, each with whom it lies; it leads to the case."""
    found = queries_boxes.page(edge.actor(), replace(listing.query_of(wanted), cursor=cursor, limit=rows))
    held = queries.holders_of([row.id for row in found.items])
    persons = people.names({name.removeprefix("person:") for holders in held.values() for name in holders})
    below = _subtitles(found.items)
    return [
        _started_row(row, held.get(row.id, ()), persons) | {"subtitle": subtitle}
        for row, subtitle in zip(found.items, below, strict=True)
    ], found.next


def _started_row(row: Any, holders: Iterable[str], persons: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": step_name(row.definition_id, row.element_id, row.name),
        "title": case_title(row.instance_id, row.title),
        "business_key": row.business_key,
        "due_at": row.due_at,
        "by": _(", ").join(holder_words(holder, persons) for holder in holders),
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
    look_at(task_id)
    return render_template("inbox/preview.html", task=task)


def look_at(task_id: str) -> None:
    """The task is no longer unread; nothing is written when it was looked at before, or by who has no person."""
    actor = edge.actor()
    if actor.person_id is not None and queries_boxes.unread(actor, [task_id]):
        commands_reading.mark_read(actor, task_id, now=edge.now())
