"""Persons for an actor: masked lists, unmasking that is recorded, edits that are refused when stale."""

import base64
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, text

from service.access.actor import Actor
from service.audit.models import AuditEvent
from service.db import db
from service.errors import Conflict, Forbidden, Invalid, LecternError, NotFound
from service.people import commands, commands_protected, persons
from service.people.commands import Appoint, EditPerson, EndAppointment
from service.people.commands_protected import RotateKeys, Unmask
from service.people.members import PERSON
from service.people.staff import NewPerson, Terms
from tests.service.people.county import NOW, TODAY, id_number

NEW_KEY = base64.b64encode(bytes(range(32, 64))).decode()


def teacher(county, actor):
    return persons.person(county.actor(actor), county.persons["s01.teacher"])


def edit(county, actor, version=1, who="s01.teacher", **changes):
    return commands.edit_person(county.actor(actor), EditPerson(county.persons[who], version, changes), now=NOW)


def unmask(county, actor, field="id_number", reason="核对合同"):
    asked = Unmask(county.persons["s01.teacher"], field, reason)
    return commands_protected.unmask(county.actor(actor), asked, now=NOW)


def events(county, who="s01.teacher"):
    stream = f"person:{county.persons[who]}"
    return db.session.scalars(select(AuditEvent).where(AuditEvent.stream == stream).order_by(AuditEvent.seq)).all()


def test_person_is_shown_with_masked_numbers(county):
    view = teacher(county, "s01.hr")
    number = id_number(13)
    assert view.id_number == f"{number[:3]}***********{number[-4:]}"
    assert view.phone == "138****0013"
    assert [row.grade for row in view.appointments] == [9]


def test_person_of_another_school_is_not_found(county):
    for actor in ("s02.principal", "s02.teacher", "staffing.office"):
        with pytest.raises(NotFound):
            teacher(county, actor)


def test_numbers_are_not_in_the_database_in_plain(county):
    for row in db.session.execute(text("SELECT * FROM person")).all():
        for value in row:
            plain = bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
            assert "19800101" not in plain
            assert "13800000" not in plain


def test_unmasking_tells_the_value_and_leaves_who_what_and_why(county):
    assert unmask(county, "s01.hr") == id_number(13)
    assert unmask(county, "bureau.hr", "phone", "电话通知") == "13800000013"
    [first, second] = events(county)
    assert (first.kind, first.actor_id) == ("person.unmasked", county.accounts["s01.hr"])
    assert '"field":"id_number"' in first.body.replace(" ", "")
    assert "核对合同" in first.body
    assert id_number(13) not in first.body
    assert second.actor_id == county.accounts["bureau.hr"]


@pytest.mark.parametrize(
    ("actor", "error"),
    [("admin", Forbidden), ("auditor", Forbidden), ("s01.vice", Forbidden), ("s02.hr", NotFound), ("tdc", NotFound)],
)
def test_who_may_not_unmask_leaves_no_event(quick_county, actor, error):
    with pytest.raises(LecternError) as refusal:
        unmask(quick_county, actor)
    assert isinstance(refusal.value, error)
    assert events(quick_county) == []


@pytest.mark.parametrize(("field", "reason"), [("name", "x"), ("id_number", "  ")])
def test_unmasking_needs_a_protected_field_and_a_reason(quick_county, field, reason):
    with pytest.raises(Invalid):
        unmask(quick_county, "s01.hr", field, reason)


def test_unknown_value_is_unmasked_as_unknown(county):
    edit(county, "bureau.hr", phone=None)
    assert unmask(county, "s01.hr", "phone") is None


def test_exact_number_finds_a_visible_person_only(county):
    actor = county.actor("s01.hr")
    assert persons.find_by_id_number(actor, id_number(13).lower()) == county.persons["s01.teacher"]
    assert persons.find_by_phone(actor, "138 0000 0013") == [county.persons["s01.teacher"]]
    assert persons.find_by_id_number(county.actor("s02.hr"), id_number(13)) is None


def test_created_person_is_known_the_second_time(county):
    actor = county.actor("bureau.hr")
    person_id = commands.create_person(actor, NewPerson("赵", id_number(700)), now=NOW)
    with pytest.raises(Conflict) as refusal:
        commands.create_person(actor, NewPerson("钱", id_number(700)), now=NOW)
    assert refusal.value.params == {"person_id": person_id}


def test_edit_raises_the_version_and_a_stale_one_is_refused(county):
    assert edit(county, "s01.hr", degree="master", phone="139 0000 0000") == 2
    view = teacher(county, "s01.hr")
    assert (view.degree, view.phone, view.version) == ("master", "139****0000", 2)
    with pytest.raises(Conflict) as refusal:
        edit(county, "s01.hr", degree="bachelor")
    assert refusal.value.params == {"version": 2, "seen": 1}
    [event] = events(county)
    assert event.kind == "person.edited"
    assert "13900000000" not in event.body


def test_edit_is_checked_against_what_stays(quick_county):
    with pytest.raises(Invalid) as refusal:
        edit(quick_county, "bureau.hr", born_on=date(1999, 1, 1))
    assert [fault.code for fault in refusal.value.faults] == ["person.born_on_differs"]
    with pytest.raises(Invalid):
        edit(quick_county, "bureau.hr", version_of_somebody=1)


def test_number_of_somebody_else_is_refused_in_an_edit(county):
    with pytest.raises(Conflict) as refusal:
        edit(county, "bureau.hr", id_number=id_number(15))
    assert refusal.value.code == "person.known"


def test_staff_is_paged_by_name_without_gaps_or_repeats(county):
    actor, s01 = county.actor("s01.hr"), county.organisations["s01"]
    pages, after = [], None
    while page := persons.people_of(actor, s01, TODAY, limit=2, after=after):
        pages.append([member.name for member in page])
        after = (page[-1].name, page[-1].id)
    assert pages == [["s01.hr", "s01.principal"], ["s01.teacher", "s01.vice"]]
    assert [member.name for member in persons.people_of(actor, s01, TODAY, name="each")] == ["s01.teacher"]
    assert persons.people_of(actor, county.organisations["s02"], TODAY) == []


def test_name_search_takes_wildcards_literally(county):
    assert persons.people_of(county.actor("s01.hr"), county.organisations["s01"], TODAY, name="%") == []


def rekey(app, *keys):
    app.extensions["lectern.settings"] = replace(app.extensions["lectern.settings"], field_keys=keys)


def test_rotation_writes_all_anew_and_the_old_key_can_go(county, any_app):
    old = any_app.extensions["lectern.settings"].field_keys
    rekey(any_app, NEW_KEY, *old)
    assert persons.find_by_id_number(county.actor("s01.hr"), id_number(13)) == county.persons["s01.teacher"]
    with pytest.raises(Conflict):
        commands.create_person(county.actor("bureau.hr"), NewPerson("同", id_number(13)), now=NOW)
    after, chunks = "", []
    while after is not None:
        rotated = commands_protected.rotate_keys(Actor.system(), RotateKeys(after, limit=5), now=NOW)
        chunks.append(rotated.written)
        after = rotated.last
    assert chunks == [5, 5, 5, 2]
    rekey(any_app, NEW_KEY)
    assert unmask(county, "bureau.hr") == id_number(13)
    assert persons.find_by_id_number(county.actor("s01.hr"), id_number(13)) == county.persons["s01.teacher"]
    again = commands_protected.rotate_keys(Actor.system(), RotateKeys(), now=NOW)
    assert (again.written, again.last) == (0, None)


def test_without_its_key_nothing_is_read(county, any_app):
    rekey(any_app, NEW_KEY)
    with pytest.raises(Invalid) as refusal:
        unmask(county, "bureau.hr")
    assert refusal.value.code == "crypto.unknown_key"


def test_ciphertext_moved_to_another_row_is_not_read(quick_county):
    mine, other = (quick_county.persons[who] for who in ("s01.teacher", "s02.teacher"))
    sealed = db.session.scalar(select(PERSON.c.id_number).where(PERSON.c.id == other))
    with pytest.raises(Invalid) as refusal:
        persons.ID_NUMBER.unseal(mine, sealed)
    assert refusal.value.code == "crypto.altered"


def test_field_and_number_decide_the_blind_index(quick_county):
    assert persons.ID_NUMBER.index("1") != persons.PHONE.index("1")
    assert persons.ID_NUMBER.index("1") == persons.ID_NUMBER.index("1")


def test_appointment_that_uses_a_post_is_left_to_the_ledger(county):
    actor, who = county.actor("bureau.hr"), county.persons["s01.teacher"]
    appointment = persons.appointment_on(db.session(), who, TODAY)
    with pytest.raises(Conflict) as refusal:
        commands.end_appointment(actor, EndAppointment(appointment.id, TODAY, "退休"), now=NOW)
    assert refusal.value.code == "appointment.occupies"
    with pytest.raises(Conflict):
        commands.appoint_person(actor, Appoint(who, Terms(county.organisations["s02"], TODAY)), now=NOW)


@pytest.mark.parametrize("employment", ["contract", "special"])
def test_a_teacher_without_headcount_or_post_does_not_leave_a_school_by_hand(county, employment):
    """Only a personnel change closes the account and tells the person's own cases."""
    actor = county.actor("bureau.hr")
    who = commands.create_person(actor, NewPerson("编外"), now=NOW)
    terms = Terms(county.organisations["s01"], date(2026, 9, 1), employment_kind=employment)
    appointment_id = commands.appoint_person(actor, Appoint(who, terms), now=NOW)
    with pytest.raises(Conflict, match=r"appointment\.of_school"):
        commands.end_appointment(actor, EndAppointment(appointment_id, TODAY, "合同期满"), now=NOW)
    assert persons.appointment_on(db.session(), who, TODAY).valid_until is None


def test_who_works_in_the_bureau_on_a_contract_is_appointed_and_leaves_by_hand(county):
    actor = county.actor("bureau.hr")
    who = commands.create_person(actor, NewPerson("编外"), now=NOW)
    terms = Terms(county.organisations["hr"], date(2026, 9, 1), employment_kind="contract")
    appointment_id = commands.appoint_person(actor, Appoint(who, terms), now=NOW)
    with pytest.raises(Invalid):
        commands.end_appointment(actor, EndAppointment(appointment_id, date(2026, 8, 31), "x"), now=NOW)
    assert commands.end_appointment(actor, EndAppointment(appointment_id, TODAY, "合同期满"), now=NOW) == []
    assert persons.appointment_on(db.session(), who, TODAY) is None
    with pytest.raises(Conflict):
        commands.end_appointment(actor, EndAppointment(appointment_id, TODAY, "x"), now=NOW)
