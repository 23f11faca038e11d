"""What each test's own application would do anew, and need not: most of the cost of a small test.

Rules of addresses, templates, catalogues of words and statements are compiled once in a process; a database of
PostgreSQL that several tests use one after the other keeps a connection.
"""

from functools import lru_cache
from types import CodeType
from typing import Any, cast

import babel.support
import psycopg
from flask import Flask
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from sqlalchemy import Engine, Pool, QueuePool, event
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

_RULES: dict[tuple[type[Rule], str], dict[str, object]] = {}
_PARTS = ("_parts", "_trace", "_converters", "arguments", "_build", "_build_unknown")
_compile_rule = Rule.compile
_make_environment = Flask.create_jinja_environment
_load_catalogue = babel.support.Translations.load
_DIALECTS: dict[str, Any] = {}
_STATEMENTS: Any = LRUCache(5000)
_POOLS: dict[str, Pool] = {}


class _Templates(BytecodeCache):
    """The compiled templates of this process, by name, text and the extensions of who compiled them."""

    def __init__(self) -> None:
        self._compiled: dict[tuple[str, ...], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._compiled.get(self._key(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._compiled[self._key(bucket)] = bucket.code

    def _key(self, bucket: Bucket) -> tuple[str, ...]:
        return bucket.key, bucket.checksum, *sorted(bucket.environment.extensions)


_TEMPLATES = _Templates()


def install() -> None:
    """Let every application of this process share what it compiles."""
    Rule.compile = _compile_once  # type: ignore[method-assign]
    Flask.create_jinja_environment = _environment  # type: ignore[method-assign,assignment]
    babel.support.Translations.load = staticmethod(_catalogue)  # type: ignore[method-assign,assignment]


def share_statements(engine: Engine) -> None:
    """Statements compiled for one engine serve all of its kind: they are kept by the dialect, which becomes one."""
    name = engine.dialect.name
    if name in _DIALECTS:
        engine.dialect = _DIALECTS[name]
    else:
        event.listen(engine, "first_connect", lambda *_: _DIALECTS.setdefault(name, engine.dialect))
    engine.update_execution_options(compiled_cache=_STATEMENTS)


def share_connections(engine: Engine) -> None:
    """A database of PostgreSQL that is used again keeps one connection: a new one reads the catalogue anew."""
    address = engine.url.render_as_string(hide_password=False)
    if engine.dialect.name != "postgresql" or engine.dialect is not _DIALECTS.get("postgresql"):
        return
    engine.pool = _POOLS.setdefault(address, engine.pool)
    held = [engine.pool.connect() for _ in range(cast("QueuePool", engine.pool).checkedin())]
    for number, connection in enumerate(held):
        if number or not _answers(connection):
            connection.invalidate()
        connection.close()


def end_connections(engine: Engine) -> None:
    """Those which no later application will use."""
    if engine.pool is not _POOLS.get(engine.url.render_as_string(hide_password=False)):
        engine.dispose()


def forget_connections(address: str) -> None:
    """The database with this address is about to go."""
    pool = _POOLS.pop(address, None)
    if pool is not None:
        pool.dispose()


def _answers(connection: PoolProxiedConnection) -> bool:
    try:
        connection.cursor().execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def _compile_once(rule: Rule) -> None:
    if rule.defaults or rule.host or rule.subdomain:
        _compile_rule(rule)
    elif (made := _RULES.get((type(rule), rule.rule))) is not None:
        for name, value in made.items():
            setattr(rule, name, value)
    else:
        _compile_rule(rule)
        _RULES[type(rule), rule.rule] = {name: getattr(rule, name) for name in _PARTS}


def _environment(app: Flask) -> Environment:
    made = _make_environment(app)
    made.bytecode_cache = _TEMPLATES
    return made


@lru_cache
def _loaded(folder: str, locale: str, domain: str) -> Any:
    return _load_catalogue(folder, [locale], domain)


def _catalogue(dirname: Any, locales: Any = None, domain: str = "messages") -> Any:
    [locale] = locales
    return _loaded(str(dirname), str(locale), domain)
