"""Serving: gunicorn with threads, jobs in one worker, schedulers."""

import fcntl
import signal
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from service import jobs, schema
from service.db import db
from service.errors import Invalid
from service.purpose import is_for_practice

GRACE_SECONDS = 30


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
        self._turn = (folder / jobs.TURN).open("w")  # open as long as the process lives
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

    Invalid("serve.schema"): not the schema of this version, so that every answer would be an error;
    Invalid("serve.practice" | "serve.not_practice"): a county for practice is served as such, and nothing else is.
    """
    _expect_fit(app)
    if _on_sqlite(app) and bind.workers > 1:
        raise Invalid("serve.sqlite_workers", workers=bind.workers)
    Server(app, bind).run()


def schedule(app: Flask, threads: int) -> None:
    """Fire deadlines and deliver the outbox until SIGTERM or SIGINT; what runs then is ended, not broken off.

    Invalid("serve.sqlite_scheduler"): on SQLite the serving process does it, and a second one would starve it.
    """
    _expect_fit(app)
    if _on_sqlite(app):
        raise Invalid("serve.sqlite_scheduler")
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    started = jobs.start(app, jobs.scheduling(threads))
    stop.wait()
    started.stop()


def _expect_fit(app: Flask) -> None:
    with app.app_context():
        fits, practice = schema.is_at_head(), is_for_practice()
        db.session.remove()
        db.engine.dispose()
    if not fits:
        raise Invalid("serve.schema")
    meant: bool = app.extensions["lectern.settings"].practice
    if practice and not meant:
        raise Invalid("serve.practice")
    if meant and not practice:
        raise Invalid("serve.not_practice")


def _on_sqlite(app: Flask) -> bool:
    """Leaves no connection behind that a fork could inherit."""
    with app.app_context():
        sqlite: bool = db.engine.dialect.name == "sqlite"
        db.session.remove()
        db.engine.dispose()
    return sqlite
