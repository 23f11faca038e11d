"""The editor of a draft: one page for its diagrams, decision tables, forms and settings; what it asks while open."""

from collections.abc import Mapping
from typing import Any

from flask import Response, make_response, render_template, url_for

from service.deployments import contents, queries_diff, queries_drafts, queries_trials
from service.errors import NotFound
from service.web import draftview, edge, editorview
from service.web.api.schemas import trials
from service.web.pages import pages, trialview
from workflows.references import kind_of

STYLED = edge.CSP.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
"""The editors of BPMN, DMN and forms write styles of their own into the page; scripts stay those of the house."""


@pages.get("/drafts/<draft_id>/edit")
def edit_draft(draft_id: str) -> Response:
    """The page; which file is opened first stands in `file`."""
    found = draftview.contents_of(draft_id)
    given = {
        **_plain(found),
        "findings": draftview.findings_of(draft_id),
        "main": _main(found),
    }
    shared = queries_trials.shared_files(edge.actor())
    page = render_template(
        "editor/edit.html",
        draft=given,
        joins=_joins(found),
        saved_at=found["saved_at"],
        urls=_urls(found),
        known=editorview.known(found["key"], found["contents"], shared),
    )
    reply = make_response(page)
    reply.headers["Content-Security-Policy"] = STYLED
    return reply


def _joins(found: Mapping[str, Any]) -> bool:
    """Whether the reader would become one more author by the first change, and so no second person any more."""
    authors = {author["id"] for author in found["authors"]}
    return bool(authors) and edge.actor().person_id not in authors


@pages.get("/drafts/<draft_id>/comparison")
def compare_draft(draft_id: str) -> Any:
    """What differs from the version that the draft began from, and that version's files."""
    actor = edge.actor()
    base = queries_drafts.draft(actor, draft_id, edge.now()).base
    if base is None:
        raise NotFound("draft.no_base")
    found = draftview.difference_of(queries_diff.of_draft(actor, draft_id, None))
    files = queries_drafts.own_files(actor, base.id)
    return {"changes": found["changes"], "contents": contents.texts_of(files)}


@pages.post("/drafts/<draft_id>/trial")
@pages.input(trials.TrialIn, arg_name="body")
def try_draft(draft_id: str, body: dict[str, Any]) -> Any:
    """Play the moves of a trial from its start; where the case stands then."""
    found = trialview.trial(draft_id, body["moves"])
    shown = {name: found[name] for name in ("current", "passed")}
    return {"html": render_template("editor/trial.html", trial=found), **shown}


@pages.post("/drafts/<draft_id>/evaluate")
@pages.input(trials.DecisionIn, arg_name="body")
def evaluate_decision(draft_id: str, body: dict[str, Any]) -> Any:
    """What a decision of the draft answers to values that are tried."""
    values = trialview.json_object(body["values"])
    outcome, warnings = queries_trials.evaluate(edge.actor(), draft_id, body["decision_id"], values, edge.now())
    told = {
        "value": trialview.shown(outcome.value),
        "rules": outcome.reasons(),
        "warnings": [w.text(edge.locale()) for w in warnings],
    }
    return {"html": render_template("editor/evaluated.html", **told)}


@pages.post("/drafts/<draft_id>/preview")
@pages.input(trials.FormIn, arg_name="body")
def preview_form(draft_id: str, body: dict[str, Any]) -> Any:
    """A form that is being drawn, as the page of a task shows it."""
    draftview.draft_of(draft_id)
    return {"html": render_template("editor/preview.html", form=editorview.preview(body["form"]))}


def _plain(found: dict[str, Any]) -> dict[str, Any]:
    """As JSON without moments, which the page shows in words of its own."""
    return {name: found[name] for name in KEPT if name in found}


KEPT = ("id", "key", "name", "version", "base", "newest", "behind", "may", "contents", "findings")


def _main(found: dict[str, Any]) -> str:
    """The file to open first: the diagram, else the first table, form or setting."""
    order = ("bpmn", "dmn", "form", "toml")
    names = sorted(found["contents"], key=lambda name: (order.index(str(kind_of(name))), name.count("/"), name))
    return names[0] if names else ""


def _urls(found: dict[str, Any]) -> dict[str, str]:
    here = {"draft_id": found["id"]}
    draft = url_for("pages.draft", **here)
    return {
        "draft": draft,
        "comparison": url_for("pages.compare_draft", **here),
        "contents": url_for("pages.draft_contents", **here),
        "findings": url_for("pages.draft_findings", **here),
        "trial": url_for("pages.try_draft", **here),
        "evaluate": url_for("pages.evaluate_decision", **here),
        "preview": url_for("pages.preview_form", **here),
    }
