"""A moment between two backups, as docs/backup.md describes it: base backup, archived log, recovery up to a time."""

import os
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.engine import make_url

from service.access.actor import Actor
from service.app import create_app
from service.audit.checkpoint import seal
from service.audit.verify import verify
from service.clock import SetClock
from service.db import db
from service.posts import queries_sums
from service.schema import upgrade
from tests.conftest import START, settings_for
from tests.flows.hiring import acting
from tests.postgres import _as_server, binaries, free_port
from workflows.models import ProcessInstance

pytestmark = pytest.mark.skipif("LECTERN_PROVE" not in os.environ, reason="two clusters: with make prove")


class Cluster:
    """A cluster with archived log in a folder of its own."""

    def __init__(self, home: Path, name: str) -> None:
        self.home, self.data, self.port = home, home / name, free_port()

    def url(self) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    def ask(self, statement: str) -> Any:
        plain = make_url(self.url()).set(drivername="postgresql").render_as_string()
        with psycopg.connect(plain, autocommit=True) as connection:
            row = connection.execute(statement.encode()).fetchone()
        return row[0] if row else None

    def recovered(self) -> None:
        """Wait until it has opened at the moment that was asked for."""
        for _ in range(200):
            if not self.ask("SELECT pg_is_in_recovery()"):
                return
            time.sleep(0.1)
        raise AssertionError("still recovering")

    @contextmanager
    def running(self) -> Iterator[None]:
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories={self.home}"
        control = [str(binaries() / "pg_ctl"), "-D", str(self.data), "-w"]
        _as_server([*control, "-l", f"{self.home}/log-{self.port}", "-o", options, "start"])
        try:
            yield
        finally:
            _as_server([*control, "-m", "fast", "stop"])


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path("/tmp") / f"lectern-pitr-{uuid.uuid4().hex[:8]}"
    folder.mkdir(mode=0o700)
    (folder / "archive").mkdir()
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", "postgres:postgres", str(folder)], check=True)
    yield folder
    shutil.rmtree(folder)


def write(path: Path, text: str) -> None:
    _as_server(["sh", "-c", f"cat >> {path} <<'END'\n{text}\nEND"])


def made_live(live: Cluster) -> None:
    """A cluster that archives its log, as docs/backup.md says."""
    archive = live.home / "archive"
    _as_server([str(binaries() / "initdb"), "-D", str(live.data), "-U", "postgres", "-A", "trust", "-E", "UTF8"])
    write(live.data / "postgresql.conf", f"wal_level = replica\narchive_mode = on\n"
          f"archive_command = 'test ! -f {archive}/%f && cp %p {archive}/%f'")  # fmt: skip


def base_backup(live: Cluster, again: Cluster) -> None:
    reach = ["-h", "127.0.0.1", "-p", str(live.port), "-U", "postgres"]
    _as_server([str(binaries() / "pg_basebackup"), *reach, "-D", str(again.data), "-X", "none", "-c", "fast"])


def asked_for(again: Cluster, moment: datetime) -> None:
    write(again.data / "postgresql.auto.conf", f"restore_command = 'cp {again.home}/archive/%f %p'\n"
          f"recovery_target_time = '{moment.isoformat()}'\nrecovery_target_action = 'promote'")  # fmt: skip
    _as_server(["touch", str(again.data / "recovery.signal")])


def test_a_database_is_restored_to_the_moment_before_a_mistake(home: Path, tmp_path: Path) -> None:
    live, again = Cluster(home, "live"), Cluster(home, "again")
    made_live(live)
    with live.running(), application(live, tmp_path):
        upgrade()
        driver = acting.county(SetClock(START))
        base_backup(live, again)
        kept = acting.start(driver, "s01")
        seal(START)
        moment = datetime.now(UTC)
        mistake = acting.start(driver, "s02")
        seal(START)
        live.ask("SELECT pg_switch_wal()")
    asked_for(again, moment)
    with again.running(), application(again, tmp_path) as app:
        again.recovered()
        assert kept.state == "running"
        left = db.session.scalars(select(ProcessInstance.id)).all()
        assert kept.id in left and mistake.id not in left
        db.session.rollback()
        assert queries_sums.reconcile(Actor.system()) == ()
        assert not verify(START).ok, "the file outside knows that something is gone"
        app.extensions["lectern.settings"].checkpoints.rename(tmp_path / "checkpoints-before.jsonl")
        acting.reviewed(kept)
        seal(START)
        assert verify(START).ok


@contextmanager
def application(cluster: Cluster, folder: Path) -> Iterator[Flask]:
    app = create_app(settings_for(cluster.url(), folder), SetClock(START))
    app.config["PASSWORD_COST"] = (1, 8, 1)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
