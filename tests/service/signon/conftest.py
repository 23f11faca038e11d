"""A county whose installation signs on at a provider of this machine."""

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from service.clock import SetClock
from service.config import Oidc
from tests.service.people import county as counties
from tests.service.people.county import NOW, County
from tests.service.signon.browser import Browser
from tests.service.signon.house import CLIENT, SECRET, House, provider

BASE = "http://localhost"
os.environ.setdefault("AUTHLIB_INSECURE_TRANSPORT", "1")  # the provider of the tests has no TLS


@pytest.fixture
def installation(request: pytest.FixtureRequest) -> Flask:
    """On SQLite; on both databases where a test asks for it by `both`."""
    name = "postgres_app" if getattr(request, "param", "sqlite") == "postgresql" else "app"
    found: Flask = request.getfixturevalue(name)
    return found


@pytest.fixture
def house(installation: Flask, clock: SetClock) -> Iterator[House]:
    clock.set(NOW)
    with provider(clock, f"{BASE}/login/sso/callback") as found:
        settings = installation.extensions["lectern.settings"]
        oidc = Oidc(found.issuer, CLIENT, SECRET, "县统一认证")
        installation.extensions["lectern.settings"] = replace(settings, oidc=oidc, base_url=BASE)
        yield found


@pytest.fixture
def county(installation: Flask) -> County:
    return counties.build()


@pytest.fixture
def browser(installation: Flask, house: House) -> Browser:
    return Browser(installation)
