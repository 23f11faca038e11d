"""The county of the hiring flow, on SQLite."""

from typing import Any

import pytest
from flask import Flask

from tests.flows.hiring import county


@pytest.fixture
def definition(app: Flask) -> Any:
    return county.build()


@pytest.fixture
def any_definition(any_app: Flask) -> Any:
    """The same county on both databases."""
    return county.build()
