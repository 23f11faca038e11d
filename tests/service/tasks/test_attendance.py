"""Absences: what would lie while somebody is away is told, task by task, and nothing else is."""

import os
from contextlib import suppress
from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from service.access.actor import Actor
from service.access.standing import ROLE
from service.access.substitutes import SUBSTITUTION
from service.clock import SetClock
from service.db import db, transaction
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.people.commands_absence import EndAbsence, PlanAbsence, end_absence, plan_absence
from service.people.queries_substitutes import able, absences
from service.tasks import attendance, queries, queries_absence, queue
from service.tasks.capacity import capacity_of, interest_of, obstacle
from service.tasks.facts import TaskFacts
from service.tasks.view import may_act
from tests.conftest import START, opened
from tests.driver import Case, Driver
from tests.service.people import county as counties
from tests.service.people.county import TODAY
from tests.service.tasks import flows
from tests.service.tasks.deputing import UNTIL, check, following, give, stand_in, started

P, S = "bureau.hr", "bureau.chief"
PROVE = "LECTERN_PROVE" in os.environ


def plan(driver: Driver, who: str, by: str | None = None, first: date = TODAY, until: date = UNTIL) -> str | None:
    persons = driver.county.persons
    command = PlanAbsence(persons[who], first, until, by and persons[by])
    return plan_absence(driver.actor(who), command, now=driver.now)


def lying(driver: Driver, who: str, until: date = UNTIL) -> list[tuple[str, date]]:
    found, more = queries_absence.unattended(driver.actor(who), driver.county.persons[who], TODAY, until)
    db.session.rollback()
    assert not more
    return [(one.task.element_id, one.day) for one in found]


def test_tasks_that_nobody_present_could_act_on_are_listed_before_and_during_an_absence(driver: Driver) -> None:
    started(driver, check(), following())
    driver.start("small", "s01.principal", "s01", count=3)
    assert lying(driver, P) == [("check", TODAY)] * 2
    plan(driver, P)
    assert lying(driver, P) == [("check", TODAY)] * 2
    end_absence(driver.actor(P), EndAbsence(driver.county.persons[P]), now=driver.now)
    plan(driver, P, by=S)
    assert lying(driver, P) == []


def test_a_substitute_who_may_not_act_leaves_the_task_lying(quick_driver: Driver) -> None:
    """The substitute of the clerk started one of the two cases, the clerk the other."""
    driver = quick_driver
    school = driver.county.organisations["s01"]
    started(driver, check(f'="school_hr@{school}"'), following(), by="s01.principal")
    driver.start("small", "s01.hr", "s01", count=3)
    plan(driver, "s01.hr", by="s01.principal")
    found = lying(driver, "s01.hr")
    assert [element for element, _ in found] == ["check", "check"]


def test_the_standing_alternate_takes_over_the_role_but_not_what_was_given_by_name(quick_driver: Driver) -> None:
    driver = quick_driver
    give(driver, "s02.teacher", "bureau_hr_officer", "hr", kind="alternate")
    driver.deploy(flows.line(check(), following(), ids=("check", "next")))
    driver.start("small", "s01.hr", "s01", count=3)
    plan(driver, P)
    assert lying(driver, P) == []
    [role] = absences(driver.actor(P), driver.county.persons[P], TODAY)
    assert role.alternates == (driver.county.persons["s02.teacher"],)
    plan(driver, "s02.teacher")
    assert lying(driver, P) == [("check", TODAY)]


def test_a_substitute_of_part_of_the_days_leaves_the_others(quick_driver: Driver) -> None:
    driver = quick_driver
    started(driver, check(), following())
    plan(driver, P)
    stand_in(driver, P, S, until=TODAY + timedelta(days=2))
    assert lying(driver, P) == [("check", TODAY + timedelta(days=2))]


def test_who_is_back_has_everything_and_nobody_stands_in(quick_driver: Driver) -> None:
    driver = quick_driver
    plan(driver, P, by=S)
    person = driver.county.persons[P]
    assert driver.actor(S).standing_in
    end_absence(driver.actor(P), EndAbsence(person), now=driver.now)
    assert driver.actor(S).standing_in == ()
    assert [role.absent_from for role in absences(driver.actor(P), person, TODAY)] == [None]
    with pytest.raises(NotFound) as nothing:
        end_absence(driver.actor(P), EndAbsence(person), now=driver.now)
    assert nothing.value.code == "absence.absent"


def test_an_absence_whose_substitute_is_refused_is_not_noted_either(quick_driver: Driver) -> None:
    driver = quick_driver
    with pytest.raises(Conflict):
        plan(driver, P, by="s01.teacher")
    assert [role.absent_from for role in absences(driver.actor(P), driver.county.persons[P], TODAY)] == [None]


@pytest.mark.parametrize(("first", "until"), [(TODAY - timedelta(days=1), UNTIL), (TODAY, TODAY)])
def test_days_of_an_absence_are_checked(quick_driver: Driver, first: date, until: date) -> None:
    with pytest.raises(Invalid) as refusal:
        plan(quick_driver, P, first=first, until=until)
    assert refusal.value.code == "absence.invalid"


def test_only_the_person_and_bureau_hr_plan_an_absence(quick_driver: Driver) -> None:
    driver, person = quick_driver, quick_driver.county.persons["s01.teacher"]
    command = PlanAbsence(person, TODAY, UNTIL)
    for who, kind in (("s01.hr", Forbidden), ("s02.hr", NotFound)):
        with pytest.raises(kind):
            plan_absence(driver.actor(who), command, now=driver.now)
    plan_absence(driver.actor("bureau.chief"), command, now=driver.now)


def test_who_may_be_named_is_listed_and_nobody_else(quick_driver: Driver) -> None:
    county = quick_driver.county

    def names(who: str) -> list[str]:
        found = [row.name for row in able(quick_driver.actor(who), county.persons[who], TODAY)]
        db.session.rollback()
        return found

    assert names("s01.principal")[0] == "s01.vice"
    assert set(names("s01.principal")) == {"s01.vice", "s02.principal", "district.principal", "point.principal"}
    assert names("staffing.office") == []
    assert names("s01.hr") == ["s01.principal", "s01.vice"]


WHO = (P, S, "bureau.leader", "s01.principal", "s01.vice", "s01.hr")
DAYS = st.integers(0, 3)
PLANS = st.lists(st.tuples(st.sampled_from(WHO), st.sampled_from((None, *WHO)), DAYS, st.integers(1, 3)), max_size=5)


@pytest.fixture(scope="module")
def waiting(sqlite_template, tmp_path_factory):
    """A county whose open tasks lie with roles, and with persons by name."""
    place = tmp_path_factory.mktemp("attendance")
    (place / "lectern.db").write_bytes(sqlite_template.read_bytes())
    clock = SetClock(START)
    for _ in opened(f"sqlite:///{place / 'lectern.db'}", place, clock):
        driver = Driver(counties.build(), clock)
        school = driver.county.organisations["s01"]
        steps = {"check": check(), "next": following(f'="principal@{school}"')}
        both = flows.task("both", assignee="=initiator", decisions="approve")
        d = flows.d
        forked = [d.gateway("parallel", "fork"), *steps.values(), both]
        driver.deploy(flows.flow(forked, [d.path("start", "fork")] + [d.path("fork", one) for one in (*steps, "both")]
                                 + [d.path(one, "end") for one in (*steps, "both")]))  # fmt: skip
        cases = [driver.start("small", by, "s01", count=3) for by in ("s01.hr", "s01.principal")]
        yield driver, cases


@settings(max_examples=200 if PROVE else 4, deadline=None, suppress_health_check=list(HealthCheck))
@given(plans=PLANS)
def test_on_any_day_every_open_task_has_somebody_present_or_is_told(
    waiting: tuple[Driver, list[Case]], plans: list[tuple[str, str | None, int, int]]
) -> None:
    driver, cases = waiting
    reset(driver)
    for who, by, first, length in plans:
        with suppress(Conflict, Invalid):
            plan(driver, who, by, TODAY + timedelta(days=first), TODAY + timedelta(days=first + length))
    start = driver.now
    for number in range(3):
        driver.clock.set(start + timedelta(days=number))
        judge(driver, cases, TODAY + timedelta(days=number))
    driver.clock.set(start)


def judge(driver: Driver, cases: list[Case], day: date) -> None:
    """What the warning says of each holder who is away is what the pages of those who are there would offer."""
    persons = driver.county.persons
    away = [who for who in persons if attendance.is_gone(db.session(), persons[who], day)]
    there = [driver.actor(who) for who in persons if who not in away]
    told: set[str] = set()
    for who in away:
        found, _ = attendance.unattended(db.session(), persons[who], day, day + timedelta(days=1))
        told |= {one.task.id for one in found}
    for task in (task for case in cases for task in queries.open_of(case.id)):
        able_ones = [actor.name for actor in there if acts(actor, task)]
        assert bool(able_ones) != (task.id in told), (task.element_id, day, able_ones)
    db.session.rollback()


def acts(actor: Actor, task: TaskFacts) -> bool:
    who, session = capacity_of(actor, task), db.session()
    free = may_act(actor, task, "running") and queue.may_see(session, actor, task)
    return free and obstacle(session, task, who) is None and interest_of(session, task, who) is None


def reset(driver: Driver) -> None:
    with transaction() as session:
        session.execute(delete(SUBSTITUTION))
        session.execute(update(ROLE).values(absent_from=None, absent_until=None))


def test_more_than_a_hundred_tasks_are_counted_as_more(
    app: Flask, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = Driver(counties.build(), clock)
    monkeypatch.setattr(attendance, "LOOKED_AT", 1)
    started(driver, check(), following())
    driver.start("small", "s01.hr", "s01", count=3)
    found, more = attendance.unattended(db.session(), driver.county.persons[P], TODAY, UNTIL)
    db.session.rollback()
    assert (len(found), more) == (1, True)
