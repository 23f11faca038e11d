"""Heads are signed when they change, once, into a file that survives crashes and never blocks writers."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, text

from service.audit import checkpoint
from service.audit.chain import STREAM
from service.audit.verify import verify
from service.db import db, transaction
from service.errors import Invalid
from tests.conftest import START
from tests.service.audit.conftest import record, tamper


def book(app: Flask) -> Path:
    path: Path = app.extensions["lectern.settings"].checkpoints
    return path


def lines(app: Flask) -> list[str]:
    return book(app).read_text().splitlines()


def unsealed() -> int:
    count = db.session.scalar(select(func.count()).select_from(STREAM).where(STREAM.c.unsealed))
    db.session.rollback()
    return count or 0


def test_only_heads_that_changed_are_signed(any_app: Flask) -> None:
    record("a", "1")
    record("b", "1")
    assert checkpoint.seal(START) == 2
    record("b", "2")
    assert checkpoint.seal(START) == 1
    assert checkpoint.seal(START) == 0
    assert [[leaf.stream for leaf in checkpoint.parse(line).heads] for line in lines(any_app)] == [["a", "b"], ["b"]]


def test_each_line_names_the_one_before(any_app: Flask) -> None:
    for word in "123":
        record("a", word)
        checkpoint.seal(START)
    read = [checkpoint.parse(line) for line in lines(any_app)]
    assert [c.n for c in read] == [1, 2, 3]
    assert [c.previous for c in read[1:]] == [checkpoint.link_of(line) for line in lines(any_app)[:-1]]


def test_many_heads_make_several_lines(any_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "CHUNK", 2)
    for name in "abcde":
        record(name, "1")
    assert checkpoint.seal(START) == 5
    assert [len(checkpoint.parse(line).heads) for line in lines(any_app)] == [2, 2, 1]
    assert verify(START).findings == []


def test_changed_heads_are_found_by_their_own_index(any_app: Flask) -> None:
    still = [{"stream": f"s{n}", "seq": 1, "head": b"", "unsealed": n > 4990} for n in range(5000)]
    with transaction() as session:
        session.execute(insert(STREAM), still)
        session.execute(text("ANALYZE"))
    explain = "EXPLAIN QUERY PLAN" if db.engine.dialect.name == "sqlite" else "EXPLAIN"
    query = "SELECT stream, seq, head FROM audit_stream WHERE unsealed AND stream > '' ORDER BY stream LIMIT 500"
    plan = "\n".join(str(row) for row in db.session.execute(text(f"{explain} {query}")))
    assert "ix_audit_stream_unsealed" in plan


def test_a_line_that_a_crash_kept_from_the_file_follows(any_app: Flask) -> None:
    record("a", "1")
    checkpoint.seal(START)
    record("a", "2")
    checkpoint.seal(START)
    whole = book(any_app).read_bytes()
    book(any_app).write_bytes(whole[:-40])
    assert [f.code for f in verify(START).findings] == ["checkpoint.unreadable", "checkpoint.database"]
    checkpoint.seal(START)
    assert book(any_app).read_bytes() == whole
    assert verify(START).findings == []


def test_an_unreadable_last_line_does_not_stop_the_signing(any_app: Flask) -> None:
    record("a", "1")
    checkpoint.seal(START)
    with book(any_app).open("a") as appended:
        appended.write("nonsense\n")
    record("a", "2")
    assert checkpoint.seal(START) == 1
    assert {f.code for f in verify(START).findings} >= {"checkpoint.unreadable"}


def test_after_losing_its_checkpoints_the_database_goes_on_numbering_from_the_file(any_app: Flask) -> None:
    record("a", "1")
    checkpoint.seal(START)
    tamper("DELETE FROM audit_checkpoint")
    record("a", "2")
    checkpoint.seal(START)
    assert [checkpoint.parse(line).n for line in lines(any_app)] == [1, 2]
    assert [(f.code, f.seq) for f in verify(START).findings] == [("checkpoint.database", 1)]


def test_the_age_of_the_last_checkpoint_and_what_it_does_not_cover_are_told(any_app: Flask) -> None:
    assert verify(START).checkpoint_age is None
    record("a", "1")
    checkpoint.seal(START)
    record("b", "1")
    report = verify(START + timedelta(minutes=7))
    assert report.checkpoint_age == timedelta(minutes=7)
    assert (report.unsealed, report.streams, report.events, report.checkpoints) == (1, 2, 2, 1)


def test_a_head_in_use_is_signed_without_waiting_and_stays_marked(postgres_app: Flask) -> None:
    record("a", "1")
    record("b", "1")

    def sealed() -> int:
        with postgres_app.app_context():
            return checkpoint.seal(START)

    with transaction() as session, ThreadPoolExecutor(1) as pool:
        session.execute(select(STREAM).where(STREAM.c.stream == "a").with_for_update())
        assert pool.submit(sealed).result(timeout=10) == 2
    assert unsealed() == 1
    assert checkpoint.seal(START) == 1
    assert unsealed() == 0


def test_writers_and_signers_at_once_leave_a_whole_chain(postgres_app: Flask) -> None:
    def write(number: int) -> None:
        with postgres_app.app_context():
            for word in range(10):
                record(f"s{number % 3}", str(word))

    def sign(_number: int) -> None:
        with postgres_app.app_context():
            for _ in range(10):
                checkpoint.seal(START)

    with ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(write, n) for n in range(6)] + [pool.submit(sign, n) for n in range(2)]
        for future in futures:
            future.result(timeout=60)
    checkpoint.seal(START)
    report = verify(START)
    assert (report.findings, report.events, report.unsealed) == ([], 60, 0)


def test_an_unusable_signing_key_is_named(app: Flask) -> None:
    with pytest.raises(Invalid, match=r"config\.signing_key"):
        checkpoint.signing_key(replace(app.extensions["lectern.settings"], signing_key="c2hvcnQ="))
