"""Background work in the pages: how far it is, cancelling it, what came out, and the list of one's own."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from service.access.actor import Actor
from service.clock import Clock
from service.db import transaction
from service.notices import delivery
from service.runs import commands
from service.runs.asking import ask
from service.runs.commands import Told
from service.runs.declaring import KINDS, Kind, Progress, Running
from service.runs.working import work
from service.web import runview
from tests.service.web.pages.browser import Site, Visitor


def count(_run: Running, _progress: Progress, _clock: Clock) -> Mapping[str, Any]:
    return {"n": 3}


@pytest.fixture
def run_id(site: Site, monkeypatch: pytest.MonkeyPatch) -> str:
    """A run that the clerk has asked for and that waits; its result is looked at in the ledger."""
    kind = Kind("test.count", count, "清点", "Count", "共 {n} 项", "{n} in all")
    monkeypatch.setitem(KINDS, kind.name, kind)
    monkeypatch.setitem(runview.LEADS, kind.name, lambda _run: "/ledger")
    clerk = site.driver.actor("s01.hr")
    with transaction() as session:
        return ask(session, clerk, kind.name, {}, now=site.driver.now, total=3)


@pytest.fixture
def clerk(site: Site) -> Visitor:
    return site.visitor("s01.hr")


def test_a_run_is_followed_from_waiting_to_its_result(site: Site, clerk: Visitor, run_id: str) -> None:
    assert "稍后开始" in clerk.text(f"/runs/{run_id}")
    claimed = commands.claim(Actor.system(), "short", now=site.driver.now)
    assert claimed is not None
    commands.tell(Actor.system(), claimed, Told(2, 3), now=site.driver.now)
    part = clerk.get(f"/runs/{run_id}/progress")
    assert '<progress max="3" value="2"' in part.text and "2 / 3" in part.text
    assert ("every 1s" in part.text, part.headers.get("HX-Refresh")) == (True, None)
    assert "<html" not in part.text
    commands.give_back(Actor.system(), claimed, now=site.driver.now)
    work("short")
    part = clerk.get(f"/runs/{run_id}/progress")
    assert ("every 1s" in part.text, part.headers["HX-Refresh"]) == (False, "true")
    shown = clerk.text(f"/runs/{run_id}")
    assert "清点：已完成" in shown and "共 3 项" in shown and 'href="/ledger"' in shown
    assert "Count: done" in site.visitor("s01.hr", "en").text(f"/runs/{run_id}")
    assert f'href="/runs/{run_id}"' in clerk.text("/my/runs")
    assert f"/runs/{run_id}" not in site.visitor("s01.principal").text("/my/runs")


def test_the_notice_of_its_end_leads_to_the_run(site: Site, clerk: Visitor, run_id: str) -> None:
    work("short")
    delivery.deliver(site.driver.now)
    listed = clerk.text("/notices")
    assert "清点：已完成，共 3 项" in listed
    notice = listed.split('class="title" href="')[1].split('"')[0]
    assert clerk.get(notice).location == f"/runs/{run_id}"


def test_a_run_is_cancelled_with_and_without_scripts(site: Site, clerk: Visitor, run_id: str) -> None:
    claimed = commands.claim(Actor.system(), "short", now=site.driver.now)
    assert claimed is not None
    part = clerk.post(f"/runs/{run_id}/cancel", headers={"HX-Request": "true"})
    assert (part.status_code, "将在下一步停下" in part.text, "取消</button>" in part.text) == (200, True, False)
    commands.give_back(Actor.system(), claimed, now=site.driver.now)
    with_page = clerk.post(f"/runs/{run_id}/cancel")
    assert (with_page.status_code, with_page.location) == (302, f"/runs/{run_id}")
    assert "清点：已取消" in clerk.text(f"/runs/{run_id}")
    assert clerk.post(f"/runs/{run_id}/cancel").status_code == 409


def test_a_page_that_only_waits_keeps_no_session_alive(site: Site, clerk: Visitor, run_id: str) -> None:
    for _ in range(8):
        site.driver.clock.advance(timedelta(minutes=29))
        clerk.get(f"/runs/{run_id}/progress")
    assert clerk.get(f"/runs/{run_id}").status_code == 302
