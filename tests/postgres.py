"""A PostgreSQL cluster of the tests' own: Debian's binaries, a folder, a socket on the loopback."""

import os
import shutil
import socket
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

OPTIONS = " ".join(
    f"-c {setting}"
    for setting in (
        "fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=120", "shared_buffers=64MB",
        "wal_level=minimal", "max_wal_senders=0", "wal_init_zero=off", "max_wal_size=2GB", "checkpoint_timeout=1h",
        "autovacuum=off",
    )
)  # fmt: skip
"""Nothing here outlives a crash, and no test is long enough to want its tables swept."""


@dataclass(frozen=True)
class Cluster:
    """`url` is the SQLAlchemy URL of the maintenance database."""

    url: str

    def _execute(self, statement: str) -> None:
        with psycopg.connect(make_url(self.url).set(drivername="postgresql").render_as_string(False)) as connection:
            connection.autocommit = True
            connection.execute(statement.encode())

    def create(self, name: str, template: str = "template0") -> str:
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" ENCODING "UTF8" STRATEGY FILE_COPY')
        return make_url(self.url).set(database=name).render_as_string(False)

    def copy(self, template: str) -> str:
        """The name of a new database like the template."""
        name = f"t{uuid.uuid4().hex}"
        self.create(name, template)
        return name

    def drop(self, name: str) -> None:
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def binaries() -> Path:
    """The newest installed server's programs; fails with what to install."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: float(p.parts[-3]))
    if not found:
        raise RuntimeError("PostgreSQL is missing: install the package postgresql, or set LECTERN_TEST_DATABASE_URL")
    return found[-1].parent


def _as_server(command: list[str]) -> None:
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    subprocess.run(command, check=True, capture_output=True, cwd="/")


def free_port() -> int:
    """A port of the loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """A running cluster; `LECTERN_TEST_DATABASE_URL` (a superuser's) is used instead where it is set."""
    given = os.environ.get("LECTERN_TEST_DATABASE_URL")
    if given:
        yield Cluster(given)
        return
    programs, port = binaries(), free_port()
    home = Path("/tmp") / f"lectern-pg-{uuid.uuid4().hex[:8]}"
    home.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(home, "postgres", "postgres")
    data = str(home / "data")
    try:
        _as_server([str(programs / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"])
        options = f"{OPTIONS} -c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={home}"
        _as_server([str(programs / "pg_ctl"), "-D", data, "-w", "-l", f"{home}/log", "-o", options, "start"])
        try:
            yield Cluster(f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres")
        finally:
            _as_server([str(programs / "pg_ctl"), "-D", data, "-w", "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(home, ignore_errors=True)
