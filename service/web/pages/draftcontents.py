"""The files of a draft for the editors in the page: read and saved as JSON, with the session of the page."""

from typing import Any

from flask import Response, jsonify

from service.deployments import queries_diff
from service.web import draftview, edge
from service.web.api.drafts import saved
from service.web.api.schemas.drafts import DraftSave
from service.web.pages import pages


@pages.get("/drafts/<draft_id>/contents")
def draft_contents(draft_id: str) -> Response:
    """The draft with the texts of its files."""
    return jsonify(draftview.contents_of(draft_id))


@pages.put("/drafts/<draft_id>/contents")
@pages.input(DraftSave, arg_name="body")
def save_draft_contents(draft_id: str, body: dict[str, Any]) -> Response:
    """Keep what was edited; the draft with what the gate finds in it."""
    return jsonify(saved(draft_id, body))


@pages.get("/drafts/<draft_id>/diff.json")
def draft_diff(draft_id: str) -> Response:
    """What it changes against its base."""
    return jsonify(draftview.difference_of(queries_diff.of_draft(edge.actor(), draft_id)))


@pages.get("/drafts/<draft_id>/findings")
def draft_findings(draft_id: str) -> Response:
    """What the gate finds in it as it was saved last."""
    return jsonify({"findings": draftview.findings_of(draft_id)})
