"""What a case is called in each language: in lists, on its pages, the sheet, in notices, the workbook and the API."""

from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from service.db import transaction
from service.instances.models import ProcessCase
from service.notices import delivery
from tests.driver import Case
from tests.service.web.pages.browser import Site

ENGLISH, CHINESE = "S01: hiring for 语文", "S01招聘：语文"
PAGES = ("/?box=claimable", "/tasks/{task}", "/cases/{case}", "/cases/{case}/sheet", "/tasks/{task}/form",
         "/tasks/{task}/paper", "/requests")  # fmt: skip


@pytest.fixture
def case(site: Site) -> Case:
    return site.hiring()


def test_every_page_of_a_case_calls_it_in_the_readers_language(site: Site, case: Case) -> None:
    task = case.task("staffing_check")
    readers = {"en": (ENGLISH, CHINESE), "zh": (CHINESE, ENGLISH)}
    for locale, (own, other) in readers.items():
        clerk, office = site.visitor("bureau.hr", locale), site.visitor("staffing.office", locale)
        for page in PAGES:
            reader = office if "box" in page else clerk
            shown = reader.text(page.format(task=task.id, case=case.id))
            assert (own in shown, other in shown) == (True, False), (locale, page)


def test_a_case_begun_before_its_flow_had_words_keeps_its_title_and_says_what_it_is(site: Site, case: Case) -> None:
    with transaction() as session:
        session.execute(update(ProcessCase).values(title_parts=None))
    shown = site.visitor("s01.hr", "en").text(f"/cases/{case.id}")
    assert CHINESE in shown and "School-led hiring · S01" in shown
    assert "School-led hiring · S01" in site.visitor("staffing.office", "en").text("/?box=claimable")


def test_notices_and_the_workbook_speak_the_readers_language(site: Site, case: Case) -> None:
    delivery.deliver(now=site.driver.now + timedelta(minutes=5))
    for locale, own in (("en", ENGLISH), ("zh", CHINESE)):
        office = site.visitor("staffing.office", locale)
        assert own in office.text("/notices")
        book = load_workbook(BytesIO(office.get("/inbox.xlsx?box=claimable").data))
        assert book.active is not None
        assert [row[1] for row in book.active.iter_rows(min_row=2, values_only=True)] == [own]
