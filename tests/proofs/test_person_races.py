"""Many at one person at once, on PostgreSQL with real threads: one change at a time, and nobody waits in a ring."""

import os
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from service.access.commands_roles import SetAbsence, set_absence
from service.clock import SetClock
from service.db import db, transaction
from service.errors import Conflict
from service.flows.personnel.change import CHANGE
from service.people.commands import DeclareRelation, EditPerson, declare_relation, edit_person
from service.people.members import PERSON
from service.records import writing
from service.records.commands import CorrectRecord, correct_record
from service.records.rules import Entry
from tests.driver import Case
from tests.flows.personnel import acting
from tests.proofs.mixing_books import nameless
from tests.proofs.test_races import THREADS, at_once
from tests.service.people.county import id_number

TURNS = 10 if os.environ.get("LECTERN_PROVE") else 2


@pytest.fixture
def personnel(postgres_app: Flask, clock: SetClock) -> acting.Personnel:
    return acting.county(clock, headcount=(120, 96), middle=(60, 38))


def test_of_twenty_who_enter_a_change_of_one_person_one_does(postgres_app: Flask, personnel: acting.Personnel) -> None:
    found = at_once(postgres_app, lambda _: personnel.start("grade", grade=10))
    refused = [one.code for one in found if isinstance(one, Conflict)]
    assert refused == ["personnel.under_way"] * (THREADS - 1)
    assert db.session.scalar(select(func.count()).select_from(CHANGE)) == 1
    db.session.rollback()


def test_of_twenty_who_enter_one_newcomer_one_comes(postgres_app: Flask, personnel: acting.Personnel) -> None:
    new = {"name": "钱新", "id_number": id_number(905), "post_category": "support"}
    cases = [personnel.start("transfer_in", **new) for _ in range(4)]

    def confirm(number: int) -> Any:
        if number < len(cases):
            cases[number].complete("confirm", "bureau.chief", "approve")

    at_once(postgres_app, confirm)
    assert sorted(case.state for case in cases) == ["completed", "running", "running", "running"]
    assert {case.variables.get("obstacle") for case in cases} == {None, "personnel.employed"}
    assert personnel.figures()["headcount"] == (97, 3, 20)


def test_whoever_moves_edits_and_corrects_the_same_people_none_waits_in_a_ring(
    postgres_app: Flask, personnel: acting.Personnel
) -> None:
    """Both ways between two schools, names, relations, roles and records of the same four people, again and again."""
    county, driver = personnel.driver.county, personnel.driver
    people = [personnel.someone(number) for number in range(910, 914)]
    with transaction() as session:
        entries = {one: [Entry("title", acting.SINCE, value="一级")] for one in people}
        records = writing.add_many(session, entries, by="hr", now=driver.now)
    before = nameless()

    def moved(number: int) -> Case:
        personnel.person_id = people[number]
        here = "s01" if personnel.appointments()[-1].organisation_id == county.organisations["s01"] else "s02"
        there = "s02" if here == "s01" else "s01"
        return personnel.start("transfer", by=f"{here}.hr", school=here, to_school=county.organisations[there])

    for turn in range(TURNS):
        cases = [moved(number) for number in range(4)]

        def one(number: int, turn: int = turn, cases: list[Case] = cases) -> Any:
            who, other, hr = people[number % 4], people[(number + 1) % 4], driver.actor("bureau.hr")
            if number < 4:
                return cases[number].complete("confirm", "bureau.chief", "approve")
            if number < 8:
                version = db.session.scalar(select(PERSON.c.version).where(PERSON.c.id == who))
                return edit_person(hr, EditPerson(who, version, {"degree": "master"}), now=driver.now)
            if number < 12:
                relation = DeclareRelation(*((who, "interest", other) if number % 2 else (other, "interest", who)))
                return declare_relation(hr, relation, now=driver.now)
            if number < 16:
                away = SetAbsence(county.assignments["s01.teacher"], driver.now.date() + timedelta(days=1))
                return set_absence(driver.actor("bureau.hr"), away, now=driver.now)
            entry = Entry("title", acting.SINCE + timedelta(days=turn + 1), value="一级")
            records[number % 4] = correct_record(hr, CorrectRecord(records[number % 4], entry, "更正"), now=driver.now)
            return None

        at_once(postgres_app, one)
        assert [case.state for case in cases] == ["completed"] * 4
    assert nameless() == before
