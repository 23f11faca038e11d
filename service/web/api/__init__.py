"""The API under /api/v1: each module a noun, each route a query or a command (design §5)."""

import re
from importlib import import_module
from typing import Any

from apiflask import APIBlueprint, APIFlask
from flask import request

from service.errors import Forbidden, NotFound
from service.web import edge

PREFIX = "/api/v1"
DOCUMENT = f"{PREFIX}/openapi.json"
MODULES = (
    "sessions", "definitions", "drafts", "retirements", "instances", "migrations", "operating", "corrections",
    "evidence", "tasks", "bulk", "runs", "desk", "seats", "papers", "paper_cases", "hiring", "titles", "sittings",
    "reserved", "publicity", "exchange", "exchange_rounds", "ledger", "loans", "named_holds", "open_cases",
    "organisations", "persons", "records", "personnel", "roles", "useraccounts", "opening", "opening_reconciliation",
    "substitutes", "attachments", "reports", "settings", "calendar", "operation", "channels", "tools",
    "officialpapers",
)  # fmt: skip
"""The modules that declare routes, in the order of the document."""
OPEN = frozenset({"api.login", "api.activate", "api.list_publicity", "api.get_publicity", "api.object_to_publicity"})
"""Endpoints that may be called before login."""
UPLOADS = frozenset(
    {
        "api.upload_attachment",
        "api.deploy",
        "api.import_draft",
        "api.import_candidates",
        "api.open_staff_accounts",
        "api.open_county_accounts",
        "api.import_year",
        "api.begin_opening_import",
        "api.add_paper_template",
    }
)
"""Endpoints that take files; every other body is JSON of at most LARGEST_JSON bytes."""
LARGEST_JSON = 4 << 20
Responses = dict[int | str, dict[str, str | dict[str, dict[str, Any]]]]
"""Replies that no schema describes, for the document."""
IDENTIFIER = re.compile(r"[0-9A-Za-z_.@:-]{1,64}")

api = APIBlueprint("api", __name__, url_prefix=PREFIX)


@api.before_request
def admit() -> None:
    """Everything but login needs a token: 401 access.login_needed. What cannot be an id is absent: 404."""
    if request.endpoint not in OPEN and edge.actor().is_anonymous:
        raise Forbidden("access.login_needed")
    if request.endpoint not in UPLOADS:
        request.max_content_length = LARGEST_JSON
    if not all(IDENTIFIER.fullmatch(str(value)) for value in (request.view_args or {}).values()):
        raise NotFound("http.404", path=request.path)


def init(app: APIFlask) -> None:
    """Register every module's routes and complete the document."""
    from service.web.api import document
    from service.web.api.docs import docs

    for name in MODULES:
        import_module(f"{__name__}.{name}")
    app.register_blueprint(api)
    app.register_blueprint(docs)
    document.init(app)
