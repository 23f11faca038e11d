"""A person's file in the browser: a day, records and corrections by HR, the own page, retirements."""

import re
from datetime import date

from sqlalchemy import update

from service.db import transaction
from service.people.members import PERSON
from service.sheets import XLSX
from tests.service.web.pages.browser import Site
from tests.service.web.pages.test_ledger import words_of

TITLE = {"value": "一级", "valid_from": "2020-09-01", "document": "证书 1 号"}


def file_of(site: Site, who: str = "s01.teacher") -> str:
    return f"/people/{site.driver.county.persons[who]}"


def test_hr_enters_corrects_and_takes_back_a_record_and_what_was_there_is_kept(site: Site) -> None:
    officer, address = site.visitor("bureau.hr"), file_of(site)
    assert "记入哪类记录" in officer.text(f"{address}/records/new")
    form = f"{address}/records/new?kind=title"
    refused = officer.post(form, {**TITLE, "value": ""})
    assert refused.status_code == 422
    assert "必填" in words_of(refused.get_data(as_text=True))
    assert officer.post(form, TITLE).status_code == 302
    page = officer.text(address)
    assert "证书 1 号" in page
    put = re.search(r"/records/[^/\"]+/correct", page)
    assert put
    assert officer.post(put.group(), {**{**TITLE, "valid_from": "2019-09-01"}, "reason": "证书日期"}).status_code == 302
    assert "已作废：证书日期" in words_of(officer.text(f"{address}?voided=true"))
    assert "已作废" not in words_of(officer.text(address))


def test_the_day_in_the_address_is_the_one_that_is_told(site: Site) -> None:
    officer, address = site.visitor("bureau.hr"), file_of(site)
    form = f"{address}/records/new?kind=title"
    officer.post(form, TITLE)
    assert "2021-01-01 的情况" in words_of(officer.text(f"{address}?on=2021-01-01"))
    assert "证书 1 号" not in officer.text(f"{address}?on=2020-01-01")


def test_others_learn_one_word_of_sanctions_and_the_person_everything(site: Site) -> None:
    officer, address = site.visitor("bureau.hr"), file_of(site)
    form = f"{address}/records/new?kind=sanction"
    sent = {"value": "demerit", "basis": "staff", "valid_from": "2026-06-01", "document": "处 2 号"}
    assert officer.post(form, sent).status_code == 302
    clerk, own = site.visitor("s01.hr"), site.visitor("s01.teacher")
    page = words_of(clerk.text(address))
    assert "不符合：请联系人事科" in page
    assert "处 2 号" not in page
    assert "记过" not in page
    assert "处 2 号" in own.text("/me")
    assert clerk.get(f"{address}/records/new?kind=title").status_code == 403
    assert site.visitor("s02.hr").get(address).status_code == 404


def test_a_person_asks_for_a_correction_and_reads_the_answer(site: Site) -> None:
    own, officer, address = site.visitor("s01.teacher"), site.visitor("bureau.hr"), file_of(site)
    assert own.post("/me/corrections", {"text": "职称应为高级"}).status_code == 302
    page = officer.text(address)
    assert "职称应为高级" in page
    answer = "/corrections/" + page.partition("/corrections/")[2].partition('"')[0]
    assert officer.post(answer, {"text": "已更正"}).status_code == 302
    assert "已更正" in own.text("/me")
    check = officer.post(f"{address}/check-file", {"topic": "career"})
    assert check.status_code == 302
    assert "人事核对" in own.text("/me")


def test_retirements_due_are_a_page_and_a_table(site: Site) -> None:
    officer, person = site.visitor("bureau.hr"), file_of(site)
    with transaction() as session:
        mine = update(PERSON).where(PERSON.c.id == site.driver.county.persons["s01.teacher"])
        session.execute(mine.values(sex="male", born_on=date(1967, 3, 1)))
    form = f"{person}/records/new?kind=retirement_choice"
    refused = officer.post(form, {"value": "early", "valid_from": "2027-02-28", "document": "申请"})
    assert refused.status_code == 422
    assert "可选的退休日为 2027-03-01 至 2030-10-01" in words_of(refused.get_data(as_text=True))
    assert officer.post(form, {"value": "early", "valid_from": "2027-03-01", "document": "申请"}).status_code == 302
    page = words_of(officer.text("/retirements"))
    assert "s01.teacher" in page
    assert "2027-03-01" in page
    table = officer.get("/retirements.xlsx")
    assert table.mimetype == XLSX
    assert "无人退休" in words_of(site.visitor("s02.hr").text("/retirements"))
