"""Incidents: steps that stopped by an error, tried again or closed by who looks after them."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from service.access import policy
from service.deployments import queries as definitions
from service.incidents import commands, queries_page
from service.incidents.queries_page import IncidentView
from service.instances import commands as cases
from service.instances.commands import CaseCommand
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.casetitles import case_title
from service.web.naming import named
from service.web.pages import pages, sent
from service.web.words import words

PAGE = 50


class IncidentQuery(sent.Query):
    """Open or resolved ones."""

    state = fields.String(load_default="", validate=validate.OneOf(("", "resolved")))
    cursor = Text(most=64, load_default=None, allow_none=True)


class RetryIn(sent.Form):
    """The version of the case that was shown, and why it is tried again."""

    version = sent.whole(load_default=None, allow_none=True)
    reason = Text(most=500, load_default="")


@pages.get("/incidents")
def incidents() -> str:
    """What stopped, where, why, and who can do something about it."""
    actor, asked = edge.actor(), sent.query(IncidentQuery)
    policy.require(actor, "incident.read")
    found = queries_page.page(actor, resolved=asked["state"] == "resolved", before=asked["cursor"], limit=PAGE)
    items = [_item(incident) for incident in found.items]
    return render_template("admin/incidents.html", items=items, state=asked["state"], next=found.next)


def _item(incident: IncidentView) -> dict[str, Any]:
    actor = edge.actor()
    stopped = incident.state == "failed" or incident.kind == "timer"
    return {
        "id": incident.id,
        "at": incident.at,
        "process_instance_id": incident.instance_id if incident.title else None,
        "business_key": incident.business_key,
        "title": case_title(incident.instance_id or "", incident.title) if incident.title else None,
        "step": _step(incident),
        "element_id": incident.element_id,
        "error": _error(incident),
        "request_id": incident.request_id,
        "attempts": incident.attempts,
        "version": incident.version,
        "may_retry": bool(incident.title and stopped and policy.allows(actor, "instance.retry")),
        "may_resolve": policy.allows(actor, "incident.resolve"),
        "resolved_at": incident.resolved_at,
    }


def _step(incident: IncidentView) -> str:
    if not incident.definition_id or not incident.element_id:
        return ""
    definition = definitions.pinned(incident.definition_id)
    place = definition.spec.element(incident.element_id)
    return named(definition, incident.element_id, place.name) if place else ""


def _error(incident: IncidentView) -> str:
    """The words of the code; what nobody has words for says what the program said."""
    said = words(incident.code, {}, edge.locale())
    return incident.message if said == incident.code else said


@pages.post("/cases/<case_id>/retry")
def retry(case_id: str) -> Response:
    """Repeat exactly the step that failed."""
    given = sent.form(RetryIn)
    command = CaseCommand(case_id, given["version"], given["reason"])
    closed = cases.retry_instance(edge.actor(), command, now=edge.now())
    flash(_("Tried again: %(n)s incidents are resolved", n=closed))
    return redirect(url_for("pages.case", case_id=case_id))


@pages.post("/incidents/<incident_id>/resolve")
def resolve(incident_id: str) -> Response:
    """Close an incident that needs nothing more."""

    commands.resolve_incident(edge.actor(), incident_id, now=edge.now())
    flash(_("Closed"))
    return redirect(url_for("pages.incidents"))
