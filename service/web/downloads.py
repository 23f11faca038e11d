"""Stored files on their way out: to be saved; pictures and PDF also to be looked at, in a page of their own."""

from typing import Any
from urllib.parse import quote

from flask import Response, send_file

KINDS = {"image/png": "image", "image/jpeg": "image", "image/webp": "image", "application/pdf": "pdf"}
"""What a browser shows without running anything of it."""
CONTENT = {
    "image": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "pdf": "default-src 'none'; object-src 'self'; frame-ancestors 'self'",
}
"""The policy of the contents; no browser shows a PDF in a sandbox, and what it may load is nothing."""
VIEWER = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def saved(found: Any) -> Response:
    """The contents of an attachment's row under its own name, sandboxed whatever they are."""
    reply: Response = send_file(found.path, mimetype=found.media_type, etag=found.checksum)
    reply.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name)}"
    reply.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return reply


def looked_at(found: Any) -> Response:
    """The contents of a picture or PDF to be shown in the viewer, and nowhere else."""
    kind = KINDS[found.media_type]
    reply: Response = send_file(found.path, mimetype=found.media_type, etag=found.checksum)
    reply.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(found.name)}"
    reply.headers["Content-Security-Policy"] = CONTENT[kind]
    reply.headers["X-Frame-Options"] = "SAMEORIGIN" if kind == "pdf" else "DENY"
    reply.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return reply
