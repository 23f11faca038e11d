"""A correction in the browser: proposed on the page of its case, confirmed by a second person."""

from io import BytesIO
from typing import Any

import pytest

from service.attachments.commands import StoreAttachment, store_attachment
from service.db import transaction
from service.demo.cases import minutes_pdf
from service.evidence.checking import check_sheet
from service.evidence.sheet import sheet
from tests.driver import BPMN, Case, folder
from tests.service.web.pages.browser import Site, Visitor
from workflows import catalogue


@pytest.fixture
def done(site: Site) -> Case:
    """A teacher of s01 whose grade was changed to 10, wrongly."""
    driver = site.driver
    with transaction() as session:
        catalogue.deploy(session, folder(BPMN / "personnel"), now=driver.now)
    values = {"kind": "grade", "person_id": driver.county.persons["s01.teacher"], "name": "s01.teacher", "grade": 10,
              "effective_on": "2026-09-10", "document": "青教人〔2026〕8号", "document_on": "2026-09-08",
              "scan": [paper(site, "s01.hr")]}  # fmt: skip
    case = driver.start("personnel", "s01.hr", "s01", **values)
    case.complete("confirm", "bureau.chief", "approve")
    return case


def paper(site: Site, who: str = "bureau.hr") -> str:
    stored = StoreAttachment(BytesIO(minutes_pdf()), "证明.pdf")
    return store_attachment(site.driver.actor(who), stored, now=site.driver.now)


def asked(site: Site, **values: Any) -> dict[str, Any]:
    return {
        "kind": "personnel.change", "item": "", **{f"values.{name}": value for name, value in values.items()},
        "reason": "看错一级", "document": "更正〔2026〕1号", "decided_on": "2026-09-10", "paper": paper(site),
    }  # fmt: skip


def proposed(site: Site, visitor: Visitor, case: Case, **values: Any) -> str:
    sent = visitor.post(f"/cases/{case.id}/correct", asked(site, **values))
    assert sent.status_code == 302, sent.text
    return str(sent.location)


def test_it_is_proposed_shown_with_both_versions_and_confirmed_by_another(site: Site, done: Case) -> None:
    officer, chief = site.visitor("bureau.hr", "en"), site.visitor("bureau.chief", "en")
    assert f"/cases/{done.id}/correct" in officer.text(f"/cases/{done.id}")
    assert 'name="values.grade"' in officer.text(f"/cases/{done.id}/correct")
    address = proposed(site, officer, done, grade="9")
    waiting = officer.text(address)
    assert "<del>10</del>" in waiting and "<ins>9</ins>" in waiting and "What it would do" in waiting
    assert "somebody else has to confirm it" in waiting
    assert address in chief.text("/corrections")
    assert officer.post(f"{address}/confirm").status_code == 403
    assert chief.post(f"{address}/confirm").status_code == 302
    assert "What it has done" in chief.text(address)
    told = site.visitor("s01.hr", "en").text(f"/cases/{done.id}")
    assert "<del>10</del>" in told and "更正〔2026〕1号" in told


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(site: Site, done: Case) -> None:
    officer = site.visitor("bureau.hr", "en")
    refused = officer.post(f"/cases/{done.id}/correct", asked(site, effective_on="2026-12-01"))
    assert refused.status_code == 422
    assert "The day of effect cannot lie ahead" in refused.text and "看错一级" in refused.text
    same = officer.post(f"/cases/{done.id}/correct", asked(site, grade="10"))
    assert (same.status_code, "Every value is as it stands now" in same.text) == (409, True)


def test_schools_see_what_was_corrected_and_nothing_of_what_is_only_proposed(site: Site, done: Case) -> None:
    officer, school = site.visitor("bureau.hr", "en"), site.visitor("s01.hr", "en")
    address = proposed(site, officer, done, grade="9")
    assert (school.get(address).status_code, school.post(f"{address}/confirm").status_code) == (404, 404)
    assert "No corrections here" in school.text("/corrections?state=open")
    officer.post(f"{address}/refuse", {"reason": "重新核对"})
    assert "taken back" in officer.text(address)
    assert school.get(f"/cases/{done.id}/correct").status_code == 200
    assert school.post(f"/cases/{done.id}/correct", asked(site, grade="9")).status_code in (403, 422)


def test_the_sheet_is_issued_anew_and_the_former_one_can_still_be_verified(site: Site, done: Case) -> None:
    officer, chief, actor = site.visitor("bureau.hr", "en"), site.visitor("bureau.chief", "en"), site.driver.actor
    former = sheet(actor("bureau.hr"), done.id).code
    before = officer.get(f"/cases/{done.id}/sheet.pdf")
    assert before.status_code == 200
    address = proposed(site, officer, done, grade="9")
    assert sheet(actor("bureau.hr"), done.id).code == former, "a proposal changes no sheet"
    chief.post(f"{address}/confirm")
    now = sheet(actor("bureau.hr"), done.id).code
    page = officer.text(f"/cases/{done.id}/sheet")
    assert now != former and str(now) in page and "Corrected" in page
    assert "Sheet before the correction" in page
    old, new = check_sheet(former, now=site.driver.now), check_sheet(now, now=site.driver.now)
    assert old.ok and "REPLACED since" in old.text()
    assert new.ok and "corrected (更正)" in new.text() and "REPLACED" not in new.text()
    after = officer.get(f"/cases/{done.id}/sheet.pdf")
    assert after.data != before.data
    assert officer.get(f"/cases/{done.id}/sheet.pdf").data == after.data
