"""People at browsers: each has a session, opens tasks from the inbox, fills in forms by their names, and decides."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from lxml import html
from playwright.sync_api import Browser, BrowserContext, Page, expect

from service.access import sessions
from service.db import transaction
from service.demo.cases import minutes_pdf
from service.web import edge
from tests.service.web import look
from tests.service.web.pages.browser import Site
from tests.service.web.test_pages_look import FINDINGS, OVERFLOW, PROVE, WIDTHS

AXE = look.ROOT / "node_modules" / "axe-core" / "axe.min.js"
WIDE, PHONE = (1440, 900), (390, 844)
CODE = re.compile(r"\b(?:reason|event|field|state|role|task|instance|operation|timer|account|out)\.[a-z_]+\b")
"""A code that nobody has put into words."""
EXPECTED = re.compile(r"status of (?:401|403|409|422|429)")
"""A refusal that a scenario wants; Chromium reports every one as an error."""


@dataclass
class House:
    """The served county and everybody who looks at it."""

    site: Site
    chromium: Browser
    address: str
    shots: Path | None = None
    said: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)
    checked: list[str] = field(default_factory=list)

    def person(self, who: str, locale: str = "zh", size: tuple[int, int] = WIDE) -> "Person":
        """Somebody who is logged in, in a browser of their own."""
        with transaction() as session:
            account = self.site.driver.county.accounts[who]
            opened = sessions.open_token(session, account, "session", timedelta(days=200), self.site.driver.now)
        context = self._context(locale, size)
        context.add_cookies(
            [
                {"name": edge.SESSION_COOKIE, "value": opened.token, "url": self.address},
                {"name": edge.LOCALE_COOKIE, "value": locale, "url": self.address},
            ]
        )
        return Person(self, who, self.opened(context))

    def stranger(self) -> Page:
        """A browser without a session."""
        return self.opened(self._context("zh", WIDE))

    def opened(self, context: BrowserContext) -> Page:
        """A page whose complaints are written down: errors of scripts, what the policy refused, failed requests."""
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda told: self._complain(f"{page.url}: {told.text}") if told.type == "error" else None)
        page.on("pageerror", lambda error: self.said.append(f"{page.url}: {error}"))
        return page

    def close(self) -> None:
        for context in self.contexts:
            context.close()

    def _context(self, locale: str, size: tuple[int, int]) -> BrowserContext:
        language = "zh-CN" if locale == "zh" else "en-GB"
        viewport: Any = {"width": size[0], "height": size[1]}
        made = self.chromium.new_context(
            locale=language, viewport=viewport, reduced_motion="reduce", timezone_id="Asia/Shanghai"
        )
        self.contexts.append(made)
        return made

    def _complain(self, text: str) -> None:
        if not EXPECTED.search(text):
            self.said.append(text)


@dataclass
class Person:
    """Somebody at a browser."""

    house: House
    who: str
    page: Page

    def go(self, path: str) -> Page:
        self.page.goto(self.house.address + path)
        return self.page

    def open(self, key: str, step: str = "") -> "Person":
        """Open the first task of a case (at a step) from the inbox, the person's own box first.

        The inbox is read and not drawn: what it looks like and that its rows open is seen elsewhere.
        """
        for box in ("todo", "claimable"):
            reply = self.page.request.get(f"{self.house.address}/?box={box}&q={key}")
            rows = html.fromstring(reply.text()).find_class("row")
            found = [str(row.find_class("title")[0].get("href")) for row in rows if step in row.text_content()]
            if found:
                self.go(found[0])
                return self
        raise AssertionError(f"{self.who} has no task “{step}” of {key}")

    def fill(self, **values: Any) -> "Person":
        """Fill in fields by name; `__` stands for the dot of a name in a row."""
        for name, value in values.items():
            control = self.page.locator(f"[name='{name.replace('__', '.')}']")
            if control.evaluate("node => node.tagName") == "SELECT":
                control.select_option(str(value))
            else:
                control.fill(str(value))
        return self

    def upload(self, name: str = "校务会纪要.pdf") -> "Person":
        """Put a file into the first file field and wait until it is stored."""
        content: Any = {"name": name, "mimeType": "application/pdf", "buffer": minutes_pdf()}
        self.page.locator("main input[type=file]:visible").first.set_input_files(content)
        self.page.locator(".files a:visible", has_text=name).first.wait_for()
        return self

    def decide(self, value: str, opinion: str = "", *, refused: bool = False) -> "Person":
        """Press a decision, and yes where it asks; the page that follows has loaded."""
        page = self.page
        declared = page.locator("[name=no_interest]")
        if declared.count():
            declared.check()
        if opinion:
            page.fill("#opinion", opinion)
        button = page.locator(f"button[name=decision][value={value}]:visible").first
        asks = button.get_attribute("data-confirm")
        with page.expect_response(lambda reply: "/complete" in reply.url) as answer:
            button.click()
            if asks:
                page.locator("dialog#confirm button[value=yes]").click()
        assert (answer.value.status in (409, 422)) == refused, page.locator("main").inner_text()
        page.wait_for_load_state()
        return self

    def check(self, name: str) -> None:
        """The page is accessible, fits at every width, and says no code to anybody.

        axe-core looks at both ends in the long run; in the small size they take turns, page by page.
        """
        page, ends = self.page, (WIDE[0], PHONE[0])
        judged = ends if PROVE else (ends[len(self.house.checked) % 2],)
        self.house.checked.append(name)
        assert not CODE.search(page.locator("body").inner_text())
        size = page.viewport_size
        for width, height in WIDTHS:
            page.set_viewport_size({"width": width, "height": height})
            if width in ends:
                self.shot(f"{name}-{width}")
            assert page.evaluate(OVERFLOW) <= 0, f"{name} is wider than {width}"
            if width in judged:
                assert self.violations() == [], name
        if size:
            page.set_viewport_size(size)

    def violations(self) -> list[str]:
        """What axe-core finds."""
        if not self.page.evaluate("() => Boolean(window.axe)"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[str] = self.page.evaluate(FINDINGS)
        return found

    def shot(self, name: str) -> None:
        if self.house.shots:
            self.page.screenshot(path=self.house.shots / f"{name}.png", full_page=True, caret="initial")

    def sees(self, text: str, where: str = "main") -> "Person":
        expect(self.page.locator(where).first).to_contain_text(text)
        return self
