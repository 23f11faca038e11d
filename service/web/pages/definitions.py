"""Flows: the list, one version with its diagram and what it changed, a new draft, taking a flow out of use."""

from typing import Any

from flask import Response as Answer
from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.wrappers import Response

from service.access import policy
from service.deployments import (
    commands_drafts,
    commands_retiring,
    contents,
    packing,
    queries,
    queries_diff,
    queries_drafts,
)
from service.deployments.commands_drafts import BeginDraft
from service.deployments.commands_retiring import AnswerRequest, Retire
from service.errors import Conflict, Forbidden, Invalid
from service.web import draftview, edge, flowview
from service.web.api.definitions import ZIP, download, read
from service.web.api.drafts import unpacked
from service.web.api.schemas.base import Text
from service.web.pages import pages, sent
from workflows.catalogue import SHARED, shown_key


class NewFlowIn(sent.Form):
    """Key and name of a flow that does not exist yet."""

    key = Text(most=64, load_default="")
    name = Text(most=200, load_default="")


class ImportIn(sent.Form):
    """A ZIP or the files of a flow, and its key where they name none."""

    key = Text(most=64, load_default=None, allow_none=True)
    files = fields.List(fields.Raw(), load_default=list)


class RetireIn(sent.Form):
    """Why a flow takes no new cases."""

    reason = Text(most=500, load_default="")


@pages.get("/definitions")
def definitions() -> str:
    """Every flow with its newest version, running cases and open draft."""
    return _list()


def _list(problem: str | None = None, entered: dict[str, Any] | None = None) -> str:
    flows = flowview.flows()
    may_edit = policy.allows(edge.actor(), "draft.begin")
    return render_template(
        "definitions/index.html", flows=flows, may_edit=may_edit, problem=problem, entered=entered or {}
    )


@pages.post("/definitions/new")
def new_definition() -> Response | tuple[str, int]:
    """Begin a draft of a new flow."""
    given = sent.form(NewFlowIn)
    return _begun(BeginDraft(key=given["key"], name=given["name"]), given)


@pages.post("/definitions/import")
def import_definition() -> Response | tuple[str, int]:
    """Begin a draft from a ZIP or files."""
    given = sent.form(ImportIn)
    try:
        texts = contents.texts_of(unpacked(read(given["files"])))
    except Invalid as refused:
        return _list(_why(refused), given), 422
    return _begun(BeginDraft(key=given["key"], files=texts), given)


@pages.post("/definitions/<definition_id>/draft")
def draft_of_definition(definition_id: str) -> Response | tuple[str, int]:
    """Begin a draft of a version; where the flow has one, that is opened."""
    return _begun(BeginDraft(definition_id=definition_id), {})


def _begun(command: BeginDraft, given: dict[str, Any]) -> Response | tuple[str, int]:
    try:
        draft_id = commands_drafts.begin_draft(edge.actor(), command, now=edge.now())
    except Conflict as known:
        if known.code != "draft.open":
            raise
        flash(flowview.refused(known.code, known.params))
        return redirect(url_for("pages.draft", draft_id=known.params["draft_id"]))
    except Invalid as refused:
        return _list(_why(refused), given), 422
    return redirect(url_for("pages.draft", draft_id=draft_id))


def _why(refused: Invalid) -> str:
    """The first thing that is wrong with files, and where; else why it was refused."""
    for fault in refused.faults:
        return f"{fault.path}: {flowview.refused(fault.code, fault.params)}"
    return flowview.refused(refused.code, refused.params)


@pages.get("/definitions/<definition_id>")
def definition(definition_id: str) -> str:
    """One version: its diagram, what it changed, who brought it, the others, what runs by them."""
    return _version(definition_id)


def _version(definition_id: str, problem: str | None = None, reason: str = "") -> str:
    actor = edge.actor()
    row = queries_drafts.version_row(actor, definition_id)
    versions = flowview.versions(row.key)
    difference = flowview.difference(queries_diff.of_version(actor, definition_id))
    has_diagram = row.state != SHARED
    may_retire = policy.allows(actor, "definition.retire")
    asked = _request(row.key) if policy.allows(actor, "draft.read") else None
    return render_template(
        "definitions/version.html",
        version={**{name: getattr(row, name) for name in ("id", "version", "state", "checksum", "deployed_at")},
                 "name": flowview.name_of(row.state, row.id, row.name),
                 "shown_key": shown_key(row.key), "has_diagram": has_diagram, "newest": versions[0]["id"] == row.id},
        release=draftview.release_of(definition_id), versions=versions, difference=difference, asked=asked,
        may={"edit": policy.allows(actor, "draft.begin"), "answer": may_retire,
             "retire": may_retire and row.state == "active" and asked is None},
        problem=problem, reason=reason,
    )  # fmt: skip


def _request(key: str) -> dict[str, Any] | None:
    """What waits for a second admin, with why it is not the reader."""
    rows = queries_drafts.retirements(edge.actor(), key, "open")
    found = draftview.retirement_of(rows[0]) if rows else None
    barred = found["why_not_approve"] if found else None
    return found and {**found, "barred": flowview.refused(barred, {}) if barred else None}


@pages.get("/definitions/<definition_id>/diagram.bpmn")
def definition_diagram(definition_id: str) -> Answer:
    """The diagram's XML, for the viewer."""
    return Answer(queries.definition(edge.actor(), definition_id).xml, mimetype="application/xml")


@pages.get("/definitions/<definition_id>/export")
def export_definition_files(definition_id: str) -> Answer:
    """The own files of a version as a ZIP."""
    row = queries.version_of(edge.actor(), definition_id)
    found = queries_drafts.own_files(edge.actor(), definition_id)
    return download(packing.pack(found), f"flow-{row.version}.zip", ZIP)


@pages.post("/definitions/<definition_id>/retire")
def retire_definition(definition_id: str) -> Response | tuple[str, int]:
    """Let the flow take no new cases or ask for it, or show the page again with what is missing."""
    reason = sent.form(RetireIn)["reason"]
    try:
        asked = commands_retiring.retire_flow(edge.actor(), Retire(definition_id, reason), now=edge.now())
    except Invalid as refused:
        return _version(definition_id, _why(refused), reason), 422
    flash(_("Asked: another admin can approve it now.") if asked else _retired())
    return redirect(url_for("pages.definition", definition_id=definition_id))


@pages.post("/retirement-requests/<retirement_id>/approve")
def approve_retirement(retirement_id: str) -> Response | tuple[str, int]:
    """Let the flow take no new cases, as another admin asks."""
    return _answered(retirement_id, commands_retiring.approve_retirement, _retired())


@pages.post("/retirement-requests/<retirement_id>/refuse")
def refuse_retirement(retirement_id: str) -> Response | tuple[str, int]:
    """Let the flow stay in use."""
    return _answered(retirement_id, commands_retiring.refuse_retirement, _("The flow stays in use."))


def _answered(retirement_id: str, answer: Any, said: str) -> Response | tuple[str, int]:
    """The page of the version, again with what stands against the answer."""
    reason = sent.form(RetireIn)["reason"]
    definition_id = queries_drafts.retirement(edge.actor(), retirement_id).definition_id
    try:
        answer(edge.actor(), AnswerRequest(retirement_id, reason), now=edge.now())
    except (Invalid, Forbidden) as refused:
        status = 422 if isinstance(refused, Invalid) else 403
        return _version(definition_id, flowview.refused(refused.code, refused.params), reason), status
    flash(said)
    return redirect(url_for("pages.definition", definition_id=definition_id))


def _retired() -> str:
    return str(_("The flow takes no new cases. Running ones go on."))
