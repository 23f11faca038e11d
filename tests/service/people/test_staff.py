"""Taking a person on: one person per ID number, one appointment at a time, a lock when it is directed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from flask import current_app
from sqlalchemy import func, select

from service.access.accounts import ROLE
from service.db import db, transaction
from service.errors import Conflict, Invalid, NotFound
from service.people import persons, staff
from service.people.members import PERSON
from service.people.persons import APPOINTMENT, LOCK
from service.people.staff import NewPerson, ServiceTerm, Terms
from tests.service.people.county import NOW, TODAY, id_number

ID = id_number(500, "19950607")
HIRED = NewPerson("李新", ID.lower(), "+86 139 0000 0001", degree="master")


def take_on(county, new=HIRED, place="s01", lock=None, case="case-1", first=TODAY, **terms):
    asked = Terms(county.organisations[place], first, band="junior", grade=12, instance_id=case, **terms)
    with transaction() as session:
        return staff.take_on(session, new, asked, lock=lock, by="system", now=NOW)


def count(table):
    return db.session.scalar(select(func.count()).select_from(table))


def test_new_person_is_created_appointed_and_a_teacher(county):
    person_id = take_on(county, subject="数学")
    row = db.session.execute(select(PERSON).where(PERSON.c.id == person_id)).one()
    assert (row.name, row.sex, row.born_on, row.degree) == ("李新", "female", date(1995, 6, 7), "master")
    assert persons.ID_NUMBER.unseal(person_id, row.id_number) == ID
    assert persons.PHONE.unseal(person_id, row.phone) == "13900000001"
    terms = persons.appointment_on(db.session(), person_id, TODAY)
    assert (terms.organisation_id, terms.grade, terms.subject) == (county.organisations["s01"], 12, "数学")
    assert persons.appointment_on(db.session(), person_id, TODAY - timedelta(days=1)) is None
    roles = db.session.execute(select(ROLE).where(ROLE.c.person_id == person_id)).all()
    assert [(role.role, role.valid_from) for role in roles] == [("teacher", TODAY)]
    assert persons.locks_on(db.session(), person_id, TODAY) == []


def test_replayed_step_changes_nothing(county):
    lock = ServiceTerm("定向招聘")
    first = take_on(county, lock=lock)
    before = [count(table) for table in (PERSON, APPOINTMENT, LOCK, ROLE)]
    assert take_on(county, lock=lock) == first
    assert [count(table) for table in (PERSON, APPOINTMENT, LOCK, ROLE)] == before


def test_known_id_number_is_the_same_person_whose_facts_stay(county):
    who = county.persons["s01.teacher"]
    known = persons.person(county.actor("bureau.hr"), who)
    with transaction() as session:
        [appointment] = known.appointments
        staff.end_appointment(session, who, appointment.id, TODAY, "调动", by="system", now=NOW)
    again = NewPerson("另一个名字", persons_id(who))
    assert take_on(county, again, "s02") == who
    assert persons.person(county.actor("bureau.hr"), who).name == "s01.teacher"


def persons_id(person_id):
    row = db.session.execute(select(PERSON).where(PERSON.c.id == person_id)).one()
    return persons.ID_NUMBER.unseal(person_id, row.id_number)


def test_who_is_employed_elsewhere_is_not_taken_on(county):
    with pytest.raises(Conflict) as refusal:
        take_on(county, NewPerson("x", persons_id(county.persons["s02.teacher"])))
    assert refusal.value.code == "appointment.open"
    assert refusal.value.params["organisation_id"] == county.organisations["s02"]


def test_same_id_number_taken_on_at_once_is_one_person(county):
    app = current_app._get_current_object()

    def attempt(place):
        with app.app_context():
            try:
                return take_on(county, place=place, case=place)
            except Conflict as conflict:
                return conflict.code

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(attempt, ["s01", "s02"]))
    assert answers.count("appointment.open") == 1
    row = select(func.count()).select_from(PERSON).where(PERSON.c.id_number_index == persons.ID_NUMBER.index(ID))
    assert db.session.scalar(row) == 1


def test_directed_hire_is_locked_to_the_end_of_the_day_five_years_later(county):
    person_id = take_on(county, lock=ServiceTerm("定向招聘"))
    end = date(2031, 9, 10)
    [lock] = persons.locks_on(db.session(), person_id, end)
    assert (lock.starts_on, lock.ends_on, lock.instance_id) == (TODAY, end, "case-1")
    assert persons.locks_on(db.session(), person_id, end + timedelta(days=1)) == []
    assert persons.locks_on(db.session(), person_id, TODAY - timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("new", "code"),
    [
        (NewPerson("  "), "person.name"),
        (NewPerson("x", "11010519491231002"), "person.id_number_form"),
        (NewPerson("x", "110105194912310021"), "person.id_number_check"),
        (NewPerson("x", None, "12345"), "person.phone_form"),
        (NewPerson("x", ID, sex="male"), "person.sex_differs"),
    ],
)
def test_wrong_facts_are_refused_with_their_place_and_nothing_is_written(quick_county, new, code):
    before = count(PERSON)
    with pytest.raises(Invalid) as refusal:
        take_on(quick_county, new)
    assert [fault.code for fault in refusal.value.faults] == [code]
    assert count(PERSON) == before


def test_wrong_terms_leave_no_person_behind(quick_county):
    before = count(PERSON)
    with pytest.raises(Invalid):
        take_on(quick_county, post_category="cleaner")
    quick_county.organisations["nowhere"] = "x"
    with pytest.raises(NotFound):
        take_on(quick_county, place="nowhere")
    assert count(PERSON) == before


def test_official_of_the_bureau_becomes_no_teacher(quick_county):
    person_id = take_on(quick_county, place="hr")
    assert db.session.execute(select(ROLE).where(ROLE.c.person_id == person_id)).all() == []


def test_persons_without_id_number_are_different_persons(quick_county):
    first = take_on(quick_county, NewPerson("同名"), case="a")
    assert take_on(quick_county, NewPerson("同名"), case="b") != first


def test_ended_appointment_ends_the_roles_held_there_only(county):
    who = county.persons["s01.hr"]
    with transaction() as session:
        appointment = persons.appointment_on(session, who, TODAY)
        ended = staff.end_appointment(session, who, appointment.id, TODAY, "辞职", by="system", now=NOW)
    assert ended == [county.assignments["s01.hr"]]
    assert persons.appointment_on(db.session(), who, TODAY) is None
    assert persons.appointment_on(db.session(), who, TODAY - timedelta(days=1)).id == appointment.id
    assert county.actor("s01.hr").roles == ()
