"""A county with a ledger and the hiring flow, and people who call its API through HTTP."""

from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from service.access import sessions
from service.clock import SetClock
from service.db import transaction
from service.posts import opening
from service.posts.ledger import Cause
from service.posts.opening import NewAccount
from tests.driver import BPMN, folder
from tests.service.people import county as counties
from tests.service.people.county import County
from tests.service.web.api.outside import outside
from workflows import catalogue

BALANCES = (
    ("headcount", None, 100, 96),
    ("post", "senior", 20, 20),
    ("post", "middle", 40, 38),
    ("post", "junior", 40, 36),
)
POST = {"subject": "语文", "stage": "primary", "band": "junior", "count": 1}
DEMAND = {
    "degree": "bachelor",
    "certificate": "小学及以上语文教师资格证",
    "need": "本学年退休 1 人、调出 1 人。",
    "meeting_on": "2026-09-08",
}
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@dataclass
class House:
    """An application with a county in it; `accounts` are ledger accounts by (school, band or kind)."""

    app: Flask
    clock: SetClock
    county: County
    accounts: dict[tuple[str, str], str]
    tokens: dict[str, str] = field(default_factory=dict)

    def caller(self, who: str) -> "Caller":
        """Somebody with a bearer token."""
        if who not in self.tokens:
            self.tokens[who] = self.token_of(who)
        return Caller(self.app, self.tokens[who])

    def token_of(self, who: str) -> str:
        with transaction() as session:
            account_id = self.county.accounts[who]
            return sessions.open_token(session, account_id, "bearer", timedelta(days=300), self.clock.now()).token

    def stranger(self) -> "Caller":
        """Somebody without a token."""
        return Caller(self.app, "")

    def posts(self, count: int, band: str = "junior") -> list[dict[str, Any]]:
        """A demand for so many posts of a band."""
        return [{**POST, "band": band, "count": count}]

    def demand(self, count: int = 1, by: str = "s01.hr", band: str = "junior") -> dict[str, Any]:
        """The variables of a demand, its minutes uploaded before."""
        sent = {"file": (BytesIO(PDF), "校务会纪要.pdf")}
        minutes = self.caller(by).post("/attachments", data=sent, content_type="multipart/form-data").json["id"]
        return {**DEMAND, "posts": self.posts(count, band), "minutes": [minutes]}

    def ask(self, count: int = 1, by: str = "s01.hr", band: str = "junior", **options: Any) -> TestResponse:
        """Ask for posts through the API."""
        return self.caller(by).post("/hiring-requests", {"variables": self.demand(count, by, band)}, **options)

    def task(self, by: str, case: str, element_id: str) -> dict[str, Any]:
        """The open task of a step, as the API shows it to somebody."""
        current = self.caller(by).get(f"/process-instances/{case}").json["current"]
        found = next(place["task_id"] for place in current if place["element_id"] == element_id)
        task: dict[str, Any] = self.caller(by).get(f"/tasks/{found}").json
        return task

    def decide(self, by: str, case: str, element_id: str, decision: str, **values: Any) -> TestResponse:
        """Decide the open task of a step through the API, with the data of its form unless others are given."""
        task = self.task(by, case, element_id)
        rights = task["form"]["rights"]
        shown = {name: value for name, value in task["form"]["data"].items() if rights[name] in ("write", "required")}
        body = {"decision": decision, "opinion": "理由", "values": {**shown, **values}, "version": task["version"]}
        body["no_interest"] = True
        return self.caller(by).post(f"/tasks/{task['id']}/complete", body)

    def fire(self, case: str, element_id: str) -> None:
        """Fire the deadline of a step as the admin."""
        timers = self.caller("bureau.hr").get(f"/process-instances/{case}/timers").json
        timer = next(one["id"] for one in timers if one["element_id"] == element_id)
        assert self.caller("admin").post(f"/timers/{timer}/fire", {}).json == {"fired": True}

    def figures(self, school: str = "s01", account: str = "headcount") -> tuple[int, int, int]:
        """(occupied, reserved, free) as the API tells bureau HR."""
        found = self.caller("bureau.hr").get(f"/accounts/{self.accounts[school, account]}").json
        return found["occupied"], found["reserved"], found["free"]


@dataclass(frozen=True)
class Caller:
    """Calls the API with a token; each call is a request of its own, outside the test's context."""

    app: Flask
    token: str

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= options.pop("headers", {})
        if body is not None:
            options["json"] = body
        address = path if path.startswith("/api") else f"/api/v1{path}"
        return outside(lambda: self.app.test_client().open(address, method=method, headers=headers, **options))

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.call("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        return self.call("POST", path, body, **options)

    def patch(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        return self.call("PATCH", path, body, **options)

    def put(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        return self.call("PUT", path, body, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        return self.call("DELETE", path, **options)


def furnish(app: Flask, clock: SetClock, *, flows: bool = True) -> House:
    """Write county, ledger and flows into the empty database of the current application."""
    county = counties.build()
    if flows:
        with transaction() as session:
            catalogue.deploy_library(session, folder(BPMN / "shared"), now=clock.now())
            catalogue.deploy(session, folder(BPMN / "hiring"), now=clock.now())
    return House(app, clock, county, ledger(county, clock))


def ledger(county: County, clock: SetClock) -> dict[tuple[str, str], str]:
    """Open the same accounts for both schools."""
    found = {}
    with transaction() as session:
        cause = Cause(None, "", "", "system", clock.now())
        for school in ("s01", "s02"):
            place = county.organisations[school]
            new = [NewAccount(place, kind, band, approved, used) for kind, band, approved, used in BALANCES]
            ids = opening.open_accounts(session, cause, new)
            found |= {(school, band or kind): i for (kind, band, _, _), i in zip(BALANCES, ids, strict=True)}
    return found
