"""Ticks of a serving process: each in its own context, one failing never stops the others."""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import Any

import pytest
from apscheduler.executors import pool
from flask import Flask, current_app
from sqlalchemy import func, select

from service import jobs
from service.access.actor import Actor
from service.access.models import LoginAttempt
from service.audit import chain
from service.clock import SetClock
from service.db import db, transaction
from service.idempotency.models import IdempotencyKey
from service.idempotency.repeats import Repeat, once
from service.jobs import EXTENSION, TICKS, Jobs, Tick, until_done


@pytest.fixture
def running(app: Flask) -> Iterator[list[Jobs]]:
    started: list[Jobs] = []
    yield started
    for one in started:
        one.stop()


def failing(_now: datetime) -> None:
    raise KeyError("a bug")


def test_ticks_run_in_an_application_context_with_the_installation_s_clock(
    app: Flask, clock: SetClock, running: list[Jobs]
) -> None:
    seen: list[tuple[object, datetime]] = []
    ticked = threading.Event()

    def note(now: datetime) -> None:
        seen.append((current_app.extensions["lectern.settings"], now))
        ticked.set()

    running.append(jobs.start(app, [Tick("note", 0.02, note)]))
    assert ticked.wait(20)
    assert seen[0] == (app.extensions["lectern.settings"], clock.now())
    assert app.extensions[EXTENSION] is running[0]


def test_a_failing_tick_is_counted_and_neither_stops_itself_nor_the_others(
    app: Flask, running: list[Jobs], caplog: pytest.LogCaptureFixture
) -> None:
    again, other = threading.Event(), threading.Event()

    def twice(now: datetime) -> None:
        if running[0].states()[0].failures >= 1:
            again.set()
        failing(now)

    running.append(Jobs(app, [Tick("bad", 0.02, twice), Tick("good", 0.02, lambda _now: other.set())]))
    running[0].start()
    assert again.wait(20)
    assert other.wait(20)
    bad, good = running[0].states()
    assert (bad.last_error, good.last_error) == ("KeyError", None)
    assert "a bug" in caplog.text
    assert running[0].hanging() == ()


def test_a_run_that_ends_before_its_beginning_is_noted_is_not_put_off(app: Flask, running: list[Jobs]) -> None:
    class Hasty(pool.BasePoolExecutor):
        def __init__(self) -> None:
            super().__init__(ThreadPoolExecutor(1))
            submit = self._pool.submit

            def done(*arguments: Any, **options: Any) -> Any:
                future = submit(*arguments, **options)
                wait([future])
                return future

            self._pool.submit = done

    runs, thrice = [], threading.Event()

    def run(_now: datetime) -> None:
        runs.append(1)
        if len(runs) == 3:
            thrice.set()

    running.append(Jobs(app, [Tick("quick", 0.02, run)]))
    running[0]._scheduler.add_executor(Hasty(), "default")
    running[0].start()
    assert thrice.wait(20)


def test_a_failed_transaction_of_one_tick_does_not_reach_the_next(app: Flask, clock: SetClock) -> None:
    def half(_now: datetime) -> None:
        with transaction() as session:
            session.add(LoginAttempt(id="1", subject="x", at=clock.now()))
            session.flush()
            raise KeyError

    one = Jobs(app, [Tick("half", 1, half), Tick("whole", 1, lambda now: make_key(now))])
    one.tick("half")
    one.tick("whole")
    assert [state.last_error for state in one.states()] == ["KeyError", None]
    assert (count(LoginAttempt), count(IdempotencyKey)) == (0, 1)


def make_key(now: datetime, key: str = "k") -> None:
    with once(Repeat("a", "POST /x", key, "0", 200, now)), transaction():
        pass


def count(model: type) -> int:
    found = db.session.scalar(select(func.count()).select_from(model)) or 0
    db.session.rollback()
    return found


def test_stopping_waits_for_the_running_tick_and_then_signs_a_last_checkpoint(app: Flask, clock: SetClock) -> None:
    with transaction() as session:
        chain.append(session, "instance:1", [chain.NewEvent("task.completed", "a")], at=clock.now())
    entered, ended = threading.Event(), threading.Event()

    def slow(_now: datetime) -> None:
        entered.set()
        threading.Event().wait(0.3)
        ended.set()

    one = Jobs(app, [Tick("slow", 0.02, slow), *TICKS])
    one.start()
    assert entered.wait(20)
    one.stop()
    assert ended.is_set()
    assert "instance:1" in app.extensions["lectern.settings"].checkpoints.read_text()
    one.stop()
    assert {state.name: state.runs for state in one.states()}["checkpoint"] == 1


def test_every_declared_tick_runs_on_an_empty_installation(any_app: Flask) -> None:
    one = Jobs(any_app)
    for tick in TICKS:
        one.tick(tick.name)
    assert {state.name: state.last_error for state in one.states()} == dict.fromkeys(t.name for t in TICKS)


def test_old_keys_are_cleaned_up_until_none_is_left(app: Flask, clock: SetClock) -> None:
    make_key(clock.now(), "old")
    clock.advance(timedelta(hours=25))
    make_key(clock.now(), "young")
    Jobs(app).tick("clean_up_keys")
    assert count(IdempotencyKey) == 1


def test_a_clean_up_is_repeated_as_the_system_while_it_finds_something(app: Flask, clock: SetClock) -> None:
    left, actors = [3, 2, 0], []

    def command(actor: Actor, *, now: datetime) -> int:
        actors.append((actor, now))
        return left.pop(0)

    until_done(command)(clock.now())
    assert actors == [(Actor.system(), clock.now())] * 3


def test_jobs_that_were_not_started_in_this_process_count_as_hanging(app: Flask, running: list[Jobs]) -> None:
    one = Jobs(app, [Tick("note", 60, lambda _now: None)])
    assert one.hanging() == ("note",)
    one.start()
    running.append(one)
    assert one.hanging() == ()
    child = os.fork()
    if child == 0:
        os._exit(0 if one.hanging() == ("note",) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_tick_that_never_ends_is_reported(app: Flask, running: list[Jobs], monkeypatch: pytest.MonkeyPatch) -> None:
    one = jobs.start(app, [Tick("note", 10, lambda _now: None)])
    running.append(one)
    real = jobs.time.monotonic()
    monkeypatch.setattr(jobs.time, "monotonic", lambda: real + 89)
    assert one.hanging() == ()
    monkeypatch.setattr(jobs.time, "monotonic", lambda: real + 95)
    assert one.hanging() == ("note",)
