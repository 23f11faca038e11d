"""The county of the hiring flow, on SQLite."""

from typing import Any

import pytest
from flask import Flask

from tests.flows.hiring import county


@pytest.fixture
def definition(app: Flask) -> Any:
    return county.build()
