"""The API under /api/v1: each module a noun, each route a query or a command (design §5)."""

from importlib import import_module

from apiflask import APIBlueprint, APIFlask
from flask import request

from service.errors import Forbidden
from service.web import edge

PREFIX = "/api/v1"
DOCUMENT = f"{PREFIX}/openapi.json"
MODULES = ("sessions", "tasks", "instances")
"""The modules that declare routes."""
OPEN = frozenset({"api.login"})
"""Endpoints that may be called before login."""
UPLOADS = frozenset({"api.upload_attachment", "api.deploy", "api.import_candidates"})
"""Endpoints that take files; every other body is JSON of at most LARGEST_JSON bytes."""
LARGEST_JSON = 4 << 20

api = APIBlueprint("api", __name__, url_prefix=PREFIX, tag="Lectern")


@api.before_request
def refuse_anonymous() -> None:
    """Everything but login needs a token: 401 access.login_needed."""
    if request.endpoint not in OPEN and edge.actor().is_anonymous:
        raise Forbidden("access.login_needed")
    if request.endpoint not in UPLOADS:
        request.max_content_length = LARGEST_JSON


def init(app: APIFlask) -> None:
    """Register every module's routes."""
    for name in MODULES:
        import_module(f"{__name__}.{name}")
    app.register_blueprint(api)
