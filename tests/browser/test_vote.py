"""A vote of eleven on their phones, one of whom steps aside: nobody sees a choice, everybody sees the result."""

import os

import pytest
from playwright.sync_api import expect

from tests.browser.people import PHONE, House, Person
from tests.service.tasks import polls

pytestmark = pytest.mark.browser
PROVE = "LECTERN_PROVE" in os.environ
IN_BROWSERS = 9 if PROVE else 1
"""Of the ten who vote: how many more than the first press the buttons; the others vote through the command."""
SAID = ["yes", "no", "yes", "yes", "abstain", "yes", "yes", "yes", "no", "yes"]


def look(person: Person, name: str) -> None:
    """What differs from a page that is checked by a note or a line alone is checked in the long run only."""
    if PROVE:
        person.check(name)


def test_a_vote_of_eleven_with_one_who_steps_aside(house: House) -> None:
    driver = house.site.driver
    members = polls.committee(driver, 11)
    case = polls.begun(driver, members)
    task_id = case.task("vote").id
    first = house.person(members[0], size=PHONE).open("XL")
    first.sees("11 人中已有 0 人投票", "#ballot").check("vote-paper")
    first.page.locator(".dock button[value=yes]").click()
    expect(first.page.locator("dialog#confirm")).to_contain_text("投“同意”")
    first.page.locator("dialog#confirm button[value=no], dialog#confirm button").first.click()
    assert case.task("vote").seats[0].state == "open", "who thinks again has not voted"
    look(first.decide("yes").sees("您已投票", "#ballot"), "vote-cast")
    assert first.page.locator("button[name=decision]:visible").count() == 0
    assert first.page.evaluate("() => JSON.stringify({...localStorage, ...sessionStorage})") == "{}"

    last = house.person(members[10], "en", PHONE).open("XL")
    last.sees("Secret: it is kept that you have voted", "#ballot").shot("vote-paper-en-390")
    last.page.locator("#ballot").get_by_role("link", name="I must step aside").click()
    last.page.fill("#reason", "A candidate is my cousin.")
    last.page.locator("main form button.go").click()
    last.page.wait_for_load_state()
    last.go(f"/tasks/{task_id}")
    look(last.sees("You have stepped aside", "#ballot"), "vote-aside")

    for number, choice in enumerate(SAID[1:], start=1):
        if number <= IN_BROWSERS:
            house.person(members[number], size=PHONE).open("XL").decide(choice).sees("选票已入箱", "body")
        else:
            polls.cast(case, members[number], choice)
    first.go(f"/tasks/{task_id}")
    first.sees("通过", "#ballot").sees("由系统计票", "#ballot").check("vote-result")
    told = " ".join(first.page.locator(".count").inner_text().split())
    assert told == "同意 7 反对 2 弃权 1 参加投票 10 应到 11 回避 1"
    assert case.open() == ["done"]
    applicant = house.person("s01.principal", "en")
    applicant.go(f"/cases/{case.id}")
    look(applicant.sees("7 in favour, 2 against, 1 abstained"), "vote-story")
