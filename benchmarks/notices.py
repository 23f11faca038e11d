"""Pages beside a mail server that swallows connections, and beside a healthy one: the ratio of their latencies."""

import os
import socket
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

from sqlalchemy import func, select

from benchmarks.house import DATABASES, House, house
from benchmarks.report import report
from benchmarks.served import Server, bearer, served
from service.db import db, transaction
from service.notices import outbox
from service.notices.outbox import OUTBOX, Message
from tests.service.channels.mailhouse import HOST, mail_server, wants

WHO = "bureau.hr"
MAILS = 300
ASKED = 250
SETTLED_SECONDS = 4
"""Until both servers have sent out their couriers."""


@contextmanager
def swallowing() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server((HOST, 0), backlog=128) as deaf:
        yield int(deaf.getsockname()[1])


@contextmanager
def installed(kind: str, port: int) -> Iterator[tuple[House, Server, dict[str, str]]]:
    """A server that mails through a port, with MAILS waiting to leave and a reader."""
    mail = {"SMTP_URL": f"smtp://{HOST}:{port}", "MAIL_FROM": "lectern@bureau.test", "BASE_URL": "https://lectern.test"}
    with house(kind) as made:
        person = made.driver.county.persons[WHO]
        wants(person, "hr@bureau.test")
        with transaction() as session:
            outbox.post(session, [Message("task.opened", f"person:{person}")] * MAILS, datetime.now(UTC))
        headers = bearer(made, WHO)
        with variables(mail), served(made) as server:
            yield made, server, headers


@contextmanager
def variables(mail: dict[str, str]) -> Iterator[None]:
    """LECTERN_ variables for the process that is started inside."""
    names = {f"LECTERN_{name}": value for name, value in mail.items()}
    os.environ.update(names)
    try:
        yield
    finally:
        for name in names:
            os.environ.pop(name, None)


def timed(server: Server, headers: dict[str, str]) -> Callable[[], float]:
    """One page read and one write, in milliseconds."""

    def once() -> float:
        began = time.perf_counter()
        server.ask("GET", "/api/v1/tasks?limit=20", headers=headers)
        server.ask("POST", "/api/v1/notices/read", {"ids": []}, headers)
        return (time.perf_counter() - began) * 1000

    return once


def mails(made: House, state: str) -> int:
    """How many mails are in a state."""
    with made.app.app_context():
        found = select(func.count()).where(OUTBOX.c.channel == "email", OUTBOX.c.state == state)
        count = int(db.session.scalar(found) or 0)
        db.session.remove()
    return count


def measured(kind: str) -> dict[str, float]:
    """Both servers at once, asked in turns, while one mails and the other tries to."""
    with ExitStack() as stack:
        kept, port = stack.enter_context(mail_server())
        healthy, good, headers = stack.enter_context(installed(kind, port))
        dead, bad, other = stack.enter_context(installed(kind, stack.enter_context(swallowing())))
        ask_good, ask_bad = timed(good, headers), timed(bad, other)
        time.sleep(SETTLED_SECONDS)
        good.wait()
        bad.wait()
        pairs = [(ask_good(), ask_bad()) for _ in range(ASKED)]
        until = time.monotonic() + 60
        while mails(healthy, "sent") < MAILS and time.monotonic() < until:
            time.sleep(0.5)
        lost = MAILS - mails(dead, "waiting") - mails(dead, "sent")
        beside, beyond = (statistics.median(column) for column in zip(*pairs, strict=True))
    return {
        f"median ms, healthy, {kind}": round(beside, 2),
        f"median ms, swallowed, {kind}": round(beyond, 2),
        f"ratio within a pair, {kind}": round(statistics.median(bad / good for good, bad in pairs), 3),
        f"mails not delivered once, healthy, {kind}": MAILS - len(set(kept.ids)) + len(kept.ids) - len(set(kept.ids)),
        f"mails lost, swallowed, {kind}": lost,
    }


def main() -> bool:
    """Both databases."""
    figures, target = {}, {}
    for kind in DATABASES:
        figures |= measured(kind)
        target |= {
            f"ratio within a pair, {kind}": 1.2,
            f"mails not delivered once, healthy, {kind}": 0,
            f"mails lost, swallowed, {kind}": 0,
        }
    return report("notices", figures, target)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
