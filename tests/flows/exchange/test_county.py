"""A whole county through the database: the plan's numbers, the round, its adoption, a case for each who was placed.

Small in every run; under LECTERN_PROVE=1 the county of the handbook: 2,513 staff, 1,240 eligible, 40 schools.
"""

import os
import random
import time
from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import insert, select, update

from service.access import accounts
from service.access.accounts import NewAssignment
from service.db import transaction
from service.errors import Invalid
from service.flows.exchange import commands_rounds
from service.flows.exchange.casework import OPENING, ROUND, WISH
from service.flows.exchange.drawing_up import ENTRY
from service.flows.exchange.matching import checking
from service.flows.exchange.matching.problem import loaded
from service.instances.commands import StartInstance, start_instance
from service.people import staff
from service.people.members import PERSON
from service.people.persons import APPOINTMENT
from service.people.queries import ORGANISATION
from service.people.staff import NewPerson, Terms
from service.people.units import CreateOrganisation, organisation_row
from service.posts import opening
from service.posts.ledger import Cause
from service.posts.opening import NewAccount
from service.posts.posting import ACCOUNT
from service.records import writing
from service.records.rules import Entry
from tests.driver import Case
from tests.flows.exchange import driving
from tests.flows.exchange.counties import BANDS, SUBJECTS
from tests.flows.hiring.county import folder
from tests.service.people import county as counties
from workflows import catalogue
from workflows.base import new_id


@dataclass(frozen=True)
class Size:
    """Staff in the reform, eligible among them, schools; and what the plan must ask for."""

    staff: int
    eligible: int
    schools: int
    target: int
    floor: int
    backbone: int


WHOLE = Size(2513, 1240, 40, 202, 124, 25)
SMALL = Size(151, 80, 6, 13, 8, 2)
OWN = 8
"""Persons at the three schools that every county of the tests has; all of them are eligible."""


@pytest.fixture
def size():
    return WHOLE if os.environ.get("LECTERN_PROVE") else SMALL


@pytest.fixture
def world(app, clock, size):
    found = driving.World(counties.build(), clock)
    rng = random.Random(7)
    with transaction() as session:
        schools = _schools(session, found, size)
        persons = _persons(session, found, size, schools, rng)
        session.execute(update(PERSON).values(retires_on=date(2045, 1, 1)))
        for topic in ("discipline", "career"):
            writing.confirm(session, persons, topic, counties.SINCE, by="system", now=found.now)
        best = {one: [Entry("backbone", counties.SINCE, value="county")] for one in persons if rng.random() < 0.15}
        writing.add_many(session, best, by="system", now=found.now)
        _ledger(session, found, schools, rng)
        for name in ("exchange", "exchange-placement"):
            catalogue.deploy(session, folder(name), now=found.now)
    return found


def _schools(session, found, size):
    """Half of the schools of compulsory education in town, half senior schools; ids by code."""
    made = {code: found.county.organisations[code] for code in ("s01", "s02", "point")}
    path = session.execute(select(ORGANISATION.c.path).where(ORGANISATION.c.code == "bureau")).scalar_one()
    for number in range(size.schools - len(made)):
        stage = "senior" if number % 2 else "primary"
        code = f"c{number:02d}"
        new = CreateOrganisation("school", code, code.upper(), counties.SINCE, found.county.organisations["bureau"],
                                 stage=stage, area="town")  # fmt: skip
        row = organisation_row(new, path)
        session.execute(insert(ORGANISATION), row)
        made[code] = found.county.organisations[code] = row["id"]
    clerk = found.county.persons["s01.hr"]
    given = [NewAssignment(clerk, "school_hr", made[code], counties.SINCE) for code in made if code[0] in "cp"]
    accounts.give_roles(session, given, "system", found.now)
    return made


def _persons(session, found, size, schools, rng):
    """The staff: so many eligible at the schools of compulsory education, the others at senior schools."""
    primary = [code for code in schools if code[0] != "c" or int(code[1:]) % 2 == 0]
    senior = [code for code in schools if code not in primary]
    wanted = [(primary, "primary")] * (size.eligible - OWN) + [(senior, "senior")] * (size.staff - size.eligible)
    people, posts = [], []
    for number, (places, stage) in enumerate(wanted):
        row = staff.person_row(staff.cleaned(vars(NewPerson(f"教师{number}"))), found.now)
        band = rng.choice(BANDS)
        terms = Terms(schools[places[number % len(places)]], counties.SINCE, band=band, subject=rng.choice(SUBJECTS),
                      stage=stage)  # fmt: skip
        people.append(row)
        posts.append(staff.appointment_row(new_id(), row["id"], terms))
    session.execute(insert(PERSON), people)
    session.execute(insert(APPOINTMENT), posts)
    return [*found.county.persons.values(), *(row["id"] for row in people)]


def _ledger(session, found, schools, rng):
    """Every school holds its staff, and has a few free of each."""
    bands = dict.fromkeys(BANDS, 0)
    new = []
    for place in schools.values():
        here = session.scalars(select(APPOINTMENT.c.band).where(APPOINTMENT.c.organisation_id == place)).all()
        new.append(NewAccount(place, "headcount", None, len(here) + rng.randint(4, 20), len(here)))
        for band in bands:
            used = sum(one == band for one in here)
            new.append(NewAccount(place, "post", band, used + rng.randint(1, 6), used))
    pool = [NewAccount(found.county.organisations["bureau"], "post", band, 20, pool=True) for band in BANDS]
    opening.open_accounts(session, Cause(None, "", "", "system", found.now), [*new, *pool])


def wishing(world, case, rng):
    """Openings of every school, and wishes of two thirds of the eligible: written at once, as their commands do."""
    plan, now = case.id, world.now
    with transaction() as session:
        rows = session.execute(select(ENTRY).where(ENTRY.c.instance_id == plan)).all()
        places = sorted({row.organisation_id for row in rows if row.stage == "primary"})
        offered = [
            {"id": new_id(), "instance_id": plan, "organisation_id": place, "number": number, "subject": subject,
             "stage": "primary", "count": 2, "manner": rng.choice(("move", "move", "lend", "loan")),
             "entered_by": "system", "entered_at": now}
            for number, (place, subject) in enumerate(((p, s) for p in places for s in SUBJECTS), start=1)
        ]  # fmt: skip
        session.execute(insert(OPENING), offered)
        wishes, applied = [], []
        for row in rows:
            fits = [
                o["id"] for o in offered if o["subject"] == row.subject and o["organisation_id"] != row.organisation_id
            ]
            if row.stage == "primary" and fits and rng.random() < 0.7:
                chosen = rng.sample(fits, min(len(fits), rng.randint(1, 5)))
                applied.append(row.id)
                wishes += [{"entry_id": row.id, "number": n, "opening_id": one} for n, one in enumerate(chosen, 1)]
        session.execute(insert(WISH), wishes)
        mine = ENTRY.c.id.in_(applied)
        session.execute(update(ENTRY).where(mine).values(state="applied", anywhere=True, applied_at=now))
    return len(applied)


def every(world, case, element_id, count):
    for _ in range(count):
        task = case.task(element_id)
        by = next(who for who in ("s01.hr", "s02.hr", "point.principal") if driving.stands(world, who, task))
        case.complete(element_id, by, "confirm")


def timed(what, work):
    """Do it, and say how long it took."""
    began = time.monotonic()
    made = work()
    print(f"{what}: {time.monotonic() - began:.2f} s")
    return made


def test_a_county_plans_matches_and_begins(world, size):
    bureau, hr = world.county.organisations["bureau"], world.actor("bureau.hr")
    values = {"year": 2026, "effective_on": driving.FIRST.isoformat()}
    with pytest.raises(Invalid) as refused:
        start_instance(hr, StartInstance("exchange", bureau, {**values, "target": size.target - 1}), now=world.now)
    assert [fault.params for fault in refused.value.faults] == [{"asked": size.target - 1, "needed": size.target}]
    begun = timed("plan", lambda: start_instance(hr, StartInstance("exchange", bureau, values), now=world.now))
    case = Case(world, begun.instance_id)
    plan = world.plan(case)
    assert (plan.staff, plan.eligible) == (size.staff, size.eligible)
    assert (plan.target, plan.floor, plan.backbone) == (size.target, size.floor, size.backbone)
    every(world, case, "list_check", size.schools)
    case.fire("list_period")
    case.complete("list_settle", "bureau.hr", "settle")
    assert wishing(world, case, random.Random(3)) > size.target
    case.fire("applications_over")
    every(world, case, "school_opinions", size.schools)
    asked = commands_rounds.AskRound(case.id, 5)
    round_id = timed("asked", lambda: commands_rounds.ask_round(hr, asked, now=world.now))
    timed("solved, in a process of its own", world.work)
    row = world.row(select(ROUND).where(ROUND.c.id == round_id))
    print(row.quality)
    assert checking.violations(loaded(row.inputs), row.result["assignment"]) == []
    assert row.quality["goals"]["target"][0] >= size.target
    timed("adopted", lambda: case.complete("match", "bureau.hr", "adopt", round_number=1))
    held = world.rows(select(ACCOUNT).where(ACCOUNT.c.reserved > 0))
    assert held and all(one.approved + one.excess - one.occupied - one.reserved - one.lent >= 0 for one in held)
    driving.published(world, case)
    driving.meet(world, case, "decision", "approve")
    timed(f"{row.quality['placed']} cases begun", world.work)
    assert case.state == "completed"
    assert len(world.placements(case)) == row.quality["placed"]
    kept = sum(one.reserved for one in world.rows(select(ACCOUNT)))
    assert kept == sum(one.reserved for one in held)
