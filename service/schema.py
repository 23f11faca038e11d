"""Alembic's side of the database: bring the schema to head, and say whether it is there.

Alembic is imported at the first use: a serving process needs it only when somebody asks for readiness.
"""

import re
from functools import lru_cache
from pathlib import Path

from flask import current_app

from service.db import db

_MADE = re.compile(r'^revision\b[^=]*= *"(.+?)"', re.MULTILINE)
_BEFORE = re.compile(r'^down_revision\b[^=]*= *"(.+?)"', re.MULTILINE)


def upgrade() -> None:
    """Bring the database of the current application to the newest schema."""
    from flask_migrate import upgrade as run

    attach()
    run()


def attach() -> None:
    """Give Alembic the application's engine and metadata, once."""
    from flask_migrate import Migrate

    if "migrate" not in current_app.extensions:
        directory = current_app.config["MIGRATIONS"]
        Migrate(current_app, db, directory=directory, render_as_batch=True, compare_type=True)


def is_at_head() -> bool:
    """Whether the schema is the one that this code was written for."""
    return revisions() == _heads(current_app.config["MIGRATIONS"])


def revisions() -> frozenset[str]:
    """The revisions that the database is at; none for an empty one."""
    from alembic.migration import MigrationContext

    return frozenset(MigrationContext.configure(db.session.connection()).get_current_heads())


def knows(revision: str) -> bool:
    """Whether this code can bring a database of that revision to head; it cannot when a newer version made it."""
    from alembic.script import ScriptDirectory

    directory = ScriptDirectory(current_app.config["MIGRATIONS"])
    return revision in {found.revision for found in directory.walk_revisions()}


@lru_cache(maxsize=4)
def _heads(directory: str) -> frozenset[str]:
    """The newest revisions, from the text of the migrations: to import all of them would slow every start down."""
    texts = [file.read_text("utf-8") for file in Path(directory, "versions").glob("*.py")]
    made = {found for text in texts for found in _MADE.findall(text)}
    return frozenset(made - {found for text in texts for found in _BEFORE.findall(text)})
