"""Request ids, log lines without personal data, readiness, and numbers."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import insert, text

from service import jobs, metrics, observe
from service.access.actor import Actor
from service.clock import SetClock
from service.db import transaction
from service.incidents.models import Incident
from service.jobs import Tick
from service.notices.models import OutboxMessage
from tests.driver import Driver
from tests.service.people import county as counties
from tests.service.tasks import flows
from workflows.models import ProcessDefinition, ProcessInstance, Timer


@pytest.fixture
def observed(any_app: Flask) -> Flask:
    if "health" not in any_app.blueprints:
        observe.init(any_app)

    def complete(task_id: str) -> str:
        g.actor = Actor("a-1", "p-1", "张三")
        return task_id

    def broken() -> str:
        raise KeyError("broken")

    any_app.config["WTF_CSRF_ENABLED"] = False
    any_app.add_url_rule("/try/<task_id>/complete", view_func=complete, methods=["POST"])
    any_app.add_url_rule("/try/broken", view_func=broken)
    return any_app


@pytest.fixture
def client(observed: Flask) -> FlaskClient:
    return observed.test_client()


@pytest.fixture
def driver(observed: Flask, clock: SetClock) -> Driver:
    return Driver(counties.build(), clock)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root, stream = logging.getLogger(), io.StringIO()
    before = (root.handlers[:], root.level)
    observe.log_to(stream)
    yield stream
    root.handlers[:], level = before
    root.setLevel(level)


def logged(lines: io.StringIO, event: str = "request") -> list[dict[str, object]]:
    return [entry for entry in map(json.loads, lines.getvalue().splitlines()) if entry["event"] == event]


def test_a_request_leaves_one_line_with_route_status_time_and_actor(client: FlaskClient, lines: io.StringIO) -> None:
    reply = client.post("/try/t1/complete?q=张三", data={"id_number": "110101199003074233"})
    (line,) = logged(lines)
    assert (line["method"], line["route"], line["status"]) == ("POST", "/try/<task_id>/complete", 200)
    assert line["actor_id"] == "a-1"
    assert line["request_id"] == reply.headers["X-Request-ID"]
    assert 0 <= float(str(line["ms"])) < 5000


def test_the_log_holds_no_name_no_number_and_no_query(client: FlaskClient, lines: io.StringIO) -> None:
    client.post("/try/t1/complete?q=张三", data={"id_number": "110101199003074233"})
    client.get("/no/such/13800138000")
    for secret in ("张三", "%E5", "110101199003074233", "13800138000"):
        assert secret not in lines.getvalue()
    assert [line["route"] for line in logged(lines)] == ["/try/<task_id>/complete", "unknown"]


def test_a_sane_request_id_of_the_caller_is_kept_and_an_insane_one_replaced(client: FlaskClient) -> None:
    kept = client.get("/healthz", headers={"X-Request-ID": "gateway-0001.a:b_c"})
    assert kept.headers["X-Request-ID"] == "gateway-0001.a:b_c"
    for insane in ("short", "x" * 65, "with space 12", 'quote"quote"'):
        made = client.get("/healthz", headers={"X-Request-ID": insane}).headers["X-Request-ID"]
        assert made != insane and len(made) == 36


def test_other_logs_of_a_request_carry_its_id_and_logs_outside_do_not(
    observed: Flask, client: FlaskClient, lines: io.StringIO
) -> None:
    observed.add_url_rule("/try/log", view_func=lambda: logging.getLogger("lectern.audit").warning("inside") or "")
    request_id = client.get("/try/log").headers["X-Request-ID"]
    logging.getLogger("lectern.audit").warning("outside", extra={"tick": "checkpoint"})
    assert logged(lines, "inside")[0]["request_id"] == request_id
    (outside,) = logged(lines, "outside")
    assert "request_id" not in outside
    assert (outside["tick"], outside["logger"], outside["level"]) == ("checkpoint", "lectern.audit", "warning")


def test_an_exception_is_one_json_line(client: FlaskClient, observed: Flask, lines: io.StringIO) -> None:
    observed.config["PROPAGATE_EXCEPTIONS"] = False
    assert client.get("/try/broken").status_code == 500
    entries = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert sum("KeyError" in str(entry.get("exception")) for entry in entries) == 1
    assert logged(lines)[0]["status"] == 500


def test_the_process_lives_and_is_ready_at_head_without_jobs_of_its_own(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"live": True}
    reply = client.get("/readyz")
    assert reply.status_code == 200
    assert reply.json == {
        "ready": True,
        "checks": {"database": "ok", "migrations": "ok", "jobs": "absent", "deadlines": "ok"},
        "lateness_seconds": 0,
        "jobs": [],
    }


def test_readiness_shows_the_last_tick_and_fails_when_jobs_stand_still(observed: Flask, client: FlaskClient) -> None:
    running = jobs.start(observed, [Tick("note", 3600, lambda _now: None)])
    running.tick("note")
    body = client.get("/readyz").json
    assert body["checks"]["jobs"] == "ok"
    assert body["jobs"][0] | {"last_run": "…"} == {
        "name": "note", "last_run": "…", "last_error": None, "runs": 1, "failures": 0,
    }  # fmt: skip
    assert body["jobs"][0]["last_run"].startswith("2026-09-10T01:00:00")
    running.stop()
    reply = client.get("/readyz")
    assert (reply.status_code, reply.json["checks"]["jobs"]) == (503, "hanging: note")


def test_a_schema_that_is_not_at_head_is_not_ready(observed: Flask, client: FlaskClient) -> None:
    with transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    reply = client.get("/readyz")
    assert (reply.status_code, reply.json["checks"]["migrations"]) == (503, "not at head")
    assert client.get("/healthz").status_code == 200


def test_a_database_that_is_gone_is_told_and_the_process_stays_live(
    observed: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> bool:
        raise observe.SQLAlchemyError("gone")

    monkeypatch.setattr(observe.schema, "is_at_head", gone)
    reply = client.get("/readyz")
    assert reply.status_code == 503
    assert reply.json["checks"] == {"database": "unreachable", "migrations": "unknown", "jobs": "absent"}
    assert client.get("/healthz").json == {"live": True}


def value(exposition: str, name: str) -> float:
    (found,) = [line for line in exposition.splitlines() if line.startswith(name + " ")]
    return float(found.rpartition(" ")[2])


def test_numbers_count_requests_by_route_and_completions(client: FlaskClient) -> None:
    before = value(client.get("/metrics").text, "lectern_task_completions_total")
    client.post("/try/t1/complete")
    client.post("/try/t2/complete")
    reply = client.get("/metrics")
    assert reply.content_type.startswith("text/plain; version=")
    assert value(reply.text, "lectern_task_completions_total") == before + 2
    assert 'lectern_requests_total{method="POST",route="/try/<task_id>/complete",status="200"}' in reply.text
    assert "t1" not in reply.text


def test_numbers_tell_incidents_waiting_notices_and_the_oldest_timer(
    observed: Flask, client: FlaskClient, clock: SetClock
) -> None:
    assert value(client.get("/metrics").text, "lectern_timer_lateness_seconds") == 0
    with transaction() as session:
        definition = {"key": "h", "version": 1, "name": "h", "state": "active", "checksum": "0", "manifest": {}}
        session.add(ProcessDefinition(id="d", deployed_at=clock.now(), **definition))
        session.flush()
        held = {"state": "running", "version": 1, "tokens": b"", "variables": {}}
        session.add(ProcessInstance(id="i", definition_id="d", started_at=clock.now(), **held))
        session.flush()
        session.execute(insert(Timer), [timer(clock, "t1", 90), timer(clock, "t2", 30), timer(clock, "t3", -60)])
        failure = {"element_id": "e", "kind": "timer", "code": "c", "message": "m", "at": clock.now()}
        session.add(Incident(id="1", instance_id="i", **failure))
        session.add(Incident(id="2", instance_id="i", resolved_at=clock.now(), **failure))
        message = {"channel": "in_app", "kind": "k", "holder": "person:1", "body": {}, "attempts": 0}
        for state, sent_at in (("waiting", None), ("sent", clock.now()), ("failed", None)):
            times = {"created_at": clock.now(), "next_at": clock.now(), "sent_at": sent_at}
            session.add(OutboxMessage(id=state, state=state, **message, **times))
    numbers = client.get("/metrics").text
    assert value(numbers, "lectern_outbox_waiting") == 1
    assert value(numbers, "lectern_timer_lateness_seconds") == 90
    assert value(numbers, "lectern_open_incidents") == 1


def test_deadlines_that_nobody_fires_make_the_process_unready(
    client: FlaskClient, clock: SetClock, driver: Driver
) -> None:
    driver.deploy(flows.line(flows.task("check", "bureau_hr_officer", dueIn="5 workdays"), ids=("check",)))
    driver.start("small", by="s01.principal", count=3)
    clock.set(datetime(2026, 9, 17, 10, 9, tzinfo=UTC))
    reply = client.get("/readyz")
    assert (reply.status_code, reply.json["lateness_seconds"], reply.json["checks"]["deadlines"]) == (200, 540, "ok")
    clock.advance(timedelta(minutes=2))
    reply = client.get("/readyz")
    assert (reply.status_code, reply.json["lateness_seconds"], reply.json["checks"]["deadlines"]) == (503, 660, "late")


def timer(clock: SetClock, timer_id: str, late: int) -> dict[str, object]:
    due = clock.now() - timedelta(seconds=late)
    return {
        "id": timer_id, "instance_id": "i", "kind": "event", "element_id": "e", "due_at": due, "rule": "1 days",
        "unit": "days", "start_day": due.date(), "used": 0, "calendar_revision": 0, "attempts": 0,
    }  # fmt: skip


def test_a_tick_is_counted_by_its_outcome(observed: Flask, client: FlaskClient) -> None:
    def failing(_now: datetime) -> None:
        raise KeyError

    one = jobs.Jobs(observed, [Tick("fine", 60, lambda _now: None), Tick("poor", 60, failing)])
    before = counted(client)
    for name in ("fine", "fine", "poor"):
        one.tick(name)
    assert [after - old for after, old in zip(counted(client), before, strict=True)] == [2, 1]


def counted(client: FlaskClient) -> list[float]:
    for name, outcome in (("fine", "ok"), ("poor", "failed")):
        metrics.TICKS.labels(name, outcome)
    numbers = client.get("/metrics").text
    labels = ('outcome="ok",tick="fine"', 'outcome="failed",tick="poor"')
    return [value(numbers, f"lectern_ticks_total{{{label}}}") for label in labels]
