"""What is written in the editor is kept, whatever happens to connection, page and colleagues."""

import re

import orjson
import pytest
from playwright.sync_api import Route, expect

from service.db import db
from service.deployments.commands_drafts import SaveDraft, save_files
from service.deployments.drafts import files_of
from tests.browser.people import House, Person
from tests.browser.test_editor import newest

pytestmark = pytest.mark.browser
FORM = "forms/hiring-approval.form"


def begun(admins: House, person: Person) -> str:
    """A new draft of hiring; its id."""
    person.go(f"/definitions/{newest()}").locator("form[action$='/draft'] button").click()
    found = re.search(r"/drafts/([0-9a-f-]+)", person.page.url)
    assert found
    return found[1]


def on_server(draft_id: str, name: str) -> str:
    db.session.rollback()
    return files_of(db.session(), draft_id)[name]


def test_changes_without_a_connection_are_kept_and_a_conflict_says_what_can_be_done(admins: House) -> None:
    one, other = admins.person("admin"), admins.person("bureau.chief")
    one.go(f"/definitions/{newest()}").locator("form[action$='/draft'] button").click()
    path = one.page.url.removeprefix(admins.address) + "/edit?file=flow.toml"
    for person in (one, other):
        person.go(path)
    text = one.page.locator(".plain-text")
    one.page.context.set_offline(True)
    text.fill(text.input_value() + "# 一\n")
    expect(one.page.locator("#save-state")).to_contain_text("没有连接")
    one.page.context.set_offline(False)
    expect(one.page.locator("#save-state")).to_have_attribute("data-state", "saved")
    theirs = other.page.locator(".plain-text")
    theirs.fill(theirs.input_value() + "# 二\n")
    box = other.page.locator("#conflict")
    expect(box).to_contain_text("您的修改没有丢失")
    box.get_by_role("button", name="用我的文件覆盖").click()
    expect(other.page.locator("#save-state")).to_have_attribute("data-state", "saved")
    one.go(path)
    assert "# 二" in one.page.locator(".plain-text").input_value()
    admins.said[:] = [told for told in admins.said if "ERR_INTERNET_DISCONNECTED" not in told]


def test_putting_my_file_over_theirs_leaves_their_other_files_as_they_wrote_them(admins: House) -> None:
    mine, driver = admins.person("admin"), admins.site.driver
    draft_id = begun(admins, mine)
    page = mine.go(f"/drafts/{draft_id}/edit?file=flow.toml")
    form = orjson.loads(on_server(draft_id, FORM))
    form["components"].insert(0, {"type": "text", "text": "局里加的一句话", "id": "added_line"})
    sent = SaveDraft(draft_id, 1, {FORM: orjson.dumps(form).decode()})
    save_files(driver.actor("bureau.chief"), sent, now=driver.now)
    text = page.locator(".plain-text")
    text.fill(text.input_value() + "# 我的\n")
    page.locator("#conflict").get_by_role("button", name="用我的文件覆盖").click()
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")
    page.locator("#file").select_option(FORM)
    expect(page.locator("[data-shown]")).to_contain_text("局里加的一句话")
    assert "局里加的一句话" in on_server(draft_id, FORM)
    assert "# 我的" in on_server(draft_id, "flow.toml")


def test_a_save_whose_reply_was_lost_is_no_conflict_with_oneself(admins: House) -> None:
    mine = admins.person("admin")
    draft_id = begun(admins, mine)
    page = mine.go(f"/drafts/{draft_id}/edit?file=flow.toml")
    lost: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method != "PUT" or lost:
            route.continue_()
            return
        lost.append(route.fetch().text())
        route.abort()

    page.route("**/contents", lose)
    text = page.locator(".plain-text")
    text.fill(text.input_value() + "# 第一句\n")
    expect(page.locator("#save-state")).to_have_attribute("data-state", "offline")
    assert "# 第一句" in on_server(draft_id, "flow.toml")
    text.fill(text.input_value() + "# 第二句\n")
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")
    expect(page.locator("#conflict")).to_be_hidden()
    assert "# 第二句" in on_server(draft_id, "flow.toml")
    admins.said[:] = [told for told in admins.said if "ERR_FAILED" not in told and "409" not in told]


def test_what_was_written_in_the_last_moment_before_the_page_goes_is_not_lost(admins: House) -> None:
    mine = admins.person("admin")
    draft_id = begun(admins, mine)
    page = mine.go(f"/drafts/{draft_id}/edit?element=bureau_review")
    page.on("dialog", lambda dialog: dialog.accept())
    assert 'value="any"' not in on_server(draft_id, "flow.bpmn")
    page.locator("[id$=-signing]").first.select_option("any")
    page.goto(f"{admins.address}/definitions")
    page = mine.go(f"/drafts/{draft_id}/edit")
    expect(page.locator("#stage")).to_have_attribute("data-open", "flow.bpmn")
    if page.locator("#kept").is_visible():
        page.locator("#kept").get_by_role("button").first.click()
        expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")
    assert 'value="any"' in on_server(draft_id, "flow.bpmn")
