"""An admin redraws hiring in the page, a second one publishes it, and running cases stay or move as they safely can."""

import pytest
from playwright.sync_api import Page, expect

from service.db import db
from service.runs.working import work
from tests.browser.people import House, Person
from tests.driver import Case
from workflows import catalogue, store

pytestmark = pytest.mark.browser

BEHIND = "merge_granted_to_plan_needed"
"""The flow into which the new step is put: what was granted goes on to the plan."""
RESERVED = '{"posts": [{"line": 1, "count": 2, "band": "junior"}], "total": 2, "ledger_full": false}'
DEMAND = {
    "posts__0__subject": "语文", "posts__0__stage": "primary", "posts__0__band": "junior", "posts__0__count": "2",
    "degree": "bachelor", "certificate": "小学语文", "need": "退休 2 人", "meeting_on": "2026-09-08",
}  # fmt: skip


DMN = "empty-table-header: .index-column"
"""What dmn-js leaves open: its column of row numbers has no heading. Everything else of the editor keeps all rules."""


def at_work(person: Person, element: str = "") -> Page:
    """The editor of the draft that is open, at an element."""
    page = person.page
    person.go(
        page.url.removeprefix(person.house.address).partition("?")[0] + (f"?element={element}" if element else "")
    )
    expect(page.locator("#stage")).to_have_attribute("data-open", "flow.bpmn")
    return page


def saved(page: Page) -> None:
    """The draft is on the server, and the gate has looked at it."""
    with page.expect_response(lambda reply: reply.url.endswith("/contents") and reply.request.method == "PUT"):
        pass
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")


def add_countersign(page: Page) -> None:
    """A ready step into the flow that is chosen; a role that does not exist is found, and mended by choosing one."""
    page.locator('[data-block="lectern.countersign"]').click()
    page.locator("[id$=-candidateGroups]").first.fill("deputy_head")
    found = page.locator('#findings [data-rule="assignment.unknown_role"]')
    expect(found).to_contain_text("deputy_head")
    expect(page.locator("#blocked")).to_contain_text("先改 1 处")
    expect(page.locator(".finding-number.error")).to_be_visible()
    page.locator("[id$=-role]").first.select_option("bureau_leader")
    expect(found).to_have_count(0)
    expect(page.locator('#findings [data-rule="decision.unread"]')).to_be_visible()
    page.locator("[id$=-decisions]").first.fill("approve")
    expect(page.locator("#findings li")).to_have_count(0)


def try_it(page: Page) -> None:
    """From the request over an answer of the ledger to the three checks, and one step back."""
    page.get_by_role("button", name="试运行").click()
    trial = page.locator("#trial")
    form = trial.locator("form[data-kind=start]")
    for name, value in DEMAND.items():
        control = form.locator(f"[name='{name.replace('__', '.')}']")
        is_choice = control.evaluate("node => node.tagName") == "SELECT"
        control.select_option(value) if is_choice else control.fill(value)
    form.get_by_role("button", name="附上一个示例文件").click()
    expect(form).to_contain_text("示例文件1.pdf")
    form.get_by_role("button", name="发起").click()
    trial.locator("[name=values]").fill(RESERVED)
    trial.get_by_role("button", name="继续").click()
    expect(trial.locator("form[data-kind=complete]")).to_have_count(3)
    expect(page.locator('[data-element-id="bureau_review"].trial-current')).to_have_count(1)
    trial.locator("form[data-element=staffing_check] button[value=reject]").click()
    expect(trial).to_contain_text("案件结束")
    trial.get_by_role("button", name="退一步").click()
    expect(trial.locator("form[data-kind=complete]")).to_have_count(3)


def compare(page: Page) -> None:
    """The new step stands in colour on the draft's side and in the list."""
    page.locator("#compare").click()
    expect(page.locator("#stage")).to_have_attribute("data-open", "compare")
    expect(page.locator('.changes [data-state="added"]').get_by_role("button", name="会签", exact=True)).to_have_count(
        1
    )
    expect(page.locator(".compare-side.after .diff-added").first).to_be_attached()
    expect(page.locator('.changes [data-part="bureau_review"][data-state="changed"]')).to_have_count(1)
    page.locator("#compare").click()


def test_a_flow_is_redrawn_tried_compared_published_by_a_second_admin_and_its_cases_moved(admins: House) -> None:
    site = admins.site
    old, refused, moving = site.hiring("s02"), site.hiring("s02"), site.registering()
    before = newest()
    admin = admins.person("admin")
    admin.go(f"/definitions/{before}").locator("form[action$='/draft'] button").click()
    draft = admin.page.url
    admin.page.get_by_role("link", name="编辑").click()
    page = at_work(admin, "bureau_review")
    page.locator("[id$=-signing]").first.select_option("all")
    saved(page)
    page = at_work(admin, BEHIND)
    add_countersign(page)
    assert admin.violations() == []
    try_it(page)
    compare(page)
    page.locator("#publish").click()
    admin.page.locator("#reason-ask").fill("增加局领导会签")
    admin.page.get_by_role("button", name="请第二人批准").click()

    second = admins.person("bureau.chief")
    second.go(draft.removeprefix(admins.address))
    second.page.locator("form[action$='/approve'] button").click()
    second.sees("增加局领导会签")
    after = newest()
    assert after != before

    old.complete("staffing_check", "staffing.office", "reject")
    assert (old.state, definition_of(old)) == ("rejected", before)
    fresh = granted(site.hiring("s01"))
    assert fresh.open() != ["announce_school"] and fresh.task(fresh.open()[0]).name == "会签"
    for button, word in (("先看哪些能转", "能转"), ("转换", "已转")):
        moved(second, before, button)
        expect(second.page.locator("tbody .tag.good", has_text=word)).to_have_count(1)
        expect(second.page.locator("tbody tr", has_text="签署方式变了")).to_have_count(1)
    assert second.violations() == []
    assert (definition_of(moving), definition_of(refused)) == (after, before)


def newest() -> str:
    db.session.rollback()
    return catalogue.latest(db.session(), "hiring").id


def definition_of(case: Case) -> str:
    db.session.rollback()
    return store.read(db.session(), case.id).definition_id


def moved(person: Person, source: str, button: str) -> None:
    """The running cases of a version are moved to the newest one by the page, or looked at first."""
    page = person.go(f"/definitions/{source}/cases")
    page.locator("#move #reason").fill("按新版本办理")
    page.locator("#move").get_by_role("button", name=button, exact=True).click()
    page.wait_for_url("**/migrations/*")
    work("long", pace=0)
    page.reload()


def granted(case: Case) -> Case:
    """Checked by all three and filed."""
    for element_id, who in (("bureau_review", "bureau.hr"), ("bureau_review", "bureau.chief"),
                            ("staffing_check", "staffing.office"), ("post_check", "hr.bureau")):  # fmt: skip
        case.complete(element_id, who, "approve")
    case.complete("filing", "bureau.hr", "accept")
    return case


def test_tables_and_forms_are_edited_beside_what_they_answer_and_look_like(admins: House) -> None:
    admin = admins.person("admin", "en")
    admin.go(f"/definitions/{newest()}").locator("form[action$='/draft'] button").click()
    path = admin.page.url.removeprefix(admins.address) + "/edit?file="
    page = admin.go(f"{path}hiring-route.dmn")
    page.locator("#decision-values").fill('{"school_facts": {"authorised": true}}')
    page.get_by_role("button", name="Ask the table").click()
    expect(page.locator(".decision-answer")).to_contain_text("filing")
    expect(page.locator("#stage .bjs-powered-by, #stage .powered-by").first).to_be_visible()
    assert admin.violations() == [DMN]
    page = admin.go(f"{path}forms/hiring-approval.form")
    expect(page.locator(".fjs-palette-container").first).to_be_visible()
    expect(page.locator("[data-preview]")).to_contain_text("Posts and numbers")
    assert admin.violations() == []


def test_on_a_phone_the_draft_is_read_and_tried(admins: House) -> None:
    admin = admins.person("admin", size=(390, 844))
    admin.go(f"/definitions/{newest()}").locator("form[action$='/draft'] button").click()
    admin.go(admin.page.url.removeprefix(admins.address) + "/edit")
    expect(admin.page.locator("#stage")).to_have_attribute("data-open", "flow.bpmn")
    admin.sees("手机上只能查看")
    assert admin.page.locator(".djs-palette").count() == 0
    admin.page.get_by_role("button", name="试运行").click()
    expect(admin.page.locator("#trial form[data-kind=start]")).to_be_visible()
