"""Files: what a form uploads at once, and what a case keeps: to be saved, or looked at in a page of its own."""

from collections.abc import Sequence
from typing import Any, BinaryIO, cast

from flask import Response, jsonify, make_response, render_template, url_for
from marshmallow import fields
from werkzeug.datastructures import FileStorage

from service.attachments import commands, queries
from service.attachments.commands import StoreAttachment
from service.attachments.queries import StoredFile
from service.errors import NotFound
from service.web import edge
from service.web.downloads import KINDS, VIEWER, looked_at, saved
from service.web.pages import frame, pages, sent


class FileIn(sent.Form):
    """One file."""

    file = fields.Raw(required=True)


def stored(file: FileStorage | None) -> str:
    """The id of a file that came with a form, "" without one; if the form is refused, it goes with loose uploads."""
    if file is None:
        return ""
    upload = StoreAttachment(cast("BinaryIO", file.stream), file.filename or "")
    return commands.store_attachment(edge.actor(), upload, now=edge.now())


def loose_files(ids: Sequence[str]) -> list[dict[str, Any]]:
    """Files that a refused form has uploaded already, as its control lists them; one that is gone is left out."""
    return [listed for listed in map(_listed, ids) if listed is not None]


def _listed(attachment_id: str) -> dict[str, Any] | None:
    try:
        found = queries.open_file(edge.actor(), attachment_id)
    except NotFound:
        return None
    url = url_for("pages.attachment", attachment_id=found.id)
    return {"id": found.id, "name": found.name, "size": found.size, "url": url}


@pages.get("/attachments/<attachment_id>")
def attachment(attachment_id: str) -> Response:
    """The contents of a file that I may see."""
    return saved(queries.open_file(edge.actor(), attachment_id))


@pages.get("/attachments/<attachment_id>/view")
def view_attachment(attachment_id: str) -> Response:
    """A picture or PDF that I may see, with its hash; a page without any script."""
    found = _shown(attachment_id)
    file = {
        "id": found.id, "name": found.name, "size": found.size, "checksum": found.checksum, "at": found.at,
        "kind": KINDS[found.media_type],
    }  # fmt: skip
    reply = make_response(render_template("files/view.html", file=file))
    reply.headers["Content-Security-Policy"] = VIEWER
    return reply


@pages.get("/attachments/<attachment_id>/content")
def attachment_content(attachment_id: str) -> Response:
    """What the viewer shows."""
    return looked_at(_shown(attachment_id))


def _shown(attachment_id: str) -> StoredFile:
    """A file that I may see and that can be shown; NotFound("attachment.not_shown") for other kinds."""
    found = queries.open_file(edge.actor(), attachment_id)
    if found.media_type not in KINDS:
        raise NotFound("attachment.not_shown", name=found.name)
    return found


@pages.post("/attachments")
def upload() -> Any:
    """Store a file before its form is sent; the form then carries its id."""
    file: FileStorage = sent.form(FileIn)["file"]
    attachment_id = stored(file)
    found = queries.open_file(edge.actor(), attachment_id)
    return jsonify(
        id=found.id,
        name=found.name,
        size=found.size,
        size_words=frame.show().size(found.size),
        url=url_for("pages.attachment", attachment_id=found.id),
    )
