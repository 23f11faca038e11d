"""A browser that goes to the provider and back: the house by the test client, the provider over HTTP."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from flask import Flask
from werkzeug.test import TestResponse

from service.web import edge
from tests.service.web.api.outside import outside
from tests.service.web.pages.browser import FORM_TOKEN

HTML = {"Accept": "text/html"}


@dataclass
class Browser:
    """Keeps its cookies; `at` is where the last redirect led."""

    app: Flask
    client: Any = field(init=False)
    at: str = ""

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def get(self, path: str) -> TestResponse:
        reply = outside(lambda: self.client.get(path, headers=HTML))
        self.at = reply.headers.get("Location", "")
        return reply

    def post(self, path: str, page: str, **data: Any) -> TestResponse:
        """Send a form of a page, with the token that stands there."""
        token = FORM_TOKEN.search(self.get(page).text)
        assert token
        sent = data | {"csrf_token": token.group(1)}
        reply = outside(lambda: self.client.post(path, data=sent, headers=HTML))
        self.at = reply.headers.get("Location", "")
        return reply

    def depart(self, wanted: str = "") -> dict[str, str]:
        """To the provider; what is sent along."""
        reply = self.get(f"/login/sso?next={wanted}")
        assert reply.status_code == 302, reply.text
        return {name: values[0] for name, values in parse_qs(urlsplit(self.at).query).items()}

    def decide(self) -> str:
        """The provider lets its user through; the address to which it sends the browser back."""
        reply = requests.get(self.at, allow_redirects=False, timeout=10)
        assert reply.status_code == 302, reply.text
        back = urlsplit(reply.headers["Location"])
        return f"{back.path}?{back.query}"

    def sign_on(self, wanted: str = "") -> TestResponse:
        """All of it."""
        self.depart(wanted)
        return self.get(self.decide())

    @property
    def session(self) -> str:
        found = self.client.get_cookie(edge.SESSION_COOKIE)
        return found.value if found else ""
