"""Writes whose answers come later (PostgreSQL): what they met is never lost, and nothing half done is kept."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DataError, IntegrityError

from service.audit import chain
from service.audit.chain import Head, NewEvent
from service.db import db, reading, transaction
from service.errors import Conflict
from workflows.base import table_of
from workflows.models import Resource
from workflows.writing import write

TABLE = table_of(Resource)
NOW = datetime(2026, 9, 10, tzinfo=UTC)


def row(checksum: str) -> dict[str, object]:
    return {"checksum": checksum, "kind": "form", "name": "a.form", "content": b"{}"}


def kept() -> list[str]:
    found = db.session.scalars(select(TABLE.c.checksum).order_by(TABLE.c.checksum)).all()
    db.session.rollback()
    return list(found)


def test_a_write_is_seen_by_the_next_read(any_app: Flask) -> None:
    with transaction() as session:
        write(session, insert(TABLE), [row("a"), row("b")])
        write(session, delete(TABLE).where(TABLE.c.checksum == "a"), [{}])
        assert session.scalars(select(TABLE.c.checksum)).all() == ["b"]
    assert kept() == ["b"]


def test_a_write_that_touches_nothing_refuses_the_whole_transaction(any_app: Flask) -> None:
    gone = update(TABLE).where(TABLE.c.checksum == "gone").values(name="x")
    with pytest.raises(Conflict, match="not there"), transaction() as session:
        write(session, insert(TABLE), row("a"))
        write(session, gone, [{}], Conflict("not there"))
        write(session, insert(TABLE), row("b"))
    assert kept() == []
    with transaction() as session:
        write(session, insert(TABLE), row("c"), Conflict("not there"))
    assert kept() == ["c"]


def test_what_was_expected_of_a_transaction_that_failed_is_forgotten(any_app: Flask) -> None:
    gone = update(TABLE).where(TABLE.c.checksum == "gone").values(name="x")
    with pytest.raises((KeyError, Conflict)), transaction() as session:
        write(session, gone, [{}], Conflict("not there"))
        raise KeyError
    with transaction() as session:
        write(session, insert(TABLE), row("a"))
    assert kept() == ["a"]


def test_a_duplicate_that_nobody_waited_for_is_a_conflict(any_app: Flask) -> None:
    with transaction() as session:
        write(session, insert(TABLE), row("a"))
    with pytest.raises(Conflict, match=r"database\.duplicate"), transaction() as session:
        write(session, insert(TABLE), row("b"))
        write(session, insert(TABLE), row("a"))
    assert kept() == ["a"]


def test_a_later_read_meets_an_error_that_nobody_waited_for(any_app: Flask) -> None:
    with pytest.raises(Conflict, match=r"database\.duplicate"), transaction() as session:
        write(session, insert(TABLE), [row("a"), row("a")])
        session.scalars(select(TABLE.c.checksum)).all()
    assert kept() == []


def test_row_counts_that_are_looked_at_are_waited_for(any_app: Flask) -> None:
    with transaction() as session:
        execute = session.connection().execute
        execute(insert(TABLE), [row("a"), row("b"), row("c")])
        named = update(TABLE).values(name="x")
        assert execute(named).rowcount == 3
        assert execute(named.where(TABLE.c.checksum == "a")).rowcount == 1
        assert execute(delete(TABLE).where(TABLE.c.checksum == "z")).rowcount == 0


def test_an_error_of_a_statement_that_is_waited_for_comes_with_it(any_app: Flask) -> None:
    with transaction() as session:
        write(session, insert(TABLE), row("a"))
    with transaction() as session:
        with pytest.raises(IntegrityError), session.begin_nested():
            session.connection().execute(insert(TABLE), row("a"))
        write(session, insert(TABLE), row("b"))
    assert kept() == ["a", "b"]


def test_what_cannot_even_be_sent_harms_nothing_that_waits_to_be(postgres_app: Flask) -> None:
    with transaction() as session:
        write(session, insert(TABLE), row("a"))
        with pytest.raises(DataError), session.connection().begin_nested():
            write(session, insert(TABLE), row("b"))
            write(session, insert(TABLE), row("\0"))
        write(session, insert(TABLE), row("c"))
    assert kept() == ["a", "c"]


def test_a_chain_that_has_moved_is_refused_before_the_commit(any_app: Flask) -> None:
    event = NewEvent("x", "system")
    with transaction() as session:
        head = chain.append(session, "s", [event], at=NOW)
    with pytest.raises(Conflict, match="head_moved"), transaction() as session:
        chain.append(session, "s", [event], at=NOW, head=Head(head.seq + 1, head.hash))
    with transaction() as session:
        assert chain.lock(session, "s") == head


def test_reading_outside_of_a_transaction_holds_none_open_on_postgresql(postgres_app: Flask) -> None:
    assert kept() == []
    db.session.scalars(select(TABLE.c.checksum)).all()
    driver = db.session.connection().connection.driver_connection
    assert driver is not None
    assert driver.info.transaction_status.name == "IDLE"


def test_a_long_answer_is_streamed(any_app: Flask) -> None:
    with transaction() as session:
        write(session, insert(TABLE), [row(f"{number:03}") for number in range(120)])
    with reading() as session:
        found = session.execute(select(TABLE.c.checksum), execution_options={"yield_per": 50})
        assert sum(1 for _ in found) == 120
