"""An unfinished form and a lost connection: nothing typed is lost, and on a shared computer nothing is left behind."""

import json

import pytest
from playwright.sync_api import expect

from service.web import edge
from tests.browser.people import House, Person

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
