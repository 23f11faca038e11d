"""The form of a step on paper: empty, with its boxes, and the line by which it is found again when it is recorded."""

from typing import Any

import segno
from flask import render_template

from service.people import queries as people
from service.tasks.signing import SeatState
from service.tasks.view import TaskView, view
from service.tasks.voting import VOTE
from service.web import edge
from service.web.casetitles import case_title
from service.web.formview import form_of
from service.web.naming import flow_name, named
from service.web.pages import pages, seatview, sent, taskpage
from service.web.pages.papers import SeatAsked


@pages.get("/tasks/<task_id>/form")
def blank_form(task_id: str) -> str:
    """The form of a task, to be printed and filled in by hand; what is hidden in this step is not on it.

    Of a step that several decide a sheet for each seat that has still to, or for the one that is asked for.
    """
    found = view(edge.actor(), task_id)
    seats = _seats(found, sent.query(SeatAsked)["seat"])
    sheets = [_blank(found, seat, number) for number, seat in enumerate(seats or [None], start=1)]
    return render_template("tasks/blank.html", sheets=sheets)


def _seats(found: TaskView, chosen: str | None) -> list[SeatState]:
    """Those who sign on a sheet of their own: not the members of a vote, of which the minutes are one paper."""
    task = found.task
    if chosen is not None:
        return [task.seat(chosen)]
    live = [] if task.signing == VOTE else [seat for seat in task.seats if seat.is_live]
    return live if len(live) > 1 else []


def _blank(found: TaskView, seat: SeatState | None, number: int) -> dict[str, Any]:
    task, definition, locale = found.task, found.definition, edge.locale()
    places = people.organisation_names([task.organisation_id], locale)
    code = " ".join(["LECTERN-TASK", task.case.business_key, task.id, *([seat.id] if seat else [])])
    signer = people.names([seat.person_id]).get(seat.person_id, "") if seat else ""
    return {
        "task_id": task.id,
        "number": number,
        "signer": " · ".join(filter(None, [signer, seatview.tie_of(task, seat) if seat else None])),
        "bureau": people.bureau_name(locale),
        "flow_name": flow_name(definition),
        "step": named(definition, task.element_id, task.name),
        "business_key": task.case.business_key,
        "title": case_title(task.instance_id, task.case.title),
        "organisation": places.get(task.organisation_id, ""),
        "ask": taskpage.ask(found),
        "form": form_of(found.form, _given(found), found.rights, about=task.case.about),
        "decisions": [choice.label.get(locale) or choice.label["zh"] for choice in found.choices],
        "code": code,
        "qr": segno.make(code, error="m").svg_data_uri(border=1),
    }


def _given(found: TaskView) -> dict[str, Any]:
    """What stands on the paper: the fields that are read here, and the rows of lists that are filled in here."""
    return {name: value for name, value in found.data.items() if found.rights.get(name) == "read" or _rows(value)}


def _rows(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(row, dict) for row in value)
