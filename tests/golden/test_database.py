"""A database that an earlier version left: upgraded to head, its cases run to their ends, chain and ledger hold."""

import gzip
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from service.access.actor import Actor
from service.access.models import Account
from service.audit.checkpoint import seal
from service.audit.verify import verify
from service.clock import SetClock
from service.db import db
from service.instances.models import ProcessCase
from service.operation.backup import back_up
from service.operation.restore import Choices, restore
from service.people.models import Organisation, Person
from service.posts import queries_sums
from service.schema import is_at_head, upgrade
from service.tasks import queries
from tests.conftest import START, opened
from tests.driver import Case, Driver
from tests.golden.finishing import finish
from tests.proofs.killing import check_whole
from tests.service.people.county import County
from workflows.models import ProcessInstance

HERE = Path(__file__).resolve().parent
DUMPS = {path.name.removeprefix("db-").removesuffix(".sql.gz"): path for path in sorted(HERE.glob("db-*.sql.gz"))}
LARGEST = 300_000
RUNNING_AT = {
    "bureau_review", "correction", "filing", "choice", "medical", "publicity", "onboarding", "hire_materials",
    "approval", "announce_bureau", "exam_bureau", "hire_approval",
}  # fmt: skip
"""Elements at which a kept database has a case."""


@pytest.fixture(params=DUMPS)
def driver(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Driver]:
    """The restored database, upgraded, with the people who are in it."""
    clock = SetClock(START + timedelta(days=1))
    for app in restored(request.param, tmp_path):
        upgrade()
        yield Driver(people(app), clock)


def restored(version: str, folder: Path) -> Iterator[Flask]:
    """The application on what a version has left, not upgraded yet."""
    shutil.copy(HERE / f"checkpoints-{version}.jsonl", folder / "checkpoints.jsonl")
    with closing(sqlite3.connect(folder / "lectern.db")) as connection:
        connection.executescript(gzip.decompress(DUMPS[version].read_bytes()).decode())
    yield from opened(f"sqlite:///{folder / 'lectern.db'}", folder, SetClock(START + timedelta(days=1)))


def people(_app: Flask) -> County:
    """The county's ids by code and name."""
    session, county = db.session(), County()
    county.organisations = dict(session.execute(select(Organisation.code, Organisation.id)).all())
    county.persons = dict(session.execute(select(Person.name, Person.id)).all())
    county.accounts = dict(session.execute(select(Account.username, Account.id)).all())
    session.rollback()
    return county


def states() -> Counter[str]:
    found = Counter(db.session.scalars(select(ProcessInstance.state)).all())
    db.session.rollback()
    return found


@pytest.mark.parametrize("version", DUMPS)
def test_a_kept_database_is_small(version: str) -> None:
    assert DUMPS[version].stat().st_size < LARGEST


def test_it_is_whole_after_the_upgrade_and_has_cases_everywhere(driver: Driver) -> None:
    assert is_at_head()
    check_whole(driver)
    ids = db.session.scalars(select(ProcessCase.instance_id)).all()
    waiting = {task.element_id for instance_id in ids for task in queries.open_of(instance_id)}
    db.session.rollback()
    assert waiting >= RUNNING_AT
    assert {"running", "suspended", "completed", "withdrawn"} <= set(states())
    report = verify(driver.now)
    assert report.checkpoints >= 1 and report.unsealed == 0


def test_the_way_back_is_the_backup_of_before_the_upgrade(tmp_path: Path) -> None:
    """As docs/operations.md tells it: what was decided after the upgrade lies aside, the old state is there again."""
    for version in DUMPS:
        folder = tmp_path / version
        folder.mkdir()
        for app in restored(version, folder):
            made = back_up(tmp_path / "backups", START)
            upgrade()
            driver = Driver(people(app), SetClock(START + timedelta(days=1)))
            running = select(ProcessInstance.id).where(ProcessInstance.state == "running").order_by(ProcessInstance.id)
            case = Case(driver, db.session.scalars(running.limit(1)).one())
            before = states()
            finish(case)
            seal(driver.now)
            assert states() != before
            done = restore(made.path, Choices(replace=True), driver.now)
            assert done.ok and len(done.aside) == 2
            assert states() == before
            assert is_at_head(), "and the version that is installed brings it to its own schema"


def test_all_its_cases_run_to_their_ends(driver: Driver) -> None:
    ids = db.session.scalars(
        select(ProcessInstance.id).where(ProcessInstance.ended_at.is_(None)).order_by(ProcessInstance.id)
    ).all()
    db.session.rollback()
    before = states()
    assert {finish(Case(driver, instance_id)) for instance_id in ids} == {"completed"}
    assert states() == Counter(completed=before["completed"] + len(ids), withdrawn=before["withdrawn"])
    held = queries_sums.county(Actor.system())
    assert all(sums.is_conserved for sums in held)
    assert sum(sums.schools.reserved + sums.pool.reserved for sums in held) == 0
    assert seal(driver.now) > 0
    check_whole(driver)
