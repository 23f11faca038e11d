"""Stored files on their way out: to be saved and never shown in place."""

from typing import Any
from urllib.parse import quote

from flask import Response, send_file


def saved(found: Any) -> Response:
    """The contents of an attachment's row under its own name, sandboxed whatever they are."""
    reply: Response = send_file(found.path, mimetype=found.media_type, etag=found.checksum)
    reply.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name)}"
    reply.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return reply
