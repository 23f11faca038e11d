"""Many notices: read ones are forgotten after a while, and counts and lists are answered by an index."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, text

from service import jobs
from service.clock import SetClock
from service.db import db, transaction
from service.notices import queries, reading
from service.notices.outbox import OUTBOX
from service.notices.queries import NOTICE, READ
from service.tasks import queries_calls
from tests.parameters import SetParameter, set_parameter
from tests.service.people import county as counties
from tests.service.people.county import County
from workflows.base import new_id

MANY, UNREAD = 3000, 7


@pytest.fixture
def county(any_app: Flask) -> County:
    return counties.build()


def filled(county: County, clock: SetClock, who: str = "bureau.hr") -> None:
    """MANY notices that somebody has read, half of them to a role, and UNREAD new ones, among those of others."""
    actor, now = county.actor(who, clock.now()), clock.now()
    role = next(holder for holder in actor.holders if "@" in holder)
    own = f"person:{actor.person_id}"
    holders = [own, role] * (MANY // 2) + [role] * UNREAD
    old = [{"id": new_id(), "holder": holder, "kind": "task.opened", "params": {}, "instance_id": None,
            "task_id": None, "at": now} for holder in holders]  # fmt: skip
    with transaction() as session:
        session.execute(insert(NOTICE), [*old, *({**row, "id": new_id(), "holder": "person:other"} for row in old)])
    reading.mark_read(actor, [row["id"] for row in old[:MANY]], now=now)


def numbers() -> tuple[int, int]:
    found = tuple(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in (NOTICE, READ))
    db.session.rollback()
    return found[0], found[1]


def plan(statement: object) -> str:
    """How the database answers, in its words, with what it knows of the rows."""
    engine = db.engine
    sql = str(statement.compile(engine, compile_kwargs={"literal_binds": True}))  # type: ignore[attr-defined]
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        sqlite = engine.dialect.name == "sqlite"
        connection.exec_driver_sql("ANALYZE" if sqlite else "VACUUM ANALYZE")
        rows = connection.execute(text(("EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN ") + sql.replace(":", "\\:")))
        return "\n".join(str(row[-1]) for row in rows)


def test_what_is_unread_is_counted_by_index_alone(county: County, clock: SetClock) -> None:
    filled(county, clock)
    actor = county.actor("bureau.hr", clock.now())
    assert queries.unread(actor) == UNREAD
    other = county.actor("bureau.chief", clock.now())
    assert queries.unread(other) == (0 if "bureau_hr_officer" not in str(other.holders) else 100)
    reading.mark_read(actor, None, now=clock.now())
    assert queries.unread(actor) == 0


def test_read_notices_are_forgotten_when_they_are_old_and_unread_ones_stay(county: County, clock: SetClock) -> None:
    filled(county, clock)
    actor = county.actor("bureau.hr", clock.now())
    assert numbers() == (2 * MANY + 2 * UNREAD, MANY)
    clock.advance(timedelta(days=179))
    jobs.forget_notices(clock.now())
    assert numbers() == (2 * MANY + 2 * UNREAD, MANY)
    change = SetParameter("notice_read_days", 90, clock.now().date(), "本局规定")
    set_parameter(change, now=clock.now())
    jobs.forget_notices(clock.now())
    assert numbers() == (MANY + 2 * UNREAD, 0)
    assert queries.unread(actor) == UNREAD
    db.session.rollback()


def test_failed_deliveries_and_recent_notices_are_found_by_their_index(county: County, clock: SetClock) -> None:
    filled(county, clock)
    now = clock.now()
    sent = {"channel": "email", "kind": "task.opened", "holder": "person:x", "body": {}, "created_at": now,
            "next_at": now, "not_before": None, "attempts": 1, "last_error": None}  # fmt: skip
    with transaction() as session:
        session.execute(insert(OUTBOX), [{**sent, "id": new_id(), "state": "sent", "sent_at": now}
                                         for _ in range(MANY)])  # fmt: skip
        session.execute(insert(OUTBOX), [{**sent, "id": new_id(), "state": state, "sent_at": None}
                                         for state in ("failed", "waiting")])  # fmt: skip
    assert {found.state for found in queries.failures()} == {"failed", "waiting"}
    db.session.rollback()
    assert "ix_outbox_message_undelivered" in plan(queries.undelivered().limit(50))
    assert "ix_notice_at" in plan(queries_calls.recent_notices(now + timedelta(days=1)))
