"""A second, empty machine: folders of its own, and on PostgreSQL a database of its own on the same server."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy.engine import make_url

from service.app import create_app
from service.clock import SetClock
from service.config import Settings
from service.db import db
from tests.conftest import START
from workflows.base import new_id


@contextmanager
def machine(app: Flask, folder: Path, **changes: Any) -> Iterator[Flask]:
    """An application with the same keys and nothing else, its context pushed over that of `app`."""
    settings: Settings = app.extensions["lectern.settings"]
    folder.mkdir(exist_ok=True)
    with empty_database(settings.database_url, folder) as url:
        own = replace(settings, database_url=url, data_dir=folder, checkpoints=folder / "checkpoints.jsonl", **changes)
        other = create_app(own, SetClock(START))
        with other.app_context():
            yield other
            db.session.remove()
            db.engine.dispose()


@contextmanager
def empty_database(url: str, folder: Path) -> Iterator[str]:
    if url.startswith("sqlite"):
        yield f"sqlite:///{folder / 'lectern.db'}"
        return
    name, server = f"r{new_id()}", make_url(url)
    maintained = server.set(drivername="postgresql", database="postgres").render_as_string(False)
    with psycopg.connect(maintained, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0'.encode())
        yield server.set(database=name).render_as_string(False)
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
