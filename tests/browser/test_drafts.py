"""An unfinished form and a lost connection: nothing typed is lost, and on a shared computer nothing is left behind."""

import json

import pytest
from playwright.sync_api import expect

from service.web import edge
from tests.browser.people import House, Person
from tests.service.web.pages.test_told_case import begun

pytestmark = pytest.mark.browser

TEXT = "请补充近三年的学科结构。"


def kept(person: Person) -> dict[str, str]:
    """What lies in the browser, as text."""
    found: dict[str, str] = json.loads(person.page.evaluate("JSON.stringify({...localStorage})"))
    return {key: value for key, value in found.items() if key.startswith("draft:")}


def says(person: Person, text: str) -> None:
    expect(person.page.locator(".draft-state").first).to_contain_text(text)


def test_what_is_typed_without_a_connection_is_kept_here_said_so_and_sent_when_it_is_back(house: House) -> None:
    case = house.site.hiring()
    office = house.person("staffing.office").open("S01")
    office.page.context.set_offline(True)
    office.page.locator("#opinion").fill(TEXT)
    says(office, "未保存")
    assert TEXT in "".join(kept(office).values())
    office.page.context.set_offline(False)
    says(office, "草稿已存")
    assert kept(office) == {}
    office.go(f"/tasks/{case.task('staffing_check').id}")
    expect(office.page.locator("#opinion")).to_have_value(TEXT)
    house.said.clear()


def test_a_session_that_ended_keeps_the_text_for_the_same_account_only(house: House) -> None:
    case = house.site.hiring()
    path = f"/tasks/{case.task('staffing_check').id}"
    office = house.person("staffing.office")
    office.go(path)
    cookies = office.page.context.cookies()
    office.page.context.clear_cookies(name=edge.SESSION_COOKIE)
    office.page.locator("#opinion").fill(TEXT)
    says(office, "已退出登录")
    office.page.context.add_cookies(cookies)
    office.go(path)
    office.page.locator("#draft-offer button[value=restore]").click()
    expect(office.page.locator("#opinion")).to_have_value(TEXT)
    says(office, "草稿已存")
    office.page.context.set_offline(True)
    office.page.locator("#opinion").fill(TEXT + "另附说明。")
    says(office, "未保存")
    office.page.context.set_offline(False)
    other = house.person("hr.bureau").page.context.cookies()
    office.page.context.clear_cookies()
    office.page.context.add_cookies(other)
    office.go("/")
    assert kept(office) == {}
    house.said.clear()


def test_a_task_that_changed_meanwhile_says_so_and_keeps_the_text(house: House) -> None:
    case = house.site.hiring()
    office = house.person("staffing.office").open("S01")
    case.complete("staffing_check", "staffing.office", "approve")
    office.page.locator("#opinion").fill(TEXT)
    says(office, "文字已存本机")
    assert TEXT in "".join(kept(office).values())


def test_what_is_sent_while_a_save_is_on_its_way_waits_for_it_and_meets_no_other_window(house: House) -> None:
    address = begun(house.site, house.site.visitor("bureau.hr")).removeprefix("http://localhost")
    person = house.person("bureau.hr")
    person.go(f"{address}/application")
    person.page.evaluate(
        "() => { const real = fetch; window.fetch = (...sent) =>"
        " real(...sent).then((reply) => new Promise((done) => setTimeout(done, 800, reply))); }"
    )
    with person.page.expect_request("**/application/draft"):
        person.page.locator("[name=certificate]").fill("小学语文教师资格证")
    person.page.locator("[name=need]").fill("退休 2 人")
    person.page.locator("form[data-draft] button.go").click()
    expect(person.page.locator("[role=alert]").first).to_contain_text("已经保存")
    expect(person.page.locator("[name=need]")).to_have_value("退休 2 人")


def test_a_phrase_stands_once_and_apart_from_what_follows(house: House) -> None:
    house.site.hiring()
    office = house.person("staffing.office").open("S01")
    opinion, chip = office.page.locator("#opinion"), office.page.locator("[data-phrase]").first
    said = chip.get_attribute("data-phrase") or ""
    opinion.fill("另附说明")
    opinion.evaluate("(field) => field.setSelectionRange(0, 0)")
    chip.click()
    chip.click()
    expect(opinion).to_have_value(f"{said}另附说明" if said.endswith("。") else f"{said}。另附说明")


def test_logging_out_leaves_nothing_on_the_device(house: House) -> None:
    house.site.hiring()
    office = house.person("staffing.office").open("S01")
    office.page.context.set_offline(True)
    office.page.locator("#opinion").fill(TEXT)
    says(office, "未保存")
    office.page.evaluate(
        "document.querySelector('form[data-forget]').addEventListener('submit', (e) => e.preventDefault())"
    )
    office.page.evaluate("document.querySelector('form[data-forget]').requestSubmit()")
    assert kept(office) == {}
    house.said.clear()
