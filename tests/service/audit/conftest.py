"""A chain with a few streams, and ways to look at what a verification found."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from service.audit import chain, checkpoint, timeline
from service.audit.chain import NewEvent
from service.audit.verify import verify
from service.db import db, transaction
from tests.conftest import START

Found = set[tuple[str, str, int]]


def record(stream: str, *words: str, minute: int = 0) -> None:
    at = START + timedelta(minutes=minute)
    events = [NewEvent("task.completed", "person:1", "person:2", "review", {"opinion": w}, {"phone": w}) for w in words]
    with transaction() as session:
        chain.append(session, stream, events, at=at)


@pytest.fixture
def filled(any_app: object) -> None:
    """Streams a (5 events, the second redacted) and b (3), sealed; then one event more in each, sealed again."""
    record("a", "1", "2", "3")
    record("b", "1", "2")
    with transaction() as session:
        timeline.redact(session, "a", 2, actor_id="person:1", reason="r", at=START)
    checkpoint.seal(START)
    record("a", "5", minute=1)
    record("b", "3", minute=1)
    checkpoint.seal(START + timedelta(minutes=1))


def tamper(statement: str, **values: object) -> None:
    """Change the database as one who owns it can, triggers included."""
    with transaction() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            names = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
            for name in names:
                session.execute(text(f'DROP TRIGGER "{name}"'))
        session.execute(text(statement), values)


@pytest.fixture
def found() -> Callable[[], Found]:
    def look() -> Found:
        db.session.rollback()
        report = verify(START + timedelta(hours=1))
        return {(finding.code, finding.stream, finding.seq) for finding in report.findings}

    return look
