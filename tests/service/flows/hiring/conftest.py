"""Cases that stand where candidates may be written."""

from typing import Any

import pytest
from flask import Flask

from tests.flows.hiring import county
from tests.flows.hiring.driver import Case


@pytest.fixture
def definition(app: Flask) -> Any:
    return county.build()


@pytest.fixture
def case(definition: Any) -> Case:
    """An authorised school's case at the qualification review, one row of three posts."""
    return Case(definition).announced()
