"""The public page of published names, without a login, and the register of objections."""

import re
from io import BytesIO

import pytest
from flask import Flask

from service.clock import SetClock
from tests.flows.reserved_posts import acting
from tests.service.web.pages.browser import Site, Visitor
from tests.service.web.pages.test_reserved import words_of


@pytest.fixture
def site(app: Flask, clock: SetClock) -> Site:
    return Site(app, acting.county(clock))


def test_anybody_objects_from_the_page_and_a_refusal_loses_nothing(site: Site) -> None:
    application, _ = acting.granted(site.driver)
    anybody = Visitor(site.app, "", "zh")
    page = anybody.text("/publicity")
    assert "teacher.700" in page and "预留岗位拟分配人员公示" in page
    address = page.split('href="/publicity/')[1].split('"')[0]
    refused = anybody.post(f"/publicity/{address}", {"text": "", "name": "李某", "contact": "电话"})
    assert refused.status_code == 422 and 'value="李某"' in refused.text and 'value="电话"' in refused.text
    assert "请写明异议的事实和理由" in refused.text
    taken = anybody.post(f"/publicity/{address}", {"text": "没有到岗", "name": "李某"})
    assert taken.status_code == 200 and "已收到您的异议" in taken.text
    assert application.open() == ["inquiry"]
    assert "因调查异议中止" in anybody.text("/publicity")
    application.complete("inquiry", "bureau.hr", "upheld", inquiry_finding="属实")
    assert "目前没有公示" in anybody.text("/publicity")
    assert anybody.get(f"/publicity/{address}").status_code == 404
    late = anybody.post(f"/publicity/{address}", {"text": "迟到的异议"})
    assert late.status_code == 404 and "迟到的异议" in late.text

    hr = site.visitor("bureau.hr")
    listed = hr.text("/publicity-objections")
    one = listed.split('href="/publicity-objections/')[2].split('"')[0]  # the first is the form
    assert "teacher.700" in listed and "没有到岗" not in listed
    assert "没有到岗" in words_of(hr.text(f"/publicity-objections/{one}"))
    school = site.visitor("s02.hr")
    assert school.get("/publicity-objections").status_code == 403
    assert "没有到岗" not in school.text(f"/cases/{application.id}")


def test_a_clerk_registers_a_letter_and_prints_its_receipt_and_a_refusal_loses_nothing(site: Site) -> None:
    application, _ = acting.granted(site.driver)
    hr = site.visitor("bureau.hr")
    listed = hr.text("/publicity-objections/new")
    form = re.search(r'href="(/publicity-objections/new/[^"]+)"', listed)[1]
    uploaded = hr.post("/attachments", {"file": (BytesIO(b"%PDF-1.4 x"), "来信.pdf")})
    letter = uploaded.json["id"]
    today = str(site.driver.now.date())
    written = {"channel": "letter", "received_on": today, "name": "李某", "contact": "来信地址", "letter[]": letter}
    refused = hr.post(form, {**written, "text": ""})
    assert refused.status_code == 422 and "请写明异议的事实和理由" in refused.text
    assert 'value="来信地址"' in refused.text and "来信.pdf" in refused.text and application.open() == ["publicity"]
    taken = hr.post(form, {**written, "text": "没有到岗"})
    assert (taken.status_code, application.open()) == (302, ["inquiry"])
    page = hr.text(taken.location)
    assert "没有到岗" in page and "YY-2026-0001" in page
    receipt = words_of(hr.text(f"{taken.location}/receipt"))
    assert "YY-2026-0001" in receipt and "来信" in receipt
    assert not any(word in receipt for word in ("没有到岗", "李某", "来信地址"))
    assert hr.get(f"{taken.location}/letter").data == b"%PDF-1.4 x"
    school = site.visitor("s02.hr")
    assert [school.get(form).status_code, school.get(f"{taken.location}/letter").status_code] == [403, 404]
