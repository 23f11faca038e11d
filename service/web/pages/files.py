"""Files: what a form uploads at once, and what a case keeps, to be saved and never shown in place."""

from typing import Any, BinaryIO, cast

from flask import Response, jsonify, url_for
from marshmallow import fields
from werkzeug.datastructures import FileStorage

from service.attachments import commands, queries
from service.attachments.commands import StoreAttachment
from service.web import edge
from service.web.downloads import saved
from service.web.pages import frame, pages, sent


class FileIn(sent.Form):
    """One file."""

    file = fields.Raw(required=True)


@pages.get("/attachments/<attachment_id>")
def attachment(attachment_id: str) -> Response:
    """The contents of a file that I may see."""
    return saved(queries.open_file(edge.actor(), attachment_id))


@pages.post("/attachments")
def upload() -> Any:
    """Store a file before its form is sent; the form then carries its id."""
    file: FileStorage = sent.form(FileIn)["file"]
    stored = StoreAttachment(cast("BinaryIO", file.stream), file.filename or "")
    attachment_id = commands.store_attachment(edge.actor(), stored, now=edge.now())
    found = queries.open_file(edge.actor(), attachment_id)
    return jsonify(
        id=found.id,
        name=found.name,
        size=found.size,
        size_words=frame.show().size(found.size),
        url=url_for("pages.attachment", attachment_id=found.id),
    )
