"""What is published now, and objecting to it: without a login."""

from collections.abc import Iterable
from typing import Any

from flask import render_template, request
from marshmallow import fields

from service.access.days import day_of
from service.errors import Fault, Forbidden, Invalid, NotFound
from service.flows.publicity import queries
from service.instances.commands_objections import ObjectTo, object_to
from service.people import queries as people
from service.web import edge
from service.web.pages import pages, sent
from service.web.problems import status_of
from service.web.words import words


class PublicityQuery(sent.Query):
    """The next page."""

    before = fields.String(load_default=None)


class ObjectionForm(sent.Form):
    """An objection as somebody wrote it."""

    line = fields.String(load_default="")
    text = fields.String(load_default="")
    name = fields.String(load_default="")
    contact = fields.String(load_default="")


@pages.get("/publicity")
def publicity() -> str:
    """Everything that is published now."""
    found = queries.notices(edge.locale(), day_of(edge.now()), before=sent.query(PublicityQuery)["before"])
    more = found[-1].id if len(found) == queries.PAGE else None
    return render_template("publicity/index.html", notices=found, more=more, bureau=people.bureau_name(edge.locale()))


@pages.route("/publicity/<publicity_id>", methods=["GET", "POST"])
def publicity_notice(publicity_id: str) -> str | tuple[str, int]:
    """One period with its names, and the form of an objection; a refusal loses nothing of what was written."""
    if request.method == "GET":
        return _notice(queries.notice(publicity_id, edge.locale(), day_of(edge.now())), {})
    given = sent.form(ObjectionForm)
    try:
        found = queries.notice(publicity_id, edge.locale(), day_of(edge.now()))
    except NotFound as over:
        problem = words(over.code, over.params, edge.locale())
        bureau = people.bureau_name(edge.locale())
        return render_template("publicity/over.html", given=given, problem=problem, bureau=bureau), status_of(over)
    command = ObjectTo(publicity_id, **given, address=request.remote_addr or "")
    try:
        receipt = object_to(edge.actor(), command, now=edge.now())
    except (Invalid, Forbidden) as refused:
        problem = words(refused.code, refused.params, edge.locale())
        return _notice(found, given, problem=problem, errors=_errors(refused.faults)), status_of(refused)
    return _notice(found, {}, taken=receipt.number, reached=receipt.reached)


def _notice(found: queries.Notice, given: dict[str, Any], **more: Any) -> str:
    named_only = queries.named_only(day_of(edge.now()))
    told = {
        "problem": None,
        "errors": {},
        "taken": "",
        "reached": True,
        "bureau": people.bureau_name(edge.locale()),
        **more,
    }
    return render_template("publicity/notice.html", notice=found, given=given, named_only=named_only, **told)


def _errors(faults: Iterable[Fault]) -> dict[str, str]:
    return {fault.path: words(fault.code, fault.params, edge.locale()) for fault in faults}
