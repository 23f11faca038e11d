"""What goes otherwise: refused, withdrawn, too late, too many, left unfinished, locked out."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from service.access import passwords
from service.access.models import Account
from service.db import transaction
from tests.browser.people import House
from tests.browser.test_hiring import NEED, START, demand, forward

pytestmark = pytest.mark.browser


def test_a_refusal_needs_a_reason_and_asks_before_it_ends_the_case(house: House) -> None:
    case = house.site.hiring()
    office = house.person("staffing.office").open("S01")
    office.page.locator(".decide button[value=reject]").click()
    expect(office.page.locator("#opinion-missing")).to_be_visible()
    assert len(case.open()) == 3
    office.decide("reject", "该校编制已满足教学需要。")
    assert case.open() == []
    clerk = house.person("s01.hr")
    clerk.go(f"/cases/{case.id}")
    clerk.sees("不同意", ".now").sees("该校编制已满足教学需要。").check("case-rejected")


def test_after_a_reason_was_asked_for_another_decision_goes_through_without_one(house: House) -> None:
    case = house.site.hiring()
    office = house.person("staffing.office").open("S01")
    office.page.locator(".decide button[value=return]").click()
    expect(office.page.locator("#opinion")).to_be_focused()
    office.decide("approve")
    assert "staffing_check" not in case.open()


def test_the_school_withdraws_its_request_and_everything_is_free_again(house: House) -> None:
    clerk = house.person("s01.hr")
    demand(clerk)
    clerk.page.get_by_role("button", name="撤销申请").click()
    clerk.page.locator("dialog#confirm button[value=yes]").click()
    clerk.sees("已撤销", ".now").check("case-withdrawn")
    clerk.go("/ledger").locator("main").wait_for()
    clerk.go("/start/hiring")
    clerk.sees("预留 0", "#effect")


def test_a_task_that_a_colleague_has_done_keeps_what_was_typed(house: House) -> None:
    house.site.hiring()
    first, second = house.person("staffing.office").open("S01"), house.person("staffing.office").open("S01")
    first.decide("approve")
    second.fill(staffing_cut_reason="核减一人").decide("return", "请说明学科结构。", refused=True)
    second.sees("请刷新").check("task-too-late")
    assert "请说明学科结构。" in second.page.content()


def test_a_demand_above_the_ledger_is_blocked_and_one_overtaken_names_the_account(house: House) -> None:
    clerk = house.person("s01.hr")
    clerk.go("/start/hiring")
    clerk.fill(**START, posts__0__count=9)
    expect(clerk.page.locator("#blocked")).to_contain_text("空余")
    expect(clerk.page.locator("[data-next]:visible").first).to_have_attribute("aria-disabled", "true")
    clerk.check("start-blocked")
    clerk.fill(posts__0__count=3)
    expect(clerk.page.locator("#blocked")).to_be_empty()
    forward(clerk)
    clerk.fill(**NEED)
    forward(clerk)
    with clerk.page.expect_response("**/effect"):
        clerk.upload()
    forward(clerk)
    house.site.hiring(count=3)
    with clerk.page.expect_response("**/start/hiring") as answer:
        clerk.page.locator("[data-send]:visible").first.click()
    assert answer.value.status == 409
    expect(clerk.page.locator("[role=alert]").first).to_contain_text("编制")
    assert clerk.page.locator("[name=need]").input_value() == NEED["need"]
    assert "校务会纪要.pdf" in clerk.page.content()


def test_a_request_left_unfinished_is_there_when_one_comes_back(house: House) -> None:
    clerk = house.person("s01.hr")
    clerk.go("/start/hiring")
    clerk.fill(**START, posts__0__count=2)
    expect(clerk.page.locator(".draft-state.desk")).to_contain_text("草稿已存")
    clerk.go("/")
    other = house.person("s01.hr")
    other.go("/start/hiring")
    assert other.page.locator("[name='posts.0.subject']").input_value() == START["posts__0__subject"]
    other.check("start-restored")


def test_an_opinion_left_unfinished_is_there_when_one_comes_back(house: House) -> None:
    house.site.hiring()
    office = house.person("staffing.office").open("S01")
    office.page.fill("#opinion", "尚待核对编制数。")
    expect(office.page.locator(".draft-state").first).to_contain_text("草稿已存")
    office.open("S01")
    assert office.page.locator("#opinion").input_value() == "尚待核对编制数。"


def test_whoever_has_an_interest_steps_aside_and_the_task_leaves_them(house: House) -> None:
    case = house.site.registering()
    case.fire("announcement_period")
    clerk = house.person("s01.hr").open("S01")
    clerk.page.get_by_role("link", name="我须回避").click()
    clerk.check("recuse")
    clerk.page.fill("#reason", "报名人员中有近亲属")
    clerk.page.locator("main form button.go").click()
    clerk.page.wait_for_url(f"{house.address}/**")
    expect(clerk.page.locator(".toast-line")).to_contain_text("已记录")
    assert clerk.page.locator(".inbox .row").count() == 0


def test_wrong_passwords_are_said_and_too_many_lock_out_for_a_while(house: House) -> None:
    with transaction() as session:
        session.execute(
            update(Account).where(Account.username == "s01.hr").values(password_hash=passwords.hashed("对"))
        )
    house.site.driver.clock.set(datetime.now(UTC))  # the browser judges by its own clock when a cookie expires
    page = house.stranger()
    page.goto(house.address + "/requests")
    page.fill("#username", "s01.hr")
    for _ in range(12):
        page.fill("#password", "错")
        page.get_by_role("button", name="登录").click()
        expect(page.locator("[role=alert]")).to_be_visible()
    said = page.locator("[role=alert]").inner_text()
    assert "秒后再试" in said
    page.fill("#password", "对")
    page.get_by_role("button", name="登录").click()
    expect(page.locator("[role=alert]")).to_be_visible()
    house.site.driver.clock.advance(timedelta(hours=1))
    page.fill("#password", "对")
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/requests")
