"""Decisions on paper, recorded and disputed; minutes of collective decisions, entered and confirmed."""

from typing import Any

from service.tasks import commands_minutes, commands_papers, queries
from service.tasks.commands_minutes import ConfirmMinutes, EnterMinutes
from service.tasks.commands_papers import DisputePaper, RecordPaper
from service.tasks.papers import Tally
from service.web import edge
from service.web.api import api
from service.web.api.schemas import papers as shapes
from service.web.api.schemas.tasks import CompletedOut
from service.web.api.tasks import TASKS, completed


@api.post("/tasks/<task_id>/record-paper")
@api.input(shapes.PaperIn, arg_name="body")
@api.output(CompletedOut)
@api.doc(tags=TASKS)
def record_paper(task_id: str, body: dict[str, Any]) -> Any:
    """Record a decision made outside, on paper, in the name of who decided (代录), at their seat."""
    given = {name: value for name, value in body.items() if name not in ("version", "tally")}
    tally = Tally(**{**body["tally"], "recused": tuple(body["tally"]["recused"])}) if body["tally"] else None
    sent = RecordPaper(task_id, edge.version_seen(body), **given, tally=tally)
    done = edge.repeatable(
        body,
        200,
        lambda: commands_papers.record_paper(edge.actor(), sent, now=edge.now()),
        lambda ids: queries.completed(edge.actor(), task_id, ids),
    )
    return completed(done)


@api.post("/tasks/<task_id>/dispute")
@api.input(shapes.DisputeIn, arg_name="body")
@api.output({}, status_code=204)
@api.doc(tags=TASKS)
def dispute_paper(task_id: str, body: dict[str, Any]) -> Any:
    """Say that a recorded decision is not what was decided: recorder and bureau HR are told, nothing is undone."""
    sent = DisputePaper(task_id, body["reason"], body["seat_id"])
    edge.repeatable(body, 204, lambda: commands_papers.dispute_paper(edge.actor(), sent, now=edge.now()),
                    lambda _ids: None)  # fmt: skip
    return ""


@api.post("/tasks/<task_id>/enter-minutes")
@api.input(shapes.MinutesIn, arg_name="body")
@api.output(shapes.EnteredOut)
@api.doc(tags=TASKS)
def enter_minutes(task_id: str, body: dict[str, Any]) -> Any:
    """Enter, or correct, what a meeting decided of a step (集体研究); its chair is asked to confirm it."""
    lists = {name: tuple(body[name]) for name in ("due", "present", "recused")}
    given = {name: value for name, value in body.items() if name != "version"} | lists
    sent = EnterMinutes(task_id, edge.version_seen(body), **given)
    version = edge.repeatable(
        body,
        200,
        lambda: commands_minutes.enter_minutes(edge.actor(), sent, now=edge.now()),
        lambda ids: int(ids["version"]),
    )
    return {"version": version}


@api.post("/tasks/<task_id>/confirm-minutes")
@api.input(shapes.ConfirmIn, arg_name="body")
@api.output(CompletedOut)
@api.doc(tags=TASKS)
def confirm_minutes(task_id: str, body: dict[str, Any]) -> Any:
    """Confirm the minutes as their chair; `version` is that of the minutes that were read. The case goes on."""
    sent = ConfirmMinutes(task_id, edge.version_seen(body), body["no_interest"])
    done = edge.repeatable(
        body,
        200,
        lambda: commands_minutes.confirm_minutes(edge.actor(), sent, now=edge.now()),
        lambda ids: queries.completed(edge.actor(), task_id, ids),
    )
    return completed(done)
