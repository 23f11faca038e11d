"""A morning's work: ten cases by keyboard, many at once with two refused, a return and its re-entry, a substitute."""

import os
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import PHONE, WIDE, House
from tests.driver import Case
from tests.service.tasks import flows, returns
from tests.service.tasks.deputing import give
from tests.workflows import diagrams as d

pytestmark = pytest.mark.browser
PROVE = "LECTERN_PROVE" in os.environ
SIZES = {"phone": PHONE, "desk": WIDE}
BOTH = ["phone-zh", "desk-en"] if PROVE else ["phone-zh"]
"""On which screen and in which language; the second only in the long run."""
SCHOOL = "s01.principal"


def seen(who: str) -> tuple[tuple[int, int], str]:
    size, locale = who.split("-")
    return SIZES[size], locale


def checked(house: House, who: str, count: int) -> list[Case]:
    """So many cases at a step that one person has to check; what is returned is corrected by the school."""
    person = house.site.driver.county.persons[who]
    check = flows.task(
        "check", assignee=f'="{person}"', form="small-start", fields="count:read,note:read",
        decisions="approve,return,reject", dueIn="5 workdays",
    )  # fmt: skip
    fix = flows.task("fix", assignee="=initiator", form="small-start", fields="count:read,note:write")
    ways = [d.flow("way", "fix", '=check.decision = "return"'), d.flow("way", "end", '=check.decision != "return"')]
    links = [d.path("start", "check", "way"), *ways, d.path("fix", "check")]
    house.site.driver.deploy(flows.flow((check, d.gateway("exclusive", "way"), fix), links))
    return [house.site.driver.start("small", SCHOOL, "s01", count=n + 1, note=f"第 {n + 1} 件") for n in range(count)]


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def moved(page: Page, *keys: str) -> None:
    """Keys that end on another page."""
    press(page, *keys[:-1])
    with page.expect_navigation():
        press(page, keys[-1])
    page.wait_for_load_state()


def returned(page: Page, reason: str) -> None:
    """r asks for a reason; once it is written, r sends it."""
    press(page, "r")
    expect(page.locator("#opinion")).to_be_focused()
    page.keyboard.type(reason)
    moved(page, "Escape", "r")


def sought(page: Page, key: str) -> None:
    """/ asks for words; what is found first is opened."""
    press(page, "/")
    page.keyboard.type(key)
    moved(page, "Enter")
    moved(page, "Enter")


def test_ten_cases_are_decided_by_keys_alone(county: House) -> None:
    cases = checked(county, "bureau.hr", 10)
    officer = county.person("bureau.hr")
    page = officer.go("/?box=todo&sort=arrival")
    expect(page.locator(".inbox .row")).to_have_count(10)
    press(page, "?")
    expect(page.locator("#keys")).to_be_visible()
    officer.shot("morning-keys")
    press(page, "Escape")
    officer.check("morning-inbox")
    press(page, "j", "j", "k")
    expect(page.locator(".row[aria-current]")).to_contain_text(key_of(cases[8]))
    expect(page.locator("#preview")).to_contain_text(key_of(cases[8]))
    for left in (9, 8):
        moved(page, "a")
        expect(page.locator(".inbox .row")).to_have_count(left)
    press(page, "s", "j", "s")
    expect(page.locator(".bulk")).to_be_visible()
    officer.shot("morning-chosen")
    press(page, "a")
    expect(page.locator("dialog#confirm")).to_be_visible()
    moved(page, "Tab", "Enter")
    expect(page.locator(".inbox .row")).to_have_count(6)
    moved(page, "Enter")
    officer.check("morning-task")
    moved(page, "n")
    moved(page, "k")
    for _ in range(2):
        returned(page, "请补充说明。")
    for _ in range(3):
        moved(page, "a")
    officer.go("/?box=todo")
    sought(page, page.locator(".inbox .row .key").inner_text())
    moved(page, "a")
    officer.go("/?box=todo")
    officer.sees("都办完了").check("morning-done")
    assert sorted(case.state for case in cases) == ["completed"] * 8 + ["running"] * 2
    assert [case.open() for case in cases if case.state == "running"] == [["fix"], ["fix"]]


def key_of(case: Case) -> str:
    return str(case.task("check").case.business_key)


@pytest.mark.parametrize("seat", BOTH)
def test_many_are_approved_at_once_and_two_are_refused_with_their_reasons(county: House, seat: str) -> None:
    size, locale = seen(seat)
    cases = checked(county, "bureau.chief", 5)
    keys = [key_of(case) for case in cases]
    chief = county.person("bureau.chief", locale, size)
    page = chief.go("/?box=todo&sort=arrival")
    expect(page.locator(".inbox .row")).to_have_count(5)
    cases[1].withdraw(SCHOOL)
    cases[3].complete("check", "bureau.chief", "return")
    if size == PHONE:
        page.locator("[data-pick]").click()
    for box in page.locator(".row .pick input:enabled").all():
        box.check()
    chief.shot(f"bulk-chosen-{seat}")
    page.locator(".bulk input[name=opinion]").fill("同意")
    page.locator(".bulk button[type=submit]").click()
    page.locator("dialog#confirm button[value=yes]").click()
    page.wait_for_url("**/bulk/*")
    refused = page.locator(".bulk-report section").first.locator("tbody tr")
    expect(refused).to_have_count(2)
    told = " ".join(refused.all_inner_texts())
    assert keys[1] in told
    assert keys[3] in told
    chief.check(f"bulk-report-{seat}")
    assert [case.state for case in cases] == ["completed", "withdrawn", "completed", "running", "completed"]
    page.locator(".tools a").first.click()
    page.wait_for_url("**/?*")
    expect(page.locator(".inbox .row")).to_have_count(0)


def test_a_returned_case_is_corrected_on_the_phone_and_runs_its_steps_again(county: House) -> None:
    case = returns.at_check(county.site.driver, returns.line())
    officer = county.person("bureau.hr", "en" if PROVE else "zh").open(key_of(case))
    page = officer.page
    moved(page, "r")
    officer.check("morning-return")
    page.locator("[name=target][value=fill]").check()
    page.fill("#reason", "请补充说明。")
    with page.expect_navigation():
        page.locator("main form button.back").click()
    assert case.open() == ["fill"]

    school = county.person("s01.hr", size=PHONE).open("", "fill")
    school.sees("请补充说明。", ".why.back").check("morning-correction")
    heads = [panel.bounding_box() for panel in school.page.locator(".task .panel").all()]
    assert heads[0] == min(heads, key=lambda box: box["y"] if box else 0), "first what is asked"
    school.fill(note="补充如下。").decide("complete")
    officer.open(key_of(case)).sees("补充如下。").check("morning-again")
    officer.decide("approve")
    assert case.open() == ["last"]


@pytest.mark.parametrize("seat", BOTH)
def test_a_substitute_works_for_somebody_until_the_period_is_over(county: House, seat: str) -> None:
    size, locale = seen(seat)
    driver, away = county.site.driver, "staffing.office"
    first, second = checked(county, away, 2)
    other = "s02.teacher" if size == PHONE else "s02.principal"
    give(driver, other, "staffing_officer", "staffing")
    absent = county.person(away, locale, size)
    absent.go("/absence").locator("main").wait_for()
    today = driver.now.date()
    absent.fill(first=today.isoformat(), last=(today + timedelta(days=4)).isoformat())
    absent.page.get_by_role("button", name="核查无人办理的任务" if locale == "zh" else "What would lie?").click()
    absent.check(f"absence-lies-{seat}")
    absent.fill(substitute_id=driver.county.persons[other])
    absent.page.locator("form.form button.go").click()
    absent.sees(other).check(f"absence-{seat}")

    acting = county.person(other, locale, size)
    acting.go("/?box=todo")
    acting.sees(away).shot(f"substitute-inbox-{seat}")
    acting.open(key_of(first)).sees(away, ".tags").check(f"substitute-task-{seat}")
    acting.decide("approve", "同意")
    school = county.person(SCHOOL, locale, size)
    school.go(f"/cases/{first.id}")
    school.sees(other).sees(away).check(f"substitute-story-{seat}")

    driver.clock.advance(timedelta(days=6))
    acting = county.person(other, locale, size)
    acting.go(f"/?box=todo&q={key_of(second)}")
    acting.sees("没有找到" if locale == "zh" else "Nothing found").check(f"substitute-over-{seat}")
    assert acting.page.request.get(f"{county.address}/tasks/{second.task('check').id}").status == 404
    absent = county.person(away, locale, size)
    absent.open(key_of(second)).decide("approve")
    assert second.state == "completed"
