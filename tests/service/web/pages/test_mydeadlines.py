"""My deadlines: what I owe, what I wait for, the periods of my cases; nobody else's."""

import re
from datetime import UTC, datetime, timedelta

from service.instances.commands import CaseCommand, suspend_instance
from tests.service.tasks.deputing import check, stand_in, started
from tests.service.web.pages.browser import Site, Visitor

WORDS = {"Overdue", "Due today", "This week", "Later"}


def shown(visitor: Visitor, path: str = "/my/deadlines") -> dict[str, list[str]]:
    """Heading → what stands below it, each as one line of text."""
    found: dict[str, list[str]] = {}
    for part in visitor.text(path).split('<section class="panel flush">')[1:]:
        heading = re.search(r"<h2>([^<]+?) <", part)
        rows = re.findall(r"<tr><td.*?</tr>", part, re.DOTALL)
        if heading:
            found[heading[1]] = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]
    return found


def test_each_sees_what_lies_with_them_and_what_they_wait_for(site: Site) -> None:
    task = site.hiring().task("bureau_review")
    owed = shown(site.visitor("bureau.hr", "en"))
    awaited = shown(site.visitor("s01.hr", "en"))
    assert set(owed) == set(awaited) and set(owed) < WORDS
    [[row]] = owed.values()
    assert "ZP-2026-0001" in row and "with me" in row and "working days left" in row
    [rows] = awaited.values()
    assert len(rows) > 1 and all("with others" in row for row in rows)
    assert shown(site.visitor("s02.hr", "en")) == {}
    assert shown(site.visitor("s01.hr", "en"), "/my/deadlines?show=owed") == {}
    site.driver.clock.set(task.due_at + timedelta(hours=1))
    assert list(shown(site.visitor("bureau.hr", "en"))) == ["Overdue"]
    assert f"/tasks/{task.id}" in site.visitor("bureau.hr").text("/my/deadlines")


def test_a_substitute_finds_what_lies_with_the_represented_person(site: Site) -> None:
    started(site.driver, check(dueIn="5 workdays"))
    assert shown(site.visitor("bureau.chief", "en")) == {}
    stand_in(site.driver, "bureau.hr", "bureau.chief", flows=("small",))
    [[row]] = shown(site.visitor("bureau.chief", "en"), "/my/deadlines?show=owed").values()
    assert "to claim" in row and "for bureau.hr" in row


def test_the_days_are_those_of_the_house_and_a_week_ends_with_its_sunday(site: Site) -> None:
    task = site.hiring().task("bureau_review")
    sunday = datetime(2026, 9, 13, 15, 59, tzinfo=UTC)
    assert task.due_at > sunday
    for now, heading in ((task.due_at - timedelta(hours=17, minutes=59), "Due today"), (sunday, "Later"),
                         (sunday + timedelta(minutes=1), "This week")):  # fmt: skip
        site.driver.clock.set(now)
        assert list(shown(site.visitor("bureau.hr", "en"))) == [heading]


def test_a_period_is_told_to_who_started_the_case_and_to_who_had_a_step_of_it(site: Site) -> None:
    case = site.registering()
    assert [row.kind for row in case.timers()].count("event") >= 1
    for who in ("s01.hr", "bureau.hr"):
        assert "period runs" in str(shown(site.visitor(who, "en"), "/my/deadlines?show=waiting")), who
    assert "period runs" not in str(shown(site.visitor("staffing.office", "en")))
    assert shown(site.visitor("s02.hr", "en")) == {}


def test_a_case_that_stands_still_has_no_deadlines(site: Site) -> None:
    case = site.hiring()
    suspend_instance(site.driver.actor("bureau.hr"), CaseCommand(case.id, reason="核实"), now=site.driver.now)
    assert shown(site.visitor("bureau.hr", "en")) == {}
