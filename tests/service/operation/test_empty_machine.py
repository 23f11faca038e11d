"""A county comes back on an empty machine from its backup and the keys that were kept apart, and its cases go on.

On SQLite a new folder, on PostgreSQL another database and with LECTERN_PROVE another cluster; nothing else is shared.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from service.access.actor import Actor
from service.app import create_app
from service.attachments.commands import StoreAttachment, store_attachment
from service.attachments.queries import open_file
from service.audit.checkpoint import seal
from service.audit.verify import verify
from service.cli import main
from service.clock import SetClock
from service.config import Settings
from service.db import db
from service.demo.cases import minutes_pdf
from service.errors import Invalid
from service.instances.due import fire_due
from service.operation.restore import check
from service.posts import queries_sums
from tests import postgres
from tests.conftest import START
from tests.driver import Case, Driver
from tests.flows.hiring import acting
from tests.processes import environment
from tests.service.operation.moving import empty_database
from workflows.base import Base

PROVE = "LECTERN_PROVE" in os.environ
PLACES = 3000 if PROVE else 60
"""Bytes of the file that are flipped, one at a time, from its first to its last."""
LATE = timedelta(days=40)


def run(settings: Settings, *words: str) -> str:
    """What a command says that must go well."""
    done = CliRunner().invoke(main, words, env=environment(settings))
    assert done.exit_code == 0, done.output
    return done.output


@contextmanager
def empty_machine(app: Flask, folder: Path) -> Iterator[Settings]:
    """The settings of a machine that has the programs and the keys, and nothing of the county."""
    own: Settings = app.extensions["lectern.settings"]
    folder.mkdir()
    if PROVE and not own.database_url.startswith("sqlite"):
        with postgres.cluster(folder) as other:
            yield replace(own, database_url=other.create("county"), data_dir=folder, checkpoints=folder / "checkpoints")
        return
    with empty_database(own.database_url, folder) as url:
        yield replace(own, database_url=url, data_dir=folder, checkpoints=folder / "checkpoints")


@contextmanager
def started(settings: Settings, now: datetime) -> Iterator[Flask]:
    """The server of that machine."""
    app = create_app(settings, SetClock(now))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def rows() -> dict[str, list[Any]]:
    """Every row of every table."""
    found = {}
    for table in Base.metadata.sorted_tables:
        found[table.name] = [tuple(row) for row in db.session.execute(select(table).order_by(*table.primary_key))]
    db.session.rollback()
    return found


def running(driver: Driver) -> tuple[Case, Case, str]:
    """A case that waits for its filing, one that its school has to put right until a day, and a file of a third."""
    filing = acting.reviewed(acting.start(driver, "s01", 1))
    late = acting.start(driver, "s01", 2)
    late.complete("bureau_review", "bureau.hr", "return", "缺编制文件")
    late.complete("staffing_check", "staffing.office", "approve")
    late.complete("post_check", "hr.bureau", "approve")
    assert (filing.open(), late.open()) == (["filing"], ["correction"])
    stored = StoreAttachment(BytesIO(minutes_pdf()), "纪要.pdf")
    file = store_attachment(driver.actor("s02.hr"), stored, now=driver.now)
    acting.start(driver, "s02", 1)
    seal(driver.now)
    return filing, late, file


def test_a_county_with_running_cases_goes_on_where_nothing_was(any_app: Flask, clock: SetClock, tmp_path: Path) -> None:
    driver = acting.county(clock)
    filing, late, file = running(driver)
    own: Settings = any_app.extensions["lectern.settings"]
    run(own, "backup", str(tmp_path / "safe"))
    [bundle] = (tmp_path / "safe").glob("lectern-*.tar")
    before = rows()
    with empty_machine(any_app, tmp_path / "new") as settings:
        assert "ledger: ok" in run(settings, "restore", str(bundle))
        with started(settings, START):
            assert rows() == before
            filing.complete("filing", "bureau.hr", "accept")
            assert filing.open() == ["announce_school"]
            assert acting.figures(driver) == (96, 3, 1), "both cases hold their headcount"
            opened = open_file(driver.actor("s02.hr"), file)
            assert opened.path.is_relative_to(tmp_path / "new") and opened.path.read_bytes() == minutes_pdf()
        with started(settings, START + LATE):
            assert fire_due(START + LATE, now=START + LATE).failed == 0
            assert late.state == "expired" and acting.figures(driver) == (96, 1, 3), "its deadline passed, and released"
            assert queries_sums.reconcile(Actor.system()) == ()
            assert all(sums.is_conserved for sums in queries_sums.county(Actor.system()))
            seal(START + LATE)
            assert verify(START + LATE).ok
        assert "ok" in run(settings, "verify-audit").splitlines()
    assert late.state == "running", "the old machine knows nothing of it"
    refused(bundle, tmp_path / "broken.tar")


def refused(bundle: Path, broken: Path) -> None:
    """One flipped byte anywhere, and the backup is not taken."""
    content, step = bundle.read_bytes(), max(1, bundle.stat().st_size // PLACES)
    places = [*range(0, len(content), step), len(content) - 1]
    for number, place in enumerate(places):
        changed = bytes([content[place] ^ (1 << number % 8)])
        broken.write_bytes(content[:place] + changed + content[place + 1 :])
        with pytest.raises(Invalid) as found:
            check(broken)
        assert found.value.code in ("backup.altered", "backup.unreadable"), place
    if PROVE:
        print(f"{len(places)} of {len(content)} bytes flipped, one at a time: all refused")
