"""What a database was made for: real work, or practice."""

from sqlalchemy import select

from service import schema
from service.audit.chain import EVENT
from service.db import db

PRACTICE = "installation:practice"
"""The stream of the record whose first event says that a database was made for practice."""


def is_for_practice() -> bool:
    """Whether the database of the current application was made for practice, as its record says."""
    marked = select(EVENT.c.seq).where(EVENT.c.stream == PRACTICE).limit(1)
    return bool(schema.revisions()) and db.session.execute(marked).first() is not None
