"""Background work: asked for with a transaction, told of, ended once, whatever happens to it on the way."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from service.access.actor import Actor
from service.access.commands_accounts import CloseAccount, close_account
from service.clock import Clock, SetClock
from service.db import db, transaction
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.incidents.models import Incident
from service.notices import delivery, words
from service.notices.models import Notice
from service.runs import commands, queries
from service.runs.asking import ask
from service.runs.declaring import KINDS, Progress, Running, runner
from service.runs.rows import RUN
from service.runs.working import work
from tests.service.people.county import County
from tests.service.runs.kinds import asked, counting, row

Declare = Callable[..., None]
SYSTEM = Actor.system()


def test_what_was_asked_for_is_done_told_and_seen_by_who_asked(
    county: County, clock: SetClock, declare: Declare
) -> None:
    declare(counting)
    clerk = county.actor("s01.hr")
    run_id = asked(clerk, clock.now(), total=3)
    assert (row(run_id).state, row(run_id).total) == ("waiting", 3)
    assert work("short", pace=0) == 1
    found = row(run_id)
    assert (found.state, found.done, found.result, found.attempts) == ("done", 3, {"n": 3}, 1)
    assert (found.holder, found.held_until, found.ended_at) == (None, None, clock.now())
    assert queries.run_of(clerk, run_id).id == run_id
    assert told(clerk, clock) == ["清点：已完成，共 3 项"]


def told(actor: Actor, clock: SetClock) -> list[str]:
    delivery.deliver(clock.now())
    rows = db.session.execute(select(Notice.kind, Notice.params).where(Notice.holder == f"person:{actor.person_id}"))
    found = [words.text(one.kind, one.params, "zh") for one in rows]
    db.session.rollback()
    return found


def test_a_command_that_fails_has_asked_for_nothing(quick_county: County, clock: SetClock, declare: Declare) -> None:
    declare(counting)
    with pytest.raises(Conflict), transaction() as session:
        ask(session, SYSTEM, "test.count", {}, now=clock.now())
        raise Conflict("run.ended")
    assert not queries.waits("short", clock.now())
    with pytest.raises(KeyError), transaction() as session:
        ask(session, SYSTEM, "test.unknown", {}, now=clock.now())


def test_a_runner_acts_as_who_asked_with_the_rights_of_now(
    quick_county: County, clock: SetClock, declare: Declare
) -> None:
    seen: list[Actor] = []

    def look(run: Running, _progress: Progress, _clock: Clock) -> Mapping[str, Any]:
        seen.append(run.actor)
        return {"n": 0}

    declare(look)
    clerk = quick_county.actor("s01.hr")
    asked(clerk, clock.now())
    asked(SYSTEM, clock.now())
    work("short")
    assert (seen[0].holders, seen[0].token_id, seen[1].is_system) == (clerk.holders, None, True)
    run_id = asked(clerk, clock.now())
    close_account(quick_county.actor("admin"), CloseAccount(clerk.account_id), now=clock.now())
    work("short")
    assert (row(run_id).state, row(run_id).fault, len(seen)) == ("failed", "run.account_closed", 2)


@pytest.mark.parametrize(
    ("raised", "fault", "params", "incidents"),
    [
        (Invalid("import.rows", rows=4, faults=()), "import.rows", {"rows": 4}, 0),
        (Forbidden("access.not_own"), "access.not_own", {}, 0),
        (ZeroDivisionError("a bug"), "run.failed", {}, 1),
    ],
)
def test_a_runner_that_fails_ends_its_run_with_the_reason(
    county: County, clock: SetClock, declare: Declare, raised: Exception, fault: str, params: Any, incidents: int
) -> None:
    def fail(_run: Running, _progress: Progress, _clock: Clock) -> Mapping[str, Any]:
        raise raised

    declare(fail)
    declare(counting, "test.other")
    clerk = county.actor("s01.hr")
    run_id, other = asked(clerk, clock.now()), asked(clerk, clock.now(), "test.other")
    assert work("short") == 2
    found = row(run_id)
    assert (found.state, found.fault, found.fault_params, row(other).state) == ("failed", fault, params, "done")
    assert told(clerk, clock)[0] == "清点：未完成，请查看原因"
    assert db.session.scalar(select(func.count()).select_from(Incident)) == incidents


def test_a_run_that_waits_is_cancelled_at_once_and_one_that_runs_at_its_next_step(
    county: County, clock: SetClock, declare: Declare
) -> None:
    clerk, done = county.actor("s01.hr"), []

    def cancelled_at_two(run: Running, progress: Progress, clock: Clock) -> Mapping[str, Any]:
        for number in range(1, 4):
            done.append(number)
            if number == 2:
                commands.cancel_run(clerk, run.id, now=clock.now())
            progress(number, 3)
        return {"n": 3}

    declare(cancelled_at_two)
    waiting = asked(clerk, clock.now())
    commands.cancel_run(clerk, waiting, now=clock.now())
    assert (row(waiting).state, row(waiting).ended_at) == ("cancelled", clock.now())
    running = asked(clerk, clock.now())
    assert work("short", pace=0) == 1
    assert (row(running).state, row(running).done, done) == ("cancelled", 2, [1, 2])
    with pytest.raises(Conflict, match=r"run.ended"):
        commands.cancel_run(clerk, running, now=clock.now())
    assert told(clerk, clock) == []


def test_who_looks_after_the_organisation_sees_a_run_and_may_cancel_it_and_nobody_else(
    quick_county: County, clock: SetClock, declare: Declare
) -> None:
    declare(counting)
    clerk, head = quick_county.actor("s01.hr"), quick_county.actor("s01.principal")
    own = asked(clerk, clock.now())
    shared = asked(clerk, clock.now(), organisation_id=quick_county.organisations["s01"])
    for who in (head, quick_county.actor("bureau.hr")):
        assert queries.run_of(who, shared).id == shared
        with pytest.raises(NotFound, match=r"run.absent"):
            queries.run_of(who, own)
        with pytest.raises(NotFound, match=r"run.absent"):
            commands.cancel_run(who, own, now=clock.now())
    for who in ("s02.principal", "s01.teacher"):
        with pytest.raises(NotFound, match=r"run.absent"):
            commands.cancel_run(quick_county.actor(who), shared, now=clock.now())
    with pytest.raises(Forbidden):
        commands.cancel_run(quick_county.actor("auditor"), shared, now=clock.now())
    commands.cancel_run(head, shared, now=clock.now())
    commands.cancel_run(quick_county.actor("admin"), own, now=clock.now())
    assert [found.state for found in queries.own(clerk)] == ["cancelled", "cancelled"]
    assert queries.own(head) == []
    with pytest.raises(Forbidden):
        commands.claim(clerk, "short", now=clock.now())


def test_ended_runs_are_forgotten_after_the_days_of_the_parameter(
    quick_county: County, clock: SetClock, declare: Declare
) -> None:
    declare(counting)
    old = asked(SYSTEM, clock.now())
    work("short")
    clock.advance(timedelta(days=29))
    young, waiting = asked(SYSTEM, clock.now()), asked(SYSTEM, clock.now())
    commands.cancel_run(SYSTEM, young, now=clock.now())
    assert commands.clean_up(SYSTEM, now=clock.now()) == 0
    clock.advance(timedelta(days=1, seconds=1))
    assert commands.clean_up(SYSTEM, now=clock.now()) == 1
    left = set(db.session.scalars(select(RUN.c.id)))
    assert (left, old in left) == ({young, waiting}, False)
    clock.advance(timedelta(days=300))
    assert commands.clean_up(SYSTEM, now=clock.now()) == 1
    assert set(db.session.scalars(select(RUN.c.id))) == {waiting}


def test_a_lost_run_of_a_kind_that_this_process_does_not_know_is_left_and_stops_no_other(
    quick_county: County, clock: SetClock, declare: Declare, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(counting, "test.elsewhere")
    lost = asked(quick_county.actor("s01.hr"), clock.now(), "test.elsewhere")
    with transaction() as session:
        gone = {"state": "running", "holder": "gone", "held_until": clock.now() - timedelta(hours=1), "attempts": 9}
        session.execute(update(RUN).where(RUN.c.id == lost).values(gone))
    monkeypatch.delitem(KINDS, "test.elsewhere")
    declare(counting)
    known = asked(quick_county.actor("s01.hr"), clock.now())
    assert work("short", pace=0) == 1
    assert (row(known).state, row(lost).state) == ("done", "running")


def test_a_kind_is_declared_once(declare: Declare) -> None:
    declare(counting)
    assert runner("test.count", "清点", "Count")(counting) is counting
    with pytest.raises(ValueError, match=r"test.count is declared twice"):
        runner("test.count", "清点", "Count")(lambda _run, _progress, _clock: {})
