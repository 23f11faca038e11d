"""Checks of what the database holds: schema, keys, queues, runs, record, ledger, calendar."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select, union

from service import observe, schema
from service.access.actor import Actor
from service.access.days import day_of
from service.access.roles import ADMIN
from service.access.standing import ROLE, in_force
from service.audit.checkpoint import CHECKPOINT, last_number
from service.audit.models import AuditStream
from service.audit.verify import verify_newest
from service.calendar.queries import calendar
from service.crypto import ring
from service.db import db
from service.deployments.seconds import seconds
from service.incidents.models import Incident
from service.instances import waiting
from service.notices.models import OutboxMessage
from service.operation.checks_machine import settings
from service.operation.findings import Found
from service.parameters import queries as parameters
from service.parameters.scopes import COUNTY
from service.people.models import Person
from service.posts import queries_sums
from service.records.models import PersonRecord
from service.runs.models import Run
from workflows import catalogue
from workflows.models import ProcessDefinition

STREAMS = 200
"""Streams that the quick look takes; `lectern verify-audit` takes all."""
WAITED = timedelta(minutes=10)
DEAD = timedelta(minutes=2)
SEALED_EVERY = timedelta(minutes=5)
KEY_BYTES = slice(1, 5)


def database() -> Iterator[Found]:
    """Whether the database answers with the schema of this version."""
    url = db.engine.url.render_as_string(hide_password=True)
    answers = observe.database_checks()
    if answers["database"] != "ok":
        yield Found("database", "error", "doctor.database_silent", {"url": url})
    elif answers["migrations"] != "ok":
        yield Found("database", "error", "doctor.database_behind" if not _is_newer() else "doctor.database_ahead")
    else:
        yield Found("database", "ok", "doctor.database", {"url": url})


def _is_newer() -> bool:
    found = schema.revisions()
    return any(not schema.knows(revision) for revision in found)


def keys() -> Iterator[Found]:
    """Whether the keys here read what is encrypted there, by the names of the keys in rows of three tables."""
    used = {bytes(row[0])[KEY_BYTES].hex() for row in db.session.execute(_sealed()) if row[0]}
    missing, old = used - set(ring().ids), used & set(ring().ids[1:])
    if missing:
        yield Found("keys", "error", "doctor.key_missing", {"keys": ", ".join(sorted(missing))})
    elif old:
        yield Found("keys", "warning", "doctor.key_old", {"keys": ", ".join(sorted(old))})
    else:
        yield Found("keys", "ok", "doctor.keys", {"keys": ", ".join(ring().ids)})


def _sealed() -> Any:
    def some(column: Any, key: Any, newest: bool) -> Select[Any]:
        order = key.desc() if newest else key
        rows = select(column.label("sealed")).where(column.is_not(None)).order_by(order).limit(100).subquery()
        return select(rows.c.sealed)

    columns = ((Person.id_number, Person.id), (Person.phone, Person.id), (PersonRecord.sealed, PersonRecord.id))
    return union(*[some(column, key, newest) for column, key in columns for newest in (False, True)])


def deadlines(now: datetime) -> Iterator[Found]:
    """How late the oldest deadline is that nobody has fired."""
    late = waiting.lateness(now)
    allowed = 60 * int(parameters.current(db.session(), "timer_late_minutes", day_of(now), COUNTY).value)
    code = "doctor.deadlines_late" if late > allowed else "doctor.deadlines"
    yield Found("deadlines", "error" if late > allowed else "ok", code, {"minutes": round(late / 60)})


def notices(now: datetime) -> Iterator[Found]:
    """Messages that were given up, or wait though it is their time."""
    failed = select(func.count()).where(OutboxMessage.state == "failed")
    late = select(func.count()).where(OutboxMessage.state == "waiting", OutboxMessage.next_at < now - WAITED)
    counts = {"failed": db.session.scalar(failed) or 0, "late": db.session.scalar(late) or 0}
    wrong = any(counts.values())
    yield Found("notices", "warning" if wrong else "ok", "doctor.notices_stuck" if wrong else "doctor.notices", counts)


def runs(now: datetime) -> Iterator[Found]:
    """Background work that nobody takes up, or whose process is gone."""
    dead = select(func.count()).where(Run.state == "running", Run.held_until < now - DEAD)
    waits = select(func.count()).where(Run.state == "waiting", Run.asked_at < now - WAITED)
    counts = {"dead": db.session.scalar(dead) or 0, "waiting": db.session.scalar(waits) or 0}
    wrong = any(counts.values())
    yield Found("runs", "error" if wrong else "ok", "doctor.runs_dead" if wrong else "doctor.runs", counts)


def incidents() -> Iterator[Found]:
    """Cases that stand still until an admin has looked."""
    count = db.session.scalar(select(func.count()).where(Incident.resolved_at.is_(None))) or 0
    code = "doctor.incidents_open" if count else "doctor.incidents"
    yield Found("incidents", "warning" if count else "ok", code, {"count": count})


def record(now: datetime) -> Iterator[Found]:
    """The newest streams, the end of the checkpoint file, and whether what is new gets signed."""
    looked = verify_newest(db.session(), STREAMS, now)
    if not looked.ok:
        yield Found("record", "error", "doctor.record_broken", {"first": looked.findings[0].stream})
        return
    last = db.session.execute(select(CHECKPOINT.c.n, CHECKPOINT.c.at).order_by(CHECKPOINT.c.n.desc()).limit(1)).first()
    in_file = last_number(settings().checkpoints)
    if last is not None and in_file != last.n:
        yield Found("record", "error", "doctor.checkpoints_differ", {"file": in_file, "database": last.n})
        return
    unsealed = db.session.scalar(select(func.count()).where(AuditStream.unsealed)) or 0
    if unsealed and (last is None or now - last.at > SEALED_EVERY):
        yield Found("record", "warning", "doctor.unsealed", {"streams": unsealed})
        return
    yield Found("record", "ok", "doctor.record", {"streams": looked.streams, "events": looked.events})


def ledger() -> Iterator[Found]:
    """Whether every account is the sum of its entries, and no post was made or lost."""
    system = Actor.system()
    differ = len(queries_sums.reconcile(system))
    lost = sum(not sums.is_conserved for sums in queries_sums.county(system))
    code = "doctor.ledger_broken" if differ or lost else "doctor.ledger"
    yield Found("ledger", "error" if differ or lost else "ok", code, {"accounts": differ, "sums": lost})


def calendar_years(now: datetime) -> Iterator[Found]:
    """Whether the days off of this year are published and loaded."""
    year = day_of(now).year
    known = not calendar(db.session()).is_provisional(day_of(now))
    yield Found("calendar", "ok" if known else "warning", "doctor.calendar" if known else "doctor.calendar_provisional",
                {"year": year})  # fmt: skip


def flows() -> Iterator[Found]:
    """Whether any flow is published: without one nobody can begin anything."""
    keys = select(func.count(ProcessDefinition.key.distinct())).where(ProcessDefinition.state == catalogue.ACTIVE)
    count = db.session.scalar(keys) or 0
    yield Found("flows", "ok" if count else "error", "doctor.flows" if count else "doctor.no_flows", {"count": count})


def admins(now: datetime) -> Iterator[Found]:
    """Whether somebody may look after accounts today, and one admin may approve the flows of another."""
    found = select(ROLE.c.person_id).where(ROLE.c.role.in_(ADMIN), in_force(ROLE.c, day_of(now)))
    persons = set(db.session.scalars(found))
    if not persons:
        yield Found("admins", "error", "doctor.no_admin", {})
        return
    alone = len(persons) > 1 and all(one.since for author in persons for one in seconds(db.session(), [author], now))
    code = "doctor.admins_dependent" if alone else "doctor.admins"
    yield Found("admins", "warning" if alone else "ok", code, {"count": len(persons)})
