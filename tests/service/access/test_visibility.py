"""Who sees which rows: real cases, tasks, ledger lines, candidates, files, events and staff of two schools."""

from types import SimpleNamespace

import pytest
from sqlalchemy import insert, select

from service.access.accounts import NewAssignment, give_roles
from service.access.actor import Actor
from service.access.policy import sees, visible
from service.access.visibility import CLAUSES, TABLES
from service.audit.chain import NewEvent, append
from service.db import db, transaction
from tests.service.people.county import NOW, PEOPLE, SINCE
from workflows.base import Base

ALL = set(PEOPLE)
READERS = {"bureau.hr", "bureau.chief", "bureau.leader", "auditor"}
S01_OFFICE = {"s01.principal", "s01.vice", "s01.hr"}
S02_OFFICE = {"s02.principal", "s02.hr"}
POINT = {"point.principal", "district.principal"}


FILLING = {str: "x", int: 1, bool: False, bytes: b"x", dict: {}}
"""By type of the column; whatever else there is, is a moment."""


def write(session, name, **values):
    """Insert a row; what visibility does not read is filled in, so that other tables may grow."""
    table = Base.metadata.tables[name]
    needed = [c for c in table.c if not c.nullable and c.default is None and c.name not in values]
    filled = {column.name: FILLING.get(column.type.python_type, NOW) for column in needed}
    session.execute(insert(table), {**filled, **values})


def write_case(session, county, code, starter, holder, seated=()):
    """A case of a school with a task, a candidate, a file, a ledger line and an event; ids begin with its code."""
    school, person = county.organisations[code], county.persons[starter]
    write(session, "process_instance", id=code, definition_id="d", state="running")
    write(session, "process_case", instance_id=code, business_key=code, initiator_id=person, organisation_id=school)
    case = {"instance_id": code, "initiator_id": person, "organisation_id": school}
    write(session, "task", id=f"{code}-task", state="open", groups=[holder], **case)
    for position, who in enumerate(seated):
        seat = {"person_id": county.persons[who], "state": "signed", "position": position}
        write(session, "seat", id=f"{code}-{position}", task_id=f"{code}-task", **seat)
    candidate = {"instance_id": code, "organisation_id": school, "state": "registered"}
    write(session, "candidate", id=f"{code}-c", id_number_index=code, **candidate)
    write(session, "attachment", id=f"{code}-a", organisation_id=school, instance_id=code, uploaded_by=person)
    figures = {"approved": 9, "excess": 0, "occupied": 1, "reserved": 0, "lent": 0}
    write(session, "ledger_account", id=f"{code}-l", organisation_id=school, kind="headcount", **figures)
    write(session, "ledger_entry", id=f"{code}-e", account_id=f"{code}-l", **figures)
    append(session, f"instance:{code}", [NewEvent("instance.started", person)], at=NOW)


@pytest.fixture
def cases(county):
    """s01: begun by a teacher, once in the queue of the staffing office, signed by a teacher of s02. point: alone."""
    with transaction() as session:
        write(session, "process_definition", id="d", key="hiring", state="active")
        staffing = f"staffing_officer@{county.organisations['staffing']}"
        write_case(session, county, "s01", "s01.teacher", staffing, ["s02.teacher"])
        write_case(session, county, "point", "point.principal", f"principal@{county.organisations['point']}")
        write(session, "incident", id="i", instance_id="s01", kind="command")
    return county


def seen(actor, noun):
    table = Base.metadata.tables[TABLES.get(noun, noun)]
    key = {"process_case": "instance_id", "audit_event": "stream", "parameter": "key", "calendar_day": "day",
           "title_application": "instance_id", "reserved_round": "instance_id",
           "reserved_application": "instance_id"}  # fmt: skip
    column = table.c[key.get(table.name, "id")]
    return set(db.session.scalars(select(column).where(visible(actor, noun))))


S01_CASE = {*READERS, *S01_OFFICE, "s01.teacher", "staffing.office", "s02.teacher"}
S01_CONTENTS = S01_CASE - {"staffing.office", "s02.teacher"}
"""Without who knows the case only from a task of the staffing office."""
LEDGER = {*READERS, "staffing.office", "hr.bureau"}
ROWS = [
    ("instance", "s01", S01_CASE),
    ("instance", "point", {*READERS, *POINT}),
    ("task", "s01-task", S01_CASE),
    ("task", "point-task", {*READERS, *POINT}),
    ("case_contents", "s01", S01_CONTENTS),
    ("candidate", "s01-c", S01_CONTENTS),
    ("candidate", "point-c", {*READERS, *POINT}),
    ("attachment", "s01-a", S01_CASE),
    ("attachment", "point-a", {*READERS, *POINT}),
    ("event", "instance:s01", S01_CONTENTS),
    ("event", "instance:point", {*READERS, *POINT}),
    ("ledger_account", "s01-l", {*LEDGER, *S01_OFFICE}),
    ("ledger_entry", "s01-e", {*LEDGER, *S01_OFFICE}),
    ("ledger_account", "point-l", {*LEDGER, *POINT}),
    ("ledger_entry", "point-e", {*LEDGER, *POINT}),
    ("incident", "i", {"bureau.hr", "bureau.chief", "admin", "auditor"}),
    ("definition", "d", ALL),
]


def test_each_row_is_seen_by_exactly_these_people(cases):
    actors = {who: cases.actor(who) for who in PEOPLE}
    for noun, row, expected in ROWS:
        assert {who for who, actor in actors.items() if row in seen(actor, noun)} == expected, (noun, row)


def test_case_in_the_own_queue_is_seen_also_when_a_person_was_named(cases):
    clerk = cases.actor("s02.hr")
    assert "point" not in seen(clerk, "instance")
    with transaction() as session:
        holder = f"person:{clerk.person_id}"
        write(session, "queue_entry", id="q", holder=holder, box="todo", task_id="point-task")
    assert {"point"} == seen(clerk, "instance")


def test_case_that_a_colleague_of_the_office_has_done_stays_seen_by_the_office(cases):
    with transaction() as session:
        place = cases.organisations["staffing"]
        colleague = NewAssignment(cases.persons["tdc"], "staffing_officer", place, SINCE)
        give_roles(session, [colleague], "system", NOW)
    assert seen(cases.actor("tdc"), "task") == {"s01-task"}
    assert seen(cases.actor("hr.bureau"), "task") == set()


def test_staff_is_seen_by_the_own_school_hr_and_admin(cases):
    actors = {who: cases.actor(who) for who in PEOPLE}
    everybody = {*READERS, "admin"}
    for person, expected in [
        ("s01.teacher", {*everybody, *S01_OFFICE, "s01.teacher"}),
        ("s02.hr", {*everybody, *S02_OFFICE}),
        ("point.principal", {*everybody, *POINT}),
        ("bureau.leader", everybody),
    ]:
        person_id = cases.persons[person]
        assert {who for who, actor in actors.items() if person_id in seen(actor, "person")} == expected, person


def test_accounts_and_roles_of_other_schools_are_not_seen(cases):
    principal = cases.actor("s01.principal")
    own = {who for who in PEOPLE if who.startswith("s01.")}
    assert seen(principal, "account") == {cases.accounts[who] for who in own}
    assert seen(principal, "role_assignment") == {cases.assignments[who] for who in own}
    teacher = cases.actor("s01.teacher")
    assert seen(teacher, "account") == {teacher.account_id}
    assert seen(teacher, "role_assignment") == {cases.assignments["s01.teacher"]}


def test_organisations_diagrams_parameters_and_calendar_are_for_all_who_are_signed_in(cases):
    for noun in ("organisation", "definition"):
        assert len({frozenset(seen(cases.actor(who), noun)) for who in PEOPLE}) == 1
        assert seen(cases.actor("s01.teacher"), noun)


def test_own_upload_is_seen_before_it_is_handed_in(cases):
    with transaction() as session:
        write(session, "attachment", id="mine", uploaded_by=cases.persons["s02.hr"])
    assert "mine" in seen(cases.actor("s02.hr"), "attachment")
    assert "mine" not in seen(cases.actor("s02.principal"), "attachment")


def test_own_events_are_seen_and_those_of_others_not(cases):
    with transaction() as session:
        for who in ("s01.teacher", "s02.teacher"):
            append(session, f"person:{cases.persons[who]}", [NewEvent("person.edited", "x")], at=NOW)
    streams = seen(cases.actor("s01.teacher"), "event")
    assert f"person:{cases.persons['s01.teacher']}" in streams
    assert f"person:{cases.persons['s02.teacher']}" not in streams


def test_anonymous_sees_nothing_and_the_system_everything(cases):
    for noun in CLAUSES:
        table = Base.metadata.tables[TABLES.get(noun, noun)]
        everything = len(db.session.execute(select(table)).all())
        assert db.session.execute(select(table).where(visible(Actor.anonymous(), noun))).all() == [], noun
        assert len(db.session.execute(select(table).where(visible(Actor.system(), noun))).all()) == everything, noun


def test_actor_without_roles_and_person_sees_no_row_of_anybody(cases):
    nobody = Actor("no account", None, "nobody")
    public = {"title_batch", "reserved_round", "organisation", "definition", "parameter", "calendar_day"}
    assert {noun for noun in CLAUSES if seen(nobody, noun)} <= public


def test_alias_of_a_table_is_filtered_by_its_own_columns(cases):
    task = Base.metadata.tables["task"].alias("other")
    found = select(task.c.id).where(visible(cases.actor("s01.hr"), "task", task))
    assert list(db.session.scalars(found)) == ["s01-task"]


def test_clause_of_a_joined_query_adds_no_second_table(cases):
    task, entry = Base.metadata.tables["task"], Base.metadata.tables["queue_entry"]
    found = select(entry.c.id).join(task, task.c.id == entry.c.task_id).where(visible(cases.actor("admin"), "task"))
    assert list(db.session.scalars(found)) == []


def test_sees_asks_for_the_one_row_that_is_named(cases):
    clerk = cases.actor("s01.hr")
    assert sees(clerk, "instance", SimpleNamespace(instance_id="s01"))
    assert not sees(clerk, "instance", SimpleNamespace(instance_id="point"))
    assert not sees(clerk, "task", SimpleNamespace(id="absent"))
    assert sees(clerk, "task", SimpleNamespace(organisation_id="names no row"))


def test_unknown_noun_cannot_be_queried(cases):
    with pytest.raises(KeyError):
        visible(cases.actor("admin"), "secret")
