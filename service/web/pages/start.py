"""Starting a case: choose a flow, fill in its form with the ledger beside it, submit."""

from collections.abc import Mapping
from typing import Any

from flask import Response as Answer
from flask import flash, jsonify, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import INCLUDE, Schema, fields
from werkzeug.wrappers import Response

from service.access.days import day_of
from service.deployments import queries as definitions
from service.errors import Conflict, Invalid, NotFound
from service.flows.title import queries as titles
from service.idempotency.repeats import Repeat, Replayed, hash_of, once
from service.instances import queries, starting
from service.instances.commands import StartInstance, start_instance
from service.instances.commands_drafts import SaveRequest, save_request
from service.parameters.scopes import About
from service.people import queries as people
from service.tasks import forms, outlook
from service.web import edge
from service.web.formchoices import with_staff
from service.web.formview import form_of, typed
from service.web.naming import flow_description, flow_name
from service.web.outlookview import path_of
from service.web.pages import pages, sent
from service.web.pages.fitting import DEMAND, effect_of, no_effect
from service.web.words import words
from workflows.base import new_id

OWN = frozenset({"organisation_id", "idempotency_key"})
TITLE = "title"
"""The flow beside whose form stands what the records of the applicant say."""
SINGLE = ("number", "datetime", "textfield", "select")
"""Kinds of fields of which an address may propose a value."""
OWN_PAGES = {"personnel": "pages.new_change"}
"""Flows that are begun on a page of their own, because what is asked for depends on what is chosen first."""


class Asked(Schema):
    """The school for which is asked, the key of this attempt, and the fields of the flow's start form."""

    class Meta:
        unknown = INCLUDE

    organisation_id = fields.String(load_default=None)
    idempotency_key = fields.String(load_default=None)


class Proposed(Schema):
    """Fields of a start form in an address."""

    class Meta:
        unknown = INCLUDE


@pages.get("/start")
def start() -> str:
    """The flows that I may start."""
    flows = [
        {"key": flow.key, "name": flow_name(flow), "description": flow_description(flow)}
        for flow in definitions.startable(edge.actor())
    ]
    return render_template("requests/start.html", flows=flows)


@pages.get("/start/<key>")
def start_flow(key: str) -> str | Response:
    """The start form of a flow, with what I had filled in; a flow with a page of its own begins there.

    Without that its single fields hold what the address proposes for them, until I change or send it.
    """
    if key in OWN_PAGES:
        return redirect(url_for(OWN_PAGES[key]))
    flow, kept = _flow(key), queries.request_draft(edge.actor(), key)
    values = kept.values if kept else _proposed(starting.start_form(flow))
    return _page(flow, values, None, draft_saved_at=kept.saved_at if kept else None, closed=_closed(flow))


def _proposed(form: Mapping[str, Any] | None) -> dict[str, Any]:
    single = {one["key"] for one in forms.components(form or {}) if one["type"] in SINGLE}
    return typed(form, {name: text for name, text in sent.query(Proposed).items() if name in single})


def _closed(flow: Any) -> str | None:
    """Why nothing may be handed in today, told before somebody fills in the form."""
    refused = titles.not_open(day_of(edge.now())) if flow.key == TITLE else None
    return None if refused is None else words(refused.code, refused.params, edge.locale())


def _flow(key: str) -> Any:
    for flow in definitions.startable(edge.actor()):
        if flow.key == key:
            return flow
    raise NotFound("definition.absent", key=key)


def _page(flow: Any, values: Mapping[str, Any], organisation_id: str | None, **more: Any) -> str:
    form = starting.start_form(flow)
    rights = forms.rights(form or {}, None, many_seats=False)
    school = _school(organisation_id)
    about = About(school["id"], flow.key)
    shown = form_of(with_staff(grouped(form), school["id"]), values, rights, more.pop("faults", ()), about)
    holds = holds_at_once(form)
    effect, checks = effect_of(values, school["id"]) if holds else no_effect()
    given: dict[str, Any] = {
        "flow": {"key": flow.key, "name": flow_name(flow), "title": flow_name(flow)},
        "form": {**shown, "checks": checks} if holds else shown,
        "organisation": school,
        "effect": effect,
        "holds": holds,
        "facts": titles.own_facts(edge.actor(), day_of(edge.now())) if flow.key == TITLE else None,
        "private": sorted(forms.sensitive(form or {})),
        "after": after(flow, values, school["id"]),
        "draft_saved_at": more.pop("draft_saved_at", None),
        "idempotency_key": new_id(),
        "problem": None,
        "closed": None,
    }
    return render_template("requests/start_flow.html", **{**given, **more})


def holds_at_once(form: Mapping[str, Any] | None) -> bool:
    """Whether sending the form takes headcount and posts: it asks for them row by row."""
    return any(component["key"] == DEMAND for component in forms.components(form or {}))


def after(flow: Any, values: Mapping[str, Any], organisation_id: str) -> list[dict[str, Any]]:
    """What would come next if this were handed in now."""
    actor = edge.actor()
    known = {**values, "initiator": actor.person_id, "school": organisation_id}
    about = About(organisation_id, flow.key)
    return path_of(flow, outlook.of_start(actor, flow, known, about, now=edge.now()))


def grouped(form: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The form with its fields in groups: the groups are the steps of the page."""
    found = dict(form or {"id": "start", "components": []})
    components = list(found["components"])
    if any(component.get("type") == "group" for component in components):
        return found
    lists = [component for component in components if component.get("type") == "dynamiclist"]
    files = [component for component in components if component.get("type") == "filepicker"]
    rest = [component for component in components if component not in lists and component not in files]
    if any(component["key"] == DEMAND for component in lists):
        parts = [(_("Posts"), lists), (_("Conditions and need"), rest)]
    else:
        parts = [(_("What is asked for"), rest), *((_label(one), [one]) for one in lists)]
    parts.append((_("Papers"), files))
    found["components"] = [_group(f"part-{number}", name, part) for number, (name, part) in enumerate(parts) if part]
    return found


def _label(component: Mapping[str, Any]) -> str:
    english = component.get("properties", {}).get("label_en") if edge.locale() == "en" else None
    return str(english or component["label"])


def _group(id_: str, name: str, components: list[Any]) -> dict[str, Any]:
    words_of = {"label_en": name, "step": name, "step_en": name}
    return {"type": "group", "id": id_, "label": name, "properties": words_of, "components": components}


def _school(organisation_id: str | None) -> dict[str, Any]:
    """The school for which is asked; somebody with several chooses."""
    actor = edge.actor()
    own = list(dict.fromkeys(held.organisation_id for held in actor.acting_roles if held.organisation_kind == "school"))
    names = people.organisation_names(own, edge.locale())
    chosen = organisation_id if organisation_id in own else (own[0] if own else actor.organisation_id or "")
    choices = [{"id": one, "name": names.get(one, "")} for one in own] if len(own) > 1 else None
    return {"id": chosen, "words": names.get(chosen, ""), "choices": choices}


@pages.post("/start/<key>/effect")
def start_effect(key: str) -> Answer:
    """The ledger beside the form, after each change."""
    _flow(key)
    found = sent.form(Asked)
    effect, checks = effect_of(found, _school(found["organisation_id"])["id"])
    answer = make_response(render_template("requests/effect_answer.html", effect=effect, checks=checks))
    blocked = "true" if effect["blocked"] else "false"
    answer.headers["HX-Trigger"] = f'{{"lectern:blocked": {{"blocked": {blocked}}}}}'
    return answer


@pages.post("/start/<key>")
def submit_request(key: str) -> Response | tuple[str, int]:
    """Ask for the case; what is wrong comes back beside the fields, a full ledger names the account."""
    flow, found = _flow(key), sent.form(Asked)
    values = typed(starting.start_form(flow), {name: value for name, value in found.items() if name not in OWN})
    school = _school(found["organisation_id"])["id"]
    command = StartInstance(key, school, values)
    try:
        instance_id = _once(command, found["idempotency_key"])
    except (Invalid, Conflict) as refused:
        problem = {
            "title": words(refused.code, refused.params, edge.locale()),
            "words": _("Nothing was submitted yet."),
        }
        again = _page(flow, values, school, problem=problem, faults=refused.faults)
        return again, 422 if isinstance(refused, Invalid) else 409
    held = holds_at_once(starting.start_form(flow))
    flash(_("Submitted; headcount and posts are held.") if held else _("Submitted."))
    return redirect(url_for("pages.case", case_id=instance_id))


@pages.post("/start/<key>/draft")
def save_request_draft(key: str) -> Answer:
    """Keep what is typed so far; nothing is checked and nothing is held."""
    _flow(key)
    values = {name: value for name, value in sent.form(Asked).items() if name not in OWN}
    save_request(edge.actor(), SaveRequest(key, values), now=edge.now())
    return jsonify({})


def _once(command: StartInstance, key: str | None) -> str:
    """Submitting twice (a double click, a lost reply) starts one case."""
    if not key:
        return start_instance(edge.actor(), command, now=edge.now()).instance_id
    body = hash_of({"organisation_id": command.organisation_id, "variables": command.variables})
    repeat = Repeat(edge.actor().account_id, f"start {command.definition_key}", key, body, 303, edge.now())
    try:
        with once(repeat):
            return start_instance(edge.actor(), command, now=edge.now()).instance_id
    except Replayed as earlier:
        return str(earlier.previous.ids["instance_id"])
