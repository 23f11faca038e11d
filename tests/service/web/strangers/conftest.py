"""A house whose s01 has something to hide, shared by the tests of a module."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.clock import SetClock
from service.db import db
from tests.conftest import START, opened
from tests.service.web.api.house import furnish
from tests.service.web.strangers.secrets import Secret, keep


@pytest.fixture(scope="module")
def secret(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secret]:
    place = tmp_path_factory.mktemp("house")
    (place / "lectern.db").write_bytes(sqlite_template.read_bytes())
    clock = SetClock(START)
    for app in opened(f"sqlite:///{place / 'lectern.db'}", place, clock):
        yield keep(furnish(app, clock))
        db.session.rollback()
