"""The signed heads while a verification runs: on disk in a database that vanishes, so that memory stays bounded."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from service.audit.checkpoint import Leaf


class Leaves:
    """Every head that a valid checkpoint signed, by stream; a stream is taken once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.execute(
            "CREATE TABLE leaf (stream TEXT, seq INTEGER, hash TEXT, PRIMARY KEY (stream, seq, hash)) WITHOUT ROWID"
        )

    def add(self, heads: Iterable[Leaf]) -> None:
        rows = [(leaf.stream, leaf.seq, leaf.hash) for leaf in heads]
        self._connection.executemany("INSERT OR IGNORE INTO leaf VALUES (?, ?, ?)", rows)

    def take(self, stream: str) -> dict[int, set[str]]:
        """The signed hashes of `stream` by number, removed from the rest."""
        taken: dict[int, set[str]] = {}
        for seq, digest in self._connection.execute("SELECT seq, hash FROM leaf WHERE stream = ?", (stream,)):
            taken.setdefault(seq, set()).add(digest)
        self._connection.execute("DELETE FROM leaf WHERE stream = ?", (stream,))
        return taken

    def rest(self) -> Iterator[tuple[str, int]]:
        """Streams that nobody took, with the highest number signed of each."""
        yield from self._connection.execute("SELECT stream, max(seq) FROM leaf GROUP BY stream ORDER BY stream")


@contextmanager
def collected() -> Iterator[Leaves]:
    """An empty collection; an SQLite database without a name lies in a temporary file and goes with its connection."""
    connection = sqlite3.connect("", isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        yield Leaves(connection)
    finally:
        connection.close()
