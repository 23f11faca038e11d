"""Puts one installation together: settings, database, clock, observation, errors, the API."""

from pathlib import Path

from flask import Flask
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix

from service import db, garbage, observe, tables
from service.clock import Clock, SystemClock
from service.config import Settings
from service.instances import runs_asked, runs_batches, runs_migrate, runs_paper
from service.opening import runs_opening
from service.people import runs_accounts
from service.web import api, edge, pages, problems, runs_sheet
from service.web.addresses import Address
from service.web.api.document import Described
from service.web.bodies import Json

RUNS = (
    runs_asked.begin_many, runs_batches.start_batch, runs_accounts.open_accounts, runs_migrate.migrate_many,
    runs_paper.try_cases, runs_paper.confirm_cases, runs_sheet.freeze_sheets,
    runs_opening.check, runs_opening.load, runs_opening.revoke,
)  # fmt: skip
"""Kinds of run of nouns that nothing else imports; those of the flows are found by their registry."""
HOUSE = Path(__file__).resolve().parent.parent
LARGEST_BODY = 210 << 20
"""Bytes; the largest attachment that a parameter may allow, and its frame. JSON bodies have a limit of their own."""


def create_app(settings: Settings, clock: Clock | None = None) -> Flask:
    """The Flask application of one installation; `clock` is replaced by tests and rehearsals."""
    app = Described(
        "lectern",
        title="Lectern",
        version="1",
        root_path=str(HOUSE / "service" / "web"),
        static_folder="static",
        template_folder="templates",
        spec_path=api.DOCUMENT,
        docs_path=None,
        json_errors=False,
    )
    app.url_rule_class = Address
    app.config["SECRET_KEY"] = settings.secret_key
    app.config["MIGRATIONS"] = str(HOUSE / "migrations")
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["COMPRESS_ALGORITHM"] = ["br", "gzip"]
    app.json = Json(app)
    app.extensions["lectern.settings"] = settings
    app.extensions["lectern.clock"] = clock or SystemClock()
    if settings.proxies:
        believed = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)
        app.wsgi_app = believed  # type: ignore[method-assign]
    tables.load()
    db.init(app, settings.database_url)
    observe.init(app)
    Compress(app)
    edge.init(app)
    problems.init(app)
    api.init(app)
    pages.init(app)
    garbage.loaded()
    return app
