"""PostgreSQL's pipeline: a transaction sends its writes without waiting for each answer (psycopg, libpq 14)."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError

from workflows.writing import LATER, UNKNOWN


class Cursor(psycopg.Cursor[Any]):
    """In a pipeline it waits for its answer, as outside of one, unless the statement says that nobody looks at it yet.

    A `later` one has no rows, and its `rowcount` is UNKNOWN until the pipeline ends.
    """

    later = False

    def execute(self, *arguments: Any, **options: Any) -> "Cursor":
        """Send a statement."""
        try:
            super().execute(*arguments, **options)
            if not self.later:
                self._fetch_pipeline()
        except psycopg.Error:
            self._recover()
            raise
        return self

    def _recover(self) -> None:
        """After an error a pipeline answers nothing until it is synchronised; a savepoint may then be rolled back."""
        if self._conn._pipeline is not None:
            with suppress(psycopg.Error):
                self._conn._pipeline.sync()

    def executemany(self, query: Any, params_seq: Iterable[Any], *, returning: bool = False) -> None:
        """Send a statement once for each row."""
        super().executemany(query, params_seq, returning=returning)
        pipeline = self._conn._pipeline
        if pipeline is not None and not self.later:
            pipeline.sync()

    @property
    def rowcount(self) -> int:
        """Rows touched by the statement."""
        return UNKNOWN if self._conn._pipeline is not None and self.later else self._rowcount


def prepare(engine: Engine) -> None:
    """Tell each cursor whether somebody waits for its answer."""

    @event.listens_for(engine, "before_cursor_execute")
    def mark(_connection: Any, cursor: Any, _statement: str, _rows: Any, context: Any, _many: bool) -> None:
        if LATER in context.execution_options:
            cursor.later = True


@contextmanager
def pipelined(connection: Connection) -> Iterator[None]:
    """Send what is executed inside through a pipeline; errors that nobody has looked at are raised at its end."""
    driver: Any = connection.connection.driver_connection
    try:
        with driver.pipeline():
            yield
    except psycopg.IntegrityError as error:
        raise IntegrityError(None, None, error) from error
    except psycopg.Error as error:
        raise DBAPIError(None, None, error) from error
