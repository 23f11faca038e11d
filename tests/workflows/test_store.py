"""One statement to lock, as few as possible to save, nothing left of what raised."""

import threading

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from tests.workflows import diagrams as d
from tests.workflows.conftest import opened, with_definition
from tests.workflows.driver import Driver
from workflows import engine, store
from workflows.errors import Conflict, NotFound
from workflows.failures import EngineFault
from workflows.models import MessageSubscription, ProcessInstance, Timer, VariableChange


class Statements:
    """The statements that a session sends."""

    def __init__(self, session: Session) -> None:
        self.seen: list[str] = []
        event.listen(session.get_bind(), "before_cursor_execute", self._note)

    def _note(self, connection, cursor, statement, parameters, context, executemany):
        self.seen.append(statement.split()[0] + " " + statement.split("process_instance")[0].split()[-1])

    def taken(self) -> list[str]:
        found, self.seen = [word.split()[0] for word in self.seen], []
        return found


def test_a_completion_costs_one_lock_one_update_and_one_insert_of_history(drive, session):
    case = drive(d.line(3)).start()
    token = case.token("t0")
    statements = Statements(session)
    held = store.lock(session, case.instance_id)
    assert statements.taken() == ["SELECT"]
    engine.complete(held, token, {"a": 1, "b": 2}, case.around)
    assert statements.taken() == ["UPDATE", "INSERT"]


def test_timers_and_subscriptions_cost_a_statement_only_when_they_change(drive, session):
    diagram = d.diagram(
        d.user("a"), d.user("b"), d.boundary("late", "b", d.timer("Duration", "P5D")), d.user("c"), d.end("gone"),
        d.path("start", "a", "b", "c", "end"), d.path("late", "gone"),
    )  # fmt: skip
    case = drive(diagram).start()
    statements = Statements(session)
    taken = []
    for name in ("a", "b"):
        held, token = case.held, case.token(name)
        statements.taken()
        case.steps.append(engine.complete(held, token, {}, case.around))
        taken.append(statements.taken())
    assert taken == [["UPDATE", "INSERT"], ["UPDATE", "DELETE"]]


def test_lock_finds_an_instance_by_a_subquery_in_one_statement(drive, session):
    diagram = d.diagram(d.catch("wait", d.timer("Duration", "P5D")), d.path("start", "wait", "end"))
    case = drive(diagram).start()
    statements = Statements(session)
    found = select(Timer.instance_id).where(Timer.element_id == "wait").scalar_subquery()
    assert store.lock_found(session, store.locking(found), {}).id == case.instance_id
    assert statements.taken() == ["SELECT"]


def test_an_absent_instance_is_not_found(session):
    with pytest.raises(NotFound, match=r"instance\.absent"):
        store.lock(session, "nobody")
    assert store.try_lock(session, "nobody") is None


def test_a_stale_version_is_a_conflict(drive, session):
    case = drive(d.line(3)).start()
    stale, token = case.held, case.token("t0")
    case.complete("t0")
    with pytest.raises(Conflict, match=r"instance\.stale"):
        store.set_state(session, stale, "suspended", case.around.now)
    with pytest.raises(Conflict, match=r"instance\.stale"):
        engine.complete(stale, token, {}, case.around)


def test_the_version_rises_by_one_with_each_step_and_held_follows(drive, session):
    case = drive(d.line(3)).start()
    held = case.held
    assert held.version == 1
    step = engine.complete(held, case.token("t0"), {}, case.around)
    assert (step.version, held.version) == (2, 2)
    second = engine.complete(held, case.token("t1"), {"x": 1}, case.around)
    assert (second.version, held.variables, case.variables) == (3, {"x": 1}, {"x": 1})
    store.set_state(session, held, "suspended", case.around.now)
    assert (case.held.version, case.state, case.held.ended_at) == (4, "suspended", None)


def test_ending_a_case_by_its_state_notes_when(drive, session):
    case = drive(d.line(1)).start()
    store.set_state(session, case.held, "cancelled", case.around.now)
    assert case.held.ended_at == case.around.now


def test_a_failing_operation_leaves_no_trace_after_rollback(drive, session):
    diagram = d.diagram(
        d.user("a"), d.service("s", "boom"), d.catch("wait", d.timer("Duration", "P5D")),
        d.path("start", "a", "s", "wait", "end"),
    )  # fmt: skip
    case = drive(diagram, operations={"boom": lambda call: {}["no"]}).start()
    token = case.token("a")
    session.commit()
    with pytest.raises(EngineFault):
        engine.complete(store.lock(session, case.instance_id), token, {"x": 1}, case.around)
    session.rollback()
    counts = [session.scalar(select(func.count()).select_from(table)) for table in (VariableChange, Timer)]
    assert (counts, case.held.version, case.open) == ([0, 0], 1, ["a"])


def test_an_instance_may_be_started_under_a_given_id(drive, session):
    case = drive(d.line(1))
    step = engine.start(session, case.flow, {"n": 1}, case.around, instance_id="given")
    assert step.instance_id == "given"
    assert session.get_one(ProcessInstance, "given").variables == {"n": 1}
    assert not session.scalar(select(func.count()).select_from(MessageSubscription))


@pytest.mark.postgres
def test_on_postgresql_a_second_lock_waits_and_then_sees_what_the_first_wrote(postgres_url):
    bound = opened(postgres_url)
    with with_definition(bound) as session:
        case = Driver(session, d.line(3)).start()
        token = case.token("t0")
        session.commit()
        held = store.lock(session, case.instance_id)
        seen: list[store.Held | None] = []
        other = threading.Thread(target=lambda: seen.append(_locked(bound, case.instance_id)))
        with Session(bound) as third:
            assert store.try_lock(third, case.instance_id) is None
        other.start()
        engine.complete(held, token, {"x": "值"}, case.around)
        session.commit()
        other.join(10)
        assert seen[0] is not None
        assert (seen[0].version, seen[0].variables) == (2, {"x": "值"})
    bound.dispose()


def _locked(bound, instance_id):
    with Session(bound) as session:
        return store.lock(session, instance_id)


@pytest.mark.postgres
def test_on_postgresql_a_case_with_timers_and_messages_runs_to_its_end(postgres_url):
    diagram = d.diagram(
        d.user("a"), d.boundary("late", "a", d.timer("Cycle", "R2/P1D"), interrupting=False), d.end("gone"),
        d.catch("wait", d.on("message", "m")), d.path("start", "a", "wait", "end"), d.path("late", "gone"),
        around=[d.message("m")],
    )  # fmt: skip
    bound = opened(postgres_url)
    with with_definition(bound) as session:
        case = Driver(session, diagram).start(key="k").fire("late").complete("a").deliver("wait", n=1)
        assert (case.state, case.variables) == ("completed", {"key": "k", "n": 1})
    bound.dispose()
