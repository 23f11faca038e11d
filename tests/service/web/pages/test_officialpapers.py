"""Official papers on their pages: looked at beforehand, issued, sealed; templates brought, published and retired."""

import re
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from service.clock import SetClock
from tests.flows.reserved_posts import acting
from tests.service.papers import files
from tests.service.web.pages.browser import Site
from tests.service.web.pages.test_reserved import words_of

NOTICE = "/paper-templates/publicity_notice"


@pytest.fixture
def site(app: Flask, clock: SetClock) -> Site:
    return Site(app, acting.county(clock))


def brought(content: bytes, note: str = "改抬头") -> dict[str, Any]:
    return {"file": (BytesIO(content), "公示.docx"), "note": note}


def test_hr_looks_at_a_notice_issues_it_seals_it_and_issues_it_again(site: Site) -> None:
    case, _ = acting.granted(site.driver)
    hr, new = site.visitor("bureau.hr"), f"/cases/{case.id}/papers/new"
    assert new in hr.text(f"/cases/{case.id}")
    assert f"{new}?kind=publicity_notice" in hr.text(new)
    asked = {"kind": "publicity_notice", "given.contact": "人事科，0571-88123456"}
    looked_at = hr.post(f"/cases/{case.id}/papers/preview", asked)
    assert (looked_at.mimetype, looked_at.data[:5]) == ("application/pdf", b"%PDF-")
    refused = hr.post(new, {**asked, "given.contact": " "})
    assert refused.status_code == 422 and "given-contact-error" in refused.text
    issued = hr.post(new, asked)
    assert issued.status_code == 302
    page = hr.text(issued.location)
    assert "教公示〔2026〕1号" in page and "LECTERN1 " in page
    assert hr.get(f"{issued.location}/file.pdf").data[:5] == b"%PDF-"
    assert "teacher.700" in files.text_of(hr.get(f"{issued.location}/file.docx").data)
    scan = hr.post("/attachments", {"file": (BytesIO(b"%PDF-1.4 x"), "盖章.pdf")}).json["id"]
    assert hr.post(f"{issued.location}/scan", {"scan[]": scan}).status_code == 302
    assert hr.get(f"{issued.location}/scans/{scan}").data == b"%PDF-1.4 x"
    again = re.search(rf'href="({new}\?kind=publicity_notice&amp;replaces=[^"]+)"', hr.text(issued.location))
    assert again and "替代" in hr.text(again[1].replace("&amp;", "&"))
    paper_id = issued.location.rsplit("/", 1)[1]
    second = hr.post(new, {**asked, "replaces": paper_id, "reason": "学校名称有误"})
    assert second.status_code == 302 and "教公示〔2026〕2号" in words_of(hr.text("/papers"))
    assert "教公示〔2026〕2号" in words_of(hr.text(issued.location))
    school = site.visitor("s02.hr")
    assert school.get(issued.location).status_code == 200
    assert [school.get(new).status_code, school.post(new, asked).status_code] == [403, 403]
    stranger = site.visitor("s01.hr")
    assert [stranger.get(issued.location).status_code, stranger.get(new).status_code] == [404, 404]


def test_one_brings_a_template_another_publishes_it_and_what_is_wrong_is_told_by_place(site: Site) -> None:
    hr, chief = site.visitor("bureau.hr"), site.visitor("bureau.chief")
    assert "notice.lines[].name" in hr.text(NOTICE) and "系统自带" in words_of(hr.text("/paper-templates"))
    assert hr.get(f"{NOTICE}/0/try").data[:5] == b"%PDF-"
    assert "用本县案件试填" in words_of(hr.text(f"{NOTICE}/0/cases"))
    assert site.visitor("s01.hr").get(f"{NOTICE}/0/cases").status_code == 403
    bad = hr.post(NOTICE, brought(files.template("{= paper.number}", rows=[("甲", "{= notice.lines[1].phone}")])))
    assert bad.status_code == 422 and "表 1 第 1 行第 2 格" in bad.text and "改抬头" in bad.text
    own = hr.get(f"{NOTICE}/0.docx").data
    assert hr.post(NOTICE, brought(own)).status_code == 302
    address = re.search(r'action="(/paper-template-versions/[^"]+/publish)\?', chief.text(NOTICE))[1]
    assert hr.post(address, {}).status_code == 403
    assert "第 1 版" not in words_of(hr.text("/paper-templates"))
    assert chief.post(f"{address}?kind=publicity_notice", {}).status_code == 302
    assert "第 1 版" in words_of(hr.text("/paper-templates"))
    retiring = address.replace("publish", "retire")
    assert hr.post(retiring, {"reason": ""}).status_code == 422
    assert hr.post(f"{retiring}?kind=publicity_notice", {"reason": "有误"}).status_code == 302
    assert "都已停用" in words_of(hr.text("/paper-templates"))
    assert site.visitor("s01.hr").get(NOTICE).status_code == 403
