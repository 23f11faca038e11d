"""What the database itself refuses, whoever writes."""

import pytest
from flask import Flask
from flask_migrate import downgrade
from sqlalchemy import insert, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from service.audit import chain, checkpoint
from service.audit.chain import NewEvent
from service.db import db, transaction
from service.errors import Conflict
from service.posts.posting import ACCOUNT
from service.schema import attach, upgrade
from tests.conftest import START
from tests.service.posts.conftest import BUREAU, A, opened

pytestmark = pytest.mark.usefixtures("county")

GOOD = {
    "id": "x", "organisation_id": A, "kind": "post", "band": "senior", "pool": False,
    "approved": 10, "excess": 0, "occupied": 5, "reserved": 2, "lent": 0,
}  # fmt: skip


def write(**changes: object) -> None:
    with transaction() as session:
        session.execute(insert(ACCOUNT), GOOD | changes)


def test_a_possible_account_is_written() -> None:
    write()


@pytest.mark.parametrize(
    "changes",
    [
        {"occupied": 9},
        {"reserved": -1},
        {"approved": -1, "occupied": 0, "reserved": 0, "excess": 1},
        {"excess": 1},
        {"lent": 1},
        {"kind": "headcount"},
        {"kind": "post", "band": None},
        {"band": "top"},
        {"kind": "other"},
        {"organisation_id": BUREAU, "pool": True},
        {"organisation_id": BUREAU, "pool": True, "occupied": 0, "lent": 9},
        {"organisation_id": "nowhere"},
    ],
)
def test_impossible_figures_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(IntegrityError):
        write(**changes)


@pytest.mark.parametrize(("kind", "band"), [("headcount", None), ("post", "senior")])
def test_a_second_account_of_one_kind_is_refused(kind: str, band: str | None) -> None:
    write(kind=kind, band=band)
    with pytest.raises(Conflict) as twice:
        write(kind=kind, band=band, id="y")
    assert twice.value.code == "database.duplicate"


def written() -> None:
    """An entry, an event with a sensitive part, a checkpoint."""
    opened(A, "headcount", None, 10, 5)
    with transaction() as session:
        chain.append(session, "a", [NewEvent("k", "p", sensitive={"a": 1})], at=START)
    checkpoint.seal(START)


STATEMENTS = ["DELETE FROM {}", "UPDATE {} SET at = '2026-01-01 00:00:00'", "TRUNCATE {}"]


@pytest.mark.parametrize("statement", STATEMENTS)
@pytest.mark.parametrize("table", ["ledger_entry", "audit_event", "audit_checkpoint"])
def test_what_was_entered_is_neither_changed_nor_deleted(any_app: Flask, table: str, statement: str) -> None:
    if statement.startswith("TRUNCATE") and db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")
    written()
    with pytest.raises(DatabaseError, match="append-only"), transaction() as session:
        session.execute(text(statement.format(table)))


@pytest.mark.parametrize(
    "change",
    [
        "body = '[]'",
        "body = NULL",
        "redacted_at = at",
        "salt = NULL",
        "sensitive = NULL",
        "hash = digest",
        "kind = 'x'",
    ],
)
def test_an_event_is_erased_whole_or_not_at_all(any_app: Flask, change: str) -> None:
    written()
    with pytest.raises(DatabaseError, match="append-only"), transaction() as session:
        session.execute(text(f"UPDATE audit_event SET {change}"))


def test_keys_may_rotate_under_an_event(any_app: Flask) -> None:
    written()
    with transaction() as session:
        session.execute(chain.EVENT.update().values(sensitive=b"encrypted again"))


def test_the_triggers_go_and_come_with_their_migration(any_app: Flask) -> None:
    attach()
    downgrade(revision="0001")
    written()
    with transaction() as session:
        session.execute(text("UPDATE ledger_entry SET line = 'x'"))
    upgrade()
    with pytest.raises(DatabaseError, match="append-only"), transaction() as session:
        session.execute(text("UPDATE ledger_entry SET line = 'y'"))
    db.session.rollback()
