"""PostgreSQL: `pg_dump` and `pg_restore`, the server's own programs, under an exported snapshot."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import URL

from service.errors import Conflict, Invalid
from service.operation.snapshots import Snapshot, described

TABLES = "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
OTHERS = """
    SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
ASIDE = "before_restore_*"
SAID = 2000


class Postgresql:
    """See `snapshots.Database`; `programs` is the folder of pg_dump and pg_restore, None for those on PATH."""

    kind = "postgresql"
    name = "database.pgdump"

    def __init__(self, programs: Path | None) -> None:
        self._programs = programs

    @contextmanager
    def dumping(self, url: URL, folder: Path) -> Iterator[Snapshot]:
        """Dump what the exported snapshot sees; nobody waits for it but a change of the schema."""
        path = folder / self.name
        with connected(url) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            exported = str(_one(connection, "SELECT pg_export_snapshot()"))
            shape = ("--format=custom", "--no-owner", "--no-privileges", f"--exclude-schema={ASIDE}")
            self._run(url, "pg_dump", *shape, f"--snapshot={exported}", f"--file={path}")

            def rows(statement: str) -> list[Any]:
                return [row[0] for row in connection.execute(statement.encode())]

            yield described(path, rows)

    def is_there(self, url: URL) -> bool:
        """Whether the database, which must exist, has tables."""
        with connected(url) as connection:
            return bool(_one(connection, TABLES))

    def load(self, url: URL, dump: Path, aside: str) -> str | None:
        """Restore in one transaction; what was there lies in a schema of its own afterwards, or is put back.

        Conflict("restore.in_use") while anybody else is connected.
        """
        kept = aside if self.is_there(url) else None
        with connected(url) as connection:
            if _one(connection, OTHERS):
                raise Conflict("restore.in_use", database=url.database)
            if kept is not None:
                _rename(connection, "public", kept)
                connection.execute("CREATE SCHEMA public")
        try:
            self._run(
                url, "pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", dump
            )
        except Conflict:
            if kept is not None:
                with connected(url) as connection:
                    connection.execute("DROP SCHEMA public CASCADE")
                    _rename(connection, kept, "public")
            raise
        return kept and f"{url.database}: schema {kept}"

    def _run(self, url: URL, program: str, *arguments: Any) -> None:
        found = shutil.which(program, path=None if self._programs is None else str(self._programs))
        if found is None:
            raise Invalid("backup.no_program", program=program)
        environment = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
        command = [found, "--no-password", f"--dbname={_conninfo(url.set(password=None))}", *map(str, arguments)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise Conflict("backup.program_failed", program=program, said=done.stderr.strip()[-SAID:])


@contextmanager
def connected(url: URL) -> Iterator[psycopg.Connection[Any]]:
    """A connection of its own; what is written inside stands when it ends. Conflict("backup.no_database")."""
    try:
        with psycopg.connect(_conninfo(url)) as connection:
            yield connection
    except psycopg.Error as refused:
        raise Conflict("backup.no_database", database=url.database, said=str(refused).strip()[-SAID:]) from refused


def _conninfo(url: URL) -> str:
    given = {"dbname": url.database, "user": url.username, "password": url.password, "host": url.host, "port": url.port}
    options = {name: value if isinstance(value, str) else ",".join(value) for name, value in url.query.items()}
    return make_conninfo("", **{name: value for name, value in given.items() if value is not None}, **options)


def _one(connection: psycopg.Connection[Any], statement: str) -> Any:
    row = connection.execute(statement.encode()).fetchone()
    return row[0] if row else None


def _rename(connection: psycopg.Connection[Any], old: str, new: str) -> None:
    statement = sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new))
    connection.execute(statement)
