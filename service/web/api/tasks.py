"""Tasks: boxes, one task, claim, unclaim, draft, completion."""

from datetime import datetime
from typing import Any

from service.errors import Invalid
from service.sheets import XLSX
from service.tasks import commands, commands_deadlines, commands_returning, queries, queries_boxes, queries_votes
from service.tasks.commands import CompleteTask, Recuse, SaveDraft, TaskCommand
from service.tasks.commands_deadlines import ExtendTask, UrgeTask, urge_task
from service.tasks.commands_recalling import recall_task as recall
from service.tasks.commands_returning import ReturnTask
from service.tasks.completion import Completed
from service.tasks.dues import UNDATED
from service.tasks.queries_boxes import BoxQuery
from service.tasks.view import view
from service.tasks.voting import CHOICES
from service.web import edge
from service.web.api import Responses, api
from service.web.api.definitions import download
from service.web.api.schemas import tasks as shapes
from service.web.api.schemas.base import Versioned
from service.web.api.shaping import task_item, task_of
from service.web.casetitles import look_up
from service.web.listed import workbook_of

TASKS = ["Tasks"]
WORKBOOK: Responses = {
    200: {"description": "The workbook", "content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}
}
DECIDED = ("decision", "opinion", "values", "no_interest")


@api.get("/tasks")
@api.input(shapes.TaskQuery, location="query", arg_name="query")
@api.output(shapes.TaskPage)
@api.doc(tags=TASKS)
def list_tasks(query: dict[str, Any]) -> Any:
    """A page of one of my boxes."""
    found = queries_boxes.page(edge.actor(), _asked(query))
    marked = [row.id for row in found.items] if query["box"] in queries_boxes.MARKED else []
    unread = queries_boxes.unread(edge.actor(), marked)
    look_up(found.items)
    items = [{**task_item(row), "unread": row.id in unread} for row in found.items]
    return {"items": items, "next": found.next}


def _asked(query: dict[str, Any]) -> BoxQuery:
    due = query.pop("due")
    if due and query["box"] in UNDATED:
        raise Invalid("due.undated", box=query["box"])
    if query.pop("overdue") or query["box"] == "overdue":
        due = "overdue"
    return BoxQuery(**query | ({"due_before": edge.due_before(due)} if due else {}))


@api.get("/tasks.xlsx")
@api.input(shapes.TaskSheetQuery, location="query", arg_name="query")
@api.doc(tags=TASKS, responses=WORKBOOK)
def export_tasks(query: dict[str, Any]) -> Any:
    """One of my boxes as a workbook, at most 10,000 tasks, each cell a text."""
    return download(workbook_of(_asked(query)), "tasks.xlsx", XLSX)


@api.get("/tasks/<task_id>")
@api.output(shapes.TaskOut)
@api.doc(tags=TASKS)
def get_task(task_id: str) -> Any:
    """One task: form, choices, reasons, seats, my draft."""
    return task_of(view(edge.actor(), task_id))


@api.post("/tasks/<task_id>/claim")
@api.input(Versioned, arg_name="body")
@api.output(shapes.TaskOut)
@api.doc(tags=TASKS)
def claim_task(task_id: str, body: dict[str, Any]) -> Any:
    """Take a task of one of my roles."""
    return _changed(commands.claim_task, task_id, body)


@api.post("/tasks/<task_id>/unclaim")
@api.input(Versioned, arg_name="body")
@api.output(shapes.TaskOut)
@api.doc(tags=TASKS)
def unclaim_task(task_id: str, body: dict[str, Any]) -> Any:
    """Give a claimed task back to its role."""
    return _changed(commands.unclaim_task, task_id, body)


def _changed(command: Any, task_id: str, body: dict[str, Any]) -> Any:
    sent = TaskCommand(task_id, edge.version_seen(body))
    edge.repeatable(body, 200, lambda: command(edge.actor(), sent, now=edge.now()), lambda _ids: None)
    return task_of(view(edge.actor(), task_id))


@api.post("/tasks/<task_id>/save-draft")
@api.input(shapes.TaskDraftIn, arg_name="body")
@api.output(shapes.TaskDraftOut)
@api.doc(tags=TASKS)
def save_draft(task_id: str, body: dict[str, Any]) -> Any:
    """Keep what I have filled in, without validation."""
    sent = SaveDraft(task_id, **body)
    saved_at = edge.repeatable(
        body,
        200,
        lambda: commands.save_draft(edge.actor(), sent, now=edge.now()),
        lambda ids: datetime.fromisoformat(ids["saved_at"]),
    )
    return {"saved_at": saved_at}


@api.post("/tasks/<task_id>/complete")
@api.input(shapes.CompleteIn, arg_name="body")
@api.output(shapes.CompletedOut)
@api.doc(tags=TASKS)
def complete_task(task_id: str, body: dict[str, Any]) -> Any:
    """Decide a task; the deciding signature moves the case on. A vote takes `yes`, `no` and `abstain`."""
    sent = CompleteTask(task_id, edge.version_seen(body), **{name: body[name] for name in DECIDED})
    done = edge.repeatable(
        _remembered(task_id, body),
        200,
        lambda: commands.complete_task(edge.actor(), sent, now=edge.now()),
        lambda ids: queries.completed(edge.actor(), task_id, ids),
    )
    return completed(done)


def _remembered(task_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """What a repeat is compared by: of a secret ballot nothing, since its hash could be guessed back to the choice."""
    ballot = body["decision"] in CHOICES and queries_votes.is_secret_vote(edge.actor(), task_id)
    return {} if ballot else body


@api.post("/tasks/<task_id>/return")
@api.input(shapes.ReturnIn, arg_name="body")
@api.output(shapes.ReturnedOut)
@api.doc(tags=TASKS)
def return_task(task_id: str, body: dict[str, Any]) -> Any:
    """Return the case to an earlier step, among the task's `return_targets`; what is reserved stays."""
    wish = {name: body[name] for name in ("target", "reentry", "reason", "no_interest")}
    sent = ReturnTask(task_id, edge.version_seen(body), **wish)
    done = edge.repeatable(
        body,
        200,
        lambda: commands_returning.return_task(edge.actor(), sent, now=edge.now()),
        lambda ids: queries.returned(edge.actor(), task_id, ids),
    )
    return {"task_id": done.task_id, "process_instance_id": done.instance_id, "target": done.target,
            "reentry": done.reentry}  # fmt: skip


@api.post("/tasks/<task_id>/recall")
@api.output(shapes.TaskOut)
@api.doc(tags=TASKS)
def recall_task(task_id: str) -> Any:
    """Take my last decision back, while nothing has come of it; the task is open again, what I signed is my draft."""
    sent = TaskCommand(task_id)
    edge.repeatable({}, 200, lambda: recall(edge.actor(), sent, now=edge.now()), lambda _ids: None)
    return task_of(view(edge.actor(), task_id))


@api.post("/tasks/<task_id>/extend")
@api.input(shapes.ExtendIn, arg_name="body")
@api.output(shapes.TaskOut)
@api.doc(tags=TASKS)
def extend_task(task_id: str, body: dict[str, Any]) -> Any:
    """Give more time to an open task, also after its deadline; the reason is recorded and its holders are told."""
    wish = {name: body[name] for name in ("days", "unit", "until", "reason", "due_at")}
    sent = ExtendTask(task_id, version=edge.version_seen(body), **wish)
    edge.repeatable(
        body,
        200,
        lambda: commands_deadlines.extend_task(edge.actor(), sent, now=edge.now()),
        lambda ids: datetime.fromisoformat(ids["due_at"]),
    )
    return task_of(view(edge.actor(), task_id))


@api.post("/tasks/<task_id>/remind")
@api.output({}, status_code=204)
@api.doc(tags=TASKS)
def remind_of_task(task_id: str) -> Any:
    """Ask the holders to hurry (催办); 429 with Retry-After when it was done lately."""
    sent = UrgeTask(task_id)
    edge.repeatable({}, 204, lambda: urge_task(edge.actor(), sent, now=edge.now()), lambda _ids: None)
    return ""


@api.post("/tasks/<task_id>/recuse")
@api.input(shapes.RecuseIn, arg_name="body")
@api.output({}, status_code=204)
@api.doc(tags=TASKS)
def recuse_task(task_id: str, body: dict[str, Any]) -> Any:
    """Step aside because of an interest; only HR may read the reason, and the task goes to somebody else."""
    sent = Recuse(task_id, edge.version_seen(body), body["reason"])
    edge.repeatable(body, 204, lambda: commands.recuse_task(edge.actor(), sent, now=edge.now()), lambda _ids: None)
    return ""


def completed(done: Completed) -> dict[str, Any]:
    """What a completion did, for its reply."""
    return {
        "task_id": done.task_id,
        "process_instance_id": done.instance_id,
        "decided": done.decided,
        "outcome": done.outcome,
    }
