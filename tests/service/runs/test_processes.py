"""Processes that end, sleep or begin together: a run is carried out once, goes on elsewhere, or is told as failed."""

import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from service.access.actor import Actor
from service.clock import Clock, SetClock
from service.db import transaction
from service.runs import commands, working
from service.runs.commands import ATTEMPTS, LEASE, Told
from service.runs.declaring import Lost, Progress, Running
from service.runs.working import work
from tests.service.people.county import County
from tests.service.runs.kinds import asked, counting, row

Declare = Callable[..., None]
SYSTEM = Actor.system()


def test_a_run_whose_process_is_gone_is_taken_up_again_and_not_for_ever(
    county: County, clock: SetClock, declare: Declare
) -> None:
    declare(counting)
    run_id = asked(county.actor("s01.hr"), clock.now())
    for attempt in range(1, ATTEMPTS + 1):
        claimed = commands.claim(SYSTEM, "short", now=clock.now())
        assert claimed is not None and (claimed.id, claimed.attempt) == (run_id, attempt)
        assert commands.claim(SYSTEM, "short", now=clock.now()) is None
        clock.advance(LEASE / 2)
        assert not commands.tell(SYSTEM, claimed, Told(attempt, 9), now=clock.now())
        clock.advance(LEASE - timedelta(seconds=1))
        assert commands.claim(SYSTEM, "short", now=clock.now()) is None
        clock.advance(timedelta(seconds=1))
    assert commands.claim(SYSTEM, "short", now=clock.now()) is None
    assert (row(run_id).state, row(run_id).fault, row(run_id).done) == ("failed", "run.interrupted", ATTEMPTS)
    with pytest.raises(Lost):
        commands.tell(SYSTEM, claimed, Told(9), now=clock.now())


def test_what_may_be_begun_only_once_is_told_as_failed_when_its_process_is_gone(
    quick_county: County, clock: SetClock, declare: Declare
) -> None:
    declare(counting, again=False)
    declare(counting, "test.other")
    once, cancelled = asked(SYSTEM, clock.now()), asked(SYSTEM, clock.now(), "test.other")
    assert [commands.claim(SYSTEM, "short", now=clock.now()) is not None for _ in range(3)] == [True, True, False]
    commands.cancel_run(SYSTEM, cancelled, now=clock.now())
    clock.advance(LEASE)
    assert commands.claim(SYSTEM, "short", now=clock.now()) is None
    assert [(row(one).state, row(one).fault) for one in (once, cancelled)] == [
        ("failed", "run.interrupted"), ("cancelled", None),
    ]  # fmt: skip


def test_a_runner_that_was_overtaken_writes_nothing_more(county: County, clock: SetClock, declare: Declare) -> None:
    """As in a process that slept: when it wakes another has its run, and its last command must not write."""

    def asleep(run: Running, _progress: Progress, clock: Clock) -> Mapping[str, Any]:
        assert isinstance(clock, SetClock)
        clock.advance(LEASE)
        declare(counting)
        assert work("short", pace=0) == 1
        with transaction() as session:
            run.hold(session)
        return {"n": -1}

    declare(asleep)
    run_id = asked(SYSTEM, clock.now())
    assert work("short", pace=0) == 0
    assert (row(run_id).state, row(run_id).result, row(run_id).attempts) == ("done", {"n": 3}, 2)


def test_a_process_that_is_to_end_gives_its_run_back(county: County, clock: SetClock, declare: Declare) -> None:
    stopping = threading.Event()

    def stopped_at_two(_run: Running, progress: Progress, _clock: Clock) -> Mapping[str, Any]:
        progress(1, 3)
        stopping.set()
        progress(2, 3)
        raise AssertionError

    declare(stopped_at_two)
    run_id = asked(SYSTEM, clock.now())
    assert work("short", stopping.is_set, pace=0) == 0
    assert (row(run_id).state, row(run_id).done, row(run_id).attempts) == ("waiting", 1, 0)
    declare(counting)
    assert work("short") == 1


def test_a_run_is_held_while_its_runner_says_nothing(
    county: County, clock: SetClock, declare: Declare, monkeypatch: pytest.MonkeyPatch
) -> None:
    beaten = threading.Event()
    tell = commands.tell

    def noted(*arguments: Any, **options: Any) -> bool:
        cancelled = tell(*arguments, **options)
        beaten.set()
        return cancelled

    def silent(run: Running, _progress: Progress, clock: Clock) -> Mapping[str, Any]:
        assert isinstance(clock, SetClock)
        clock.advance(LEASE * 2)
        assert beaten.wait(20)
        assert row(run.id).held_until > clock.now()
        return {"n": 0}

    monkeypatch.setattr(working, "BEAT", 0.02)
    monkeypatch.setattr(commands, "tell", noted)
    declare(silent)
    run_id = asked(SYSTEM, clock.now())
    assert work("short") == 1
    assert row(run_id).state == "done"


def test_long_work_holds_up_nothing_short_and_the_threads_of_a_process_do_both(
    app: Flask, quick_county: County, clock: SetClock, declare: Declare
) -> None:
    short_done = threading.Event()

    def long(_run: Running, _progress: Progress, _clock: Clock) -> Mapping[str, Any]:
        return {"n": int(short_done.wait(20))}

    def short(_run: Running, _progress: Progress, _clock: Clock) -> Mapping[str, Any]:
        short_done.set()
        return {"n": 1}

    declare(long, "test.long", lane="long")
    declare(short)
    ids = [asked(SYSTEM, clock.now(), "test.long"), asked(SYSTEM, clock.now())]
    workers = working.Workers(app)
    workers.send_out()
    workers.wait(20)
    assert [row(one).result for one in ids] == [{"n": 1}, {"n": 1}]


def test_what_nobody_waits_for_rests_after_each_run(
    app: Flask, quick_county: County, clock: SetClock, declare: Declare
) -> None:
    declare(counting, "test.quiet", lane="quiet")
    ids = [asked(SYSTEM, clock.now(), "test.quiet") for _ in range(2)]
    workers = working.Workers(app)
    for _ in range(2):
        workers.send_out()
        workers.wait(20)
    assert [row(one).state for one in ids] == ["done", "waiting"]
    workers._rests_until["quiet"] = 0.0
    workers.send_out()
    workers.wait(20)
    assert row(ids[1]).state == "done"


def test_a_run_is_taken_by_one_process_only(postgres_app: Flask, clock: SetClock, declare: Declare) -> None:
    """Eight threads that begin together, six runs: each is carried out once."""
    carried: list[str] = []
    start = threading.Barrier(8)

    def carry(run: Running, _progress: Progress, _clock: Clock) -> Mapping[str, Any]:
        carried.append(run.id)
        return {"n": 0}

    def process() -> None:
        with postgres_app.app_context():
            start.wait()
            work("short")

    declare(carry)
    ids = [asked(SYSTEM, clock.now()) for _ in range(6)]
    threads = [threading.Thread(target=process) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(carried) == sorted(ids)
    assert {row(one).state for one in ids} == {"done"}
