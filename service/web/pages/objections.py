"""Objections to what is published, for bureau HR: the list, one of them, and what comes by phone, letter or visit."""

from typing import Any

from flask import redirect, render_template, url_for
from marshmallow import fields
from werkzeug.wrappers import Response

from service.access import policy
from service.access.days import day_of
from service.errors import Conflict, Forbidden, Invalid
from service.flows.publicity import queries
from service.instances.commands_objections import HearObjection, RegisterObjection, hear_objection, register_objection
from service.people import queries as people
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.downloads import saved
from service.web.pages import pages, sent
from service.web.pages.files import loose_files
from service.web.problems import status_of


class CaseQuery(sent.Query):
    """The case number whose periods are looked for."""

    case = Text(most=64, load_default="")


class ObjectionEntered(sent.Form):
    """An objection as a clerk enters it; what is missing is said field by field."""

    channel = Text(most=20, load_default="")
    received_on = fields.Date(load_default=None, allow_none=True)
    line = Text(most=64, load_default="")
    text = Text(most=4000, load_default="")
    name = Text(most=200, load_default="")
    contact = Text(most=200, load_default="")
    letter = fields.List(Text(most=64), load_default=list)


class ObjectionHeard(sent.Form):
    """What comes of an objection that has stopped nothing."""

    outcome = Text(most=20, load_default="")
    reason = Text(most=500, load_default="")


@pages.get("/publicity-objections")
def publicity_objections() -> str:
    """Everything that was objected."""
    policy.require(edge.actor(), "publicity_objection.read")
    may = policy.allows(edge.actor(), "publicity_objection.register")
    found = queries.objections(edge.actor(), edge.locale())
    return render_template("publicity/objections.html", items=found, may_register=may)


@pages.get("/publicity-objections/<public_objection_id>")
def publicity_objection(public_objection_id: str) -> str:
    """What was objected, and by whom."""
    return _one(public_objection_id, {}, {})


@pages.get("/publicity-objections/<public_objection_id>/receipt")
def objection_receipt(public_objection_id: str) -> str:
    """The receipt that the objector is given or sent; what was said does not stand on it."""
    found = queries.objection(edge.actor(), public_objection_id, edge.locale())
    return render_template("publicity/receipt.html", item=found, bureau=people.bureau_name(edge.locale()))


@pages.get("/publicity-objections/<public_objection_id>/letter")
def objection_letter(public_objection_id: str) -> Response:
    """The letter itself."""
    return saved(queries.letter(edge.actor(), public_objection_id))


@pages.get("/publicity-objections/new")
def choose_period() -> str:
    """The periods to which an objection may be registered."""
    policy.require(edge.actor(), "publicity_objection.register")
    asked = sent.query(CaseQuery)["case"]
    found = queries.periods(edge.actor(), edge.locale(), day_of(edge.now()), asked)
    return render_template("publicity/choose.html", asked=asked, items=found)


@pages.get("/publicity-objections/new/<publicity_id>")
def new_objection(publicity_id: str) -> str:
    """The form in which a clerk enters an objection."""
    policy.require(edge.actor(), "publicity_objection.register")
    return _form(publicity_id, {}, {})


@pages.post("/publicity-objections/new/<publicity_id>")
def enter_objection(publicity_id: str) -> Response | tuple[str, int]:
    """Register it and show its receipt; a refusal loses nothing of what was typed."""
    policy.require(edge.actor(), "publicity_objection.register")
    typed = sent.typed(ObjectionEntered)
    try:
        given = sent.form(ObjectionEntered)
        letter = next(iter(given.pop("letter")), "")
        command = RegisterObjection(publicity_id, **given, attachment_id=letter)
        receipt = register_objection(edge.actor(), command, now=edge.now())
    except (Invalid, Forbidden) as refused:
        return _form(publicity_id, typed, sent.beside(refused)), status_of(refused)
    return redirect(url_for("pages.publicity_objection", public_objection_id=receipt.objection_id))


@pages.post("/publicity-objections/<public_objection_id>/hear")
def hear_public_objection(public_objection_id: str) -> Response | tuple[str, int]:
    """Say what comes of it; a refusal loses nothing of what was typed."""
    given = sent.form(ObjectionHeard)
    try:
        hear_objection(edge.actor(), HearObjection(public_objection_id, **given), now=edge.now())
    except (Invalid, Forbidden, Conflict) as refused:
        return _one(public_objection_id, given, sent.beside(refused)), status_of(refused)
    return redirect(url_for("pages.publicity_objection", public_objection_id=public_objection_id))


def _one(public_objection_id: str, given: dict[str, Any], errors: dict[str, str]) -> str:
    found = queries.objection(edge.actor(), public_objection_id, edge.locale())
    may = policy.allows(edge.actor(), "publicity_objection.hear")
    told = {"given": given, "errors": errors, "may_hear": may}
    return render_template("publicity/objection.html", item=found, **told)


def _form(publicity_id: str, given: dict[str, Any], errors: dict[str, str]) -> str:
    told = {
        "given": given | {"letter": loose_files(given.get("letter", []))},
        "errors": errors,
        "today": day_of(edge.now()),
    }
    period = queries.period(publicity_id, edge.locale(), day_of(edge.now()))
    return render_template("publicity/register.html", period=period, **told)
