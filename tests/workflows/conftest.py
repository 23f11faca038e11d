"""A case on a migrated database: `drive(diagram).start()`."""

from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from tests.workflows.driver import NOW, Driver
from workflows.models import ProcessDefinition


def parsed(stored: Any) -> Any:
    """SQLite stores a JSON number as a number."""
    return stored if isinstance(stored, int | float) else orjson.loads(stored)


def opened(url: str) -> Engine:
    return create_engine(url, json_serializer=lambda value: orjson.dumps(value).decode(), json_deserializer=parsed)


def with_definition(engine: Engine) -> Session:
    session = Session(engine)
    session.add(
        ProcessDefinition(
            id="definition", key="main", version=1, name="", state="active", checksum="", manifest={}, deployed_at=NOW
        )
    )
    session.flush()
    return session


@pytest.fixture
def session(sqlite_url: str) -> Iterator[Session]:
    engine = opened(sqlite_url)
    with with_definition(engine) as session:
        yield session
        session.rollback()
    engine.dispose()


@pytest.fixture
def drive(session: Session) -> Callable[..., Driver]:
    def make(*files: bytes, **settings: Any) -> Driver:
        return Driver(session, *files, **settings)

    return make
