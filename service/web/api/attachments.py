"""Attachments: upload, download, the files of a case."""

import hashlib
from typing import Any, BinaryIO, cast

from werkzeug.datastructures import FileStorage

from service.attachments import commands, queries
from service.attachments.commands import StoreAttachment
from service.instances import queries as instances
from service.web import edge
from service.web.api import Responses, api
from service.web.api.schemas import files as shapes
from service.web.downloads import saved

FILES = ["Attachments"]
CONTENTS: Responses = {
    200: {
        "description": "The contents",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
CHUNK = 1 << 16


@api.post("/attachments")
@api.input(shapes.UploadIn, location="form_and_files", arg_name="body")
@api.output(shapes.AttachmentOut, status_code=201)
@api.doc(tags=FILES)
def upload_attachment(body: dict[str, Any]) -> Any:
    """Store a file; 413 and 415 say what is taken. Its id is the value of a form's file field."""
    file: FileStorage = body["file"]
    sent = StoreAttachment(cast("BinaryIO", file.stream), file.filename or "", body["process_instance_id"])
    attachment_id = edge.repeatable(
        {"name": file.filename, "sum": checksum(file), "case": body["process_instance_id"]},
        201,
        lambda: commands.store_attachment(edge.actor(), sent, now=edge.now()),
        lambda ids: str(ids["attachment_id"]),
    )
    return queries.open_file(edge.actor(), attachment_id)


def checksum(file: FileStorage) -> str:
    """The SHA-256 of an upload, which is read again afterwards."""
    digest = hashlib.sha256()
    while chunk := file.stream.read(CHUNK):
        digest.update(chunk)
    file.stream.seek(0)
    return digest.hexdigest()


@api.get("/attachments")
@api.input(shapes.AttachmentQuery, location="query", arg_name="query")
@api.output(shapes.AttachmentList)
@api.doc(tags=FILES)
def list_attachments(query: dict[str, Any]) -> Any:
    """The files of a case, oldest first."""
    instances.case(edge.actor(), query["process_instance_id"])
    return {"items": queries.of_instance(edge.actor(), query["process_instance_id"])}


@api.get("/attachments/<attachment_id>")
@api.output(shapes.AttachmentOut)
@api.doc(tags=FILES)
def get_attachment(attachment_id: str) -> Any:
    """What a file is."""
    return queries.open_file(edge.actor(), attachment_id)


@api.get("/attachments/<attachment_id>/content")
@api.doc(tags=FILES, responses=CONTENTS)
def download_attachment(attachment_id: str) -> Any:
    """The contents, to be saved and never shown in place."""
    return saved(queries.open_file(edge.actor(), attachment_id))
