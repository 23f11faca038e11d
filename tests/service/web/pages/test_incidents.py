"""Incidents in the browser: who sees them, tries again, closes them."""

import re

from service.access.actor import Actor
from service.db import transaction
from service.incidents.record import Failure, open_incident
from service.instances.commands_timers import TimerFailure, count_failure
from service.notices.delivery import deliver
from service.parameters.registry import PARAMETERS
from tests.driver import Case
from tests.service.instances.operated import last
from tests.service.web.pages.browser import Site
from tests.service.web.pages.test_ledger import words_of
from workflows import store


def failed(site: Site) -> Case:
    """A case that a step stopped."""
    case = site.hiring()
    with transaction() as session:
        store.set_state(session, store.lock(session, case.id), "failed", site.driver.now)
        failure = Failure(case.id, "bureau_review", "timer", "timer.failed", "工作日表缺 2027 年", None, "request-7")
        open_incident(session, failure, site.driver.now)
    return case


def crash(site: Site) -> str:
    """A failure of ours without a case."""
    with transaction() as session:
        return open_incident(session, Failure(None, "", "command", "KeyError", "POST /x: KeyError"), site.driver.now)


def test_hr_sees_case_step_error_and_may_try_again(site: Site) -> None:
    case = failed(site)
    page = site.visitor("bureau.hr").text("/incidents")
    assert f'href="/cases/{case.id}"' in page
    assert "人事科审核" in page or "bureau_review" in page
    assert "request-7" in page
    assert f'action="/cases/{case.id}/retry"' in page


def test_admin_sees_the_number_but_neither_title_nor_case(site: Site) -> None:
    case = failed(site)
    page = site.visitor("admin", "en").text("/incidents")
    assert "ZP-2026-0001" in page
    assert case.id not in page
    assert "Steps that stopped by an error" in page


def test_trying_again_resolves_the_incident_and_the_case_goes_on(site: Site) -> None:
    case = failed(site)
    hr = site.visitor("bureau.hr")
    assert re.search(r'id="reason-[^"]+" name="reason" required', hr.text("/incidents"))
    assert 'id="retry_reason" name="reason" required' in hr.text(f"/cases/{case.id}")
    assert hr.post(f"/cases/{case.id}/retry", {"reason": "节假日表已补录"}).location == f"/cases/{case.id}"
    assert case.state == "running"
    assert last(case, "instance.retried")["reason"] == "节假日表已补录"
    assert case.id not in hr.text("/incidents")
    assert case.id in hr.text("/incidents?state=resolved")


def test_a_case_that_failed_is_not_offered_to_be_suspended(site: Site) -> None:
    case = site.hiring()
    hr, suspend = site.visitor("bureau.hr"), 'name="act" value="suspend"'
    assert suspend in hr.text(f"/cases/{case.id}/operate")
    with transaction() as session:
        store.set_state(session, store.lock(session, case.id), "failed", site.driver.now)
    page = hr.text(f"/cases/{case.id}/operate")
    assert suspend not in page and 'name="act" value="cancel"' in page


def test_a_case_that_did_not_fail_is_a_conflict(site: Site) -> None:
    case = site.hiring()
    assert site.visitor("bureau.hr").post(f"/cases/{case.id}/retry").status_code == 409


def test_a_stale_version_a_missing_token_and_a_school_are_refused(site: Site) -> None:
    case = failed(site)
    hr = site.visitor("bureau.hr")
    assert hr.post(f"/cases/{case.id}/retry", {"version": "0"}).status_code == 409
    assert hr.post(f"/cases/{case.id}/retry", with_token=False).status_code == 400
    assert site.visitor("s01.hr").post(f"/cases/{case.id}/retry").status_code == 403
    assert site.visitor("s02.hr").post(f"/cases/{case.id}/retry").status_code == 404
    assert case.state == "failed"


def test_the_admin_closes_what_needs_nothing_more(site: Site) -> None:
    incident_id = crash(site)
    admin = site.visitor("admin")
    assert "POST /x: KeyError" in words_of(admin.text("/incidents"))
    assert site.visitor("bureau.hr").post(f"/incidents/{incident_id}/resolve").status_code == 403
    assert admin.post(f"/incidents/{incident_id}/resolve").location == "/incidents"
    assert "POST /x: KeyError" not in words_of(admin.text("/incidents"))
    assert admin.post(f"/incidents/{incident_id}/resolve").status_code == 404


def test_a_school_may_not_look(site: Site) -> None:
    assert site.visitor("s01.principal").get("/incidents").status_code == 403


def test_admins_are_told_of_a_timer_that_failed_by_number_and_led_to_it(site: Site) -> None:
    case = site.registering()
    timer = next(row for row in case.timers() if row.kind == "event")
    attempts = PARAMETERS["timer_attempts"].default
    failed = [count_failure(Actor.system(), TimerFailure(timer.id, "KeyError"), now=site.driver.now)
              for _ in range(attempts)]  # fmt: skip
    assert failed == [False] * (attempts - 1) + [True]
    deliver(site.driver.now)
    admin = site.visitor("admin", "en")
    page = admin.text("/notices")
    assert "ZP-2026-0001: a timer failed, it stands still" in page
    link = re.search(r'href="(/notices/[0-9a-f-]{36})"', page)
    assert link and admin.get(link[1]).location == "/incidents"
    assert "a timer failed" not in site.visitor("bureau.hr", "en").text("/notices")
