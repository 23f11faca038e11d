"""Servers that are killed at a named point, requests to them, and what the database holds afterwards."""

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select

from service.access import sessions
from service.access.actor import Actor
from service.audit.verify import verify
from service.config import Settings
from service.db import db, transaction
from service.posts import queries_sums
from service.tasks import queries
from service.tasks.models import WAITING, QueueEntry
from tests.driver import Driver
from tests.processes import environment
from workflows import catalogue, engine, store
from workflows.base import Base, new_id
from workflows.models import ProcessInstance

HOUSE = Path(__file__).resolve().parents[2]
TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Post:
    """A POST with the same Idempotency-Key however often it is sent."""

    path: str
    body: Any
    headers: Mapping[str, str]
    key: str = field(default_factory=new_id)

    def to(self, port: int) -> tuple[int, Any] | None:
        """Status and JSON of the reply; None when the server died over it."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
        headers = {"Content-Type": "application/json", "Idempotency-Key": self.key, **self.headers}
        try:
            connection.request("POST", self.path, json.dumps(self.body), headers)
            reply = connection.getresponse()
            return reply.status, json.loads(reply.read())
        except (http.client.RemoteDisconnected, ConnectionError):
            return None
        finally:
            connection.close()


class Servers:
    """Forks servers from one prepared process; `port` is that of one that nothing happens to."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.pids: list[int] = []
        self.port = self.armed("-")

    def armed(self, fault: str) -> int:
        """The port of a new server that kills itself at `fault`."""
        assert self._process.stdin and self._process.stdout
        print(fault, file=self._process.stdin, flush=True)
        port, pid = map(int, self._process.stdout.readline().split())
        self.pids.append(pid)
        return port


@contextmanager
def servers() -> Iterator[Servers]:
    """Servers on the current application's database; all that were started are ended."""
    settings: Settings = current_app.extensions["lectern.settings"]
    command = [sys.executable, "-m", "tests.proofs.server"]
    with subprocess.Popen(
        command, env=environment(settings), cwd=HOUSE, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        found: Servers | None = None
        try:
            found = Servers(process)
            yield found
        finally:
            for pid in found.pids if found else ():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def bearer(driver: Driver, who: str) -> dict[str, str]:
    """The header of an account of the county."""
    with transaction() as session:
        account_id = driver.county.accounts[who]
        opened = sessions.open_token(session, account_id, "bearer", timedelta(hours=12), driver.now)
    return {"Authorization": f"Bearer {opened.token}"}


def everything() -> dict[str, list[Any]]:
    """Every row of every table."""
    found = {
        table.name: sorted(map(repr, db.session.execute(select(table)).all())) for table in Base.metadata.sorted_tables
    }
    db.session.rollback()
    return found


def check_whole(driver: Driver) -> None:
    """Chains verify, the ledger's entries are its balances, and of each case tokens, tasks and queue say the same."""
    assert verify(driver.now).findings == []
    assert queries_sums.reconcile(Actor.system()) == ()
    session = db.session()
    for instance_id in session.scalars(select(ProcessInstance.id)).all():
        held = store.read(session, instance_id)
        tasks = queries.open_of(instance_id)
        assert sorted(task.token for task in tasks) == _open_tokens(held)
        for task in tasks:
            waiting = select(QueueEntry.holder).where(QueueEntry.task_id == task.id, QueueEntry.box.in_(WAITING))
            assert session.scalars(waiting).all()
    session.rollback()


def _open_tokens(held: store.Held) -> list[str]:
    if held.ended_at is not None:
        return []
    current = engine.inspect(held, catalogue.get(db.session(), held.definition_id))
    return sorted(token.token for token in current if token.state == "open")
