"""The one database of the process: engine, sessions, and the only place that commits."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any, Protocol

import orjson
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service import faults
from service.errors import Conflict
from workflows import writing
from workflows.base import Base

WRITE = "lectern_write"
WRITING: dict[str, dict[str, Any]] = {"sqlite": {WRITE: True}, "postgresql": {"isolation_level": "READ COMMITTED"}}
"""Options of a transaction's connection by dialect."""
GUARD = "lectern_guard"

db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False, "autoflush": False})

_sqlite_writer = threading.Lock()
_open = threading.local()


class Guard(Protocol):
    """Something the edge lays around the next transaction: its first and its last word (`service.idempotency`)."""

    def begun(self, session: Session) -> None: ...

    def ending(self, session: Session) -> None: ...

    def made(self, ids: Mapping[str, Any]) -> None: ...


_guard: ContextVar[Guard | None] = ContextVar("guard", default=None)


def init(app: Flask, url: str) -> None:
    """Bind `db` to `app`; `url` is an SQLAlchemy URL of SQLite or PostgreSQL (psycopg)."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url)
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            prepare_sqlite(db.engine)


def pipelines() -> Any:
    """What only an installation on PostgreSQL needs: its driver is an extra."""
    from service import pipelines

    return pipelines


def engine_options(url: str) -> dict[str, Any]:
    """Pool and JSON settings; orjson because variables of 100 KB pass through every completion.

    PostgreSQL reads outside of `transaction()` statement by statement: READ COMMITTED would see no more, and no
    connection idles in a transaction while a page is drawn.
    """
    options: dict[str, Any] = {
        "hide_parameters": True,
        "json_serializer": lambda value: orjson.dumps(value).decode(),
        "json_deserializer": _parsed,
    }
    if url.startswith("postgresql"):
        options |= {"pool_size": 20, "max_overflow": 20, "pool_pre_ping": False, "pool_recycle": 1800}
        options |= {"isolation_level": "AUTOCOMMIT", "paramstyle": "format"}
        options |= {"connect_args": {"cursor_factory": pipelines().Cursor}}
    return options


def _parsed(stored: Any) -> Any:
    """SQLite gives a lone JSON number back as a number, because its column has numeric affinity."""
    return stored if isinstance(stored, int | float) else orjson.loads(stored)


def prepare_sqlite(engine: Engine) -> None:
    """WAL with full durability; transactions are begun by us, because the driver would defer them."""

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get(WRITE, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def hurry(engine: Engine) -> Callable[[], None]:
    """New connections to SQLite wait for no disk, until what is returned is called; PostgreSQL is left as it is.

    For a database alone that is made anew when a power cut has spoilt it.
    """

    def connected(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    if engine.dialect.name != "sqlite":
        return lambda: None
    event.listen(engine, "connect", connected)
    return lambda: event.remove(engine, "connect", connected)


@contextmanager
def guarded(guard: Guard) -> Iterator[None]:
    """Lay `guard` round the first transaction begun inside; a later one (an incident's) runs without it."""
    token = _guard.set(guard)
    try:
        yield
    finally:
        _guard.reset(token)


def answer(session: Session, **ids: Any) -> None:
    """Name the ids that this command made, so that a repeat can be answered; without a guard it does nothing."""
    guard: Guard | None = session.info.get(GUARD)
    if guard is not None:
        guard.made(ids)


@contextmanager
def _within_guard(session: Session) -> Iterator[None]:
    guard = _guard.get()
    if guard is None:
        yield
        return
    _guard.set(None)
    session.info[GUARD] = guard
    try:
        guard.begun(session)
        yield
        session.flush()
        guard.ending(session)
    finally:
        session.info.pop(GUARD)


@contextmanager
def transaction() -> Iterator[Session]:
    """The only commit: leaving normally commits, leaving by an exception rolls everything back.

    Raises RuntimeError when one is already open in this thread (a command never calls another), and
    Conflict("database.duplicate") when a unique constraint says that somebody else was faster with the same key.
    """
    if getattr(_open, "flag", False):
        raise RuntimeError("a transaction is already open: a command must not call another command")
    session: Session = db.session()
    session.rollback()
    dialect = db.engine.dialect.name
    sqlite = dialect == "sqlite"
    _open.flag = True
    if sqlite:
        _sqlite_writer.acquire()
    try:
        lane = session.info[writing.LANE] = writing.Lane(session.connection(execution_options=WRITING[dialect]))
        faults.reach("transaction.begun")
        with nullcontext() if sqlite else pipelines().pipelined(lane):
            with _within_guard(session):
                yield session
            session.flush()
        writing.expect_all(session)
        faults.reach("transaction.before_commit")
        session.commit()
        faults.reach("transaction.committed")
    except IntegrityError as error:
        session.rollback()
        writing.expect_all(session)
        if not is_duplicate(error):
            raise
        raise Conflict("database.duplicate") from error
    except BaseException:
        session.rollback()
        raise
    finally:
        writing.forget(session)
        if sqlite:
            _sqlite_writer.release()
        _open.flag = False


@contextmanager
def rehearsal(session: Session) -> Iterator[None]:
    """Inside a transaction: what is written inside leaves nothing, so that a command can say what would follow.

    Locks of rows that were taken inside are given up with it.
    """
    with session.begin_nested() as nested:
        session.connection()  # begins the savepoint now: writes go through the connection of the lane
        yield
        session.flush()
        nested.rollback()


@contextmanager
def reading() -> Iterator[Session]:
    """A transaction that only reads: PostgreSQL streams a long answer in portions in one, and nowhere else."""
    session: Session = db.session()
    session.rollback()
    options = WRITING[db.engine.dialect.name]
    session.connection(execution_options={**options, WRITE: False})
    try:
        yield session
    finally:
        session.rollback()


def is_duplicate(error: IntegrityError) -> bool:
    """Whether a unique constraint refused the row: somebody else was faster with the same key."""
    return getattr(error.orig, "sqlstate", None) == "23505" or "UNIQUE constraint failed" in str(error.orig)


def watch_statements(engine: Engine) -> None:
    """Pass the fault point `statement` after every statement; only test servers call this."""

    @event.listens_for(engine, "after_cursor_execute")
    def passed(*_arguments: Any) -> None:
        faults.reach("statement")
