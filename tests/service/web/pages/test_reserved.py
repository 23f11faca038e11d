"""Reserved posts in the browser: rounds, one round with its ranking, lent posts, applying from the list of staff."""

import re
from io import BytesIO

import pytest
from flask import Flask
from openpyxl import load_workbook

from service.clock import SetClock
from service.flows.reserved import queries
from tests.driver import Case
from tests.flows.reserved_posts import acting
from tests.service.web.pages.browser import Site


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.fixture
def site(app: Flask, clock: SetClock) -> Site:
    return Site(app, acting.county(clock))


def test_the_bureau_sees_pool_progress_and_every_rank_with_its_reason(site: Site) -> None:
    driver = site.driver
    case = acting.called(driver, senior=1)
    for number in (700, 701):
        exchange = {"exchange": ("s02", 12)} if number == 700 else {}
        acting.accepted(driver, acting.teacher(driver, number, **exchange))
    acting.ranked(case)
    hr = site.visitor("bureau.hr")
    index = words_of(hr.text("/reserved-posts"))
    assert "2026" in index and "申请期已满" in index and "预留 10 个，下限 7 个（全县 70 个）" in index
    page = words_of(hr.text(f"/reserved-posts/rounds/{case.id}"))
    assert "交流 12 个月（边远）" in page and "前一名交流过" in page and "S02 0 2 0 0 0" in page
    english = words_of(site.visitor("bureau.hr", "en").text(f"/reserved-posts/rounds/{case.id}"))
    assert "the one before was exchanged" in english and "预留" not in english
    book = load_workbook(BytesIO(hr.get(f"/reserved-posts/rounds/{case.id}.xlsx").data))
    assert [row[2].value for row in book.active.iter_rows(min_row=2)] == ["teacher.700", "teacher.701"]


def test_a_school_sees_the_call_and_its_own_and_no_round(site: Site) -> None:
    case = acting.called(site.driver)
    acting.apply(site.driver, acting.teacher(site.driver, 700))
    own, other = (words_of(site.visitor(who).text("/reserved-posts")) for who in ("s02.hr", "s01.hr"))
    assert "teacher.700" in own and "申请预留岗位" in own and "预留池" not in own
    assert "teacher.700" not in other
    assert site.visitor("s02.hr").get(f"/reserved-posts/rounds/{case.id}").status_code == 403


def test_who_holds_which_lent_post_until_when(site: Site) -> None:
    application, _ = acting.granted(site.driver)
    assert application.fire("publicity_over")
    page = words_of(site.visitor("s02.hr").text("/reserved-posts/loans"))
    assert "teacher.700" in page and "至 2029-09-09" in page and "尚未聘任" in page
    assert "teacher.700" not in words_of(site.visitor("s01.hr").text("/reserved-posts/loans"))


def test_bureau_hr_names_holders_and_decides_on_posts_lent_before_the_opening_day(site: Site) -> None:
    """Six senior posts were lent to s01, and nobody is named; what is refused is shown again as it was typed."""
    first, other = (acting.teacher(site.driver, number, "s01", band="senior") for number in (700, 701))
    address, hr = f"/ledger/{site.organisation('s01')}", site.visitor("bureau.hr")
    page = words_of(hr.text(address))
    assert re.search("6 个借出岗位.*还没有登记使用人", page) and "teacher.700" in page
    assert "登记使用人" not in words_of(site.visitor("s01.hr").text(address)), "for bureau HR alone"
    pool = re.search(r'name="account_id" value="([^"]+)"', hr.text(address))
    assert pool
    paper = {"document": "借〔2024〕1号", "decided_on": "2024-09-01"}
    form = {"account_id": pool[1], "person_id": first, "from_on": "2026-01-01", "until": "2025-01-01", **paper}
    refused = hr.post(f"{address}/loans/name", form)
    assert refused.status_code == 422 and 'value="2025-01-01"' in refused.text and "借〔2024〕1号" in refused.text
    assert hr.post(f"{address}/loans/name", {**form, "until": "2028-01-01"}).status_code == 302
    loan = re.search(r'name="loan_id" value="([^"]+)"', hr.text(address))
    assert loan and "5 个借出岗位" in words_of(hr.text(address))
    mine = {"loan_id": loan[1], **paper}
    assert hr.post(f"{address}/loans/extend", {**mine, "until": "2029-01-01"}).status_code == 302
    assert hr.post(f"{address}/loans/correct", {**mine, "person_id": other}).status_code == 302
    shown = words_of(hr.text(address))
    assert "办理 teacher.701 的借用岗位" in shown and "2029-01-01" in shown
    full = hr.post(f"{address}/loans/return", {**mine, "on": "2026-09-10", "afterwards": "own_post"})
    assert full.status_code == 409 and "<details open>" in full.text
    assert hr.post(f"{address}/loans/return", {**mine, "on": "2026-09-10", "afterwards": "no_post"}).status_code == 302
    assert acting.pool(site.driver) == (5, 0, 5)


def test_the_start_form_offers_the_school_s_own_staff_and_says_that_nothing_is_held(site: Site) -> None:
    acting.called(site.driver)
    person = acting.teacher(site.driver, 700)
    page = site.visitor("s02.hr").text("/start/reserved_post")
    assert f'value="{person}"' in page and site.driver.county.persons["s01.teacher"] not in page
    assert "立即预留" not in page and 'id="effect"' not in page


def test_the_pool_that_an_application_holds_stands_on_the_task(site: Site) -> None:
    application, _ = acting.granted(site.driver)
    application.complete("publicity", "s02.hr", "objection", objection_text="来信")
    page = words_of(site.visitor("bureau.hr").text(f"/tasks/{application.task('inquiry').id}"))
    assert "预留 1" in page


def test_the_bureau_begins_a_round_and_a_school_applies_from_the_page(site: Site) -> None:
    begun = site.visitor("bureau.hr").post("/start/reserved_round", {"year": "2026"})
    assert begun.status_code == 302, begun.text
    [case] = [Case(site.driver, row.id) for row in queries.round_list(site.driver.actor("bureau.hr"))]
    acting.offer(case, 1)
    case.complete("call", "bureau.hr", "publish", call_text="请各校申请。", call_days=10)
    person = acting.teacher(site.driver, 700)
    fields = {"person_id": person, "band": "senior", "need": "补足高级岗位"}
    assert site.visitor("s02.hr").post("/start/reserved_post", fields).status_code == 302
    again = site.visitor("s02.hr").post("/start/reserved_post", fields)
    assert again.status_code == 409 and "一年只能申请一次" in again.text
    missing = site.visitor("s02.hr").post("/start/reserved_post", {**fields, "person_id": ""})
    assert missing.status_code == 422 and "请选择本校教师" in missing.text
