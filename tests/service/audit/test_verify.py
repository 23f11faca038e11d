"""Each way to falsify the record is found, with stream and number."""

import base64
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask

from service.audit import chain, checkpoint
from service.audit.chain import NewEvent
from service.audit.verify import verify
from service.db import db, transaction
from tests.conftest import START
from tests.service.audit.conftest import Found, record, tamper

Look = Callable[[], Found]


def test_a_chain_that_nobody_touched_is_whole(filled: None, found: Look) -> None:
    assert found() == set()
    assert verify(START).events == 8


def test_a_changed_body_is_found(filled: None, found: Look) -> None:
    tamper("UPDATE audit_event SET body = '{\"opinion\":\"不同意\"}' WHERE stream = 'a' AND seq = 3")
    assert found() == {("event.changed", "a", 3)}


def test_a_changed_actor_is_found(filled: None, found: Look) -> None:
    tamper("UPDATE audit_event SET actor_id = 'person:9' WHERE stream = 'b' AND seq = 1")
    assert found() == {("event.changed", "b", 1)}


RUBBISH = [
    "at = 'x'", "at = 5", "hash = 'text'", "digest = 5", "body = x'00ff'", "kind = x'00'", "salt = 'a'",
    "redacted_at = 'soon'", "sensitive = 'a'", "actor_id = x'00'", "on_behalf_of = x'00'",
]  # fmt: skip


@pytest.mark.parametrize("change", RUBBISH)
def test_rubbish_that_sqlite_accepts_is_found_and_stops_nothing(app: Flask, change: str) -> None:
    record("a", "1", "2", "3")
    tamper(f"UPDATE audit_event SET {change} WHERE seq = 2")
    report = verify(START)
    assert ("event.changed", "a", 2) in {(f.code, f.stream, f.seq) for f in report.findings}
    assert report.events == 3


def test_a_removed_event_is_found(filled: None, found: Look) -> None:
    tamper("DELETE FROM audit_event WHERE stream = 'b' AND seq = 2")
    assert ("event.missing", "b", 2) in found()


def test_a_cut_off_end_is_found(filled: None, found: Look) -> None:
    tamper("DELETE FROM audit_event WHERE stream = 'a' AND seq >= 4")
    assert ("stream.cut_off", "a", 4) in found()


def test_a_cut_off_end_with_a_falsified_head_is_found_by_the_checkpoint(filled: None, found: Look) -> None:
    tamper("DELETE FROM audit_event WHERE stream = 'b' AND seq = 3")
    tamper(
        "UPDATE audit_stream SET seq = 2, head = (SELECT hash FROM audit_event WHERE stream = 'b' AND seq = 2)"
        " WHERE stream = 'b'"
    )
    assert found() == {("stream.cut_off", "b", 3)}


def test_two_events_in_the_wrong_order_are_found(filled: None, found: Look) -> None:
    tamper("UPDATE audit_event SET seq = -1 WHERE stream = 'b' AND seq = 1")
    tamper("UPDATE audit_event SET seq = 1 WHERE stream = 'b' AND seq = 2")
    tamper("UPDATE audit_event SET seq = 2 WHERE stream = 'b' AND seq = -1")
    assert {("event.changed", "b", 1), ("event.changed", "b", 2)} <= found()


def test_a_wholly_deleted_stream_is_found(filled: None, found: Look) -> None:
    tamper("DELETE FROM audit_event WHERE stream = 'b'")
    tamper("DELETE FROM audit_stream WHERE stream = 'b'")
    assert found() == {("stream.deleted", "b", 3)}


def test_a_stream_without_events_is_found_even_before_a_checkpoint(filled: None, found: Look) -> None:
    record("new", "1")
    tamper("DELETE FROM audit_event WHERE stream = 'new'")
    assert found() == {("stream.deleted", "new", 1)}


def test_a_stream_rewritten_with_right_hashes_contradicts_the_checkpoint(filled: None, found: Look) -> None:
    tamper("DELETE FROM audit_event WHERE stream = 'b'")
    tamper("DELETE FROM audit_stream WHERE stream = 'b'")
    record("b", "1", "falsified", "3")
    assert found() == {("checkpoint.contradicted", "b", 2), ("checkpoint.contradicted", "b", 3)}
    checkpoint.seal(START + timedelta(minutes=2))
    assert {("checkpoint.contradicted", "b", 2)} <= found(), "a later checkpoint does not make it good"


def test_a_removed_or_moved_head_is_found(filled: None, found: Look) -> None:
    tamper("DELETE FROM audit_stream WHERE stream = 'a'")
    tamper("UPDATE audit_stream SET seq = 2 WHERE stream = 'b'")
    assert found() == {("stream.head", "a", 5), ("stream.head", "b", 3)}


def test_a_body_erased_without_a_record_is_found(filled: None, found: Look) -> None:
    tamper(
        "UPDATE audit_event SET body = NULL, salt = NULL, sensitive = NULL, redacted_at = at"
        " WHERE stream = 'a' AND seq = 3"
    )
    assert found() == {("redaction.unrecorded", "a", 3)}


def test_a_redaction_that_was_undone_or_moved_is_found(filled: None, found: Look) -> None:
    tamper("UPDATE audit_event SET redacted_at = :at WHERE stream = 'a' AND seq = 2", at="2026-01-01 00:00:00+00:00")
    assert found() == {("redaction.undone", "a", 2)}


def test_sensitive_parts_swapped_between_events_are_found(filled: None, found: Look) -> None:
    tamper(
        "UPDATE audit_event SET sensitive = (SELECT sensitive FROM audit_event WHERE stream = 'b' AND seq = 1)"
        " WHERE stream = 'a' AND seq = 3"
    )
    assert found() == {("event.changed", "a", 3)}


def test_a_sensitive_part_whose_key_is_gone_is_told_apart(filled: None, found: Look, any_app: Flask) -> None:
    settings = any_app.extensions["lectern.settings"]
    other = base64.b64encode(bytes(32)).decode()
    any_app.extensions["lectern.settings"] = replace(settings, field_keys=(other,))
    assert {code for code, _, _ in found()} == {"event.unreadable"}
    any_app.extensions["lectern.settings"] = replace(settings, field_keys=(other, *settings.field_keys))
    assert found() == set()


def book(app: Flask) -> Path:
    path: Path = app.extensions["lectern.settings"].checkpoints
    return path


def test_a_changed_line_of_the_file_is_found(filled: None, found: Look, any_app: Flask) -> None:
    whole = book(any_app).read_text()
    book(any_app).write_text(whole.replace('"n":1', '"n": 1', 1))
    assert ("checkpoint.unreadable", "", 1) in found()
    book(any_app).write_text(whole.replace('["a",4,"', '["a",3,"', 1))
    assert {("checkpoint.signature", "", 1), ("checkpoint.database", "", 1), ("checkpoint.link", "", 2)} <= found()


def test_a_line_removed_from_the_middle_and_a_cut_off_file_are_found(filled: None, found: Look, any_app: Flask) -> None:
    record("a", "6")
    checkpoint.seal(START)
    first, second, third = book(any_app).read_text().splitlines(keepends=True)
    book(any_app).write_text(first + third)
    assert found() == {("checkpoint.link", "", 3), ("checkpoint.file", "", 2)}
    book(any_app).write_text(first + second)
    assert found() == {("checkpoint.file", "", 3)}
    book(any_app).write_text("")
    assert found() == {("checkpoint.file", "", n) for n in (1, 2, 3)}


def test_lines_in_another_order_are_found(filled: None, found: Look, any_app: Flask) -> None:
    first, second = book(any_app).read_text().splitlines(keepends=True)
    book(any_app).write_text(second + first)
    assert {("checkpoint.link", "", 1), ("checkpoint.link", "", 2)} <= found()


def test_a_checkpoint_removed_from_the_database_is_found(filled: None, found: Look) -> None:
    tamper("DELETE FROM audit_checkpoint WHERE n = 1")
    assert found() == {("checkpoint.database", "", 1)}


def test_a_checkpoint_signed_by_another_key_proves_nothing(filled: None, found: Look, any_app: Flask) -> None:
    first, second = (checkpoint.parse(line) for line in book(any_app).read_text().splitlines())
    forged = replace(second, signature=Ed25519PrivateKey.generate().sign(second.signed))
    book(any_app).write_text(f"{first.line}\n{forged.line}\n")
    assert found() == {("checkpoint.signature", "", 2), ("checkpoint.database", "", 2)}


def test_findings_are_counted_beyond_the_limit(any_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.audit.findings.LIMIT", 3)
    with transaction() as session:
        chain.append(session, "a", [NewEvent("k", "p") for _ in range(10)], at=START)
    tamper("UPDATE audit_event SET kind = 'x'")
    report = verify(START)
    assert (len(report.findings), report.more, report.ok) == (3, 7, False)


def test_memory_does_not_grow_with_the_chain(app: Flask) -> None:
    def peak(events: int) -> int:
        with transaction() as session:
            chain.append(session, f"s{events}", [NewEvent("k", "p", body={"t": "x" * 200})] * events, at=START)
        checkpoint.seal(START)
        db.session.remove()
        tracemalloc.start()
        verify(START)
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    small = peak(4_000)
    assert peak(16_000) < 1.5 * small
