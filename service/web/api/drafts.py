"""Drafts of flows: edited by one person at a time, published by a second one."""

import hashlib
from typing import Any

from flask import Response

from service.deployments import commands_approval, commands_drafts, contents, packing, queries_diff, queries_drafts
from service.deployments.commands import Published
from service.deployments.commands_approval import Reasoned
from service.deployments.commands_drafts import BeginDraft, DraftStep, SaveDraft
from service.web import draftview, edge
from service.web.api import api
from service.web.api.definitions import ZIP, ZIPPED, download, read, stored
from service.web.api.schemas import definitions
from service.web.api.schemas import drafts as shapes
from service.web.api.shaping import paged

DRAFTS = ["Drafts of flows"]


@api.get("/definition-drafts")
@api.input(shapes.DraftQuery, location="query", arg_name="query")
@api.output(shapes.DraftPage)
@api.doc(tags=DRAFTS)
def list_drafts(query: dict[str, Any]) -> Any:
    """Drafts, those saved last first."""
    actor = edge.actor()
    rows = queries_drafts.listed(actor, query["key"], query["state"])
    page = paged([{"id": row.id, "row": row} for row in rows], query)
    found = [queries_drafts.view_of(actor, item["row"], edge.now()) for item in page["items"]]
    return {"items": [draftview.shaped(one) for one in found], "next": page["next"]}


@api.post("/definition-drafts")
@api.input(shapes.DraftIn, arg_name="body")
@api.output(shapes.DraftBegunOut, status_code=201)
@api.doc(tags=DRAFTS)
def begin_draft(body: dict[str, Any]) -> Any:
    """Begin a draft; 409 draft.open names the one that the flow has."""
    return _begun(body, BeginDraft(**body))


@api.post("/definition-drafts/import")
@api.input(shapes.ImportQuery, location="query", arg_name="query")
@api.input(shapes.DraftFilesIn, location="files", arg_name="body")
@api.output(shapes.DraftBegunOut, status_code=201)
@api.doc(tags=DRAFTS)
def import_draft(query: dict[str, Any], body: dict[str, Any]) -> Any:
    """Begin a draft from files or one ZIP; faults in them are findings, not a refusal."""
    files = contents.texts_of(unpacked(read(body["files"])))
    sums = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}
    return _begun({"files": sums, **query}, BeginDraft(key=query["key"], files=files))


def unpacked(files: Any) -> dict[str, bytes]:
    """The files as they came, or those of the one ZIP."""
    names = list(files)
    if len(names) == 1 and names[0].lower().endswith(".zip"):
        return packing.unpack(files[names[0]])
    return dict(files)


def _begun(asked: Any, sent: BeginDraft) -> dict[str, Any]:
    draft_id = edge.repeatable(
        asked,
        201,
        lambda: commands_drafts.begin_draft(edge.actor(), sent, now=edge.now()),
        lambda ids: str(ids["draft_id"]),
    )
    return {**draftview.contents_of(draft_id), "findings": draftview.findings_of(draft_id)}


@api.get("/definition-drafts/<draft_id>")
@api.output(shapes.DraftContentsOut)
@api.doc(tags=DRAFTS)
def get_draft(draft_id: str) -> Any:
    """One draft with its files."""
    return draftview.contents_of(draft_id)


@api.get("/definition-drafts/<draft_id>/findings")
@api.output(shapes.FindingsOut)
@api.doc(tags=DRAFTS)
def get_draft_findings(draft_id: str) -> Any:
    """What the gate finds in a draft as it was saved last."""
    return {"findings": draftview.findings_of(draft_id)}


@api.get("/definition-drafts/<draft_id>/diff")
@api.input(shapes.DiffQuery, location="query", arg_name="query")
@api.output(shapes.DiffOut)
@api.doc(tags=DRAFTS)
def diff_draft(draft_id: str, query: dict[str, Any]) -> Any:
    """What a draft changes, against its base or another version of its flow."""
    return draftview.difference_of(queries_diff.of_draft(edge.actor(), draft_id, query["against"]))


@api.get("/definition-drafts/<draft_id>/export")
@api.doc(tags=DRAFTS, responses=ZIPPED)
def export_draft(draft_id: str) -> Response:
    """The files of a draft as a ZIP."""
    found = queries_drafts.files(edge.actor(), draft_id)
    return download(packing.pack(contents.bytes_of(found)), f"draft-{draft_id}.zip", ZIP)


@api.put("/definition-drafts/<draft_id>")
@api.input(shapes.DraftSave, arg_name="body")
@api.output(shapes.DraftSavedOut)
@api.doc(tags=DRAFTS)
def save_draft_files(draft_id: str, body: dict[str, Any]) -> Any:
    """Keep what was edited, with faults too; 409 draft.stale says who saved in between and when."""
    return saved(draft_id, body)


def saved(draft_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Save what a body holds; the draft with what the gate finds in it."""
    sent = SaveDraft(draft_id, body["version"], body["files"], body["removed"])
    commands_drafts.save_files(edge.actor(), sent, now=edge.now())
    return {**draftview.draft_of(draft_id), "findings": draftview.findings_of(draft_id) if body["check"] else None}


@api.post("/definition-drafts/<draft_id>/ask")
@api.input(shapes.DraftReasoned, arg_name="body")
@api.output(shapes.DraftOut)
@api.doc(tags=DRAFTS)
def ask_for_approval(draft_id: str, body: dict[str, Any]) -> Any:
    """Ask a second person to publish it; 422 with `findings` while the gate has an error."""
    return _acted(commands_approval.ask_approval, draft_id, body)


@api.post("/definition-drafts/<draft_id>/withdraw")
@api.input(shapes.DraftAct, arg_name="body")
@api.output(shapes.DraftOut)
@api.doc(tags=DRAFTS)
def withdraw_request(draft_id: str, body: dict[str, Any]) -> Any:
    """Go on editing what waits for a second person."""
    return _acted(commands_approval.withdraw_request, draft_id, body)


@api.post("/definition-drafts/<draft_id>/refuse")
@api.input(shapes.DraftReasoned, arg_name="body")
@api.output(shapes.DraftOut)
@api.doc(tags=DRAFTS)
def refuse_draft(draft_id: str, body: dict[str, Any]) -> Any:
    """Give it back to its authors with a reason."""
    return _acted(commands_approval.refuse_draft, draft_id, body)


@api.post("/definition-drafts/<draft_id>/approve")
@api.input(shapes.DraftReasoned, arg_name="body")
@api.output(definitions.DeploymentOut, status_code=201)
@api.doc(tags=DRAFTS)
def approve_draft(draft_id: str, body: dict[str, Any]) -> Any:
    """Publish what somebody else has written and asked for; 403 draft.own_work for its authors."""
    sent = Reasoned(draft_id, edge.version_seen(body), body["reason"] or "")
    return stored(
        edge.repeatable(
            body,
            201,
            lambda: commands_approval.approve_draft(edge.actor(), sent, now=edge.now()),
            lambda ids: Published(ids["definition_id"], "", 0),
        )
    )


@api.post("/definition-drafts/<draft_id>/rebase")
@api.input(shapes.DraftAct, arg_name="body")
@api.output(shapes.DraftOut)
@api.doc(tags=DRAFTS)
def rebase_draft(draft_id: str, body: dict[str, Any]) -> Any:
    """Say that what was published meanwhile was looked at; what the draft holds stays."""
    return _stepped(commands_drafts.rebase_draft, draft_id, body)


@api.post("/definition-drafts/<draft_id>/discard")
@api.input(shapes.DraftAct, arg_name="body")
@api.output(shapes.DraftOut)
@api.doc(tags=DRAFTS)
def discard_draft(draft_id: str, body: dict[str, Any]) -> Any:
    """Give a draft up; its files are kept."""
    return _stepped(commands_drafts.discard_draft, draft_id, body)


def _acted(command: Any, draft_id: str, body: dict[str, Any]) -> dict[str, Any]:
    sent = Reasoned(draft_id, edge.version_seen(body), body.get("reason") or "")
    return _done(command, sent, body)


def _stepped(command: Any, draft_id: str, body: dict[str, Any]) -> dict[str, Any]:
    return _done(command, DraftStep(draft_id, edge.version_seen(body)), body)


def _done(command: Any, sent: Reasoned | DraftStep, body: dict[str, Any]) -> dict[str, Any]:
    edge.repeatable(body, 200, lambda: command(edge.actor(), sent, now=edge.now()), lambda _ids: None)
    return draftview.draft_of(sent.draft_id)
