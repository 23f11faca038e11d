"""A collective decision as pages show it: the minutes, who may enter and who confirms them."""

from collections.abc import Mapping
from typing import Any

from flask import url_for

from service.access.days import day_of
from service.errors import Conflict, Invalid
from service.flows.hiring import queries as candidates
from service.people import queries as people
from service.tasks import meetings, queries_papers
from service.tasks.view import TaskView, view
from service.web import edge
from service.web.naming import decision_words, role_name
from service.web.pages.paperview import outside


def minutes(found: TaskView) -> dict[str, Any] | None:
    """What components/minutes.html is given; None for a step that no meeting decides."""
    task = found.task
    if meetings.matter(task) is None:
        return None
    row = queries_papers.minutes_of(task.id)
    me = edge.actor().person_id
    shown: dict[str, Any] = {"may_enter": found.may_act, "entered": None}
    if row is None:
        return shown
    names = people.names([*row.due, row.entered_by])
    listed = {name: [names.get(one, "") for one in getattr(row, name)] for name in ("due", "present", "recused")}
    return shown | {
        "entered": {
            **listed,
            "meeting": row.meeting,
            "held_on": row.held_on,
            "chair": names.get(row.chair_id, ""),
            "decision": decision_words(found.definition, task.element_id, row.decision),
            "opinion": row.opinion,
            "entered_by": names.get(row.entered_by, ""),
            "entered_at": row.entered_at,
            "confirmed_at": row.confirmed_at,
            "version": row.version,
            "scan_url": url_for("pages.attachment", attachment_id=row.attachment_id),
            "chosen": _chosen((row.rests_on or {}).get("chosen", [])),
        },
        "may_confirm": task.state == "open" and me == row.chair_id and me not in task.recused_ids,
        "asks_interest": bool(task.properties.get("recuse")),
    }


def _chosen(candidate_ids: list[str]) -> list[str]:
    """The candidates whom the meeting chose, for who may know them."""
    names = candidates.told_names(edge.actor(), candidate_ids)
    return [names[one] for one in candidate_ids if one in names]


def entered(task_id: str) -> dict[str, Any]:
    """What was entered before, as the form sends it."""
    view(edge.actor(), task_id)
    row = queries_papers.minutes_of(task_id)
    if row is None:
        return {"minutes": {}, "values": {}}
    places = dict.fromkeys(row.due, "absent") | dict.fromkeys(row.present, "present")
    places |= dict.fromkeys(row.recused, "recused")
    told = {"meeting": row.meeting, "held_on": row.held_on, "chair_id": row.chair_id, "scan": [row.attachment_id],
            "members": [{"id": one, "place": place} for one, place in places.items()]}  # fmt: skip
    return {"minutes": told, "values": {}, "decision": row.decision, "opinion": row.opinion}


def form(task_id: str, given: Mapping[str, Any], refused: Conflict | Invalid | None = None) -> dict[str, Any]:
    """What tasks/minutes.html is given; `given` is what was typed, shown again with what is wrong with it."""
    found = view(edge.actor(), task_id)
    places = {one["id"]: one["place"] for one in given["minutes"].get("members", ())}
    known = queries_papers.offered(found.task, day_of(edge.now()))
    names = people.names([*known, *places])
    members = [
        {"id": one, "name": names.get(one, ""), "place": places.get(one, ""),
         "roles": list(dict.fromkeys(role_name(role) for role in known.get(one, ())))}
        for one in dict.fromkeys((*known, *places))
    ]  # fmt: skip
    return outside(found, given, given["minutes"].get("scan"), refused) | {"members": members}
