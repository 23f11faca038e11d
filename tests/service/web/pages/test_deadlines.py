"""Pages of deadlines: the form that gives more time, urging from the case."""

import re
from datetime import timedelta

from tests.service.web.pages.browser import Site


def test_the_form_shows_the_day_before_it_is_confirmed(site: Site) -> None:
    case = site.hiring()
    task = case.task("bureau_review")
    chief = site.visitor("bureau.leader", "en")
    assert f"/tasks/{task.id}/extend" in chief.text(f"/tasks/{task.id}")
    assert f"/tasks/{task.id}/extend" not in site.visitor("bureau.hr", "en").text(f"/tasks/{task.id}")
    form = chief.text(f"/tasks/{task.id}/extend")
    assert "New deadline" in form
    said = chief.post(f"/tasks/{task.id}/extend/preview", {"days": "90", "unit": "workdays", "until": ""})
    assert "20 working days" in said.get_data(as_text=True)
    said = chief.post(f"/tasks/{task.id}/extend/preview", {"days": "1", "unit": "workdays", "until": ""})
    assert "working days from today" in said.get_data(as_text=True)
    assert case.task("bureau_review").due_at == task.due_at


def test_the_preview_takes_the_whole_form_as_a_browser_sends_it(site: Site) -> None:
    task = site.hiring().task("bureau_review")
    leader = site.visitor("bureau.leader", "en")
    names = re.findall(r' name="(\w+)"', leader.text(f"/tasks/{task.id}/extend").partition('id="extend"')[2])
    typed = {"days": "3", "unit": "workdays", "version": str(task.version), "due_at": task.due_at.isoformat()}
    filled = {name: typed.get(name, "") for name in names if name not in ("csrf_token", "locale", "next")}
    assert {"days", "until", "reason", "version", "due_at"} <= set(filled)
    assert "New deadline" in leader.post(f"/tasks/{task.id}/extend/preview", filled).get_data(as_text=True)


def test_who_only_reads_a_step_is_not_called_its_signer(site: Site) -> None:
    task = site.hiring().task("bureau_review")
    assert "You are a signer" in site.visitor("bureau.hr", "en").text(f"/tasks/{task.id}")
    assert "You are a signer" not in site.visitor("bureau.leader", "en").text(f"/tasks/{task.id}")


def test_more_time_is_given_and_a_mistake_keeps_what_was_typed(site: Site) -> None:
    case = site.hiring()
    task = case.task("bureau_review")
    chief = site.visitor("bureau.leader", "en")
    sent = {"days": "2", "unit": "workdays", "until": "", "version": str(task.version),
            "due_at": task.due_at.isoformat()}  # fmt: skip
    wrong = chief.post(f"/tasks/{task.id}/extend", {**sent, "days": "90", "reason": "Many papers"})
    assert wrong.status_code == 422
    assert "Many papers" in wrong.get_data(as_text=True)
    assert chief.post(f"/tasks/{task.id}/extend", {**sent, "reason": "Many papers"}).status_code == 302
    assert case.task("bureau_review").due_at > task.due_at
    assert chief.post(f"/tasks/{task.id}/extend", {**sent, "reason": "Again"}).status_code == 409


def test_a_refused_field_is_named_on_the_page_that_says_to_correct_what_is_listed(site: Site) -> None:
    task = site.hiring().task("bureau_review")
    sent = {"days": "0", "unit": "workdays", "until": "", "reason": "甲" * 501}
    wrong = site.visitor("bureau.leader", "en").post(f"/tasks/{task.id}/extend", sent)
    page = wrong.get_data(as_text=True)
    assert wrong.status_code == 422
    assert '<span class="code">days</span>' in page and '<span class="code">reason</span>' in page


def test_the_case_offers_to_remind_and_says_when_the_next_is_possible(site: Site) -> None:
    case = site.hiring()
    clerk = site.visitor("s01.hr", "en")
    assert f"/cases/{case.id}/remind" in clerk.text(f"/cases/{case.id}")
    assert clerk.post(f"/cases/{case.id}/remind", {"version": ""}).status_code == 302
    page = clerk.text(f"/cases/{case.id}")
    assert "possible again 11 Sep" in page
    assert 'aria-disabled="true"' in page
    site.driver.clock.advance(timedelta(days=1))
    assert "possible again" not in site.visitor("s01.hr", "en").text(f"/cases/{case.id}")


def test_the_leader_sees_who_is_late_and_opens_the_tasks(site: Site) -> None:
    case = site.hiring()
    task = case.task("bureau_review")
    site.driver.clock.advance(timedelta(days=14))
    assert case.fire("bureau_review", "due")
    leader = site.visitor("bureau.leader", "en")
    page = leader.text("/overdue")
    [link] = set(re.findall(r'href="(/overdue/[^"]+)"', page))
    behind = leader.text(link.replace("&amp;", "&"))
    assert f"/tasks/{task.id}" in behind and "5 working days overdue" in behind
    assert site.visitor("s01.hr", "en").get("/overdue").status_code == 403
