"""In which language a page speaks: what was chosen on it, else the browser's, else the account's."""

import pytest

from service.web import edge
from tests.service.web.api.outside import outside
from tests.service.web.pages.browser import Site

CASES = [
    ("en-GB,en;q=0.8", None, "en"), ("zh-CN", None, "zh-CN"), ("fr", None, "zh-CN"), ("en", "zh", "zh-CN"),
    ("zh", "en", "en"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "chosen", "spoken"), CASES)
def test_a_browser_keeps_its_language_after_login_until_another_is_chosen(
    site: Site, asked: str, chosen: str | None, spoken: str
) -> None:
    client = site.app.test_client()
    client.set_cookie(edge.SESSION_COOKIE, site.visitor("s01.hr").token)
    if chosen:
        client.set_cookie(edge.LOCALE_COOKIE, chosen)
    page = outside(lambda: client.get("/notices", headers={"Accept": "text/html", "Accept-Language": asked}))
    assert f'<html lang="{spoken}"' in page.text
