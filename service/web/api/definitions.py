"""Process definitions and deployments."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response
from werkzeug.datastructures import FileStorage

from service.deployments import commands, gate, packing, queries, queries_diff, queries_drafts
from service.deployments.commands import Publish
from service.errors import Fault, Invalid
from service.instances import queries_timers, starting
from service.instances.commands_starts import SwitchStart, switch_start
from service.tasks import forms
from service.web import draftview, edge
from service.web.api import Responses, api
from service.web.api.schemas import definitions as shapes
from service.web.api.schemas.drafts import DiffOut, DiffQuery
from service.web.api.shaping import paged

DRY_RUN: Responses = {
    200: {
        "description": "A dry run without errors; nothing is stored",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/DeploymentOut"}}},
    },
    202: {
        "description": "A draft that waits for a second person",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/DeploymentOut"}}},
    },
}
ZIP = "application/zip"
ZIPPED: Responses = {
    200: {"description": "A ZIP of the files", "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}}}
}


@api.get("/process-definitions")
@api.input(shapes.DefinitionQuery, location="query", arg_name="query")
@api.output(shapes.DefinitionPage)
@api.doc(tags=["Definitions"])
def list_definitions(query: dict[str, Any]) -> Any:
    """Published versions, the newest of each flow first."""
    actor = edge.actor()
    if query["startable"]:
        found: Sequence[Any] = [flow for flow in queries.startable(actor) if query["key"] in (None, flow.key)]
    elif query["every"]:
        found = queries_drafts.every_version(actor, query["key"])
    else:
        found = queries.definitions(actor, query["key"])
    return paged([item_of(row) for row in found], query)


def item_of(row: Any) -> dict[str, Any]:
    """A version as lists show it, in the caller's language where flow.toml knows it."""
    settings = getattr(row, "settings", {}).get("flow", {})
    english = settings.get("name_en") if edge.locale() == "en" else None
    return {
        "id": row.id,
        "key": row.key,
        "version": row.version,
        "name": english or row.name,
        "state": getattr(row, "state", "active"),
        "checksum": getattr(row, "checksum", "") or "",
        "deployed_at": getattr(row, "deployed_at", None),
    }


@api.get("/process-definitions/<definition_id>")
@api.output(shapes.DefinitionOut)
@api.doc(tags=["Definitions"])
def get_definition(definition_id: str) -> Any:
    """One version: what it runs by and who may start it."""
    found = queries.definition(edge.actor(), definition_id)
    row = queries_drafts.version_row(edge.actor(), definition_id)
    return item_of(found) | {
        "state": row.state,
        "deployed_at": row.deployed_at,
        "manifest": found.manifest,
        "start_roles": list(found.settings.get("start", {}).get("roles", ())),
        "decisions": sorted(found.decisions),
        "release": draftview.release_of(definition_id),
    }


@api.get("/process-definitions/<definition_id>/files")
@api.output(shapes.FilesOut)
@api.doc(tags=["Definitions"])
def get_definition_files(definition_id: str) -> Any:
    """The own files of a version of a flow or library; those of libraries that it is pinned to are not among them."""
    found = queries_drafts.own_files(edge.actor(), definition_id)
    return {"contents": {name: content.decode("utf-8", "replace") for name, content in found.items()}}


@api.get("/process-definitions/<definition_id>/export")
@api.doc(tags=["Definitions"], responses=ZIPPED)
def export_definition(definition_id: str) -> Response:
    """The own files of a version as a ZIP, which can be imported as a draft."""
    row = queries.version_of(edge.actor(), definition_id)
    found = queries_drafts.own_files(edge.actor(), definition_id)
    name = row.key.removeprefix("@").encode("ascii", "replace").decode().replace("?", "_")
    return download(packing.pack(found), f"{name}-{row.version}.zip", ZIP)


@api.get("/process-definitions/<definition_id>/diff")
@api.input(DiffQuery, location="query", arg_name="query")
@api.output(DiffOut)
@api.doc(tags=["Definitions"])
def diff_definition(definition_id: str, query: dict[str, Any]) -> Any:
    """What a version changes, against the one before it or another version of its flow."""
    return draftview.difference_of(queries_diff.of_version(edge.actor(), definition_id, query["against"]))


@api.get("/process-definitions/<definition_id>/xml")
@api.output(shapes.XmlOut)
@api.doc(tags=["Definitions"])
def get_definition_xml(definition_id: str) -> Any:
    """The diagram of a version."""
    return {"id": definition_id, "xml": queries.definition(edge.actor(), definition_id).xml.decode("utf-8")}


@api.get("/process-definitions/<definition_id>/form")
@api.output(shapes.StartFormOut)
@api.doc(tags=["Definitions"])
def get_start_form(definition_id: str) -> Any:
    """The form with which a case of this version is asked for."""
    form = starting.start_form(queries.definition(edge.actor(), definition_id))
    return {"schema": form, "data": {}, "rights": forms.rights(form or {}, None, many_seats=False)}


@api.post("/deployments")
@api.input(shapes.DeployQuery, location="query", arg_name="query")
@api.input(shapes.DeploymentIn, location="files", arg_name="body")
@api.output(shapes.DeploymentOut, status_code=201)
@api.doc(tags=["Definitions"], responses=DRY_RUN)
def deploy(query: dict[str, Any], body: dict[str, Any]) -> Any:
    """Check a flow folder and store it as the next version; what the gate refuses is 422 with `findings`.

    Where a second person must approve what is published, 202 with the draft that waits for one.
    """
    files = read(body["files"])
    if query["dry_run"]:
        found = queries.dry_run(edge.actor(), files)
        gate.refuse(found)
        return {"id": None, "key": None, "version": None, "draft_id": None, "findings": draftview.said(found)}, 200
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    sent = Publish(files, query["shared"], query["reason"] or "")
    published = edge.repeatable(
        {"files": sums, **query},
        201,
        lambda: commands.publish(edge.actor(), sent, now=edge.now()),
        lambda ids: commands.Published(ids.get("definition_id"), "", 0, draft_id=ids.get("draft_id")),
    )
    return stored(published), 202 if published.draft_id else 201


def stored(published: commands.Published) -> dict[str, Any]:
    """What was stored; a repeated request is answered from the version or the draft itself."""
    key, version = published.key, published.version or None
    if published.definition_id and not version:
        again = queries.version_of(edge.actor(), published.definition_id)
        key, version = again.key, again.version
    if published.draft_id and not key:
        key = draftview.draft_of(published.draft_id)["key"]
    told = {"key": key, "version": version, "findings": draftview.said(published.findings)}
    return {"id": published.definition_id, "draft_id": published.draft_id, **told}


def read(files: Sequence[FileStorage]) -> Mapping[str, bytes]:
    """Uploaded files by name; a name twice is an error, never a silent loss."""
    contents: dict[str, bytes] = {}
    for file in files:
        name = (file.filename or "").replace("\\", "/").lstrip("/")
        if not name or name in contents or ".." in name.split("/"):
            raise Invalid("deployment.file", faults=(Fault(name or "files", "deployment.file_name"),))
        contents[name] = file.stream.read()
    return contents


def download(content: bytes, name: str, media_type: str) -> Response:
    """A file for the browser to save under an ASCII name, never to be shown in place."""
    reply = Response(content, mimetype=media_type)
    reply.headers.set("Content-Disposition", "attachment", filename=name)
    return reply


@api.post("/process-definitions/<definition_id>/start-timer")
@api.input(shapes.StartTimerIn, arg_name="body")
@api.output(shapes.StartTimerOut)
@api.doc(tags=["Definitions"])
def switch_start_timer(definition_id: str, body: dict[str, Any]) -> Any:
    """Switch off or on that a flow begins by itself (admin); on again it goes on with the next moment."""
    actor = edge.actor()
    key = queries.version_of(actor, definition_id).key
    sent = SwitchStart(key, body["active"], body["reason"] or "")
    edge.repeatable(body, 200, lambda: switch_start(actor, sent, now=edge.now()), lambda _ids: None)
    return queries_timers.next_start(actor, key)
