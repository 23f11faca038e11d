"""Databases on PostgreSQL that tests use one after the other: emptied and filled like the template, not made anew.

Making and dropping a database costs a sixth of a second of CPU, emptying one that a test has written to a hundredth:
the connection that empties it stays open, as a new one would read the catalogue of all tables anew.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from tests import sparing
from tests.postgres import Cluster

MOST_USES = 80
"""After so many tests a database is made anew, as deleted rows make it slow."""
_TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
_SHAPE = """
    SELECT (SELECT md5(string_agg((oid, relname, relkind, relhastriggers, relrowsecurity)::text, '' ORDER BY oid))
              FROM pg_class WHERE relnamespace = 'public'::regnamespace),
           (SELECT count(attname) || ' ' || count(*) FILTER (WHERE attnotnull) FROM pg_attribute
              JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace),
           (SELECT md5(string_agg((tgname, tgenabled, tgrelid)::text, '' ORDER BY oid)) FROM pg_trigger),
           (SELECT md5(string_agg((proname, prosrc)::text, '' ORDER BY oid)) FROM pg_proc
             WHERE pronamespace = 'public'::regnamespace),
           (SELECT md5(string_agg((conname, conrelid)::text, '' ORDER BY oid)) FROM pg_constraint),
           (SELECT string_agg(nspname::text, ' ' ORDER BY oid) FROM pg_namespace WHERE nspname NOT LIKE 'pg_t%')
"""
"""What a test may have changed besides rows; a copy has the numbers of its template."""
_ENDED = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
"""
"""What a test left in the middle of something would hold its locks."""


class Databases:
    """Copies of one template; `rows` are what its migrations have written, as COPY writes them."""

    def __init__(self, cluster: Cluster, template: str) -> None:
        self._cluster, self._template = cluster, template
        self._free: list[tuple[str, int]] = []
        self._cleaners: dict[str, psycopg.Connection[Any]] = {}
        with _connected(self._url(template)) as connection:
            self._shape = connection.execute(_SHAPE).fetchone()
            self._tables = [row[0] for row in connection.execute(_TABLES)]
            self._rows = {name: _written(connection, name) for name in self._filled(connection)}

    @contextmanager
    def lent(self, alone: bool = False) -> Iterator[str]:
        """The URL of a database like the template, for one test; `alone`: no connection to it is kept meanwhile."""
        name, uses = self._free.pop() if self._free else (self._cluster.copy(self._template), 0)
        if alone:
            self._disconnect(name)
        yield self._url(name)
        if uses + 1 < MOST_USES and self._emptied(name):
            self._free.append((name, uses + 1))
        else:
            self._disconnect(name)
            self._cluster.drop(name)

    def close(self) -> None:
        """End the connections that are still open."""
        for cleaner in self._cleaners.values():
            cleaner.close()

    def _disconnect(self, name: str) -> None:
        if name in self._cleaners:
            self._cleaners.pop(name).close()
        sparing.forget_connections(self._url(name))

    def _emptied(self, name: str) -> bool:
        """Whether the database is like the template again; not when a test has changed its tables or triggers."""
        connection = self._cleaner(name)
        with connection.transaction():
            connection.execute(_ENDED)
            if connection.execute(_SHAPE).fetchone() != self._shape:
                return False
            for table in self._filled(connection):
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            for table, rows in self._rows.items():
                with connection.cursor().copy(_copy(table, "FROM STDIN")) as copy:
                    copy.write(rows)
        return True

    def _cleaner(self, name: str) -> psycopg.Connection[Any]:
        """A connection for which no trigger fires; it keeps its plans, which a change of that would throw away."""
        if name not in self._cleaners:
            self._cleaners[name] = _connected(self._url(name))
            with self._cleaners[name].transaction():
                self._cleaners[name].execute("SET session_replication_role = replica")
        return self._cleaners[name]

    def _filled(self, connection: psycopg.Connection[Any]) -> list[str]:
        return [row[0] for row in connection.execute(sql.SQL(" UNION ALL ").join(map(_exists, self._tables)))]

    def _url(self, name: str) -> str:
        return make_url(self._cluster.url).set(database=name).render_as_string(False)


def _connected(url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(False))


def _exists(table: str) -> sql.Composed:
    return sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})").format(sql.Literal(table), sql.Identifier(table))


def _copy(table: str, end: str) -> sql.Composed:
    return sql.SQL("COPY {} " + end).format(sql.Identifier(table))


def _written(connection: psycopg.Connection[Any], table: str) -> bytes:
    with connection.cursor().copy(_copy(table, "TO STDOUT")) as copy:
        return b"".join(bytes(part) for part in copy)
