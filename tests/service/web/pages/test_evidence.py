"""The approval sheet and the evidence bundle in the browser: who may, what is on paper, what is handed over."""

import zipfile
from io import BytesIO

import pytest

from service.evidence import offline
from tests.service.tasks import scans
from tests.service.web.pages.browser import Site


@pytest.mark.parametrize(("locale", "words"), [("zh", "审批单"), ("en", "Approval sheet")])
def test_a_sheet_shows_what_was_asked_who_decided_and_the_code(site: Site, locale: str, words: str) -> None:
    case = site.hiring()
    case.complete("bureau_review", "bureau.hr", "approve", opinion="同意补充")
    page = site.visitor("s01.hr", locale).text(f"/cases/{case.id}/sheet")
    assert all(part in page for part in (words, "退休 2 人", "语文", "同意补充", "LECTERN1 ZP-", "data:image/svg+xml"))


def test_a_bundle_is_downloaded_with_its_reason_and_verifies(site: Site, tmp_path: object) -> None:
    case = site.hiring()
    visitor = site.visitor("bureau.chief")
    assert "导出证据包" in visitor.text(f"/cases/{case.id}")
    answer = visitor.post(f"/cases/{case.id}/evidence", {"reason": "行政复议"})
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(BytesIO(answer.data)) as archive:
        sheet = archive.read("sheet.html").decode()
    assert "<style>" in sheet and "LECTERN1" in sheet and "<script" not in sheet
    path = f"{tmp_path}/bundle.zip"
    with open(path, "wb") as file:
        file.write(answer.data)
    assert offline.verify(path).problems == []


def test_who_may_not_take_it_out_is_not_offered_it(site: Site) -> None:
    case = site.hiring()
    visitor = site.visitor("s01.hr")
    page = visitor.text(f"/cases/{case.id}")
    assert "审批单" in page and "导出证据包" not in page
    assert visitor.post(f"/cases/{case.id}/evidence", {"reason": "x"}).status_code == 403


def test_an_export_without_a_reason_is_refused(site: Site) -> None:
    case = site.hiring()
    assert site.visitor("bureau.chief").post(f"/cases/{case.id}/evidence", {"reason": ""}).status_code == 422


def test_the_clerk_attaches_the_scan_of_the_sealed_sheet_once_the_case_has_ended(site: Site) -> None:
    case = site.hiring()
    clerk = site.visitor("s01.hr", "en")
    assert f"/cases/{case.id}/sheet/scan" not in clerk.text(f"/cases/{case.id}")
    case.withdraw("s01.hr")
    assert f"/cases/{case.id}/sheet/scan" in clerk.text(f"/cases/{case.id}")
    assert clerk.post(f"/cases/{case.id}/sheet/scan", {}).status_code == 422
    scan = scans.scan(site.driver, "s01.hr")
    assert clerk.post(f"/cases/{case.id}/sheet/scan", {"scan[]": scan}).status_code == 302
    assert "Sealed sheet, scanned 2026-09-10" in clerk.text(f"/cases/{case.id}/sheet")
    assert "The scan of the sealed sheet was attached" in clerk.text(f"/cases/{case.id}")
