"""Notices in the browser: one's own, opened and read."""

import re
from datetime import timedelta

from service.notices.delivery import deliver
from tests.service.web.pages.browser import Site

RECALL = timedelta(minutes=2)
UNREAD = 'class="row unread"'
LINKS = re.compile(r'href="(/notices/[0-9a-f-]{36})"')


def test_a_notice_leads_to_its_task_and_is_read_then(site: Site) -> None:
    site.hiring()
    deliver(site.driver.now + RECALL)
    officer = site.visitor("bureau.hr")
    page = officer.text("/notices")
    assert "等您办理" in page
    assert UNREAD in page
    opened = officer.get(LINKS.findall(page)[0])
    assert opened.status_code == 302
    assert opened.location.startswith("/tasks/")
    assert UNREAD not in officer.text("/notices")
    assert UNREAD in site.visitor("staffing.office").text("/notices")


def test_all_are_read_at_once_in_english_as_well(site: Site) -> None:
    site.hiring()
    deliver(site.driver.now + RECALL)
    officer = site.visitor("bureau.hr", "en")
    assert "waiting for you" in officer.text("/notices")
    assert officer.post("/notices/read").location == "/notices"
    assert UNREAD not in officer.text("/notices")


def test_anothers_notice_is_404_and_stays_unread(site: Site) -> None:
    site.hiring()
    deliver(site.driver.now + RECALL)
    (link, *_) = LINKS.findall(site.visitor("bureau.hr").text("/notices"))
    assert site.visitor("s02.hr").get(link).status_code == 404
    assert UNREAD in site.visitor("bureau.hr").text("/notices")
    assert site.visitor("bureau.hr").post("/notices/read", with_token=False).status_code == 400
    assert UNREAD in site.visitor("bureau.hr").text("/notices")


def test_without_notices_the_page_says_so(site: Site) -> None:
    assert "没有通知" in site.visitor("s02.teacher").text("/notices")
