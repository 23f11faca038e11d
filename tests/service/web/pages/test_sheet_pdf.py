"""The approval sheet as PDF: texts in both languages, the code that proves it, and the same bytes for ever."""

import hashlib
import threading
import zipfile
from io import BytesIO
from typing import Any

import orjson
import pytest
import segno
from pypdf import PdfReader
from sqlalchemy import select

from service.audit.chain import EVENT
from service.clock import SetClock
from service.db import db
from service.errors import Conflict
from service.evidence import pdf
from service.evidence.checking import check_sheet
from service.evidence.sheet import Code
from service.runs import queries
from service.runs.working import work
from tests.driver import Case
from tests.service.web.pages.browser import Site

OPINION = "材料不全，不予备案"


@pytest.fixture
def ended(site: Site) -> Case:
    case = site.hiring()
    for element_id, who in (("bureau_review", "bureau.hr"), ("bureau_review", "bureau.chief"),
                            ("staffing_check", "staffing.office"), ("post_check", "hr.bureau")):  # fmt: skip
        case.complete(element_id, who, "approve")
    case.complete("filing", "bureau.hr", "object", opinion=OPINION)
    return case


def drawn(site: Site, case: Case, who: str = "bureau.hr", locale: str = "zh") -> bytes:
    reply = site.visitor(who, locale).get(f"/cases/{case.id}/sheet.pdf")
    assert (reply.status_code, reply.mimetype) == (200, "application/pdf"), reply.text
    return reply.data


def text_of(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def code_of(text: str) -> str:
    """The line under the QR code, put together again where it was broken."""
    line = text[text.index("LECTERN1") :].split()
    return f"{line[0]} {line[1]} {line[2]} " + "".join(line[3:])[:32]


def frozen_events(case: Case) -> list[dict[str, Any]]:
    here = (EVENT.c.stream == f"instance:{case.id}", EVENT.c.kind == "sheet.frozen")
    found = [orjson.loads(body) for body in db.session.scalars(select(EVENT.c.body).where(*here))]
    db.session.rollback()
    return found


def test_the_sheet_says_in_chinese_and_english_who_decided_what_and_carries_its_proof(
    site: Site, ended: Case, clock: SetClock
) -> None:
    chinese, english = drawn(site, ended), drawn(site, ended, locale="en")
    for content, words in (
        (chinese, ("审批单", OPINION, "备案", "盖章")),
        (english, ("Approval sheet", OPINION, "Object")),
    ):
        text = text_of(content).replace("\n", "")
        assert not [word for word in words if word not in text], text
    fonts = {str(font) for page in PdfReader(BytesIO(chinese)).pages for font in fonts_of(page)}
    assert any("NotoSansCJK" in name.replace("-", "").replace(" ", "") for name in fonts), fonts
    code = code_of(text_of(chinese))
    assert check_sheet(Code.read(code), now=clock.now()).ok
    assert matrix_of(chinese) == [[bool(dot) for dot in row] for row in segno.make(code, error="m").matrix]


def fonts_of(page: Any) -> list[str]:
    return [str(font.get_object()["/BaseFont"]) for font in page["/Resources"]["/Font"].values()]


def matrix_of(content: bytes) -> list[list[bool]]:
    """The dots of the only picture: ten pixels a dot, a border of one dot around."""
    (image,) = {found.data: found.image for page in PdfReader(BytesIO(content)).pages for found in page.images}.values()
    grey = image.convert("L")
    size = grey.width // 10 - 2
    return [[grey.getpixel((10 * x + 15, 10 * y + 15)) < 128 for x in range(size)] for y in range(size)]


def test_it_is_frozen_once_for_everybody_with_its_hash_in_the_record(site: Site, ended: Case) -> None:
    first = drawn(site, ended)
    assert drawn(site, ended, "s01.principal") == first
    (event,) = frozen_events(ended)
    assert event["checksum"] == hashlib.sha256(first).hexdigest()
    assert Code.read(event["code"]) == Code.read(code_of(text_of(first)))
    exported = site.visitor("bureau.chief").post(f"/cases/{ended.id}/evidence", {"reason": "行政复议"})
    with zipfile.ZipFile(BytesIO(exported.data)) as bundle:
        assert first in [bundle.read(name) for name in bundle.namelist() if name.endswith(".pdf")]


def test_it_is_frozen_in_both_languages_right_after_the_end_before_anybody_asks(site: Site, ended: Case) -> None:
    assert frozen_events(ended) == []
    assert work("quiet") == 1
    events = {event["locale"]: event for event in frozen_events(ended)}
    assert set(events) == {"zh", "en"}
    for locale, words in (("zh", "审批单"), ("en", "Approval sheet")):
        content = drawn(site, ended, locale=locale)
        assert events[locale]["checksum"] == hashlib.sha256(content).hexdigest()
        assert words in text_of(content) and OPINION in text_of(content).replace("\n", "")
        assert Code.read(events[locale]["code"]) == Code.read(code_of(text_of(content)))
    assert len(frozen_events(ended)) == 2


def test_what_was_asked_for_before_the_background_came_to_it_stays(site: Site, ended: Case) -> None:
    first = drawn(site, ended)
    assert work("quiet") == 1
    assert [event["locale"] for event in frozen_events(ended)] == ["zh", "en"]
    assert drawn(site, ended) == first


def test_a_case_that_ends_without_a_decision_has_a_sheet_too(site: Site) -> None:
    case = site.hiring()
    assert not queries.waits("quiet", site.driver.now)
    case.withdraw("s01.hr")
    assert queries.waits("quiet", site.driver.now)


def test_a_running_case_has_a_sheet_that_says_so_and_is_not_kept(site: Site) -> None:
    case = site.hiring()
    assert "尚未定稿" in text_of(drawn(site, case, "s01.hr")).replace("\n", "") or "不是" in text_of(
        drawn(site, case, "s01.hr")
    )
    assert frozen_events(case) == []


def test_who_may_not_read_the_case_gets_no_sheet(site: Site, ended: Case) -> None:
    assert site.visitor("s02.hr").get(f"/cases/{ended.id}/sheet.pdf").status_code == 404
    assert site.visitor("staffing.office").get(f"/cases/{ended.id}/sheet.pdf").status_code == 403


def test_nothing_is_fetched_and_two_are_not_drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    page = '<style>@import url("http://127.0.0.1:9/a.css");</style><img src="file:///etc/passwd"><p>text</p>'
    assert len(PdfReader(BytesIO(pdf.render(page))).pages[0].images) == 0
    with pdf._ONE:
        waiting = threading.Thread(target=pdf.render, args=("<p>second</p>",))
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
    waiting.join(30)
    assert not waiting.is_alive()


def test_without_the_native_library_the_page_says_what_to_install(
    site: Site, ended: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_html: str) -> bytes:
        raise Conflict("sheet.no_pdf", packages=pdf.NEEDED)

    monkeypatch.setattr(pdf, "render", missing)
    reply = site.visitor("bureau.hr").get(f"/cases/{ended.id}/sheet.pdf")
    assert reply.status_code == 409 and "libpango-1.0-0" in reply.text
    assert site.visitor("bureau.hr").get(f"/cases/{ended.id}/sheet").status_code == 200
