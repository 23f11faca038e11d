"""The pages of a small county."""

import pytest
from flask import Flask

from service.clock import SetClock
from tests.service.web.pages.browser import Site, furnish


@pytest.fixture
def site(app: Flask, clock: SetClock) -> Site:
    return furnish(app, clock)
