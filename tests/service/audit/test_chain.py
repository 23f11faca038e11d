"""Events are numbered without gaps, linked, cheap to append, and erasable without breaking the chain."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from service.audit import chain, timeline
from service.audit.chain import BEGINNING, Head, NewEvent
from service.audit.models import AuditStream
from service.db import db, transaction
from service.errors import Conflict, NotFound
from tests.conftest import START

ACTOR = "person:1"


def opinion(words: str, **more: Any) -> NewEvent:
    return NewEvent("task.completed", ACTOR, element_id="review", body={"opinion": words}, **more)


@contextmanager
def statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


def record(stream: str, *events: NewEvent, head: Head | None = None) -> Head:
    with transaction() as session:
        return chain.append(session, stream, events, at=START, head=head)


def test_events_are_numbered_from_one_and_the_head_follows(any_app: Flask) -> None:
    record("instance:1", opinion("a"), opinion("b"))
    head = record("instance:1", opinion("c"))
    assert [e.seq for e in timeline.events(db.session(), "instance:1")] == [1, 2, 3]
    row = db.session.execute(select(AuditStream.seq, AuditStream.head)).one()
    assert (row.seq, row.head) == head


def test_with_a_head_in_hand_two_statements_do_for_many_events(any_app: Flask) -> None:
    head = record("instance:1", opinion("a"), head=BEGINNING)
    with transaction() as session, statements() as seen:
        chain.append(session, "instance:1", [opinion("b"), opinion("c"), opinion("d")], at=START, head=head)
    assert len(seen) == 2, seen


def test_a_new_stream_takes_two_statements(any_app: Flask) -> None:
    with transaction() as session, statements() as seen:
        chain.append(session, "instance:1", [opinion("a")], at=START, head=BEGINNING)
    assert len(seen) == 2, seen


def test_a_stale_head_is_refused_and_nothing_is_written(any_app: Flask) -> None:
    old = record("instance:1", opinion("a"))
    record("instance:1", opinion("b"))
    with pytest.raises(Conflict, match=r"audit\.head_moved"):
        record("instance:1", opinion("c"), head=old)
    assert len(timeline.events(db.session(), "instance:1")) == 2


def test_nothing_to_append_moves_nothing(any_app: Flask) -> None:
    head = record("instance:1", opinion("a"))
    assert record("instance:1") == head


def test_the_body_comes_back_as_it_was(any_app: Flask) -> None:
    body = {"意见": "同意", "n": 1.0, "large": 1e22, "small": 1e-9, "nul": "a\x00b", "list": [None, True]}
    record("instance:1", NewEvent("task.completed", ACTOR, body=body))
    assert timeline.events(db.session(), "instance:1")[0].body == body


def test_a_sensitive_part_is_stored_encrypted_and_shown_only_on_request(any_app: Flask) -> None:
    record("instance:1", opinion("a", sensitive={"health": "怀孕"}))
    session = db.session()
    stored = session.scalar(select(chain.EVENT.c.sensitive))
    assert "怀孕".encode() not in stored
    hidden, shown = (timeline.events(session, "instance:1", reveal=reveal)[0] for reveal in (False, True))
    assert (hidden.sensitive, hidden.has_sensitive) == (None, True)
    assert shown.sensitive == {"health": "怀孕"}


def test_the_timeline_pages_in_both_directions(any_app: Flask) -> None:
    record("instance:1", *(opinion(str(n)) for n in range(1, 8)))
    session = db.session()
    assert [e.seq for e in timeline.events(session, "instance:1", after=3, limit=2)] == [4, 5]
    assert [e.seq for e in timeline.latest(session, "instance:1", before=6, limit=3)] == [5, 4, 3]


def test_a_redaction_erases_the_contents_and_is_itself_recorded(any_app: Flask) -> None:
    record("instance:1", opinion("private", sensitive={"id": "1"}), opinion("kept"))
    at = START + timedelta(days=1)
    with transaction() as session:
        timeline.redact(session, "instance:1", 1, actor_id=ACTOR, reason="更正个人信息", at=at)
    erased, kept, redaction = timeline.events(db.session(), "instance:1", reveal=True)
    assert (erased.body, erased.sensitive, erased.redacted_at) == (None, None, at)
    assert kept.body == {"opinion": "kept"}
    assert (redaction.kind, redaction.body) == ("audit.redacted", {"seq": 1, "reason": "更正个人信息"})


def test_a_redaction_happens_once_and_cannot_hide_itself(any_app: Flask) -> None:
    record("instance:1", opinion("private"))
    for seq, error in ((1, None), (1, Conflict), (2, Conflict), (9, NotFound)):
        with transaction() as session:
            if error is None:
                timeline.redact(session, "instance:1", seq, actor_id=ACTOR, reason="r", at=START)
                continue
            with pytest.raises(error):
                timeline.redact(session, "instance:1", seq, actor_id=ACTOR, reason="r", at=START)


def test_many_threads_open_and_fill_one_stream_without_a_gap(postgres_app: Flask) -> None:
    def work(number: int) -> None:
        with postgres_app.app_context():
            record("person:1", opinion(str(number)))

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(16)))
    assert [e.seq for e in timeline.events(db.session(), "person:1")] == list(range(1, 17))


def test_callers_that_write_the_same_streams_in_other_orders_do_not_deadlock(postgres_app: Flask) -> None:
    def work(names: tuple[str, ...]) -> None:
        with postgres_app.app_context():
            for _ in range(20):
                with transaction() as session:
                    chain.append_all(session, {name: [opinion("x")] for name in names}, at=START)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, [("person:1", "account:1"), ("account:1", "person:1")] * 2))
    assert db.session.scalar(select(AuditStream.seq).where(AuditStream.stream == "person:1")) == 80
