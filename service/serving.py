"""Serving: gunicorn with threads, jobs in one worker, schedulers; and what the command line needs beside it."""

import fcntl
import signal
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from threading import Event, Thread
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from gunicorn.app.base import BaseApplication
from sqlalchemy import select

from service import jobs, schema
from service.access import accounts, passwords, rules
from service.access.accounts import NewAccount, NewAssignment
from service.audit.chain import EVENT
from service.db import db, transaction
from service.errors import Conflict, Invalid, LecternError
from service.people import staff
from service.people.models import Organisation
from service.people.staff import NewPerson
from service.people.units import CreateOrganisation, organisation_row
from service.web.words import words

GRACE_SECONDS = 30
PRACTICE = "installation:practice"
"""The stream of the record whose first event says that a database was made for practice."""
TURN = "jobs.lock"
"""The file in the data folder that the worker with the jobs holds locked."""


@dataclass(frozen=True)
class Bind:
    """Where and how to serve: address, port, processes, threads a process; `deadlines`: fire what falls due."""

    host: str
    port: int
    workers: int = 1
    threads: int = 8
    deadlines: bool = True


class Server(BaseApplication):
    """gunicorn with our settings; the application exists before the fork, its database connections only after it."""

    def __init__(self, app: Flask, bind: Bind) -> None:
        self._app = app
        self._bind = bind
        self._ending = Event()
        super().__init__()

    def load_config(self) -> None:
        """Settings by name, as gunicorn documents them."""
        chosen: dict[str, Any] = {
            "bind": f"{self._bind.host}:{self._bind.port}",
            "workers": self._bind.workers,
            "threads": self._bind.threads,
            "worker_class": "gthread",
            "graceful_timeout": GRACE_SECONDS,
            "timeout": 120,
            "control_socket_disable": True,
            "accesslog": None,
            "loglevel": "warning",
            "post_worker_init": self._begin,
            "worker_exit": self._end,
        }
        for name, value in chosen.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """The application that every worker serves."""
        return self._app

    def _begin(self, _worker: Any) -> None:
        Thread(target=self._tick_in_turn, name="turn", daemon=True).start()

    def _tick_in_turn(self) -> None:
        """Start the jobs in the worker that has the lock; when its process ends, even killed, the next one gets it."""
        folder: Path = self._app.extensions["lectern.settings"].data_dir
        self._turn = (folder / TURN).open("w")  # open as long as the process lives
        fcntl.flock(self._turn, fcntl.LOCK_EX)
        if not self._ending.is_set():
            jobs.start(self._app, jobs.TICKS if self._bind.deadlines else jobs.without_deadlines())

    def _end(self, _server: Any, _worker: Any) -> None:
        self._ending.set()
        started = self._app.extensions.get(jobs.EXTENSION)
        if started is not None:
            started.stop()


def run(app: Flask, bind: Bind) -> None:
    """Serve until stopped. Invalid("serve.sqlite_workers"): SQLite has one serving process (design §7).

    Invalid("serve.practice" | "serve.not_practice"): a county for practice is served as such, and nothing else is.
    """
    _expect_purpose(app)
    if _on_sqlite(app) and bind.workers > 1:
        raise Invalid("serve.sqlite_workers", workers=bind.workers)
    Server(app, bind).run()


def schedule(app: Flask, threads: int) -> None:
    """Fire deadlines and deliver the outbox until SIGTERM or SIGINT; what runs then is ended, not broken off.

    Invalid("serve.sqlite_scheduler"): on SQLite the serving process does it, and a second one would starve it.
    """
    _expect_purpose(app)
    if _on_sqlite(app):
        raise Invalid("serve.sqlite_scheduler")
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    started = jobs.start(app, jobs.scheduling(threads))
    stop.wait()
    started.stop()


def _expect_purpose(app: Flask) -> None:
    with app.app_context():
        practice = is_for_practice()
        db.session.remove()
        db.engine.dispose()
    meant: bool = app.extensions["lectern.settings"].practice
    if practice and not meant:
        raise Invalid("serve.practice")
    if meant and not practice:
        raise Invalid("serve.not_practice")


def is_for_practice() -> bool:
    """Whether the database of the current application was made for practice, as its record says."""
    marked = select(EVENT.c.seq).where(EVENT.c.stream == PRACTICE).limit(1)
    return bool(schema.revisions()) and db.session.execute(marked).first() is not None


def _on_sqlite(app: Flask) -> bool:
    """Leaves no connection behind that a fork could inherit."""
    with app.app_context():
        sqlite: bool = db.engine.dialect.name == "sqlite"
        db.session.remove()
        db.engine.dispose()
    return sqlite


def in_words(error: LecternError) -> str:
    """An error for the command line, in both languages, with every fault on a line of its own."""
    lines = [in_words_of(error.code, **error.params)]
    lines += [f"  {fault.path}: {fault.message or words(fault.code, fault.params, 'zh')}" for fault in error.faults]
    return "\n".join(lines)


def in_words_of(code: str, **params: Any) -> str:
    """A text of the command line, in both languages."""
    return f"{words(code, params, 'zh')} / {words(code, params, 'en')}"


def moment(text: str, zone: ZoneInfo) -> datetime:
    """A moment of the command line: `now`, a day (its end), or RFC 3339; Invalid("moment.unreadable")."""
    if text == "now":
        return datetime.now(UTC)
    try:
        if len(text) == len("2026-09-17"):
            return datetime.combine(date.fromisoformat(text), time.max, zone).astimezone(UTC)
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid("moment.unreadable", text=text) from None
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def first_admin(username: str, password: str, now: datetime) -> None:
    """Open the first account of an installation; a bureau is made where there is none yet.

    Conflict("account.name_taken") when the name is in use.
    """
    name = rules.username_of(username)
    faults = rules.username_faults(name) + rules.password_faults(password, name)
    if faults:
        raise Invalid("account.invalid", faults=tuple(faults))
    hashed = passwords.hashed(password)
    with transaction() as session:
        if session.scalar(select(accounts.ACCOUNT.c.id).where(accounts.ACCOUNT.c.username == name)) is not None:
            raise Conflict("account.name_taken", username=name)
        bureau = session.scalar(select(Organisation.id).where(Organisation.kind == "bureau").limit(1))
        bureau = bureau or _bureau(session, now)
        person_id, _ = staff.write_person(session, NewPerson(username), by="system", now=now)
        accounts.open_accounts(session, [NewAccount(name, hashed, person_id, bureau)], now)
        accounts.give_roles(session, [NewAssignment(person_id, "admin", bureau, now.date())], "system", now)


def _bureau(session: Any, now: datetime) -> str:
    row = organisation_row(
        CreateOrganisation("bureau", "bureau", "教育局", now.date(), name_en="Education bureau"), "/"
    )
    session.add(Organisation(**row))
    session.flush()
    return str(row["id"])
