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
    version, clock = request.param, SetClock(START + timedelta(days=1))
    shutil.copy(HERE / f"checkpoints-{version}.jsonl", tmp_path / "checkpoints.jsonl")
    with closing(sqlite3.connect(tmp_path / "lectern.db")) as connection:
        connection.executescript(gzip.decompress(DUMPS[version].read_bytes()).decode())
    for app in opened(f"sqlite:///{tmp_path / 'lectern.db'}", tmp_path, clock):
        upgrade()
        yield Driver(people(app), clock)


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
