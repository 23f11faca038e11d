"""A county for practice says so on every page and paper, sends nothing, and never touches another database."""

import csv
import hashlib
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from click.testing import CliRunner
from flask import Flask
from flask_migrate import downgrade
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select, text

from service import config, purpose, schema, serving
from service.access import passwords
from service.access.accounts import ACCOUNT
from service.access.days import day_of
from service.access.passwords import Cost
from service.app import create_app
from service.audit.verify import verify
from service.channels import couriers
from service.cli import main
from service.cli import practice as command
from service.config import Settings
from service.db import db
from service.demo import cases, earlier, practice, running
from service.demo.practice import Wanted, prepared
from service.errors import Invalid
from service.jobs import deliver
from service.papers.composing import Composed, finish
from service.papers.drawing import page
from service.reports import queries_steps
from service.serving import Bind
from service.tasks import queries_boxes
from tests import conftest
from tests.service.channels import gateway as gateways
from tests.service.channels.mailhouse import post, wants
from tests.service.people import county as counties
from tests.service.web.api.outside import outside
from tests.service.web.pages.browser import FORM_TOKEN

HOUSE = Path(__file__).resolve().parents[3]
BANNER, STAMP = "practice-banner", "practice-stamp"
MARK = re.compile(r"\{\{ (banner|stamp)\(\) \}\}")
HTML = {"Accept": "text/html"}
WISHES = text("SELECT count(*) FROM exchange_wish")
FEW = {"HIRES": (6, 0), "CHANGES": (6, 0), "TITLES": (2, 9)}
"""So many cases of the months before: the county is made for every run of the tests."""


def hurried(settings: Settings) -> Flask:
    """The application, which does not wait for the disk."""
    found = create_app(settings)
    with found.app_context():
        conftest.hurried(db.engine)
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The county, made once, with hashes that cost nothing."""
    folder = tmp_path_factory.mktemp("practice") / "county"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "DEFAULT", Cost(1, 8, 1))
        patch.setattr(practice, "create_app", hurried)
        for name, size in FEW.items() if "LECTERN_PROVE" not in os.environ else ():
            patch.setattr(earlier, name, size)
        said: list[str] = []
        prepared(Wanted(folder, "http://localhost"), said.append)
        assert any("40 所学校" in line for line in said)
        yield folder


@pytest.fixture
def practising(made: Path) -> Iterator[Flask]:
    """The application on the county that was made."""
    found = prepared(Wanted(made, "http://localhost"), lambda line: pytest.fail(f"made anew: {line}"))
    with found.app_context():
        yield found
        db.session.remove()
        db.engine.dispose()


def given(folder: Path) -> dict[str, str]:
    with (folder / "passwords.csv").open(encoding="utf-8-sig", newline="") as file:
        return dict(list(csv.reader(file))[1:])


class Visitor:
    """A browser that logs in as people do."""

    def __init__(self, app: Flask, username: str = "", password: str = "") -> None:
        self.client = app.test_client()
        if username:
            assert self.post("/login", {"username": username, "password": password}).status_code == 302

    def get(self, path: str) -> Any:
        return outside(lambda: self.client.get(path, headers=HTML))

    def post(self, path: str, data: dict[str, Any], page: str = "/login") -> Any:
        token = FORM_TOKEN.search(self.get(page).text)
        assert token
        return outside(lambda: self.client.post(path, data=data | {"csrf_token": token.group(1)}, headers=HTML))


def test_every_page_says_that_it_is_practice(practising: Flask, made: Path) -> None:
    hr = Visitor(practising, "bureau.hr", given(made)["bureau.hr"])
    for path in ("/", "/start", "/ledger", "/no-such-page", "/parameters", "/publicity"):
        assert BANNER in hr.get(path).text, path
    stranger = Visitor(practising)
    for path in ("/login", "/activate", "/publicity", "/api/docs"):
        assert BANNER in stranger.get(path).text, path


def test_every_template_that_is_a_page_or_a_paper_carries_the_mark() -> None:
    whole = {path.name: path.read_text("utf-8") for path in (HOUSE / "service/web").rglob("*.html")}
    bare = [name for name, text in whole.items() if "<html" in text and not MARK.search(text)]
    assert bare == []


def test_every_sheet_of_paper_says_so_too(practising: Flask, made: Path) -> None:
    hr = Visitor(practising, "s01.principal", given(made)["s01.principal"])
    [case_id, *_] = re.findall(r"/cases/([0-9a-f-]{36})", hr.get("/requests").text + hr.get("/").text)
    assert STAMP in hr.get(f"/cases/{case_id}/sheet").text
    drawn = hr.get(f"/cases/{case_id}/sheet.pdf")
    assert drawn.mimetype == "application/pdf", drawn.text
    pages = PdfReader(BytesIO(drawn.data)).pages
    assert pages and all("演练" in page.extract_text() and "PRACTICE" in page.extract_text() for page in pages)
    book = load_workbook(BytesIO(hr.get("/personnel.xlsx").data))
    assert all("演练" in str(sheet.oddHeader.center.text) for sheet in book)


def test_nothing_leaves_and_the_admin_sees_what_would_have_gone(practising: Flask, made: Path) -> None:
    person = db.session.scalar(select(ACCOUNT.c.person_id).where(ACCOUNT.c.username == "s01.principal"))
    db.session.rollback()
    now = practising.extensions["lectern.clock"].now()
    with gateways.gateway() as gateway:
        gateways.declare(gateway.url)
        wants(str(person), "head@school.example")
        post(f"person:{person}", now=now)
        deliver(now)
        practising.extensions[couriers.EXTENSION].wait(10)
        assert gateway.requests == []
    admin = Visitor(practising, "admin", given(made)["admin"])
    page = admin.get("/deliveries").text
    assert "本应发出的通知" in page and "head@school.example" in page and "hook" in page
    assert "http://localhost/notices/" in page


def test_passwords_are_everybodys_own_and_the_admin_resets_them_by_a_slip(practising: Flask, made: Path) -> None:
    known = given(made)
    assert len(known) == 131 and len(set(known.values())) == 131
    assert (made / "passwords.csv").stat().st_mode & 0o077 == 0
    with pytest.raises(AssertionError):
        Visitor(practising, "s03.hr", known["s04.hr"])
    row = db.session.execute(
        select(ACCOUNT.c.id, ACCOUNT.c.organisation_id).where(ACCOUNT.c.username == "s03.hr")
    ).one()
    db.session.rollback()
    admin = Visitor(practising, "admin", known["admin"])
    address = f"/organisations/{row.organisation_id}/user-accounts"
    slip = admin.post(f"{address}/slips", {"account_ids": row.id}, address).text
    assert STAMP in slip
    code = re.search(r'class="num">([0-9A-Z-]{14})<', slip)
    assert code
    with pytest.raises(AssertionError):
        Visitor(practising, "s03.hr", known["s03.hr"])
    own = {"username": "s03.hr", "code": code.group(1), "password": "my own for today", "again": "my own for today"}
    assert Visitor(practising).post("/activate", own, "/activate").status_code == 302
    assert Visitor(practising, "s03.hr", "my own for today").get("/").status_code == 200


def test_a_database_that_was_not_made_for_practice_is_refused_untouched(any_app: Flask, tmp_path: Path) -> None:
    url = any_app.extensions["lectern.settings"].database_url
    for filled in (False, True):
        if filled:
            counties.build()
        file = Path(url.removeprefix("sqlite:///"))
        before = hashlib.sha256(file.read_bytes()).digest() if url.startswith("sqlite") else b""
        with pytest.raises(Invalid, match=r"practice\.production"):
            prepared(Wanted(tmp_path / "own", "http://localhost", database=url), print)
        assert not before or hashlib.sha256(file.read_bytes()).digest() == before
    assert not purpose.is_for_practice()
    db.session.rollback()


def test_a_folder_with_anything_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "lectern.db").write_bytes(b"somebody's")
    with pytest.raises(Invalid, match=r"practice\.folder"):
        prepared(Wanted(tmp_path, "http://localhost", reset=True), print)
    assert (tmp_path / "lectern.db").read_bytes() == b"somebody's"


def test_what_is_for_practice_is_served_as_such_alone(made: Path, practising: Flask) -> None:
    variables = practice.environment(made, None)
    done = CliRunner().invoke(main, ["serve"], env=variables)
    assert done.exit_code == 1 and "lectern practice" in done.output
    assert purpose.is_for_practice()
    db.session.rollback()


def test_the_network_is_asked_for_and_warned_of(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bound: list[Bind] = []
    monkeypatch.setattr(serving, "run", lambda _app, bind: bound.append(bind))
    alone = CliRunner().invoke(main, ["practice", "--folder", str(made)])
    opened = CliRunner().invoke(main, ["practice", "--folder", str(made), "--host", "0.0.0.0"])
    assert (alone.exit_code, opened.exit_code) == (0, 0), alone.output + opened.output
    assert [bind.host for bind in bound] == ["127.0.0.1", "0.0.0.0"]
    assert "注意" not in alone.output and "注意" in opened.output
    assert [command.is_local(host) for host in ("::1", "localhost", "10.0.0.5", "schoolnet")] == [
        True,
        True,
        False,
        False,
    ]


def aged(folder: Path) -> int:
    """Take the demo of a folder back to an earlier version, before a table changed to which others refer."""
    older = hurried(config.read(running.variables(folder, running.kept_secrets(folder / running.SECRETS))))
    with older.app_context():
        schema.attach()
        downgrade(revision="0190")
        found = int(db.session.scalars(WISHES).one())
        db.session.remove()
        db.engine.dispose()
    return found


def test_the_demo_shows_this_county_and_its_front_pages_open(made: Path, tmp_path: Path) -> None:
    """The county of the demo is made by the same function: its folder is filled with what was made."""
    folder = tmp_path / "demo"
    shutil.copytree(made / "attachments", folder / "attachments")
    shutil.copy(made / practice.SECRETS, folder / running.SECRETS)
    with closing(sqlite3.connect(made / practice.DATABASE)) as source:
        source.execute("VACUUM INTO ?", (str(folder / "lectern.db"),))
    (folder / "built").touch()
    before = aged(folder)
    app, password = running.prepared(folder, False, lambda line: pytest.fail(line))
    with app.app_context():
        assert before == db.session.scalars(WISHES).one() > 0 and schema.is_at_head()
        assert password in Visitor(app).get("/login").text
        seen: set[str] = set()
        for username, last in (("admin", "/definitions"), ("bureau.hr", "/parameters"), ("s01.hr", "/ledger")):
            visitor = Visitor(app, username, given(made)[username])
            shown = visitor.get("/").text
            paths = set(re.findall(r'<a href="(/[a-z/-]*)"', shown))
            assert last in paths and len(paths) > 8 and BANNER not in shown
            for path in sorted(paths - seen):
                assert visitor.get(path).status_code == 200, path
            seen |= paths
        db.session.remove()
        db.engine.dispose()


def test_the_months_before_left_work_to_do_some_of_it_late_and_figures_to_read(practising: Flask, made: Path) -> None:
    now = practising.extensions["lectern.clock"].now()
    hr = cases.actor("bureau.hr", now)
    boxes = [queries_boxes.BoxQuery(box, limit=100) for box in ("todo", "claimable")]
    waiting = [row for box in boxes for row in queries_boxes.page(hr, box).items]
    late = [row for row in waiting if row.due_at and row.due_at < now]
    heat = queries_steps.steps(hr, day_of(now), now)
    taken = {one.element_id: one.whole.p90 for one in heat.steps if one.definition_key == "hiring"}
    db.session.rollback()
    assert late and len({row.definition_key for row in waiting}) > 2
    assert taken["staffing_check"] > 0 and taken["post_check"] > 0
    assert verify(now).ok
    assert (
        "学校核对名单、申报岗位 × 39"
        in Visitor(practising, "bureau.hr", given(made)["bureau.hr"]).get("/requests").text
    )


def test_an_official_paper_says_so_in_its_file_and_across_its_pages(practising: Flask) -> None:
    document = docx.Document()
    document.add_paragraph("正文")
    composed = Composed(document, {}, [], [], frozenset(), "", frozenset(), frozenset())
    content = finish(composed, "LECTERN-P 1", "")
    assert "演练" in docx.Document(BytesIO(content)).paragraphs[0].text
    assert '<div class="draft">演练 PRACTICE</div>' in page(docx.Document(BytesIO(content)), "", "")
