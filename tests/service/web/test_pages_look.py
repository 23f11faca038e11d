"""The pages in a real browser: no accessibility violation, no overflow, no inline code, keys and drafts that work."""

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from tests.service.web import look

pytestmark = pytest.mark.browser
PROVE = "LECTERN_PROVE" in os.environ
WIDTHS = ((1440, 900), (1024, 800), (768, 1024), (390, 844))
ENDS = (1440, 390)
AXE = look.ROOT / "node_modules" / "axe-core" / "axe.min.js"
FINDINGS = """async () => {
  const found = await axe.run(document, {resultTypes: ['violations']});
  return found.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).slice(0, 3).join(' | '));
}"""
OVERFLOW = "() => document.scrollingElement.scrollWidth - innerWidth"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, look.create_app(tmp_path_factory.mktemp("catalogues")), threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def contexts(chromium: Browser, site: str) -> Iterator[dict[str, BrowserContext]]:
    made = {}
    for locale in ("zh", "en"):
        made[locale] = chromium.new_context(locale="zh-CN" if locale == "zh" else "en-GB", reduced_motion="reduce")
        made[locale].add_cookies([{"name": "locale", "value": locale, "url": site}])
    yield made
    for context in made.values():
        context.close()


@pytest.fixture
def page(contexts: dict[str, BrowserContext]) -> Iterator[Page]:
    """A page of its own; a test that sends it elsewhere waits for that: closing it on the way can hang for ever."""
    opened = contexts["zh"].new_page()
    opened.set_viewport_size({"width": 1440, "height": 900})
    yield opened
    opened.close()


@dataclass
class Window:
    """A window that stays open, and what the browser has said in it since somebody looked."""

    page: Page
    said: list[str]


@pytest.fixture(scope="module")
def windows(contexts: dict[str, BrowserContext]) -> dict[str, Window]:
    """One for each language: to open one costs more than to look at a page in it."""
    pages = {locale: context.new_page() for locale, context in contexts.items()}
    return {locale: Window(page, complaints(page)) for locale, page in pages.items()}


def complaints(page: Page) -> list[str]:
    """What the browser says while a page loads: errors of scripts, refused by the policy."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def violations(page: Page) -> list[str]:
    """What axe-core finds: rule and the first elements."""
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(FINDINGS)
    return found


def looks() -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """(Path, language, the widths at which axe-core looks): `make prove` looks at all in both languages, at both ends.

    In the small size languages and ends take turns, page by page; that a page fits is seen at every width even so, from
    the one end, where the page before has left the window, to the other.
    """
    for number, path in enumerate(look.PAGES):
        if PROVE:
            yield from ((path, locale, ENDS) for locale in ("zh", "en"))
        else:
            yield path, ("zh", "en")[number % 2], (ENDS[number // 2 % 2],)


@pytest.mark.parametrize(("path", "locale", "judged"), looks(), ids=lambda one: one if isinstance(one, str) else None)
def test_a_page_is_accessible_fits_and_obeys_the_policy(
    windows: dict[str, Window], site: str, path: str, locale: str, judged: tuple[int, ...]
) -> None:
    page, said = windows[locale].page, windows[locale].said
    said.clear()
    page.goto(site + path)
    for width, height in WIDTHS if judged[-1] == ENDS[-1] else reversed(WIDTHS):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(OVERFLOW) <= 0, f"wider than {width}"
        if width in judged:
            assert violations(page) == []
    assert said == []
    assert page.locator("h1").count() == 1


def test_the_diagram_opens_at_the_current_step_in_its_colours(page: Page, site: str) -> None:
    said = complaints(page)
    page.goto(site + "/tasks/t3")
    box = page.locator(".diagram")
    box.scroll_into_view_if_needed()
    expect(box).to_have_attribute("data-drawn", "yes")
    strokes = {
        element: page.locator(f'[data-element-id="{element}"] .djs-visual > rect').first.evaluate(
            "node => getComputedStyle(node).stroke"
        )
        for element in ("demand", "hr_check", "filing")
    }
    assert strokes == {"demand": "rgb(27, 94, 85)", "hr_check": "rgb(133, 80, 0)", "filing": "rgb(123, 132, 128)"}
    expect(page.locator(".bjs-powered-by")).to_be_visible()
    for current in ("hr_check", "staffing_check"):
        expect(page.locator(f'[data-element-id="{current}"]').first).to_be_in_viewport()
    page.get_by_role("button", name="放大").click()
    assert violations(page) == []
    assert said == []


def test_keys_move_open_search_and_help_but_not_while_typing(page: Page, site: str) -> None:
    page.goto(site + "/")
    current = page.locator(".row[aria-current]")
    expect(current).to_contain_text("松塘乡中心小学")
    with page.expect_response("**/tasks/t4/preview?*"):
        page.keyboard.press("j")
    expect(current).to_contain_text("柳溪镇")
    page.keyboard.press("s")
    expect(page.locator(".bulk [data-count]")).to_have_text("已选 1 项")
    page.keyboard.press("/")
    page.keyboard.type("jk")
    expect(page.locator(".find input")).to_have_value("jk")
    expect(current).to_contain_text("柳溪镇")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.wait_for_function("document.activeElement === document.body && !document.querySelector('dialog[open]')")
    expect(current).to_contain_text("柳溪镇")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks/t4?box=todo", wait_until="commit")


def test_returning_without_a_reason_puts_the_cursor_into_the_opinion(page: Page, site: str) -> None:
    page.goto(site + "/tasks/t3")
    page.locator("#opinion").fill("")
    page.locator("h1").click()
    page.keyboard.press("r")
    expect(page.locator("#opinion")).to_be_focused()
    expect(page.locator("#opinion-missing")).to_be_visible()
    page.get_by_role("button", name="请补齐材料").click()
    expect(page.locator("#opinion")).to_have_value("请补齐材料")
    expect(page.locator("#opinion-missing")).to_be_hidden()
    with page.expect_request("**/complete?*") as sent, page.expect_navigation():
        page.locator(".decide .back").click()
    assert "decision=return" in (sent.value.post_data or "")


def test_refusing_asks_first(page: Page, site: str) -> None:
    page.goto(site + "/tasks/t3")
    page.locator(".decide .no").click()
    expect(page.locator("#confirm")).to_contain_text("不同意并结束本案？")
    page.locator("#confirm [value=no]").click()
    assert page.url.endswith("/tasks/t3")
    page.locator(".decide .no").click()
    with page.expect_request("**/complete?*") as sent, page.expect_navigation():
        page.locator("#confirm [value=yes]").click()
    assert "decision=reject" in (sent.value.post_data or "")


def test_a_blocked_decision_sends_nothing(page: Page, site: str) -> None:
    page.goto(site + "/tasks/refused")
    sent: list[Any] = []
    page.on("request", lambda request: sent.append(request) if "/complete" in request.url else None)
    page.locator(".decide .go").click(force=True)
    page.wait_for_timeout(100)
    assert sent == []
    expect(page.locator("#d-approve-why")).to_have_text("编制已满，不能同意")


def test_a_draft_survives_a_lost_connection_and_says_so(page: Page, site: str) -> None:
    page.goto(site + "/tasks/t3")
    state = page.locator(".draft-state")
    page.context.set_offline(True)
    page.locator("#opinion").fill("断网时写的意见")
    expect(state).to_contain_text("内容保留在本设备")
    page.context.set_offline(False)
    expect(state).to_contain_text("草稿已存")
    page.context.set_offline(True)
    expect(state).to_contain_text("内容保留在本设备")
    page.locator("#opinion").fill("还没有传上去的意见")
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto(site + "/tasks/t3")
    page.locator("#draft-offer [value=restore]").click()
    expect(page.locator("#opinion")).to_have_value("还没有传上去的意见")
    expect(state).to_contain_text("草稿已存")


def test_rows_are_added_numbered_and_checked_live(page: Page, site: str) -> None:
    page.goto(site + "/start/hiring")
    onward = page.locator(".actions [data-next]")
    expect(onward).to_have_attribute("aria-disabled", "true")
    posts = page.locator("[data-path=posts]")
    posts.get_by_role("button", name="添加一行").click()
    third = page.locator("[name='posts.2.count']")
    with page.expect_request(lambda request: "posts.2.count=1" in (request.post_data or "")):
        third.fill("1")
    posts.locator("[data-row]").nth(0).locator("[data-remove]").click()
    expect(posts.locator("[data-row]")).to_have_count(2)
    expect(page.locator("[name='posts.1.count']")).to_have_value("1")
    expect(page.locator("#check-posts-0")).to_contain_text("可用")
    expect(onward).to_have_attribute("aria-disabled", "false")
    onward.click()
    expect(page.locator("[name='posts.1.subject']")).to_be_focused()
    for name, value in (("subject", "science"), ("stage", "primary"), ("band", "junior")):
        page.locator(f"[name='posts.1.{name}']").select_option(value)
    onward.click()
    expect(page.locator(".stepper [aria-current]")).to_have_text("2条件与定向")
    expect(page.get_by_role("heading", name="条件与定向")).to_be_focused()


def test_a_way_out_beside_the_form_changes_the_row_and_the_ledger_follows(page: Page, site: str) -> None:
    page.goto(site + "/start/hiring")
    with page.expect_request(lambda request: "posts.1.band=junior" in (request.post_data or "")):
        page.get_by_role("button", name="改为初级岗位").click()
    expect(page.locator("[name='posts.1.band']")).to_have_value("junior")
    expect(page.locator("[name='posts.1.band']")).to_be_focused()
    expect(page.get_by_role("button", name="改为初级岗位")).to_have_count(0)
    expect(page.locator(".actions [data-next]")).to_have_attribute("aria-disabled", "false")


def test_a_file_in_a_row_covers_no_other_field_of_the_row_on_a_phone(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(site + "/start/hiring")
    steps = page.locator("[data-step]")
    steps.evaluate_all("all => all.forEach((step) => (step.hidden = step.dataset.step !== '2'))")
    for name in ("kind", "name", "sha256"):
        page.locator(f"[name='evidence.0.{name}']").click(trial=True, timeout=3000)
    expect(page.locator("td[data-label='名称 · 必填']")).to_be_visible()


def test_a_file_goes_up_at_once_and_the_form_carries_its_id(page: Page, site: str, tmp_path: Path) -> None:
    minutes = tmp_path / "纪要.pdf"
    minutes.write_bytes(b"%PDF")
    page.goto(site + "/start/hiring")
    page.locator("#f-start-minutes").set_input_files(minutes)
    expect(page.locator("[data-upload] [name='minutes[]']")).to_have_count(2)
    expect(page.locator("[data-upload]:has(#f-start-minutes) .files li").last).to_contain_text("纪要.pdf")


def test_the_phone_shows_the_dock_picks_rows_and_has_a_sheet(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(site + "/")
    page.locator("[data-pick]").click()
    page.locator(".row .pick input:enabled").first.check()
    expect(page.get_by_role("button", name="批量同意")).to_be_in_viewport()
    page.goto(site + "/tasks/t3")
    expect(page.locator(".dock .go")).to_be_in_viewport()
    expect(page.locator(".tabbar")).to_be_hidden()
    page.goto(site + "/ledger")
    page.locator(".tabbar summary").click()
    expect(page.locator(".sheet").get_by_role("link", name="组织与人员")).to_be_in_viewport()


def test_the_bell_counts_by_itself_while_the_page_is_looked_at(page: Page, site: str) -> None:
    page.clock.install()
    page.goto(site + "/")
    bell = page.locator("[data-bell]")
    expect(bell).to_have_text("2")
    page.clock.fast_forward(40_000)
    expect(bell).to_have_text("7")
    expect(bell).to_have_attribute("aria-label", "通知，7 条未读")


def test_every_template_page_stands_in_the_readme_table(site: str) -> None:
    named = {path for _, _, path in look.endpoints()}
    assert len(named) > 30
    assert set(look.FRAGMENTS) - {"/gone"} <= named
