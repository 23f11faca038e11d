"""Puts one installation together: settings, database, clock."""

from pathlib import Path

from apiflask import APIFlask
from flask import Flask

from service import db, tables
from service.clock import Clock, SystemClock
from service.config import Settings

HOUSE = Path(__file__).resolve().parent.parent


def create_app(settings: Settings, clock: Clock | None = None) -> Flask:
    """The Flask application of one installation; `clock` is replaced by tests and rehearsals."""
    app = APIFlask("lectern", title="Lectern", version="1")
    app.config["SECRET_KEY"] = settings.secret_key
    app.config["MIGRATIONS"] = str(HOUSE / "migrations")
    app.extensions["lectern.settings"] = settings
    app.extensions["lectern.clock"] = clock or SystemClock()
    tables.load()
    db.init(app, settings.database_url)
    return app
