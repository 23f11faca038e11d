"""The same Idempotency-Key: one effect and the same answer, on both databases."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from service.clock import SetClock
from service.db import db, transaction
from service.errors import Invalid
from service.idempotency.models import IdempotencyKey
from service.idempotency.repeats import Repeat, Replayed, answer, forget, hash_of, once
from tests.statements import counted
from workflows.models import Resource

ROUTE = "POST /api/v1/process-instances"


@pytest.fixture
def request_of(clock: SetClock):
    def build(body: object = None, key: str = "k1", route: str = ROUTE, actor_id: str = "a1") -> Repeat:
        return Repeat(actor_id, route, key, hash_of(body), status=201, now=clock.now())

    return build


def make(name: str, pause: threading.Event | None = None, inside: threading.Event | None = None) -> None:
    """Store a resource; `inside` tells others that the key is claimed, `pause` is waited for before the end."""
    with transaction() as session:
        if inside:
            inside.set()
        session.add(Resource(checksum=name, kind="form", name=name, content=b"{}"))
        session.flush()
        if pause:
            pause.wait(5)
        answer(session, resource_id=name)


def count(model: type = Resource) -> int:
    found = db.session.scalar(select(func.count()).select_from(model)) or 0
    db.session.rollback()
    return found


def test_a_repeat_has_no_effect_and_gets_the_first_answer(any_app: Flask, request_of) -> None:
    with once(request_of({"a": 1, "b": 2})):
        make("one")
    with pytest.raises(Replayed) as replay, once(request_of({"b": 2, "a": 1})):
        make("two")
    assert replay.value.previous.status == 201
    assert replay.value.previous.ids == {"resource_id": "one"}
    assert count() == 1


def test_the_same_key_with_another_body_is_refused(any_app: Flask, request_of) -> None:
    with once(request_of({"count": 3})):
        make("one")
    with pytest.raises(Invalid, match=r"idempotency\.key_reused"), once(request_of({"count": 2})):
        make("two")
    assert count() == 1


def test_a_failure_stores_nothing_so_the_key_may_be_used_again(any_app: Flask, request_of) -> None:
    with pytest.raises(KeyError), once(request_of()), transaction():
        raise KeyError
    assert count(IdempotencyKey) == 0
    with once(request_of()):
        make("one")
    assert count() == 1


def test_keys_of_another_person_or_another_route_are_other_keys(any_app: Flask, request_of) -> None:
    repeats = (request_of(), request_of(actor_id="a2"), request_of(route="POST /api/v1/tasks/t1/claim"))
    for n, repeat in enumerate(repeats):
        with once(repeat):
            make(str(n))
    assert count() == 3


def test_it_costs_two_statements_and_nothing_without_a_key(any_app: Flask, request_of) -> None:
    with counted() as bare, once(None):
        make("one")
    with counted() as guarded, once(request_of()):
        make("two")
    assert len(guarded) - len(bare) == 2


def test_a_second_transaction_of_the_request_is_not_taken_for_a_repeat(any_app: Flask, request_of) -> None:
    """After a failure the edge records an incident in a transaction of its own."""
    with once(request_of()):
        with pytest.raises(KeyError), transaction():
            raise KeyError
        make("incident")
    assert count() == 1
    assert count(IdempotencyKey) == 0


def test_a_concurrent_twin_waits_and_gets_the_first_answer(any_app: Flask, request_of) -> None:
    inside, goes_on = threading.Event(), threading.Event()

    def first() -> str:
        with any_app.app_context(), once(request_of()):
            make("one", goes_on, inside)
        return "made"

    def twin() -> object:
        inside.wait(5)
        with any_app.app_context():
            try:
                with once(request_of()):
                    make("two")
            except Replayed as replay:
                return replay.previous.ids
        return "made twice"

    with ThreadPoolExecutor(2) as pool:
        results = [pool.submit(first), pool.submit(twin)]
        threading.Timer(0.3, goes_on.set).start()
        assert [result.result(10) for result in results] == ["made", {"resource_id": "one"}]
    assert count() == 1


def test_a_twin_of_a_failed_request_makes_the_effect_itself(any_app: Flask, request_of) -> None:
    inside, goes_on = threading.Event(), threading.Event()

    def failing() -> None:
        with any_app.app_context(), pytest.raises(KeyError), once(request_of()), transaction():
            inside.set()
            goes_on.wait(5)
            raise KeyError

    def twin() -> None:
        inside.wait(5)
        with any_app.app_context(), once(request_of()):
            make("two")

    with ThreadPoolExecutor(2) as pool:
        results = [pool.submit(failing), pool.submit(twin)]
        threading.Timer(0.3, goes_on.set).start()
        for result in results:
            result.result(10)
    assert count() == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "with space", "钥匙", "line\nbreak"])
def test_an_unreadable_key_is_refused(request_of, key: str) -> None:
    with pytest.raises(Invalid, match=r"idempotency\.key_unreadable"):
        request_of(key=key)


def test_keys_are_forgotten_after_a_day_and_not_before(any_app: Flask, request_of, clock: SetClock) -> None:
    for n in range(3):
        with once(request_of(key=f"k{n}")):
            make(str(n))
    clock.advance(timedelta(hours=23))
    with once(request_of(key="young")):
        make("young")
    clock.advance(timedelta(hours=2))
    with transaction() as session:
        assert forget(session, clock.now(), limit=2) == 2
        assert forget(session, clock.now(), limit=2) == 1
    assert count(IdempotencyKey) == 1
