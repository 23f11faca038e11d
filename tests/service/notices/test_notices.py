"""A notice leaves with its step, arrives once, says why it did not, and is read by each on their own."""

import ast
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, func, select, update

from service.db import db, transaction
from service.notices import delivery, outbox, queries, words
from service.notices.delivery import Delivered, deliver, pause
from service.notices.outbox import OUTBOX, Message
from service.notices.queries import NOTICE
from service.notices.reading import mark_read
from tests.conftest import START


@dataclass(frozen=True)
class Reader:
    person_id: str | None
    holders: tuple[str, ...]


ANNA = Reader("anna", ("person:anna", "principal@s01"))
BERT = Reader("bert", ("person:bert", "principal@s01"))


def post(*holders: str, kind: str = "task.opened", now: datetime = START) -> list[str]:
    body = {"title": "招聘 3 人", "instance_id": "i1", "task_id": "t1"}
    with transaction() as session:
        return outbox.post(session, [Message(kind, holder, body) for holder in holders], now)


def thrown(count: int = 1) -> list[str]:
    return post(*["message:demand"] * count, kind=outbox.THROWN)


def state(message_id: str) -> tuple[str, int, str | None]:
    row = db.session.execute(select(OUTBOX).where(OUTBOX.c.id == message_id)).one()
    db.session.rollback()
    return row.state, row.attempts, row.last_error


def test_messages_are_posted_with_one_statement(any_app: Flask) -> None:
    seen: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
    with transaction() as session:
        seen.clear()
        outbox.post(session, [Message("task.opened", f"person:{n}") for n in range(50)], START)
        assert len(seen) == 1


def test_what_is_rolled_back_is_never_delivered(any_app: Flask) -> None:
    with pytest.raises(KeyError), transaction() as session:
        outbox.post(session, [Message("task.opened", "person:anna")], START)
        raise KeyError
    assert deliver(START) == Delivered()


def test_a_delivered_notice_stands_in_the_pages_of_its_holder(any_app: Flask) -> None:
    [message_id] = post("person:anna")
    assert queries.unread(ANNA) == 0, "not before delivery"
    assert deliver(START) == Delivered(sent=1)
    [notice] = queries.notices(ANNA)
    assert (notice.id, notice.kind, notice.instance_id, notice.task_id) == (message_id, "task.opened", "i1", "t1")
    assert queries.notices(BERT) == ()


def test_everything_due_is_delivered_in_chunks(any_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "CHUNK", 4)
    post(*["person:anna"] * 11)
    assert deliver(START) == Delivered(sent=11)
    assert deliver(START) == Delivered()


def test_a_repeated_delivery_writes_the_notice_once(any_app: Flask) -> None:
    [message_id] = post("person:anna")
    deliver(START)
    with transaction() as session:
        again = update(OUTBOX).where(OUTBOX.c.id == message_id).values(state="waiting", sent_at=None)
        session.execute(again)
    assert deliver(START) == Delivered(sent=1)
    assert db.session.scalar(select(func.count()).select_from(NOTICE)) == 1


def test_a_notice_to_a_role_is_read_by_each_holder_on_their_own(any_app: Flask) -> None:
    post("principal@s01", "role:principal", "principal@s02")
    deliver(START)
    assert (queries.unread(ANNA), queries.unread(BERT)) == (2, 2)
    mark_read(ANNA, None, now=START)
    assert (queries.unread(ANNA), queries.unread(BERT)) == (0, 2)
    assert [n.read_at for n in queries.notices(ANNA)] == [START, START]


def test_one_reads_only_ones_own_and_reading_again_changes_nothing(any_app: Flask) -> None:
    [mine, other] = post("person:anna", "person:bert")
    deliver(START)
    mark_read(ANNA, [mine, other], now=START)
    mark_read(ANNA, [mine], now=START + timedelta(days=1))
    db.session.rollback()
    assert queries.unread(BERT) == 1
    assert queries.notices(ANNA)[0].read_at == START


def test_who_is_no_person_reads_nothing(any_app: Flask) -> None:
    nobody = Reader(None, ())
    mark_read(nobody, None, now=START)
    assert queries.unread(nobody) == 0


def test_the_count_ends_at_ninety_nine(any_app: Flask) -> None:
    post(*["person:anna"] * 150)
    deliver(START)
    assert queries.unread(ANNA) == 100


def test_the_list_pages_backwards(any_app: Flask) -> None:
    ids = sorted(post(*["person:anna"] * 5), reverse=True)
    deliver(START)
    first = queries.notices(ANNA, limit=2)
    rest = queries.notices(ANNA, before=first[-1].id)
    assert [n.id for n in (*first, *rest)] == ids


def test_a_channel_without_a_sender_waits(any_app: Flask) -> None:
    [message_id] = thrown()
    assert deliver(START) == Delivered()
    assert state(message_id) == ("waiting", 0, None)


def test_a_sender_gets_each_message_with_its_id_outside_any_transaction(any_app: Flask) -> None:
    ids = thrown(3)
    got: list[str] = []

    def send(message_id: str, message: Message, now: datetime) -> None:
        with transaction():
            got.append(message_id)
        assert message.holder == "message:demand"

    assert deliver(START, {"message": send}) == Delivered(sent=3)
    assert got == ids or sorted(got) == sorted(ids)


def failing(now: datetime, error: str = "no answer") -> Delivered:
    def send(_id: str, _message: Message, _now: datetime) -> None:
        raise OSError(error)

    return deliver(now, {"message": send})


def test_a_failure_is_kept_shown_and_tried_again_after_growing_pauses(any_app: Flask) -> None:
    [message_id] = thrown()
    now = START
    for attempt in range(1, delivery.ATTEMPTS):
        assert failing(now) == Delivered(failed=1)
        assert failing(now) == Delivered(), "not before the pause is over"
        assert state(message_id) == ("waiting", attempt, "OSError: no answer")
        now += pause(attempt)
    failing(now)
    assert state(message_id)[0] == "failed"
    [failure] = queries.failures()
    assert (failure.id, failure.state, failure.attempts) == (message_id, "failed", delivery.ATTEMPTS)
    assert failing(now + timedelta(days=9)) == Delivered()


def test_what_will_never_be_taken_is_given_up_at_once(any_app: Flask) -> None:
    [message_id] = thrown()

    def send(_id: str, _message: Message, _now: datetime) -> None:
        raise delivery.RefusedError("550 no such user")

    assert deliver(START, {"message": send}) == Delivered(failed=1)
    assert state(message_id) == ("failed", 1, "RefusedError: 550 no such user")


def test_a_channel_that_does_not_answer_is_left_in_peace(any_app: Flask) -> None:
    ids = thrown(3)
    tried: list[str] = []

    def send(message_id: str, _message: Message, _now: datetime) -> None:
        tried.append(message_id)
        raise delivery.UnreachableError("refused")

    assert deliver(START, {"message": send}) == Delivered(failed=1, reachable=False)
    assert len(tried) == 1
    assert sorted(state(id_)[1] for id_ in ids) == [0, 0, 1]


def test_notices_of_a_step_wait_until_it_can_no_longer_be_taken_back(any_app: Flask) -> None:
    window = timedelta(minutes=2)
    with transaction() as session:
        sent = [Message("task.opened", "person:anna"), Message(outbox.THROWN, "message:demand")]
        [notice, to_case] = outbox.post(session, sent, START, window)
    rows = {row.id: row for row in db.session.execute(select(OUTBOX))}
    db.session.rollback()
    assert (rows[notice].not_before, rows[to_case].not_before) == (START + window, None)
    assert deliver(START + window - timedelta(seconds=1), {"message": lambda *_: None}) == Delivered(sent=1)
    assert queries.notices(ANNA) == ()
    assert deliver(START + window) == Delivered(sent=1)
    assert [one.id for one in queries.notices(ANNA)] == [notice]


def test_pauses_grow_from_a_minute_to_six_hours() -> None:
    minutes = [pause(n) // timedelta(minutes=1) for n in (1, 2, 3, 8, 9, 10, 99)]
    assert minutes == [1, 2, 4, 128, 256, 360, 360]


def test_a_message_whose_sender_died_is_sent_again_after_the_lease(any_app: Flask) -> None:
    [message_id] = thrown()

    def die(_id: str, _message: Message, _now: datetime) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver(START, {"message": die})
    arrived: list[str] = []

    def send(message_id: str, _message: Message, _now: datetime) -> None:
        arrived.append(message_id)

    deliver(START + timedelta(minutes=1), {"message": send})
    assert arrived == []
    deliver(START + delivery.LEASE, {"message": send})
    assert arrived == [message_id]


def test_sent_messages_are_cleared_away_and_notices_stay(any_app: Flask) -> None:
    post("person:anna")
    deliver(START)
    assert delivery.clean_up(START + timedelta(days=29)) == 0
    assert delivery.clean_up(START + timedelta(days=31)) == 1
    assert len(queries.notices(ANNA)) == 1


def test_words_are_there_in_both_languages() -> None:
    params = {"title": "招聘", "outcome": "rejected"}
    assert words.text("instance.ended", params, "zh") == "招聘：未予同意"
    assert words.text("instance.ended", params, "en") == "招聘: rejected"
    assert words.text("task.opened", {"business_key": "ZP-2026-0001"}, "zh_CN") == "ZP-2026-0001：等您办理"
    assert "{" not in "".join(words.text(kind, {}, locale) for kind in words.TEXTS for locale in ("zh", "en"))


def test_every_kind_that_the_house_posts_has_words() -> None:
    house = Path(words.__file__).resolve().parents[1]
    posted = {
        node.args[0].value
        for path in house.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) in ("Message", "_message")
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert posted - {outbox.THROWN} <= set(words.TEXTS) | words.LETTERS
