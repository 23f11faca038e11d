"""Operations on the seats of a task: hand over, delegate, add and remove signers, copy, and whom one may choose."""

from collections.abc import Callable
from typing import Any

from service.tasks import commands_seats, queries_seats
from service.tasks.commands_seats import AddSigners, CopyTask, DelegateTask, RemoveSigner, TransferTask
from service.tasks.view import view
from service.web import edge
from service.web.api import api
from service.web.api.schemas import seats as shapes
from service.web.api.schemas import tasks as task_shapes
from service.web.api.shaping import task_of

SEATS = ["Tasks"]


@api.post("/tasks/<task_id>/transfer")
@api.input(shapes.TransferIn, arg_name="body")
@api.output(task_shapes.TaskOut)
@api.doc(tags=SEATS)
def transfer_task(task_id: str, body: dict[str, Any]) -> Any:
    """Hand the task over (转办): it is theirs, and mine no longer."""
    sent = TransferTask(task_id, edge.version_seen(body), body["person_id"], body["reason"], body["seat_id"])
    return _changed(commands_seats.transfer_task, sent, body)


@api.post("/tasks/<task_id>/delegate")
@api.input(shapes.DelegateIn, arg_name="body")
@api.output(task_shapes.TaskOut)
@api.doc(tags=SEATS)
def delegate_task(task_id: str, body: dict[str, Any]) -> Any:
    """Let somebody act for me (委派): they fill in and advise, it comes back to me, I decide."""
    sent = DelegateTask(task_id, edge.version_seen(body), body["person_id"], body["reason"])
    return _changed(commands_seats.delegate_task, sent, body)


@api.post("/tasks/<task_id>/add-signer")
@api.input(shapes.AddSignerIn, arg_name="body")
@api.output(task_shapes.TaskOut)
@api.doc(tags=SEATS)
def add_signer(task_id: str, body: dict[str, Any]) -> Any:
    """Ask people before me, or let them sign after me (加签)."""
    sent = AddSigners(
        task_id, edge.version_seen(body), tuple(body["person_ids"]), where=body["where"], reason=body["reason"]
    )
    return _changed(commands_seats.add_signers, sent, body)


@api.post("/tasks/<task_id>/remove-signer")
@api.input(shapes.RemoveSignerIn, arg_name="body")
@api.output(task_shapes.TaskOut)
@api.doc(tags=SEATS)
def remove_signer(task_id: str, body: dict[str, Any]) -> Any:
    """Take a seat away that has not acted (减签)."""
    sent = RemoveSigner(task_id, edge.version_seen(body), body["seat_id"], body["reason"])
    return _changed(commands_seats.remove_signer, sent, body)


@api.post("/tasks/<task_id>/copy")
@api.input(shapes.CopyIn, arg_name="body")
@api.output(task_shapes.TaskOut)
@api.doc(tags=SEATS)
def copy_task(task_id: str, body: dict[str, Any]) -> Any:
    """Let people read the task (抄送)."""
    sent = CopyTask(task_id, edge.version_seen(body), tuple(body["person_ids"]), body["reason"])
    return _changed(commands_seats.copy_task, sent, body)


@api.get("/tasks/<task_id>/people")
@api.input(shapes.PeopleQuery, location="query", arg_name="query")
@api.output(shapes.PeopleOut)
@api.doc(tags=SEATS)
def list_people_for_task(task_id: str, query: dict[str, Any]) -> Any:
    """Who may be drawn into the task today, by name or role; 20 at most."""
    role = (query["role"],) if query["role"] else ()
    found = queries_seats.people(edge.actor(), task_id, query["operation"], edge.now(), query["q"], role)
    return {"items": found}


def _changed(command: Callable[..., None], sent: Any, body: dict[str, Any]) -> Any:
    edge.repeatable(body, 200, lambda: command(edge.actor(), sent, now=edge.now()), lambda _ids: None)
    return task_of(view(edge.actor(), sent.task_id))
