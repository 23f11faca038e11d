"""A county, and kinds of run."""

import pytest
from flask import Flask

from tests.service.people import county as counties
from tests.service.people.county import County
from tests.service.runs.kinds import declare

__all__ = ["declare"]


@pytest.fixture
def county(any_app: Flask) -> County:
    return counties.build()


@pytest.fixture
def quick_county(app: Flask) -> County:
    """On SQLite only."""
    return counties.build()
