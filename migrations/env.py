"""Alembic's environment: the URL and metadata come from the application that runs it."""

from alembic import context
from flask import current_app

from service.db import WRITING
from workflows.base import Instant

config = context.config
extension = current_app.extensions["migrate"]
engine = extension.db.engine
metadata = extension.db.metadatas[None]


def render(kind: str, item: object, _context: object) -> str | bool:
    """Moments are written into migrations as plain DateTime: a migration must not depend on today's classes."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False


def run() -> None:
    with engine.execution_options(**WRITING[engine.dialect.name]).connect() as connection:
        options = dict(extension.configure_args)
        options["render_as_batch"] = connection.dialect.name == "sqlite"
        context.configure(connection=connection, target_metadata=metadata, render_item=render, **options)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
