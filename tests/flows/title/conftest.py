"""The county of title evaluation, on SQLite and on both databases."""

import pytest

from tests.flows.title import county


@pytest.fixture
def driver(app, clock):
    return county.build(clock)


@pytest.fixture
def any_driver(any_app, clock):
    return county.build(clock)
