"""The list of requests: what an office sees, and what each chip keeps."""

import pytest

from service.clock import SetClock
from service.db import transaction
from service.instances import queries
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
