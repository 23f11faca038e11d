"""A county with a ledger and the hiring flow, and people who look at its pages with a browser."""

import re
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from service.access import sessions
from service.attachments.commands import StoreAttachment, store_attachment
from service.clock import SetClock
from service.db import transaction
from service.demo.cases import minutes_pdf
from service.people.models import Authorisation
from service.posts import opening
from service.posts.ledger import Cause
from service.posts.opening import NewAccount
from service.web import edge
from tests.driver import BPMN, Case, Driver, folder
from tests.service.people import county as counties
from tests.service.web.api.outside import outside
from workflows import catalogue

BALANCES = (
    ("headcount", None, 100, 96),
    ("post", "senior", 20, 21),
    ("post", "middle", 40, 38),
    ("post", "junior", 40, 36),
)
FORM_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Site:
    """The application, the county behind it, and its visitors."""

    app: Flask
    driver: Driver

    def visitor(self, who: str, locale: str = "zh") -> "Visitor":
        """Somebody who is logged in, with the language chosen."""
        with transaction() as session:
            account_id = self.driver.county.accounts[who]
            opened = sessions.open_token(session, account_id, "session", timedelta(days=1), self.driver.now)
        return Visitor(self.app, opened.token, locale)

    def organisation(self, code: str) -> str:
        return self.driver.county.organisations[code]

    def hiring(self, school: str = "s01", count: int = 2) -> Case:
        """A demand for junior posts, just handed in."""
        clerk = f"{school}.hr"
        stored = StoreAttachment(BytesIO(minutes_pdf()), "纪要.pdf")
        minutes = store_attachment(self.driver.actor(clerk), stored, now=self.driver.now)
        demand: dict[str, Any] = {
            "posts": [{"subject": "语文", "stage": "primary", "band": "junior", "count": count}], "degree": "bachelor",
            "certificate": "小学语文教师资格证", "need": "退休 2 人", "meeting_on": "2026-09-08", "minutes": [minutes],
        }  # fmt: skip
        return self.driver.start("hiring", clerk, school, **demand)

    def registering(self) -> Case:
        """A case of the authorised school whose registration is open."""
        case = self.hiring()
        for element_id, who in (("bureau_review", "bureau.hr"), ("bureau_review", "bureau.chief"),
                                ("staffing_check", "staffing.office"), ("post_check", "hr.bureau")):  # fmt: skip
            case.complete(element_id, who, "approve")
        case.complete("filing", "bureau.hr", "accept")
        case.complete("announce_school", "s01.hr", "publish", announced_at="教育局网站")
        return case


@dataclass(frozen=True)
class Visitor:
    """A browser with a session cookie; each call is a request of its own, outside the test's context."""

    app: Flask
    token: str
    locale: str

    def get(self, path: str, **options: Any) -> TestResponse:
        client = self._client()
        return outside(lambda: client.get(path, headers={"Accept": "text/html"}, **options))

    def text(self, path: str) -> str:
        """The HTML of a page that must be there."""
        reply = self.get(path)
        assert reply.status_code == 200, reply.text
        return reply.text

    def post(
        self, path: str, data: Any = None, *, with_token: bool = True, accept: str = "text/html", headers: Any = None
    ) -> TestResponse:
        """Send a form as the page would, with its token."""
        client = self._client()
        own = "/notices" if self.token else "/publicity"
        page = outside(lambda: client.get(own, headers={"Accept": "text/html"})).text
        found = FORM_TOKEN.search(page)
        assert found
        headers = {"Accept": accept, **(headers or {})} | ({"X-CSRFToken": found.group(1)} if with_token else {})
        return outside(lambda: client.post(path, data=data or {}, headers=headers))

    def _client(self) -> Any:
        client = self.app.test_client()
        client.set_cookie(edge.SESSION_COOKIE, self.token)
        client.set_cookie(edge.LOCALE_COOKIE, self.locale)
        return client


def furnish(app: Flask, clock: SetClock) -> Site:
    """Write county, ledger, an authorisation and the flow into the empty database of the current application."""
    county = counties.build()
    with transaction() as session:
        for school in ("s01", "s02"):
            place = county.organisations[school]
            new = [NewAccount(place, kind, band, approved, used) for kind, band, approved, used in BALANCES]
            opening.open_accounts(session, Cause(None, "", "", "system", clock.now(), "县编〔2026〕1号"), new)
        pool = NewAccount(county.organisations["bureau"], "post", "senior", 3, pool=True)
        opening.open_accounts(session, Cause(None, "", "", "system", clock.now()), [pool])
        session.add(
            Authorisation(
                id="authorisation-1",
                organisation_id=county.organisations["s01"],
                kind="own_hiring",
                valid_from=counties.SINCE,
                valid_until=None,
                document="教〔2020〕1号",
            )
        )
        catalogue.deploy_library(session, folder(BPMN / "shared"), now=clock.now())
        catalogue.deploy(session, folder(BPMN / "hiring"), now=clock.now())
    return Site(app, Driver(county, clock))
