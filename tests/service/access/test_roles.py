"""Roles: given, ended and stood in for; a role that nobody holds shows at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from flask import current_app
from sqlalchemy import select

from service.access import commands_roles
from service.access.accounts import ROLE, NewAssignment
from service.access.commands_roles import EndRole, SetAbsence
from service.access.standing import stand_in, standing
from service.audit.models import AuditEvent
from service.db import db
from service.errors import Conflict, Forbidden, Invalid, LecternError, NotFound
from service.people import queries
from tests.service.people.county import NOW, TODAY

TOMORROW = TODAY + timedelta(days=1)


def assign(county, by, who, role, place, first=TODAY, until=None, kind="holder"):
    new = NewAssignment(county.persons[who], role, county.organisations[place], first, until, kind)
    return commands_roles.assign_role(county.actor(by), new, now=NOW)


def end(county, who, on=TODAY, by="bureau.hr"):
    return commands_roles.end_role(county.actor(by), EndRole(county.assignments[who], on), now=NOW)


def who_stands(county, role, place, on=TODAY):
    ids = standing(db.session(), role, county.organisations[place], on)
    return [name for name, person_id in county.persons.items() if person_id in ids]


def test_assigned_role_is_held_from_its_first_day_on(county):
    assign(county, "bureau.hr", "s01.teacher", "secretary", "s01", first=TOMORROW)
    assert not county.actor("s01.teacher").has("secretary")
    assert county.actor("s01.teacher", NOW + timedelta(days=1)).has("secretary")


def test_second_principal_is_refused_while_the_first_holds_the_office(county):
    with pytest.raises(Conflict) as refusal:
        assign(county, "bureau.hr", "s01.vice", "principal", "s01")
    assert refusal.value.code == "role.taken"
    end(county, "s01.principal", TOMORROW)
    with pytest.raises(Conflict):
        assign(county, "bureau.hr", "s01.vice", "principal", "s01", first=TODAY)
    assert assign(county, "bureau.hr", "s01.vice", "principal", "s01", first=TOMORROW)


def test_two_principals_assigned_at_once_are_one(county):
    end(county, "s01.principal")
    actor, app = county.actor("bureau.hr"), current_app._get_current_object()

    def attempt(who):
        new = NewAssignment(county.persons[who], "principal", county.organisations["s01"], TODAY)
        with app.app_context():
            try:
                return commands_roles.assign_role(actor, new, now=NOW)
            except Conflict as conflict:
                return conflict.code

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(attempt, ["s01.vice", "s01.teacher"]))
    assert answers.count("role.taken") == 1


def test_same_role_twice_is_refused(county):
    with pytest.raises(Conflict) as refusal:
        assign(county, "bureau.hr", "s01.hr", "school_hr", "s01")
    assert refusal.value.code == "role.already_held"


def test_auditor_holds_no_other_role(county):
    for who, role, place in [("auditor", "teacher", "s01"), ("s01.teacher", "auditor", "bureau")]:
        with pytest.raises(Conflict) as refusal:
            assign(county, "admin", who, role, place)
        assert refusal.value.code == "role.incompatible"


@pytest.mark.parametrize(
    ("role", "place", "kind", "until", "code"),
    [
        ("principal", "bureau", "holder", None, "role.wrong_organisation"),
        ("staffing_officer", "s01", "holder", None, "role.wrong_organisation"),
        ("emperor", "s01", "holder", None, "role.unknown"),
        ("secretary", "s01", "deputy", None, "role.unknown_kind"),
        ("secretary", "s01", "holder", TODAY, "dates.order"),
    ],
)
def test_assignment_that_makes_no_sense_is_refused(quick_county, role, place, kind, until, code):
    with pytest.raises(Invalid) as refusal:
        assign(quick_county, "bureau.hr", "s01.teacher", role, place, until=until, kind=kind)
    assert [fault.code for fault in refusal.value.faults] == [code]


def test_absent_person_or_organisation_is_not_found(quick_county):
    quick_county.persons["nobody"] = quick_county.organisations["nowhere"] = "x"
    for who, place in [("nobody", "s01"), ("s01.teacher", "nowhere")]:
        with pytest.raises(NotFound):
            assign(quick_county, "bureau.hr", who, "secretary", place)


def test_nobody_assigns_or_ends_an_own_role(quick_county):
    with pytest.raises(Forbidden):
        assign(quick_county, "bureau.hr", "bureau.hr", "bureau_leader", "bureau")
    with pytest.raises(Forbidden):
        assign(quick_county, "admin", "admin", "auditor", "bureau")
    with pytest.raises(Forbidden):
        end(quick_county, "bureau.hr", by="bureau.hr")


def test_ended_role_stops_at_once_and_tells_who_stands_for_it(county):
    assert county.actor("s01.hr").has("school_hr")
    ended = end(county, "s01.hr")
    assert (ended.role, ended.person_id, ended.is_vacant) == ("school_hr", county.persons["s01.hr"], True)
    assert not county.actor("s01.hr").has("school_hr")
    with pytest.raises(Conflict):
        end(county, "s01.hr")


def test_ended_role_with_an_alternate_is_not_vacant(county):
    assign(county, "bureau.hr", "s01.teacher", "school_hr", "s01", kind="alternate")
    assert end(county, "s01.hr").standing == (county.persons["s01.teacher"],)
    assert who_stands(county, "school_hr", "s01") == ["s01.teacher"]


def test_role_ends_neither_before_it_began_nor_later_than_it_does(county):
    with pytest.raises(Invalid):
        end(county, "s01.hr", date(2019, 12, 31))
    end(county, "s01.hr", TOMORROW)
    with pytest.raises(Conflict):
        end(county, "s01.hr", TOMORROW + timedelta(days=1))
    assert end(county, "s01.hr", TODAY).on == TODAY


def test_role_of_another_school_is_not_found_and_ones_own_is_forbidden(county):
    for who, kind in [("s02.hr", NotFound), ("s01.vice", Forbidden)]:
        with pytest.raises(kind) as refusal:
            end(county, who, by="s01.principal")
        assert isinstance(refusal.value, LecternError)
    assert end(county, "s01.hr", by="s01.principal").is_vacant


def test_role_without_holder_is_on_the_page_of_hr_at_once(county):
    actor = county.actor("bureau.hr")
    assert queries.roles_without_holder(actor, TODAY) == vacancies_of_the_start(county)
    end(county, "s01.principal")
    new = [one for one in queries.roles_without_holder(actor, TODAY) if one.organisation_name == "S01"]
    assert [(one.role, one.alternates, one.holder_away) for one in new] == [("principal", (), False)]
    assert queries.roles_without_holder(county.actor("s02.principal"), TODAY) == []
    assert [one.role for one in queries.roles_without_holder(county.actor("s01.hr"), TODAY)] == ["principal"]


def vacancies_of_the_start(county):
    point = county.organisations["point"]
    return [queries.Vacancy(point, "POINT", "school_hr", (), False, ("principal", point))]


def test_absent_holder_without_alternate_is_a_vacancy_and_with_one_is_not(county):
    away = SetAbsence(county.assignments["s01.principal"], TODAY, TOMORROW)
    commands_roles.set_absence(county.actor("s01.principal"), away, now=NOW)
    assert who_stands(county, "principal", "s01") == []
    here = [one for one in queries.roles_without_holder(county.actor("bureau.hr"), TODAY) if one.role == "principal"]
    assert [one.holder_away for one in here] == [True]
    assign(county, "bureau.hr", "s01.vice", "principal", "s01", kind="alternate")
    assert who_stands(county, "principal", "s01") == ["s01.vice"]
    assert len(queries.roles_without_holder(county.actor("bureau.hr"), TODAY)) == 1
    assert who_stands(county, "principal", "s01", TOMORROW) == ["s01.principal"]


def test_absence_is_taken_back(county):
    for first in (TODAY, None):
        away = SetAbsence(county.assignments["s01.principal"], first)
        commands_roles.set_absence(county.actor("s01.principal"), away, now=NOW)
    assert who_stands(county, "principal", "s01") == ["s01.principal"]
    with pytest.raises(Invalid):
        backwards = SetAbsence(county.assignments["s01.principal"], TODAY, TODAY)
        commands_roles.set_absence(county.actor("s01.principal"), backwards, now=NOW)


def place_of(county, found):
    names = {organisation_id: code for code, organisation_id in county.organisations.items()}
    return found and (found[0], names[found[1]])


def test_stand_in_goes_from_deputy_to_district_to_bureau(county):
    def found(place, **named):
        return place_of(county, stand_in(db.session(), "principal", county.organisations[place], TODAY, **named))

    assert found("s01") == ("vice_principal", "s01")
    assert found("s01", upward=True) == ("bureau_hr_chief", "hr")
    assert found("point") == ("principal", "district")
    assert found("s02") == ("bureau_hr_chief", "hr")
    end(county, "bureau.chief", by="admin")
    assert found("s02") == ("bureau_hr_officer", "hr")
    end(county, "bureau.hr", by="admin")
    assert found("s02") == ("bureau_leader", "bureau")


def test_every_change_of_a_role_is_an_event_of_the_person(county):
    given = assign(county, "bureau.hr", "s01.teacher", "secretary", "s01")
    county.assignments["secretary"] = given
    end(county, "secretary")
    stream = f"person:{county.persons['s01.teacher']}"
    events = db.session.scalars(select(AuditEvent).where(AuditEvent.stream == stream).order_by(AuditEvent.seq)).all()
    assert [event.kind for event in events] == ["role.assigned", "role.ended"]
    assert {event.actor_id for event in events} == {county.accounts["bureau.hr"]}
    assert db.session.scalar(select(ROLE.c.valid_until).where(ROLE.c.id == given)) == TODAY


def test_an_outside_office_that_hangs_on_one_person_is_told_to_hr_until_it_has_an_alternate(county):
    actor = county.actor("bureau.hr")
    assert [(one.role, one.missing) for one in queries.roles_without_alternate(actor, TODAY)] == [
        ("hr_bureau_officer", "alternate"), ("staffing_officer", "alternate"),
    ]  # fmt: skip
    assign(county, "bureau.hr", "tdc", "staffing_officer", "staffing", kind="alternate")
    assert [one.role for one in queries.roles_without_alternate(actor, TODAY)] == ["hr_bureau_officer"]
    assert queries.roles_without_alternate(county.actor("s01.hr"), TODAY) == []
    end(county, "staffing.office")
    assert who_stands(county, "staffing_officer", "staffing") == ["tdc"]
