"""The list of requests: what an office sees, and what each chip keeps."""

import pytest

from service.clock import SetClock
from service.db import transaction
from service.instances import queries
from service.tasks.commands_returning import ReturnTask, return_task
from tests.service.tasks import flows
from tests.service.web.pages.browser import Site
from workflows import store


def listed(site: Site, who: str, state: str = "") -> str:
    return site.visitor(who, "en").text(f"/requests?state={state}")


def test_a_principal_sees_what_the_clerk_of_the_school_started(site: Site) -> None:
    own, other = site.hiring("s01"), site.hiring("s02")
    for who in ("s01.principal", "s01.hr"):
        page = listed(site, who)
        assert f"/cases/{own.id}" in page and f"/cases/{other.id}" not in page


def test_started_by_me_leaves_out_what_a_colleague_started(site: Site) -> None:
    case = site.hiring()
    assert f"/cases/{case.id}" in listed(site, "s01.hr", "mine")
    assert f"/cases/{case.id}" not in listed(site, "s01.principal", "mine")


def test_every_chip_keeps_cases_of_its_state_only(site: Site, clock: SetClock) -> None:
    running, stopped, paused, ended = (site.hiring(count=1) for _ in range(4))
    ended.withdraw("s01.hr")
    with transaction() as session:
        for case, state in ((stopped, "failed"), (paused, "suspended")):
            store.set_state(session, store.lock(session, case.id), state, clock.now())
    shown = {"running": running, "failed": stopped, "suspended": paused, "ended": ended}
    for state in shown:
        page = listed(site, "s01.hr", state)
        assert [name for name, case in shown.items() if f"/cases/{case.id}" in page] == [state]


@pytest.mark.parametrize("state", ["waiting", "nonsense"])
def test_an_unknown_chip_shows_everything(site: Site, state: str) -> None:
    case = site.hiring()
    assert f"/cases/{case.id}" in listed(site, "s01.hr", state)


def test_ended_asks_for_every_end_state(site: Site) -> None:
    running, ended = site.hiring(count=1), site.hiring(count=1)
    ended.withdraw("s01.hr")
    found = queries.page(site.driver.actor("bureau.hr"), queries.CaseQuery(state="ended")).items
    assert [(row.instance_id, row.state) for row in found] == [(ended.id, "withdrawn")]
    assert running.id not in {row.instance_id for row in found}


def test_the_timeline_tells_a_return_once_with_its_reason(site: Site) -> None:
    steps = [flows.task(name, assignee="=initiator", decisions="approve,reject") for name in ("check", "next")]
    site.driver.deploy(flows.line(*steps, ids=("check", "next")))
    case = site.driver.start("small", "s01.principal", "s01", count=1)
    case.complete("check", "s01.principal", "approve")
    task = case.task("next")
    back = ReturnTask(task.id, task.version, "check", "replay", "附件不清")
    return_task(site.driver.actor("s01.principal"), back, now=site.driver.now)
    page = site.visitor("s01.principal", "en").text(f"/cases/{case.id}")
    told = page.partition('class="timeline"')[2]
    assert (told.count("Returned from"), told.count("附件不清")) == (1, 1)
    assert "returned</" not in told
