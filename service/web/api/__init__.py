"""The API under /api/v1: each module a noun, each route a query or a command (design §5)."""

from apiflask import APIBlueprint
from flask import Flask, request

from service.errors import Forbidden
from service.web import edge

api = APIBlueprint("api", __name__, url_prefix="/api/v1", tag="Lectern")

OPEN = frozenset({"api.login"})
"""Endpoints that may be called before login."""
SECURITY = {"bearer": {"type": "http", "scheme": "bearer", "description": "A token of POST /api/v1/login."}}


@api.before_request
def refuse_anonymous() -> None:
    """Everything but login needs a token: 401 access.login_needed."""
    if request.endpoint not in OPEN and edge.actor().is_anonymous:
        raise Forbidden("access.login_needed")


def init(app: Flask) -> None:
    """Register every module's routes."""
    from service.web.api import domain, instances, sessions, tasks, tools

    assert all((domain, instances, sessions, tasks, tools))
    app.register_blueprint(api)
