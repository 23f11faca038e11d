"""The publicity period over the October holiday: objections and suspensions stop it, and the rest of its days go on.

In 2026 the State Council gives 1-7 October off; Saturday 10 October and Sunday 20 September are working days.
"""

import runpy
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from service.access.actor import Actor
from service.calendar.commands import load_calendar
from service.db import db, transaction
from service.flows.publicity import queries
from service.instances.commands import CaseCommand, resume_instance, suspend_instance
from service.instances.commands_moves import MoveTimer, move_timer
from service.instances.commands_objections import ObjectTo, object_to
from service.instances.due import fire_due
from tests.flows.hiring.acting import chosen, county
from tests.statements import counted
from workflows.models import Timer

HOSTS = Path(__file__).parents[3] / "migrations/versions/0191_hosts_in_markings.py"
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.fixture
def driver(app, clock):
    found = county(clock)
    load_calendar(Actor.system(), now=clock.now())
    return found


@pytest.fixture
def case(driver, clock):
    """One candidate, fit on Monday 28 September: the 7 days are 29 and 30 September, 8, 9, 10, 12 and 13 October."""
    found = chosen(driver)
    clock.set(at("2026-09-28T10:20:30"))
    found.complete("medical", "s01.hr", "pass", medical_on="2026-09-28")
    return found


def ends(case):
    [due] = [row.due_at for row in case.timers() if row.element_id == "publicity_over"]
    return due


def objection(case, clock, on, until):
    clock.set(at(on))
    case.complete("publicity", "s01.hr", "objection", objection_text="学历不实")
    clock.set(at(until))
    case.complete("inquiry", "bureau.hr", "cleared", inquiry_finding="查无实据")


def stand_still(case, driver, clock, on, until):
    clock.set(at(on))
    suspend_instance(driver.actor("bureau.chief"), CaseCommand(case.id, reason="核查"), now=driver.now)
    clock.set(at(until))
    resume_instance(driver.actor("bureau.chief"), CaseCommand(case.id), now=driver.now)


def test_seven_working_days_over_the_holiday_end_on_the_thirteenth_to_the_second(case, driver, clock):
    assert ends(case) == at("2026-10-13T18:00:00")
    clock.set(at("2026-10-13T17:59:59"))
    assert (fire_due(driver.now, now=driver.now).fired, case.open()) == (0, ["publicity"])
    clock.set(at("2026-10-13T18:00:00"))
    assert (fire_due(driver.now, now=driver.now).fired, case.open()) == (1, ["hire_materials"])


def test_an_objection_on_the_third_working_day_leaves_four_after_the_inquiry(case, driver, clock):
    clock.set(at("2026-10-08T15:00:00"))
    case.complete("publicity", "s01.hr", "objection", objection_text="学历不实")
    assert [row.element_id for row in case.timers() if row.kind == "event"] == []
    assert case.task("inquiry").due_at == at("2026-10-21T18:00:00")
    clock.set(at("2026-10-21T16:45:10"))
    case.complete("inquiry", "bureau.hr", "cleared", inquiry_finding="查无实据")
    assert ends(case) == at("2026-10-27T18:00:00")
    clock.set(at("2026-10-27T17:59:59"))
    assert fire_due(driver.now, now=driver.now).fired == 0
    clock.set(at("2026-10-27T18:00:00"))
    fire_due(driver.now, now=driver.now)
    assert case.open() == ["hire_materials"]


def test_each_further_objection_finds_only_what_was_left(case, clock):
    objection(case, clock, "2026-09-29T09:00", "2026-10-12T09:00")
    assert ends(case) == at("2026-10-20T18:00")
    objection(case, clock, "2026-10-13T09:00", "2026-10-19T20:00")
    assert ends(case) == at("2026-10-26T18:00")
    objection(case, clock, "2026-10-26T17:59", "2026-11-02T09:00")
    assert ends(case) == at("2026-11-02T18:00")


def test_an_objection_that_is_settled_on_the_same_day_costs_nothing(case, clock):
    objection(case, clock, "2026-10-09T09:00", "2026-10-09T16:00")
    assert ends(case) == at("2026-10-13T18:00")


def test_a_case_that_stood_still_has_used_no_day_meanwhile(case, driver, clock):
    stand_still(case, driver, clock, "2026-09-29T11:00", "2026-10-20T11:00")
    assert ends(case) == at("2026-10-28T18:00")
    objection(case, clock, "2026-10-22T11:00", "2026-11-02T11:00")
    assert ends(case) == at("2026-11-06T18:00")
    stand_still(case, driver, clock, "2026-11-03T11:00", "2026-11-16T11:00")
    assert ends(case) == at("2026-11-19T18:00")


def test_an_upheld_objection_begins_the_next_candidates_period_in_full(case, clock):
    clock.set(at("2026-10-08T15:00"))
    case.complete("publicity", "s01.hr", "objection", objection_text="学历不实")
    case.complete("inquiry", "bureau.hr", "upheld", "属实", inquiry_finding="学历造假")
    clock.set(at("2026-10-12T15:00"))
    case.complete("medical", "s01.hr", "pass", medical_on="2026-10-12")
    assert ends(case) == at("2026-10-21T18:00")


def test_each_candidates_period_keeps_its_own_rest(driver, clock):
    found = chosen(driver, count=2)
    clock.set(at("2026-09-28T10:00"))
    found.complete("medical", "s01.hr", "pass", medical_on="2026-09-28")
    first = found.task("publicity").id
    clock.set(at("2026-09-30T10:00"))
    found.complete("medical", "s01.hr", "pass", medical_on="2026-09-30")
    [second] = [n for n in (0, 1) if found.task("publicity", n).id != first]
    clock.set(at("2026-10-09T10:00"))
    found.complete("publicity", "s01.hr", "objection", number=second, objection_text="学历不实")
    clock.set(at("2026-10-20T10:00"))
    found.complete("inquiry", "bureau.hr", "cleared", inquiry_finding="查无实据")
    # the first ends on 13 October; of the second's 7 working days after 30 September, 8 and 9 October are used
    dues = sorted(row.due_at for row in found.timers() if row.element_id == "publicity_over")
    assert dues == [at("2026-10-13T18:00"), at("2026-10-27T18:00")]


def test_each_published_last_day_is_that_of_the_own_timer_wherever_it_was_put(driver, clock):
    found = chosen(driver, count=2)
    clock.set(at("2026-09-28T10:00"))
    found.complete("medical", "s01.hr", "pass", medical_on="2026-09-28")
    clock.set(at("2026-09-30T10:00"))
    found.complete("medical", "s01.hr", "pass", medical_on="2026-09-30")
    earlier, _ = sorted(
        (row for row in found.timers() if row.element_id == "publicity_over"), key=lambda row: row.due_at
    )
    move_timer(Actor.system(), MoveTimer(earlier.id, at("2026-11-20T18:00"), reason="核查"), now=driver.now)
    own = {date(2026, 9, 28): date(2026, 11, 20), date(2026, 9, 30): date(2026, 10, 15)}
    assert last_days(driver) == own
    # so do those of cases that ran before timers told to which step they belong
    with transaction() as session:
        session.execute(update(Timer).values(host=None))
    assert last_days(driver) != own
    with transaction() as session:
        runpy.run_path(str(HOSTS))["fill"](session.connection())
    assert last_days(driver) == own


def last_days(driver):
    """Of each published period, first and last day."""
    found = {one.from_on: one.until for one in queries.notices("zh", driver.now.date())}
    db.session.rollback()
    return found


def test_the_published_last_day_moves_with_the_period(case, driver, clock):
    stand_still(case, driver, clock, "2026-10-08T10:00", "2026-10-12T10:00")
    [notice] = queries.notices("zh", case.driver.now.date())
    assert notice.until == ends(case).date() > date(2026, 10, 13)


def test_the_candidate_s_name_stands_on_the_public_page_and_anybody_s_objection_stops_the_period(case, driver):
    [notice] = queries.notices("zh", case.driver.now.date())
    [line] = notice.lines
    assert (notice.heading, notice.from_on, notice.until) == ("拟聘用人员公示", date(2026, 9, 28), date(2026, 10, 13))
    assert line.name and line.place == "S01" and line.what
    object_to(Actor.anonymous(), ObjectTo(notice.id, text="学历不实"), now=driver.now)
    assert (case.open(), [one.suspended for one in queries.notices("zh", case.driver.now.date())]) == (
        ["inquiry"],
        [True],
    )


def test_of_several_candidates_each_shows_its_own_last_day_though_the_case_stood_still(driver, clock):
    found = chosen(driver, count=2)
    for day in ("2026-09-14T10:00", "2026-09-16T10:00"):
        clock.set(at(day))
        found.complete("medical", "s01.hr", "pass", medical_on=day[:10])
    before = sorted(one.until for one in queries.notices("zh", driver.now.date()))
    stand_still(found, driver, clock, "2026-09-17T10:00", "2026-09-21T10:00")
    after = sorted(one.until for one in queries.notices("zh", driver.now.date()))
    dues = sorted(row.due_at.date() for row in found.timers() if row.element_id == "publicity_over")
    assert (after, len(set(after))) == (dues, 2)
    assert before != after


def test_many_periods_cost_no_more_statements_than_two(driver, clock):
    counts = []
    for number in (1, 2):
        found = chosen(driver, count=number)
        for _ in range(number):
            found.complete("medical", "s01.hr", "pass", medical_on=driver.now.date().isoformat())
        with counted() as seen:
            assert queries.notices("zh", driver.now.date())
        db.session.rollback()
        counts.append(len(seen))
    assert counts[0] == counts[1]
