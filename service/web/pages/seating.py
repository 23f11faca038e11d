"""Operations on the seats of a task: one small form each, with a choice of people and a look at what comes of it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.wrappers import Response

from service.access.roles import ROLES
from service.errors import Conflict, Invalid, NotFound
from service.people import queries as people
from service.tasks import commands_seats, queries, queries_seats
from service.tasks.commands_seats import AddSigners, CopyTask, DelegateTask, RemoveSigner, TransferTask
from service.tasks.facts import TaskFacts
from service.tasks.signing import SeatState
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.casetitles import case_title
from service.web.naming import role_name, step_name
from service.web.pages import pages, sent
from service.web.pages.operations import MANY, described, labelled
from service.web.words import words

ROUTE = "/tasks/<task_id>/seats/<operation>"


class Chosen(sent.Form):
    """Who is chosen, or whose seat, why, and what was looked for."""

    person_ids = fields.List(Text(most=36), load_default=list)
    seat_id = Text(most=36, load_default=None, allow_none=True)
    reason = Text(most=500, load_default="")
    version = sent.whole(load_default=None, allow_none=True)
    q = Text(most=80, load_default="")


NOTHING: Mapping[str, Any] = {"person_ids": [], "seat_id": None, "reason": "", "q": ""}


@pages.get(ROUTE)
def seat_operation(task_id: str, operation: str) -> str:
    """The form; 404 for an operation that there is not."""
    _expect_known(operation)
    return _form(task_id, operation, NOTHING)


@pages.post(f"{ROUTE}/people")
def seat_people(task_id: str, operation: str) -> str:
    """Who is found by a part of a name, a role or a place; who is chosen already stays at the top."""
    _expect_known(operation, among=queries_seats.ACTIONS)
    found = sent.form(Chosen)
    return render_template("tasks/seat_people.html", picker=_picker(task_id, operation, found))


@pages.post(f"{ROUTE}/preview")
def seat_preview(task_id: str, operation: str) -> str:
    """What will come of it."""
    _expect_known(operation)
    return render_template("tasks/seat_preview.html", preview=_preview(task_id, operation, sent.form(Chosen)))


@pages.post(ROUTE)
def change_seats(task_id: str, operation: str) -> str | Response | tuple[str, int]:
    """Do it, or show the form again with what is wrong."""
    _expect_known(operation)
    given = sent.form(Chosen)
    try:
        _carry_out(task_id, operation, given)
    except (Conflict, Invalid) as refused:
        shown = _form(task_id, operation, given, _refused(refused))
        return shown, 409 if isinstance(refused, Conflict) else 422
    flash(labelled(operation).done)
    mine = operation in ("after", "copy", "remove")
    return redirect(url_for("pages.task", task_id=task_id) if mine else url_for("pages.inbox"))


def _expect_known(operation: str, among: Collection[str] = queries_seats.OPERATIONS) -> None:
    if operation not in among:
        raise NotFound("http.404", path=request.path)


def _carry_out(task_id: str, operation: str, given: Mapping[str, Any]) -> None:
    actor, now, version = edge.actor(), edge.now(), given["version"]
    reason, persons = given["reason"], tuple(given["person_ids"])
    first = persons[0] if persons else ""
    if operation == "transfer":
        command = TransferTask(task_id, version, first, reason, given["seat_id"])
        commands_seats.transfer_task(actor, command, now=now)
    elif operation == "delegate":
        commands_seats.delegate_task(actor, DelegateTask(task_id, version, first, reason), now=now)
    elif operation == "remove":
        command_of = RemoveSigner(task_id, version, given["seat_id"] or "", reason)
        commands_seats.remove_signer(actor, command_of, now=now)
    elif operation == "copy":
        commands_seats.copy_task(actor, CopyTask(task_id, None, persons, reason), now=now)
    else:
        commands_seats.add_signers(actor, AddSigners(task_id, version, persons, operation, reason), now=now)


def _refused(refused: Conflict | Invalid) -> str:
    fault = refused.faults[0] if isinstance(refused, Invalid) and refused.faults else None
    code, params = (fault.code, fault.params) if fault else (refused.code, refused.params)
    return words(code, params, edge.locale())


def _form(task_id: str, operation: str, given: Mapping[str, Any], problem: str | None = None) -> str:
    task = queries.task(edge.actor(), task_id)
    title = case_title(task.instance_id, task.case.title)
    shown = {"id": task.id, "business_key": task.case.business_key, "title": title, "version": task.version,
             "name": step_name(task.case.definition_id, task.element_id, task.name)}  # fmt: skip
    open_ = operation in queries_seats.possible(edge.actor(), task)
    return render_template(
        "tasks/seats.html",
        task=shown,
        operation=described(operation),
        given=given,
        problem=problem or (None if open_ else words("seat.not_now", {}, edge.locale())),
        open=open_,
        seats=_seats(task, operation, given["seat_id"]) if open_ else [],
        picker=_picker(task_id, operation, given) if open_ and operation != "remove" else None,
        preview=_preview(task_id, operation, given) if open_ else None,
    )


def _seats(task: TaskFacts, operation: str, chosen: str | None) -> list[dict[str, Any]]:
    """The seats that the operation may be about, where it is not simply the reader's own."""
    actor = edge.actor()
    if operation == "remove":
        found = queries_seats.removable(actor, task)
    else:
        found = queries_seats.handed_over(actor, task) if operation == "transfer" else []
        if found and found[0].person_id == actor.person_id:
            return []
    names = people.names([seat.person_id for seat in found])
    return [{"id": seat.id, "name": names.get(seat.person_id, ""), "kind": seat.kind, "chosen": seat.id == chosen}
            for seat in found]  # fmt: skip


def _picker(task_id: str, operation: str, given: Mapping[str, Any]) -> dict[str, Any]:
    text = given["q"].strip()
    asked = edge.actor(), task_id, operation, edge.now()
    by_role = [role for role in ROLES if text and text.casefold() in role_name(role).casefold()]
    seat_id = given["seat_id"] or _first(task_id, operation)
    found = queries_seats.people(*asked, text, by_role, seat_id)
    names = people.names(given["person_ids"])
    rows = [{"id": one, "name": name, "note": "", "chosen": True} for one, name in names.items()]
    rows += [
        {"id": one.person_id, "name": one.name, "note": f"{role_name(one.role)} · {one.organisation}", "chosen": False}
        for one in found
        if one.person_id not in names
    ]
    return {"rows": rows, "many": operation in MANY, "text": text}


def _first(task_id: str, operation: str) -> str | None:
    """The seat that is handed over while none is chosen."""
    if operation != "transfer":
        return None
    found = queries_seats.handed_over(edge.actor(), queries.task(edge.actor(), task_id))
    return found[0].id if found else None


def _preview(task_id: str, operation: str, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = queries_seats.preview(edge.actor(), task_id, operation, given["person_ids"], given["seat_id"])
    return _rows(found) if operation != "copy" else []


def _rows(seats: Sequence[SeatState]) -> list[dict[str, Any]]:
    names = people.names([seat.person_id for seat in seats])
    return [
        {
            "name": names.get(seat.person_id, ""),
            "state": seat.state,
            "words": _("advises") if seat.kind == "adviser" else _("acts") if seat.kind == "delegate" else _("signs"),
        }
        for seat in seats
    ]
