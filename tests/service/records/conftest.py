"""A county in the database of the test."""

import pytest

from tests.service.people import county as counties


@pytest.fixture
def county(any_app):
    """On both databases."""
    return counties.build()


@pytest.fixture
def quick_county(app):
    """On SQLite only, where the database makes no difference."""
    return counties.build()
