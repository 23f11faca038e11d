"""Fixtures of every test: migrated databases of both kinds, one application per test."""

import base64
import gc
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import Engine

from service.app import create_app
from service.clock import SetClock
from service.config import Settings
from service.db import db, hurry
from service.schema import upgrade
from tests import postgres, sparing
from tests.databases import Databases

ROOT = Path(__file__).parents[1]
KEY = base64.b64encode(bytes(range(32))).decode()
START = datetime(2026, 9, 10, 1, 0, tzinfo=UTC)
UNSEEN = "HttpsUpgrades,MediaRouter,OptimizationHints,PaintHolding,WebUIOmniboxAimPopup,WebUIOmniboxPopup"
"""What Chromium does beside the page. The list of a search nobody types is two pages of its own for each context."""
JUST_READ = "--no-maglev,--no-opt"
"""No page of a test lives long enough to earn back what compiling its scripts well costs."""
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--renderer-process-limit=1",
    f"--disable-features={UNSEEN}", f"--js-flags={JUST_READ}",
)  # fmt: skip
sparing.install()


def pytest_collection_finish() -> None:
    """Thousands of tests stay to the end: the collector of garbage need not look through them again and again."""
    gc.freeze()


def settings_for(url: str, folder: Path) -> Settings:
    return Settings(
        database_url=url,
        data_dir=folder,
        secret_key="a secret of the tests",
        field_keys=(KEY,),
        signing_key=KEY,
        checkpoints=folder / "checkpoints.jsonl",
        secure_cookies=False,
    )


def hurried(engine: Engine) -> None:
    """SQLite need not wait for the disk where no test cuts the power, and what one engine compiled serves the next."""
    sparing.share_statements(engine)
    sparing.share_connections(engine)
    hurry(engine)


def migrated(url: str, folder: Path) -> None:
    app = create_app(settings_for(url, folder), SetClock(START))
    with app.app_context():
        hurried(db.engine)
        upgrade()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    migrated(f"sqlite:///{folder / 'lectern.db'}", folder)
    return folder / "lectern.db"


@pytest.fixture(scope="session")
def postgres_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres.Cluster]:
    with postgres.cluster(tmp_path_factory.mktemp("postgres")) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def postgres_databases(
    postgres_cluster: postgres.Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Databases]:
    migrated(postgres_cluster.create("template_lectern"), tmp_path_factory.mktemp("postgres-template"))
    found = Databases(postgres_cluster, "template_lectern")
    yield found
    found.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The one browser of a worker; each test opens contexts of its own. Playwright refuses a second one in a thread."""
    built = ROOT / "service" / "web" / "static" / "dist" / "manifest.json"
    assert built.exists(), "build the front end first: npm ci && npm run build"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    shutil.copy(sqlite_template, tmp_path / "lectern.db")
    return f"sqlite:///{tmp_path / 'lectern.db'}"


@pytest.fixture
def postgres_url(postgres_databases: Databases, request: pytest.FixtureRequest) -> Iterator[str]:
    with postgres_databases.lent(alone=request.node.get_closest_marker("alone") is not None) as url:
        yield url


@pytest.fixture
def clock() -> SetClock:
    return SetClock(START)


def opened(url: str, folder: Path, clock: SetClock) -> Iterator[Flask]:
    app = create_app(settings_for(url, folder), clock)
    app.config["PASSWORD_COST"] = (1, 8, 1)
    with app.app_context():
        hurried(db.engine)
        yield app
        db.session.remove()
        sparing.end_connections(db.engine)


@pytest.fixture
def app(sqlite_url: str, tmp_path: Path, clock: SetClock) -> Iterator[Flask]:
    """An application on SQLite, its context pushed."""
    yield from opened(sqlite_url, tmp_path, clock)


@pytest.fixture
def postgres_app(postgres_url: str, tmp_path: Path, clock: SetClock) -> Iterator[Flask]:
    """An application on PostgreSQL, its context pushed."""
    yield from opened(postgres_url, tmp_path, clock)


@pytest.fixture(params=["sqlite", "postgresql"])
def any_app(request: pytest.FixtureRequest) -> Flask:
    """The same test on both databases."""
    name = "app" if request.param == "sqlite" else "postgres_app"
    application: Flask = request.getfixturevalue(name)
    return application
