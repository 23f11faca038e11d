"""Which kind of database this installation has."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import current_app

from service.db import db
from service.operation.snapshots import Database, Snapshot


def of_installation() -> Database:
    """How the database of the current application is dumped and loaded; each driver is imported where it is used."""
    if db.engine.dialect.name == "sqlite":
        from service.operation import sqlite

        return sqlite.Sqlite()
    from service.operation import postgresql

    return postgresql.Postgresql(current_app.extensions["lectern.settings"].pg_bin)


@contextmanager
def taken(folder: Path) -> Iterator[Snapshot]:
    """The database of the current application at this moment."""
    with of_installation().dumping(db.engine.url, folder) as snapshot:
        yield snapshot
