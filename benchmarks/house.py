"""An installation of a benchmark's own: a migrated database of either kind, a small county, a driver of cases."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from service.app import create_app
from service.clock import SetClock
from service.config import Settings
from service.db import db
from service.schema import upgrade
from tests import postgres
from tests.conftest import START, settings_for
from tests.driver import Driver
from tests.service.people import county

DATABASES = ("sqlite", "postgresql")


@dataclass(frozen=True)
class House:
    """An application whose context is pushed, on an empty county."""

    app: Flask
    settings: Settings
    driver: Driver


@contextmanager
def house(kind: str) -> Iterator[House]:
    """A house on `sqlite` or `postgresql` (a cluster of its own, durable as it would be in use)."""
    with installation(kind) as (app, settings, clock):
        yield House(app, settings, Driver(county.build(), clock))


@contextmanager
def installation(kind: str) -> Iterator[tuple[Flask, Settings, SetClock]]:
    """The application on such a database without anything in it, its context pushed."""
    with tempfile.TemporaryDirectory(prefix="lectern-bench-") as name:
        folder = Path(name)
        if kind == "sqlite":
            yield from _opened(f"sqlite:///{folder / 'lectern.db'}", folder)
            return
        with postgres.cluster(folder) as cluster:
            yield from _opened(cluster.create("lectern"), folder)


def _opened(url: str, folder: Path) -> Iterator[tuple[Flask, Settings, SetClock]]:
    settings, clock = settings_for(url, folder), SetClock(START)
    app = create_app(settings, clock)
    with app.app_context():
        upgrade()
        yield app, settings, clock
        db.session.remove()
        db.engine.dispose()
