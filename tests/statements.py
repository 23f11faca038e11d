"""Counts the SQL statements and the commits of a piece of code."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from service.db import db


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent inside, without BEGIN and COMMIT, in order."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@contextmanager
def committed() -> Iterator[list[str]]:
    """One entry a COMMIT inside."""
    seen: list[str] = []

    def note(_connection: object) -> None:
        seen.append("COMMIT")

    event.listen(db.engine, "commit", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "commit", note)
