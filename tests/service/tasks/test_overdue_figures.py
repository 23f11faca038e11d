"""Who is late, by office: figures in working days, and the list behind each."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from service.access.actor import Actor
from service.calendar.commands import load_calendar
from service.db import db
from service.errors import Forbidden
from service.instances.due import fire_due
from service.tasks import queries_overdue
from service.tasks.queries_overdue import Lateness
from tests.driver import Case, Driver
from tests.service.tasks import flows

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.fixture
def cases(driver: Driver) -> list[Case]:
    """Three cases of the bureau, one of which was done a working day late, and one that its applicant owes.

    Due on Wednesday 23 September; seen on Monday 28 September, two working days later (25 to 27 are off).
    """
    load_calendar(Actor.system(), now=driver.now)
    check = flows.task("check", "bureau_hr_officer", decisions="approve", dueIn="2 workdays", onExpiry="remind")
    own = flows.task("own", assignee="=initiator", decisions="approve", dueIn="2 workdays", owedBy="applicant")
    driver.deploy(flows.line(check, own, ids=("check", "own")))
    driver.clock.set(at("2026-09-21T09:00"))
    found = [driver.start("small", by="s01.principal", count=1) for _ in range(4)]
    found[3].complete("check", "bureau.hr", "approve")
    driver.clock.set(at("2026-09-23T18:00"))
    fire_due(driver.now, now=driver.now)
    driver.clock.set(at("2026-09-24T12:00"))
    found[0].complete("check", "bureau.hr", "approve")
    driver.clock.set(at("2026-09-28T12:00"))
    return found


def test_an_office_is_told_what_is_overdue_and_what_it_did_late(cases: list[Case]) -> None:
    driver = cases[0].driver
    role, _, office = cases[1].task("check").groups[0].partition("@")
    for who in ("bureau.hr", "bureau.leader", "auditor"):
        [figure] = queries_overdue.figures(driver.actor(who), driver.now)
        assert figure == Lateness(office, role, overdue=2, workdays=4, longest=2, done=1, done_workdays=1)
    db.session.rollback()


def test_the_list_behind_a_figure_has_as_many_rows_page_by_page(cases: list[Case]) -> None:
    driver, actor = cases[0].driver, cases[0].driver.actor("bureau.leader")
    group = cases[1].task("check").groups[0]
    office = group.partition("@")[2]
    first = queries_overdue.page(actor, office, driver.now, limit=1)
    second = queries_overdue.page(actor, office, driver.now, after=first.next, limit=1)
    late = [*first.items, *second.items]
    assert {found.task.instance_id for found in late} == {cases[1].id, cases[2].id}
    assert [(found.workdays, found.holders) for found in late] == [(2, (group,))] * 2
    assert second.next is None
    assert queries_overdue.page(actor, office, driver.now, role="bureau_hr_chief").items == []
    db.session.rollback()


def test_a_school_is_not_told_who_is_late(cases: list[Case]) -> None:
    driver = cases[0].driver
    for read in (
        lambda: queries_overdue.figures(driver.actor("s01.principal"), driver.now),
        lambda: queries_overdue.page(driver.actor("s01.principal"), "o", driver.now),
    ):
        with pytest.raises(Forbidden):
            read()
    db.session.rollback()
