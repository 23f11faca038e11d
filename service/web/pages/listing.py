"""Which list a person works through: carried along in the address, so that the next task is the next of that list."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import url_for
from marshmallow import fields

from service.tasks import queries, queries_boxes
from service.tasks.dues import DUES, UNDATED
from service.tasks.orders import SORTS
from service.tasks.queries_boxes import BoxQuery
from service.web import edge
from service.web.pages import sent

BOXES = ("todo", "overdue", "claimable", "copied", "done", "started")
COUNTED = ("todo", "overdue", "claimable", "copied")
NAMES = ("box", "flow", "q", "organisation_id", "due", "sort")


class ListQuery(sent.Query):
    """What the address of a list may ask for; anything else is left out."""

    box = fields.String(load_default="")
    flow = fields.String(load_default="")
    q = fields.String(load_default="")
    organisation_id = fields.String(load_default="")
    due = fields.String(load_default="")
    sort = fields.String(load_default="")


def asked() -> dict[str, Any]:
    """The list that the address names, without what is empty or unknown."""
    found = sent.query(ListQuery)
    known = {"box": BOXES, "sort": tuple(SORTS), "due": DUES if found["box"] not in UNDATED else ()}
    return {name: found[name] for name in NAMES if found[name] and found[name] in known.get(name, (found[name],))}


def query_of(wanted: Mapping[str, Any]) -> BoxQuery:
    """The same as a query of the boxes."""
    query = BoxQuery(**{name: wanted[name] for name in NAMES if name in wanted and name != "due"})
    due = "overdue" if query.box == "overdue" else wanted.get("due")
    return replace(query, due_before=edge.due_before(due)) if due else query


def around(task_id: str) -> tuple[str | None, str | None, int, int] | None:
    """(before, after, place from 1, how many) of a task in the list of the address, as far as it is counted."""
    found = _ids()
    if task_id not in found:
        return None
    here = found.index(task_id)
    after = found[here + 1] if here + 1 < len(found) else None
    return found[here - 1] if here else None, after, here + 1, len(found)


def following(task_id: str, *, beside: bool = False) -> str | None:
    """The address of the task after this one in the list, else of the first other one; asked before it is decided.

    Who decides beside the list stays in the list, with that task chosen.
    """
    found = _ids()
    others = [other for other in found if other != task_id]
    after = found[found.index(task_id) + 1 :] if task_id in found else []
    chosen = next(iter([*after, *others]), None)
    if chosen is None:
        return None
    return url_for("pages.inbox", **asked(), task=chosen) if beside else address(chosen)


def address(task_id: str) -> str:
    """A task's page, with the list that it belongs to."""
    return url_for("pages.task", task_id=task_id, **asked())


def _ids() -> list[str]:
    query = query_of(asked())
    if query.box not in ("todo", "overdue", "claimable"):
        return []
    return [row.id for row in queries_boxes.page(edge.actor(), replace(query, limit=queries.COUNTED)).items]


def counts() -> dict[str, Any]:
    """How many lie in each box that is counted."""
    actor = edge.actor()
    return {box: queries_boxes.count(actor, query_of({"box": box})) for box in COUNTED}
