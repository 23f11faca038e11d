"""Forms of title evaluation that are refused: what was typed stands in them again, and nothing is stored."""

from datetime import timedelta
from io import BytesIO

import pytest
from lxml import html
from openpyxl import load_workbook

from service.instances.commands_drafts import SaveRequest, save_request
from tests.flows.title import acting, county
from tests.flows.title.acting import apply, at_committee
from tests.flows.title.test_refused import paper
from tests.flows.title.test_web import Site
from tests.flows.title.webpages import checked, field


@pytest.fixture
def site(app, driver):
    return Site(app, driver)


def test_a_sitting_that_is_refused_stands_in_the_form_again(site, driver):
    typed = {"organisation_id": driver.county.organisations["hr"], "name": "中级评委会", "level": "一级",
             "kind": "other", "subject": "语文", "seats": "8", "filing": "备案1号", "filed_on": "2026-03-01",
             "meets_on": "2026-09-10", "vote_until": "2026-09-11"}  # fmt: skip
    where = f"/title-batches/{driver.batch}/sessions"
    for wrong, said in (({}, "单数"), ({"seats": "七"}, "e-seats"), ({"meets_on": ""}, "e-meets_on")):
        page = site.page("bureau.hr", where, {**typed, **wrong})
        assert page.status_code == 422
        assert (field(page, "name"), field(page, "subject"), field(page, "filing")) == ("中级评委会", "语文", "备案1号")
        assert said in page.text, wrong
    assert site.page("bureau.hr", where, {**typed, "seats": "7"}).status_code == 302


def test_a_batch_that_is_refused_stands_in_the_form_again(site, driver):
    typed = {"year": "2026", "name": "又一次", "criteria": "标准", "levels": ["一级"], "opens_on": "2026-03-01",
             "closes_on": "2026-04-01"}  # fmt: skip
    for wrong, status, said in (
        ({}, 409, "已经"),
        ({"year": "今年"}, 422, "e-year"),
        ({"opens_on": ""}, 422, "e-opens_on"),
    ):
        page = site.page("bureau.hr", "/titles/batches", {**typed, **wrong})
        assert (page.status_code, field(page, "name"), field(page, "criteria")) == (status, "又一次", "标准"), wrong
        assert checked(page) == [("levels", "一级")]
        assert said in page.text, wrong


def test_a_list_takes_those_that_are_ticked_and_nobody_when_none_is(site, driver):
    cases = [at_committee(driver, name) for name in ("li", "zhao")]
    session_id = acting.plan(driver)
    where = f"/title-sessions/{session_id}"
    some = {"version": 1, "cases": [cases[1].id]}
    refused = site.page("bureau.hr", f"{where}/list", some)
    assert (refused.status_code, checked(refused)) == (422, [("cases", cases[1].id)]), "interest was not answered"
    assert site.page("bureau.hr", f"{where}/list", {**some, "no_interest": "true"}).status_code == 302
    assert [acting.row(case).session_id for case in cases] == [None, session_id]
    nobody = {"version": 2, "no_interest": "true"}
    assert site.page("bureau.hr", f"{where}/list", nobody).status_code == 302
    assert [acting.row(case).session_id for case in cases] == [None, None]
    everybody = {"version": 3, "no_interest": "true", "everybody": "true"}
    assert site.page("bureau.hr", f"{where}/list", everybody).status_code == 302
    assert [acting.row(case).session_id for case in cases] == [session_id] * 2


def test_marks_that_are_refused_stand_in_the_form_and_only_what_was_changed_is_sent(site, driver):
    cases = sorted((at_committee(driver, name) for name in ("li", "zhao")), key=lambda one: one.id)
    session_id = acting.plan(driver)
    acting.drawn(driver, session_id)
    where, version = f"/title-sessions/{session_id}", acting.sitting(session_id).version
    typed = {"version": version, "no_interest": "true"}
    for number, case in enumerate(cases):
        typed |= {f"rows.{number}.id": case.id, f"rows.{number}.was_demonstration": ""}
    wrong = {**typed, "rows.0.demonstration": "很好", "rows.0.interview": "90"}
    page = site.page("bureau.hr", f"{where}/marks", wrong)
    assert page.status_code == 422
    assert "很好" in page.text
    first = {**typed, "rows.0.demonstration": "88", "rows.1.demonstration": ""}
    assert site.page("bureau.hr", f"{where}/marks", first).status_code == 302
    late = site.page("bureau.hr", f"{where}/marks", {**typed, "rows.1.demonstration": "77"})
    assert late.status_code == 409, "another clerk has saved meanwhile"
    shown = [one.get("value") for one in html.fromstring(late.text).xpath("//input[contains(@id,'demonstration-')]")]
    assert sorted(shown) == ["77", "88"], "what was typed, and what the other clerk has entered"


def test_the_reason_why_a_member_cannot_come_is_kept_when_the_sitting_has_changed(site, driver):
    at_committee(driver)
    session_id = acting.plan(driver)
    acting.drawn(driver, session_id)
    gone = driver.county.persons[acting.seated(driver, session_id)[0]]
    typed = {"version": 1, "person_id": gone, "reason": "外出学习"}
    late = site.page("bureau.hr", f"/title-sessions/{session_id}/excuse", typed)
    assert late.status_code == 409
    assert "外出学习" in [one.get("value") for one in html.fromstring(late.text).xpath("//input[@name='reason']")]


def test_a_draw_and_its_repetition_are_asked_for_on_the_page(site, driver):
    for name in ("li", "zhao"):
        at_committee(driver, name)
    first, second = acting.plan(driver), acting.plan(driver)
    everybody = {"version": 1, "no_interest": "true", "everybody": "true"}
    drawn = {"version": 2, "no_interest": "true"}
    assert site.page("bureau.hr", f"/title-sessions/{first}/list", everybody).status_code == 302
    assert site.page("bureau.hr", f"/title-sessions/{first}/draw", {"version": 2}).status_code == 422
    assert site.page("bureau.hr", f"/title-sessions/{first}/draw", drawn).status_code == 302
    cancel = f"/title-sessions/{first}/cancel"
    assert site.page("bureau.hr", cancel, {"version": 3, "reason": ""}).status_code == 422
    assert site.page("bureau.hr", cancel, {"version": 3, "reason": "台风"}).status_code == 302
    assert "台风" in site.page("bureau.hr", f"/title-sessions/{first}").text
    assert site.page("bureau.hr", f"/title-sessions/{second}/list", everybody).status_code == 302
    again = site.page("bureau.hr", f"/title-sessions/{second}/draw", drawn)
    assert again.status_code == 422
    assert "再次抽取" in again.text
    reasoned = {**drawn, "reason": "原会议取消"}
    assert site.page("bureau.hr", f"/title-sessions/{second}/draw", reasoned).status_code == 302


def test_the_workbook_tells_the_progress_of_each_school_and_what_is_overdue(site, driver):
    case = apply(driver, county.teacher(driver, "li"))
    driver.clock.advance(timedelta(days=30))
    book = load_workbook(BytesIO(site.page("bureau.hr", f"/title-batches/{driver.batch}.xlsx").data))
    [heading, line] = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    told = dict(zip(heading, line, strict=True))
    assert (told["学校"], told["全部"], told["逾期"], told["学校办理"]) == ("S02", "1", "1", "1")
    [names, row] = [[cell.value for cell in row] for row in book.worksheets[1].iter_rows()]
    told = dict(zip(names, row, strict=True))
    assert (told["申报级别"] if "申报级别" in told else row[3], told["逾期"]) == ("一级", "是")
    assert case.open() == ["verification"]


def test_papers_in_the_rows_of_a_form_are_there_again_in_the_draft_and_for_who_verifies_them(site, driver):
    county.teacher(driver, "li")
    row = {"kind": "research", "name": "课题结题证书", "file": [paper(driver, "li")]}
    save_request(driver.actor("li"), SaveRequest("title", {"evidence": [row]}), now=driver.now)
    start = site.page("li", "/start/title")
    assert f'name="evidence.0.file[]" value="{row["file"][0]}"' in start.text and "证书.pdf" in start.text
    case = apply(driver, "li", evidence=[row])
    shown = site.page("s02.hr", f"/tasks/{case.task('verification').id}")
    assert shown.status_code == 200 and f"/attachments/{row['file'][0]}" in shown.text and "证书.pdf" in shown.text
