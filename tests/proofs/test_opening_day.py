"""The opening of a county in one day, by its pages and files alone, as docs/opening.md tells it.

Small here; LECTERN_PROVE takes forty schools and about 2,500 persons, and prints what each part took.
"""

import html
import os
import re
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from service.access.actor import Actor
from service.audit.checkpoint import seal
from service.audit.verify import verify
from service.calendar.commands import load_calendar
from service.clock import SetClock
from service.demo.cases import minutes_pdf
from service.deployments.commands import Publish, publish
from service.deployments.folder import read_folder
from service.installing import first_admin
from service.posts import queries_sums
from service.runs import working
from service.runs.declaring import LONG, SHORT
from service.sheets import Heading, read_workbook, workbook
from tests.conftest import START
from tests.driver import BPMN
from tests.service.opening import books
from tests.service.web.api.outside import outside
from tests.service.web.pages.browser import FORM_TOKEN
from tests.service.web.pages.test_paper_cases import PDF, rows_of
from tests.service.web.pages.test_paper_cases import workbook as paper_workbook
from workflows.base import new_id

PROVE = "LECTERN_PROVE" in os.environ
SCHOOLS, STAFF = (40, 62) if PROVE else (4, 4)
"""Schools, and persons of each; the last three are over their number."""
CASES = 12 if PROVE else 1
"""Under way on paper, each for one post of a school that has two free."""
OVER = range(SCHOOLS - 2, SCHOOLS + 1)
OFFICES = (("staffing", "编办", "编办", ""), ("hrb", "人社局", "人社局", ""))
TEACHING = ("band", "grade", "title", "title_on", "title_document", "subject", "stage")
OFFICERS = {
    "人事科科长": "hr", "人事科经办": "hr", "局领导": "bureau", "编办经办": "staffing", "人社局经办": "hrb",
}  # fmt: skip
PASSWORD = "chosen by myself"
LINK = re.compile(r'href="/organisations/([0-9a-f-]{36})"[^>]*>([^<]+)<')
HTML = {"Accept": "text/html"}


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


@pytest.fixture
def installed(app: Flask, clock: SetClock) -> Visitor:
    """What the operator does: `lectern init`, `create-admin`, `deploy`; the admin has logged in."""
    load_calendar(Actor.system(), now=START)
    first_admin("admin", PASSWORD, START)
    for name in ("shared", "hiring"):
        publish(Actor.system(), Publish(read_folder(BPMN / name), shared=name == "shared"), now=START)
    return Visitor(app, "admin")


def number_of(order: int) -> str:
    """The ID number of a person; a birthday has room for four hundred."""
    return books.number(order % 400, born=date(1970 + order // 400, 3, 4))


def person(order: int, place: str, **more: Any) -> dict[str, Any]:
    return books.person(order, place, id_number=number_of(order), **more)


def role(order: int, place: str, name: str) -> dict[str, Any]:
    return books.role(order, place, name, "任职人") | {"id_number": number_of(order)}


def code_of(school: int) -> str:
    return f"s{school:02d}"


def county() -> books.Rows:
    """The workbook: schools with their numbers, three of them over, everybody employed, heads and clerks."""
    units = [("bureau", "青禾县教育局", "教育局", ""), ("hr", "组织人事科", "科室", "bureau"), *OFFICES]
    made: books.Rows = {"numbers": [], "staff": [], "roles": []}
    made["organisations"] = [
        {"code": code, "name": name, "kind": kind, "parent": parent, "valid_from": "2000-01-01"}
        for code, name, kind, parent in units
    ]
    for school in range(1, SCHOOLS + 1):
        add_school(made, school)
    for order, (name, place) in enumerate(OFFICERS.items(), start=SCHOOLS * STAFF + 1):
        made["staff"].append(person(order, place, post_category="管理", **dict.fromkeys(TEACHING, "")))
        made["roles"].append(role(order, place, name))
    return made


def add_school(made: books.Rows, school: int) -> None:
    code, approved, first = code_of(school), STAFF - 1 if school in OVER else STAFF + 2, (school - 1) * STAFF
    figures = {
        "headcount_approved": str(approved), "headcount_occupied": str(STAFF), "middle_approved": str(STAFF),
        "middle_occupied": str(STAFF), "stated": str(STAFF),
    }  # fmt: skip
    granted = {"hiring_from": "2024-01-01", "hiring_document": "青教〔2024〕1号"}
    made["organisations"].append(books.school(code, f"第{school}小学", **granted))
    made["numbers"].append(books.numbers(code, **figures))
    made["staff"] += [person(first + one, code) for one in range(1, STAFF + 1)]
    made["roles"] += [role(first + 1, code, "校长"), role(first + 2, code, "学校人事干事")]


@dataclass
class Day:
    """The opening day: its moments, and the user names by ID number."""

    admin: Visitor
    began: float = field(default_factory=time.monotonic)
    names: dict[str, str] = field(default_factory=dict)

    def told(self, what: str) -> None:
        if PROVE:
            print(f"{what}: {time.monotonic() - self.began:.1f} s since the beginning")

    def places(self) -> dict[str, str]:
        """Name → id of every organisation, from the page of accounts and organisations."""
        found: dict[str, str] = {}
        following: str | None = "/organisations"
        while following:
            page = self.admin.text(following)
            found |= {name: place_id for place_id, name in LINK.findall(page)}
            more = re.search(r'href="(/organisations\?[^"]*cursor=[^"]+)"', page)
            following = html.unescape(more.group(1)) if more else None
        return found

    def load(self) -> None:
        """Chapter 3 of the handbook."""
        content = books.book(county())
        sent = self.admin.post("/opening", {"sheet": (BytesIO(content), "county.xlsx")})
        assert sent.status_code == 302, sent.text
        working.work(SHORT)
        page = self.admin.text(sent.location)
        assert "可载入" in page, re.findall(r"bad-word[^<]*<", page)
        assert self.admin.post(f"{sent.location}/load", {}).status_code == 302
        working.work(LONG)
        assert "整批撤回" in self.admin.text(sent.location)
        self.told("loaded")

    def open_accounts(self) -> None:
        """Chapter 5.1: one sheet for all."""
        template = read_workbook(self.admin.get("/user-accounts/template.xlsx").data)
        headings = [Heading(text) for text in template.headings]
        rows = [tuple(row.values()) for _, row in template.rows]
        assert len(rows) == SCHOOLS * STAFF + len(OFFICERS)
        sheet = BytesIO(workbook("x", headings, rows))
        asked = self.admin.post("/user-accounts", {"sheet": (sheet, "accounts.xlsx")})
        assert asked.status_code == 302, asked.text
        working.work(SHORT)
        assert f"开通 {len(rows)} 个账号" in self.admin.text(asked.location)
        self.told("accounts opened")

    def enter(self, place_id: str, name: str) -> Visitor:
        """A slip printed by the admin for somebody, and the password that this person chooses by it."""
        address = f"/organisations/{place_id}/user-accounts"
        row = re.search(rf'value="([0-9a-f-]{{36}})"[^>]*aria-label="{name}的启用单"', self.admin.text(address))
        assert row, name
        slips = self.admin.post(f"{address}/slips", {"account_ids": row.group(1)}, address).text
        username = re.search(r"<dd><b>([^<]+)</b>", slips)
        code = re.search(r'class="num">([0-9A-Z-]{14})<', slips)
        assert username and code
        sent = {"username": username.group(1), "code": code.group(1), "password": PASSWORD, "again": PASSWORD}
        assert Visitor(self.admin.app).post("/activate", sent, "/activate").status_code == 302
        return Visitor(self.admin.app, username.group(1))


def signed(head: Visitor, hr: Visitor, place_id: str) -> None:
    """Chapter 4."""
    address = f"/opening/reconciliation/{place_id}"
    digest = re.search(r'name="digest" value="(\w+)"', head.text(address))
    assert digest
    for who, side in ((head, "school"), (hr, "bureau")):
        assert who.post(address, {"side": side, "digest": digest.group(1), "text": ""}).status_code == 302, side


def demanded(clerk: Visitor, place_id: str) -> Any:
    """A hiring demand for one junior post as the clerk's page sends it."""
    minutes = clerk.post("/attachments", {"file": (BytesIO(minutes_pdf()), "纪要.pdf")}).json["id"]
    return clerk.post("/start/hiring", {
        "organisation_id": place_id, "idempotency_key": new_id(), "posts.0.subject": "语文", "posts.0.stage": "primary",
        "posts.0.band": "junior", "posts.0.count": "1", "degree": "bachelor", "certificate": "小学语文教师资格证",
        "need": "退休 1 人", "meeting_on": "2026-09-08", "minutes[]": minutes,
    })  # fmt: skip


def on_paper(officer: Visitor, chief: Visitor, day: Day) -> None:
    """Chapter 5.2: cases that stand at the qualification of candidates, tried, handed over, confirmed by a second."""
    sheets: dict[str, list[dict[str, str]]] = {"案件": [], "招聘岗位与人数": [], "步骤": [], "名单": []}
    for number in range(1, CASES + 1):
        found = rows_of(count="1", 案件编号=f"纸{number}", 单位=code_of(number))
        for name, rows in found.items():
            sheets[name] += [
                {column: f"批文{number}.pdf" if cell == "批文.pdf" else cell for column, cell in row.items()}
                | {"案件编号": f"纸{number}"}
                for row in rows
            ]
    sheet = (BytesIO(paper_workbook(sheets)), "纸质案件.xlsx")
    scans = [(BytesIO(PDF), f"批文{number}.pdf") for number in range(1, CASES + 1)]
    sent = officer.post("/opening/paper-cases", {"flow": "hiring", "sheet": sheet, "scans": scans})
    assert sent.status_code == 302, re.findall(r"bad-word[^<]*<", sent.text)
    working.work(SHORT)
    assert officer.text(sent.location).count("可以补登") >= CASES
    assert officer.post(f"{sent.location}/hand-over", {}).status_code == 302
    assert chief.post(f"{sent.location}/confirm", {}).status_code == 302
    working.work(SHORT)
    told = chief.text(sent.location)
    assert told.count("查看案件") == CASES, re.findall(r'class="bad-word[^"]*"[^>]*>([^<]+)', told)
    day.told(f"{CASES} cases on paper")


def test_a_county_opens_in_a_day_by_pages_and_files_alone(installed: Visitor) -> None:
    day = Day(installed)
    day.load()
    day.open_accounts()
    places = day.places()
    chief = day.enter(places["组织人事科"], f"人员{SCHOOLS * STAFF + 1}")
    officer = day.enter(places["组织人事科"], f"人员{SCHOOLS * STAFF + 2}")
    on_paper(officer, chief, day)
    schools = range(1, SCHOOLS + 1) if PROVE else (1, SCHOOLS)
    for school in schools:
        place_id = places[f"第{school}小学"]
        head = day.enter(place_id, f"人员{(school - 1) * STAFF + 1}")
        clerk = day.enter(place_id, f"人员{(school - 1) * STAFF + 2}")
        signed(head, chief, place_id)
        asked = demanded(clerk, place_id)
        if school in OVER:
            assert asked.status_code in (409, 422) and "编制" in asked.text, asked.text
        else:
            full = demanded(clerk, place_id) if school <= CASES else None
            assert full is None or (full.status_code in (409, 422) and "编制" in full.text), "two were free"
            assert asked.status_code == 302, re.findall(r'class="note bad".*?</div>', asked.text, re.DOTALL)
    day.told("signed and asked for posts")
    assert not queries_sums.reconcile(Actor.system())
    assert all(sums.is_conserved for sums in queries_sums.county(Actor.system()))
    seal(START + timedelta(minutes=1))
    assert verify(START + timedelta(minutes=2)).ok
