"""The opening day in the browser: upload, mapping, wrong cells, load, signatures of both sides, taking back."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

from service.access.actor import Actor
from service.attachments.commands import clean_up as store_clean_up
from service.runs import working
from service.runs.declaring import LONG, SHORT
from service.sheets import Heading, read_book, workbook
from tests.service.opening import books
from tests.service.web.pages.browser import Site, Visitor


def upload(hr: Visitor, content: bytes) -> str:
    sent = hr.post("/opening", {"sheet": (BytesIO(content), "county.xlsx")})
    assert sent.status_code == 302
    return str(sent.location)


def loaded(hr: Visitor, rows: books.Rows) -> str:
    address = upload(hr, books.book(rows))
    working.work(SHORT)
    assert "可载入" in hr.text(address), re.findall(r"bad-word[^<]*<", hr.text(address))
    hr.post(f"{address}/load")
    working.work(LONG)
    assert "整批撤回" in hr.text(address)
    return address


def school_of(stated: str = "1", **cells: Any) -> books.Rows:
    """One person and the numbers of s02, where nobody is employed otherwise but its three."""
    who = books.person(1, "s02", **cells)
    return {"numbers": [books.numbers("s02", stated=stated, middle_occupied="1")], "staff": [who]}


def test_a_workbook_goes_up_is_put_right_loaded_and_taken_back(site: Site) -> None:
    hr = site.visitor("bureau.hr")
    assert "开账" in hr.text("/")
    assert "教职工" in read_book(hr.get("/opening/template.xlsx").data, 1000)
    wrong = upload(hr, books.book(school_of(grade="2")))
    working.work(SHORT)
    page = hr.text(wrong)
    assert "岗位等级 2 不在该层级之内" in page and re.search(r">[A-Z]+2<", page)
    assert hr.post(f"{wrong}/load").status_code == 409
    assert hr.post(f"{wrong}/discard").status_code == 302
    good = loaded(hr, school_of())
    assert 'href="/user-accounts"' in hr.text(good), "the next step of the day"
    assert hr.post(f"{good}/revoke", {"text": " "}).status_code == 422
    hr.post(f"{good}/revoke", {"text": "装错了"})
    working.work(LONG)
    assert "已撤回" in hr.text(good) and "装错了" in hr.text("/opening")
    export = hr.post("/opening/export", {"text": "存档"})
    assert "教职工" in read_book(export.data, 1000)
    assert hr.post("/opening/export", {"text": ""}).status_code == 422
    assert site.visitor("s01.principal").get("/opening").status_code == 403


def test_headings_that_nobody_knows_are_confirmed_on_the_page(site: Site) -> None:
    hr, row = site.visitor("bureau.hr"), books.person(1, "s02")
    foreign = {
        "单位": "organisation", "姓名": "name", "身份证号": "id_number", "用工形式": "employment_kind",
        "岗位类别": "post_category", "何时来的": "appointed_on",
    }  # fmt: skip
    content = workbook("名册", [Heading(text) for text in foreign], [[row[name] for name in foreign.values()]])
    address = upload(hr, content)
    working.work(SHORT)
    assert "何时来的" in hr.text(address)
    chosen = {f"sheets.0.headings.{n}.column": name for n, name in enumerate(foreign.values())}
    given = {"sheets.0.table": "staff", "sheets.0.was": "staff", **chosen}
    missing = hr.post(f"{address}/mapping", {**given, "sheets.0.headings.5.column": ""})
    assert missing.status_code == 422 and "聘任日期" in missing.text
    other = hr.post(f"{address}/mapping", {**given, "sheets.0.table": "records"})
    assert other.status_code == 200 and "记录种类" in other.text
    assert hr.post(f"{address}/mapping", given).status_code == 302
    working.work(SHORT)
    assert "可载入" in hr.text(address)


def test_school_and_bureau_sign_each_once_and_a_change_loses_the_signatures(site: Site) -> None:
    hr, head = site.visitor("bureau.hr"), site.visitor("s02.principal")
    loaded(hr, school_of(stated="2"))
    address = f"/opening/reconciliation/{site.organisation('s02')}"
    page = head.text(address)
    assert "-1" in page and "代表学校签字" in page and "代表教育局签字" not in page
    sign = {"side": "school", "digest": re.search(r'name="digest" value="(\w+)"', page)[1]}  # type: ignore[index]
    assert head.post(address, sign).status_code == 422
    assert head.post(address, {**sign, "text": "一人长期病假"}).status_code == 302
    assert head.post(address, {**sign, "text": "再签"}).status_code == 409
    assert hr.post(address, {**sign, "side": "bureau", "text": "同意"}).status_code == 302
    assert "所双方已签" in hr.text("/opening/reconciliation") and "已失效" not in hr.text(address)
    loaded(hr, school_of(stated="1"))
    assert hr.text(address).count("已失效：数据有变") == 4
    assert hr.post(address, {**sign, "side": "bureau"}).status_code == 409
    assert site.visitor("s01.principal").get(address).status_code == 404


SCAN = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def printed(site: Site) -> tuple[str, dict[str, Any]]:
    """s02 with numbers, its list printed: the address of its reconciliation, and the paper that comes back sealed."""
    hr, address = site.visitor("bureau.hr"), f"/opening/reconciliation/{site.organisation('s02')}"
    loaded(hr, school_of())
    page = hr.text(f"{address}/list")
    assert "人员1" in page and "校长签字" in page and books.number(1) not in page
    [code] = set(re.findall(r">([0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4})<", page))
    signer = site.driver.county.persons["s02.principal"]
    said = {"says": ["list", "cases"], "document": "第二小学〔2026〕1号", "decided_on": "2026-09-09"}
    return address, {**said, "person_id": signer, "code": code.lower(), "text": "两人另册"}


def write_down(who: Visitor, address: str, paper: dict[str, Any], **changes: Any) -> Any:
    return who.post(f"{address}/paper", {**paper, "scan": (BytesIO(SCAN), "清单.pdf"), **changes})


def test_a_sealed_list_that_is_not_as_it_should_be_is_refused_and_stands_there_again(site: Site) -> None:
    address, paper = printed(site)
    hr, clerk = site.visitor("bureau.hr"), site.driver.county.persons["s02.hr"]
    assert write_down(site.visitor("s02.principal"), address, paper).status_code == 403
    for wrong, said in (
        ({"code": "0000-0000-0000"}, "校验码与现在的数据不符"), ({"decided_on": "2026-09-11"}, "不能晚于今天"),
        ({"document": " "}, "文号或编号"), ({"person_id": clerk}, "没有担任该校相应的职务"), ({"scan": ""}, "扫描件"),
        ({"text": ""}, "写明原因"),
    ):  # fmt: skip
        refused = write_down(hr, address, paper, **wrong)
        assert refused.status_code in (409, 422) and said in refused.text, wrong
    assert "第二小学〔2026〕1号" in write_down(hr, address, paper, code="1").text


def test_a_school_without_a_network_signs_on_paper_and_two_persons_of_the_bureau_take_it(site: Site) -> None:
    address, paper = printed(site)
    hr, chief, school = site.visitor("bureau.hr"), site.visitor("bureau.chief"), site.organisation("s02")
    assert write_down(hr, address, paper).status_code == 302
    page = hr.text(address)
    assert "纸质已签" in page and "由bureau.hr登记" in page and "纸质签字盖章" not in page
    digest = re.search(r'name="digest" value="(\w+)"', chief.text(address))
    assert digest
    sign = {"side": "bureau", "digest": digest[1], "text": "同意"}
    assert hr.post(address, sign).status_code == 409, "who has written it down does not sign for the bureau"
    assert hr.post(f"/opening/open-cases/{school}", {"act": "bureau"}).status_code == 409
    assert chief.post(address, sign).status_code == 302
    assert chief.post(f"/opening/open-cases/{school}", {"act": "bureau"}).status_code == 302
    assert "第二小学〔2026〕1号" in chief.text("/opening/open-cases")
    scan = re.search(r"/attachments/[0-9a-f-]{36}", chief.text(address))
    store_clean_up(Actor.system(), now=site.driver.now + timedelta(days=90))
    assert scan and chief.get(scan[0]).data == SCAN, "no sweep takes it"
