"""The import of candidates as background work: killed in the middle, and what only all rows together tell."""

import pytest

from service.access.actor import Actor
from service.flows.hiring import commands_import
from service.flows.hiring.commands_import import ImportStep
from service.runs import commands as runs
from service.runs.working import work
from tests.driver import Case
from tests.flows.hiring.county import id_number
from tests.service.web.pages.browser import Site
from tests.service.web.pages.test_candidates import filled, names_in, send


@pytest.fixture
def case(site: Site) -> Case:
    return site.registering()


def test_a_killed_import_goes_on_and_enters_nobody_twice(site: Site, case: Case) -> None:
    clerk = site.visitor("s01.hr")
    template = clerk.get(f"/cases/{case.id}/candidates.xlsx").data
    send(clerk, case, filled(template, [(1, f"考生{n}", id_number(n), None, "Master") for n in range(1, 121)]))
    claimed = runs.claim(Actor.system(), "short", now=site.driver.now)
    assert claimed is not None
    step = ImportStep(claimed.arguments["import_id"])
    assert commands_import.check_part(site.driver.actor("s01.hr"), step, now=site.driver.now).done == 100
    assert work("short", pace=0) == 0
    site.driver.clock.advance(runs.LEASE)
    assert work("short", pace=0) == 1
    assert len(names_in(clerk, case)) == 120
    assert "写入 120 行，有误 0 行" in clerk.text("/my/runs")


def test_who_stands_twice_in_the_sheet_is_shown_after_all_rows_were_seen(site: Site, case: Case) -> None:
    clerk = site.visitor("s01.hr")
    template = clerk.get(f"/cases/{case.id}/candidates.xlsx").data
    numbers = [*range(1, 120), 1]
    send(clerk, case, filled(template, [(1, f"考生{n}", id_number(n), None, "Master") for n in numbers]))
    assert work("short", pace=0) == 1
    page = clerk.text(f"/cases/{case.id}/candidates")
    assert "121" in page and "身份证号" in page and names_in(clerk, case) == []


def test_a_cancelled_import_says_so_and_leaves_nobody(site: Site, case: Case) -> None:
    clerk = site.visitor("s01.hr")
    template = clerk.get(f"/cases/{case.id}/candidates.xlsx").data
    send(clerk, case, filled(template, [(1, "考生1", id_number(1), None, "Master")]))
    waiting = clerk.text(f"/cases/{case.id}/candidates")
    run = waiting.partition("/runs/")[2].partition("/")[0]
    clerk.post(f"/runs/{run}/cancel")
    assert "导入候选人：已取消" in clerk.text(f"/cases/{case.id}/candidates")
    assert (work("short"), names_in(clerk, case)) == (0, [])
