"""What operators see: JSON logs with a request id, liveness, readiness, and numbers for Prometheus."""

import logging
import os
import re
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

import orjson
import structlog
from apiflask import APIBlueprint, Schema
from apiflask.fields import Boolean, DateTime, Dict, Float, Integer, List, Nested, String
from flask import Flask, Response, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, multiprocess
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from structlog.contextvars import bind_contextvars, clear_contextvars, merge_contextvars

from service import jobs, metrics, schema
from service.access.days import day_of
from service.db import db
from service.incidents.models import Incident
from service.instances import waiting
from service.notices.models import OutboxMessage
from service.parameters import queries as parameters
from service.parameters.scopes import COUNTY
from workflows.base import new_id

HEADER = "X-Request-ID"
SANE_ID = re.compile(r"[A-Za-z0-9._:-]{8,64}")
UNKNOWN_ROUTE = "unknown"
METRICS_TEXT: dict[int | str, dict[str, str | dict[str, dict[str, Any]]]] = {
    200: {"description": "Prometheus' text format", "content": {"text/plain": {"schema": {"type": "string"}}}}
}

log = structlog.get_logger("lectern.request")
health = APIBlueprint("health", __name__, tag="Operation")


@dataclass(frozen=True)
class Readiness:
    """Whether requests may be sent here, and each check's short answer: "ok", "absent", or what is wrong."""

    ready: bool
    checks: Mapping[str, str]
    lateness: float | None = None
    """Seconds since the oldest deadline fell due that is not fired yet; None when the database could not be asked."""


def init(app: Flask) -> None:
    """Give every request an id, a log line and a measurement; add /healthz, /readyz and /metrics. Call it first."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    app.before_request(begin)
    app.after_request(end)
    app.teardown_request(lambda _error: clear_contextvars())
    app.register_blueprint(health)


_SHARED: list[Any] = [
    merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def log_to(stream: IO[str] = sys.stderr, level: int = logging.INFO) -> None:
    """Write every log of the process as one JSON object a line; called once by a serving process or a command."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_SHARED, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(lambda entry, **_: orjson.dumps(entry, default=str).decode()),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)


def begin() -> None:
    """The id of the request: the caller's X-Request-ID when it is sane, else a new one."""
    given = request.headers.get(HEADER, "")
    g.request_id = given if SANE_ID.fullmatch(given) else new_id()
    g.request_began = time.perf_counter()
    clear_contextvars()
    bind_contextvars(request_id=g.request_id)


def end(response: Response) -> Response:
    """One line and one measurement a request: the route as declared, never the address, query or body."""
    if "request_began" not in g:
        return response
    seconds = time.perf_counter() - g.request_began
    route = request.url_rule.rule if request.url_rule else UNKNOWN_ROUTE
    actor = g.get("actor")
    log.info(
        "request",
        method=request.method,
        route=route,
        status=response.status_code,
        ms=round(seconds * 1000, 1),
        actor_id=actor.account_id if actor else None,
    )
    metrics.REQUESTS.labels(request.method, route, response.status_code).inc()
    metrics.REQUEST_SECONDS.labels(request.method, route).observe(seconds)
    if request.method == "POST" and route.endswith("/complete") and response.status_code < 400:
        metrics.COMPLETIONS.inc()
    response.headers[HEADER] = g.request_id
    return response


def live() -> bool:
    """Whether the process answers at all; asks nothing else, so that a database outage restarts no process."""
    return True


def ready() -> Readiness:
    """Database reachable, schema at head, jobs ticking; "absent" jobs run in another process and are no fault."""
    checks = database_checks() | {"jobs": _jobs()}
    late = None
    if checks["database"] == checks["migrations"] == "ok":
        late = _lateness()
        checks["deadlines"] = "late" if late > _tolerated() else "ok"
    return Readiness(all(answer in ("ok", "absent") for answer in checks.values()), checks, late)


def database_checks() -> dict[str, str]:
    """Whether the database answers and its schema is the one that this code was written for."""
    try:
        at_head = schema.is_at_head()
    except SQLAlchemyError:
        db.session.rollback()
        return {"database": "unreachable", "migrations": "unknown"}
    return {"database": "ok", "migrations": "ok" if at_head else "not at head"}


def _jobs() -> str:
    running: jobs.Jobs | None = current_app.extensions.get(jobs.EXTENSION)
    if running is None:
        return "absent"
    return f"hanging: {', '.join(running.hanging())}" if running.hanging() else "ok"


def _lateness() -> float:
    """Seconds since the oldest deadline fell due that nobody has fired yet."""
    return waiting.lateness(current_app.extensions["lectern.clock"].now())


def _tolerated() -> float:
    """Seconds of lateness beyond which deadlines are not kept."""
    today = day_of(current_app.extensions["lectern.clock"].now())
    found = parameters.current(db.session(), "timer_late_minutes", today, COUNTY)
    return 60.0 * int(found.value)


def measure() -> None:
    """Look up what no code counts: open incidents, waiting notices, the oldest timer that is due."""
    incidents = select(func.count()).select_from(Incident).where(Incident.resolved_at.is_(None))
    waiting = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.state == "waiting")
    failed = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.state == "failed")
    metrics.OPEN_INCIDENTS.set(db.session.scalar(incidents) or 0)
    metrics.OUTBOX_WAITING.set(db.session.scalar(waiting) or 0)
    metrics.OUTBOX_FAILED.set(db.session.scalar(failed) or 0)
    metrics.TIMER_LATENESS.set(_lateness())


def numbers() -> bytes:
    """Everything measured, in Prometheus' text format; of all processes where PROMETHEUS_MULTIPROC_DIR is set."""
    measure()
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


class LiveSchema(Schema):
    """The reply of /healthz."""

    live = Boolean(required=True)


class JobSchema(Schema):
    """One background job of this process: when it last ran and how that went."""

    name = String(required=True)
    last_run = DateTime(required=True, allow_none=True)
    last_error = String(required=True, allow_none=True)
    runs = Integer(required=True)
    failures = Integer(required=True)


class ReadySchema(Schema):
    """The reply of /readyz, the same for 200 and 503."""

    ready = Boolean(required=True)
    checks = Dict(keys=String(), values=String(), required=True)
    lateness_seconds = Float(required=True, allow_none=True)
    jobs = List(Nested(JobSchema), required=True)


@health.get("/healthz")
@health.output(LiveSchema)
@health.doc(summary="Whether the process lives", security=[])
def healthz() -> Mapping[str, bool]:
    """For the supervisor that restarts processes."""
    return {"live": live()}


@health.get("/readyz")
@health.output(ReadySchema)
@health.doc(summary="Whether requests may be sent here", security=[], responses={503: "Not ready"})
def readyz() -> tuple[Mapping[str, Any], int]:
    """For the load balancer; names checks and jobs, never addresses or data."""
    answer = ready()
    running: jobs.Jobs | None = current_app.extensions.get(jobs.EXTENSION)
    states = running.states() if running else ()
    told = {"ready": answer.ready, "checks": answer.checks, "lateness_seconds": answer.lateness, "jobs": states}
    return told, 200 if answer.ready else 503


@health.get("/metrics")
@health.doc(summary="Numbers for Prometheus", security=[], responses=METRICS_TEXT)
def prometheus() -> Response:
    """Counts and times only; a reverse proxy keeps it inside the house."""
    return Response(numbers(), content_type=CONTENT_TYPE_LATEST)
