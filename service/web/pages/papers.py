"""Recording a decision that was made on paper, and disputing one."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import INCLUDE, Schema, fields, validate
from werkzeug.wrappers import Response

from service.errors import Conflict, Invalid
from service.tasks import commands_papers
from service.tasks.commands_papers import DisputePaper, RecordPaper
from service.tasks.papers import Tally
from service.tasks.view import view
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.formview import typed
from service.web.pages import pages, paperview, sent
from service.web.pages.taskpage import page_of

OWN = frozenset({"paper", "tally", "decision", "opinion", "version", "no_interest", "idempotency_key"})


class Paper(sent.Form):
    """What stands on the paper; its fields carry its name, so that the step's own form keeps theirs."""

    seat_id = Text(most=36, load_default=None, allow_none=True)
    decided_by = Text(most=200, load_default=None, allow_none=True)
    person_id = Text(most=64, load_default=None, allow_none=True)
    document = Text(most=100, load_default="")
    decided_on = fields.Date(load_default=None, allow_none=True)
    scan = fields.List(Text(most=64), load_default=list)


class Counted(sent.Form):
    """The minutes of a vote."""

    yes = sent.whole(load_default=0)
    no = sent.whole(load_default=0)
    abstain = sent.whole(load_default=0)
    present = sent.whole(load_default=0)
    recused = fields.List(Text(most=64), load_default=list)


class Recorded(Schema):
    """A paper and, beside it, the fields of the task's own form, which its form-js schema checks."""

    class Meta:
        unknown = INCLUDE

    paper = fields.Nested(Paper, load_default=dict)
    tally = fields.Nested(Counted, load_default=None)
    decision = fields.String(load_default="complete")
    opinion = fields.String(load_default=None, allow_none=True)
    version = fields.Integer(load_default=None, allow_none=True)
    no_interest = fields.String(load_default=None)


class Disputed(sent.Form):
    """Why it is not what was decided."""

    reason = fields.String(required=True, validate=validate.Length(max=500))


class SeatAsked(sent.Query):
    """Of whose seat the address speaks."""

    seat = Text(most=36, load_default=None, allow_none=True)


@pages.get("/tasks/<task_id>/paper")
def paper(task_id: str) -> str:
    """The form in which a clerk copies a decision from its paper."""
    given = {"paper": {"seat_id": sent.query(SeatAsked)["seat"]}, "values": {}}
    return render_template("tasks/paper.html", task=paperview.form(task_id, given))


@pages.post("/tasks/<task_id>/paper")
def record_paper(task_id: str) -> Response | tuple[str, int]:
    """Record it and go back to the inbox, or show the form again with what is wrong."""
    found = sent.form(Recorded)
    given = found | {"values": typed(view(edge.actor(), task_id).form, _values(found))}
    try:
        commands_papers.record_paper(edge.actor(), _command(task_id, given), now=edge.now())
    except (Conflict, Invalid) as refused:
        shown = render_template("tasks/paper.html", task=paperview.form(task_id, given, refused))
        return shown, 409 if isinstance(refused, Conflict) else 422
    flash(_("Recorded; who decided has been told."))
    return redirect(url_for("pages.inbox"))


def _values(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name not in OWN}


def _command(task_id: str, given: dict[str, Any]) -> RecordPaper:
    """The command; what was not given is refused field by field, as at the API."""
    sheet, tally = given["paper"], given["tally"]
    scan = (sheet.get("scan") or [""])[0]
    counted = Tally(**{**tally, "recused": tuple(tally["recused"])}) if tally else None
    copied = {name: sheet.get(name) for name in ("seat_id", "decided_by", "person_id", "decided_on")}
    said = {name: given[name] for name in ("decision", "opinion", "values")}
    return RecordPaper(
        task_id,
        given["version"],
        **copied,
        **said,
        document=sheet.get("document", ""),
        attachment_id=scan,
        tally=counted,
        no_interest=bool(given["no_interest"]),
    )


@pages.route("/tasks/<task_id>/dispute", methods=["GET", "POST"])
def dispute(task_id: str) -> str | Response:
    """Say that a recorded decision is not what was decided."""
    seat_id = sent.query(SeatAsked)["seat"]
    if request.method == "GET":
        page = page_of(task_id)
        paper = next((one for one in page["papers"] if one["seat_id"] == seat_id), None)
        return render_template("tasks/dispute.html", task=page, paper=paper)
    reason = sent.form(Disputed)["reason"]
    commands_papers.dispute_paper(edge.actor(), DisputePaper(task_id, reason, seat_id), now=edge.now())
    flash(_("Disputed: the recorder and bureau HR have been told."))
    return redirect(url_for("pages.task", task_id=task_id))
