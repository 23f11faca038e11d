"""PostgreSQL's pipeline: a transaction sends its writes without waiting for each answer (psycopg, libpq 14)."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from sqlalchemy.exc import DBAPIError, IntegrityError

from workflows.writing import LANE, UNKNOWN, Lane


class Cursor(psycopg.Cursor[Any]):
    """In a pipeline it waits for its answer, as outside of one, unless the statement says that nobody looks at it yet.

    A `later` one has no rows, and its `rowcount` is UNKNOWN until the pipeline ends.
    """

    later = False

    def execute(self, *arguments: Any, **options: Any) -> "Cursor":
        """Send a statement."""
        self.later = self._is_later()
        try:
            super().execute(*arguments, **options)
            if not self.later:
                self._fetch_pipeline()
        except psycopg.Error:
            self._recover()
            raise
        return self

    def _is_later(self) -> bool:
        lane: Lane | None = getattr(self._conn, LANE, None)
        return lane is not None and lane.later

    def _recover(self) -> None:
        """After an error a pipeline answers nothing until it is synchronised; a savepoint may then be rolled back."""
        if self._conn._pipeline is not None and not self.later:
            with suppress(psycopg.Error):
                self._conn._pipeline.sync()

    def executemany(self, query: Any, params_seq: Iterable[Any], *, returning: bool = False) -> None:
        """Send a statement once for each row."""
        self.later = self._is_later()
        super().executemany(query, params_seq, returning=returning)
        pipeline = self._conn._pipeline
        if pipeline is not None and not self.later:
            pipeline.sync()

    @property
    def rowcount(self) -> int:
        """Rows touched by the statement."""
        return UNKNOWN if self._conn._pipeline is not None and self.later else self._rowcount


@contextmanager
def pipelined(lane: Lane) -> Iterator[None]:
    """Send what is executed inside through a pipeline; errors that nobody has looked at are raised at its end."""
    driver: Any = lane.connection.connection.driver_connection
    setattr(driver, LANE, lane)
    try:
        with driver.pipeline() as pipeline:
            _gathered(pipeline, lane)
            yield
    except psycopg.IntegrityError as error:
        raise IntegrityError(None, None, error) from error
    except psycopg.Error as error:
        raise DBAPIError(None, None, error) from error
    finally:
        delattr(driver, LANE)


def _gathered(pipeline: Any, lane: Lane) -> None:
    """Statements whose answers nobody looks at yet leave together with the next one whose answer is awaited.

    Of psycopg's own accord each of them costs a look at the socket.
    """
    communicate = pipeline._communicate_gen

    def unless_later() -> Iterator[Any]:
        if not lane.later:
            yield from communicate()

    pipeline._communicate_gen = unless_later
