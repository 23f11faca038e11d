"""Alembic's environment: the URL and metadata come from the application that runs it."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from service.db import WRITING
from workflows.base import Instant

config = context.config
extension = current_app.extensions["migrate"]
engine = extension.db.engine
metadata = extension.db.metadatas[None]


def render(kind: str, item: object, _context: object) -> str | bool:
    """Moments are written into migrations as plain DateTime: a migration must not depend on today's classes."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False


@contextmanager
def unhindered(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew and dropping the old one, which rows that refer to it would forbid.

    The keys are looked at once everything is done, before it is committed: a migration that broke one fails whole.
    The driver ignores the switch within a transaction, so one that failed is rolled back before it.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys=ON")


def expect_whole(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all() if connection.dialect.name == "sqlite" else ()
    if broken:
        raise RuntimeError(
            f"the migration would leave {len(broken)} rows that refer to nothing, the first: {broken[0]}"
        )


def run() -> None:
    with engine.execution_options(**WRITING[engine.dialect.name]).connect() as connection, unhindered(connection):
        options = dict(extension.configure_args)
        options["render_as_batch"] = connection.dialect.name == "sqlite"
        context.configure(connection=connection, target_metadata=metadata, render_item=render, **options)
        with context.begin_transaction():
            context.run_migrations()
            expect_whole(connection)
        connection.commit()


run()
