"""What people do with pages and files on the opening day, as docs/opening.md tells it, chapter by chapter."""

import html
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from flask import Flask

from service.demo.cases import minutes_pdf
from service.runs import working
from service.runs.declaring import LONG, SHORT
from service.sheets import Heading, Page, book, read_book, read_workbook, workbook
from tests.proofs import opening_county as county
from tests.proofs.opening_county import PROVE, first_of, name_of
from tests.service.web.api.outside import outside
from tests.service.web.pages.browser import FORM_TOKEN
from tests.service.web.pages.test_paper_cases import PDF
from workflows.base import new_id

PASSWORD = "chosen by myself"
LINK = re.compile(r'href="/organisations/([0-9a-f-]{36})"[^>]*>([^<]+)<')
HTML = {"Accept": "text/html"}
SheetRows = dict[str, list[dict[str, str]]]


@dataclass
class Visitor:
    """A browser: keeps its cookies, sends what the forms of a page hold."""

    app: Flask
    username: str = ""
    password: str = PASSWORD
    client: Any = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()
        if self.username:
            sent = self.post("/login", {"username": self.username, "password": self.password}, "/login")
            assert sent.status_code == 302, f"{self.username} is not let in"

    def get(self, path: str) -> Any:
        return outside(lambda: self.client.get(path, headers=HTML))

    def text(self, path: str) -> str:
        reply = self.get(path)
        assert reply.status_code == 200, reply.text
        return str(reply.text)

    def post(self, path: str, data: dict[str, Any], page: str = "/notices", accept: str = "text/html") -> Any:
        token = FORM_TOKEN.search(self.get(page).text)
        assert token
        sent = data | {"csrf_token": token.group(1)}
        return outside(lambda: self.client.post(path, data=sent, headers={"Accept": accept}))

    def done(self, path: str, data: dict[str, Any]) -> str:
        """Send a form that must be taken; where it leads."""
        reply = self.post(path, data)
        assert reply.status_code == 302, re.findall(r'bad-word[^<]*<|class="note bad".*?</div>', reply.text, re.DOTALL)
        return str(reply.location)


@dataclass
class Day:
    """The opening day, as the first admin sees it."""

    admin: Visitor
    began: float = field(default_factory=time.monotonic)
    places: dict[str, str] = field(default_factory=dict)

    def told(self, what: str) -> None:
        if PROVE:
            print(f"{what}: {time.monotonic() - self.began:.1f} s since the beginning")

    def load(self) -> None:
        """Chapter 3: the workbook goes up, is checked, is loaded."""
        address = self.admin.done("/opening", {"sheet": (BytesIO(county.workbook()), "county.xlsx")})
        working.work(SHORT)
        page = self.admin.text(address)
        assert "可载入" in page, re.findall(r"bad-word[^<]*<", page)
        self.admin.done(f"{address}/load", {})
        working.work(LONG)
        assert "整批撤回" in self.admin.text(address)
        self.places = dict(self._places())
        self.told("loaded")

    def _places(self) -> Any:
        """(Name, id) of every organisation, from the page of organisations."""
        following: str | None = "/organisations"
        while following:
            page = self.admin.text(following)
            yield from ((name, place_id) for place_id, name in LINK.findall(page))
            more = re.search(r'href="(/organisations\?[^"]*cursor=[^"]+)"', page)
            following = html.unescape(more.group(1)) if more else None

    def open_accounts(self) -> None:
        """Chapter 5.1: one sheet for all."""
        template = read_workbook(self.admin.get("/user-accounts/template.xlsx").data)
        headings = [Heading(text) for text in template.headings]
        rows = [tuple(row.values()) for _, row in template.rows]
        assert len(rows) == county.ALL
        sheet = BytesIO(workbook("x", headings, rows))
        address = self.admin.done("/user-accounts", {"sheet": (sheet, "accounts.xlsx")})
        working.work(SHORT)
        assert f"开通 {len(rows)} 个账号" in self.admin.text(address)
        self.told("accounts opened")

    def slip(self, place: str, order: int) -> tuple[str, str]:
        """A slip on paper: user name and code."""
        address, name = f"/organisations/{self.places[place]}/user-accounts", f"人员{order}"
        row = re.search(rf'value="([0-9a-f-]{{36}})"[^>]*aria-label="{name}的启用单"', self.admin.text(address))
        assert row, name
        slips = self.admin.post(f"{address}/slips", {"account_ids": row.group(1)}, address).text
        username = re.search(r"<dd><b>([^<]+)</b>", slips)
        code = re.search(r'class="num">([0-9A-Z-]{14})<', slips)
        assert username and code
        return username.group(1), code.group(1)

    def enter(self, place: str, order: int) -> Visitor:
        """Somebody uses the slip and chooses a password."""
        username, code = self.slip(place, order)
        sent = {"username": username, "code": code, "password": PASSWORD, "again": PASSWORD}
        assert Visitor(self.admin.app).post("/activate", sent, "/activate").status_code == 302
        return Visitor(self.admin.app, username)

    def office(self, school: int) -> tuple[Visitor, Visitor]:
        """Head and clerk of a school."""
        first = first_of(school)
        return self.enter(name_of(school), first), self.enter(name_of(school), first + 1)


def agreed(asker: Visitor, other: Visitor, key: str, value: str, day: str) -> None:
    """Chapter 6.6: one proposes a policy parameter, another one confirms it."""
    given = {"value": value, "valid_from": day, "source": "青教〔2026〕15号"}
    page = other.text(asker.done(f"/parameters/{key}", given))
    [proposal] = set(re.findall(r"/parameters/proposals/([0-9a-f-]{36})/confirm", page))
    other.done(f"/parameters/proposals/{proposal}/confirm", {})


def demanded(clerk: Visitor, place_id: str) -> Any:
    """A hiring demand for one junior post as the clerk's page sends it."""
    minutes = clerk.post("/attachments", {"file": (BytesIO(minutes_pdf()), "纪要.pdf")}).json["id"]
    return clerk.post("/start/hiring", {
        "organisation_id": place_id, "idempotency_key": new_id(), "posts.0.subject": "语文", "posts.0.stage": "primary",
        "posts.0.band": "junior", "posts.0.count": "1", "degree": "bachelor", "certificate": "小学语文教师资格证",
        "need": "退休 1 人", "meeting_on": "2026-09-08", "minutes[]": minutes,
    })  # fmt: skip


def on_paper(officer: Visitor, chief: Visitor, cases: dict[str, SheetRows]) -> str:
    """Chapter 6.1 to 6.3: tried, handed over, confirmed by a second person; the page on which they stand.

    `cases`: key → the rows of a case in the sheets of the template; each has a scan of its own.
    """
    template = read_book(officer.get("/opening/paper-cases/hiring/template.xlsx").data, 100)
    sheets: SheetRows = {name: [] for name in next(iter(cases.values()))}
    for key, found in cases.items():
        for name, rows in found.items():
            mine: Callable[[str], str] = lambda cell, key=key: f"批文{key}.pdf" if cell == "批文.pdf" else cell  # noqa: E731
            sheets[name] += [{column: mine(cell) for column, cell in row.items()} | {"案件编号": key} for row in rows]
    pages = [
        Page(name, [Heading(text) for text in template[name].headings],
             [[row.get(text, "") for text in template[name].headings] for row in rows])
        for name, rows in sheets.items()
    ]  # fmt: skip
    sheet = (BytesIO(book(pages)), "纸质案件.xlsx")
    scans = [(BytesIO(PDF), f"批文{key}.pdf") for key in cases]
    address = officer.done("/opening/paper-cases", {"flow": "hiring", "sheet": sheet, "scans": scans})
    working.work(SHORT)
    assert officer.text(address).count("可以补登") >= len(cases)
    officer.done(f"{address}/hand-over", {})
    chief.done(f"{address}/confirm", {})
    working.work(SHORT)
    told = chief.text(address)
    assert told.count("查看案件") == len(cases), re.findall(r'class="bad-word[^"]*"[^>]*>([^<]+)', told)
    return address
