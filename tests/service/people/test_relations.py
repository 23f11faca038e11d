"""Who is related to whom, and who stands behind a candidate group."""

import pytest

from service.access.accounts import NewAssignment, give_roles
from service.db import transaction
from service.errors import Invalid, LecternError, NotFound
from service.people import commands, members, persons
from service.people.commands import DeclareRelation
from tests.service.people.county import NOW, SINCE, TODAY


def declare(county, by, who, kind="spouse", other=None, name=None):
    relative = other and county.persons[other]
    asked = DeclareRelation(county.persons[who], kind, relative, name)
    return commands.declare_relation(county.actor(by), asked, now=NOW)


def related(county, a, b):
    return members.is_related(county.persons[a], county.persons[b])


def test_declared_relation_holds_both_ways(county):
    assert not related(county, "s01.teacher", "staffing.office")
    declare(county, "s01.teacher", "s01.teacher", other="staffing.office")
    assert related(county, "s01.teacher", "staffing.office")
    assert related(county, "staffing.office", "s01.teacher")
    assert not related(county, "s01.teacher", "s01.hr")


def test_distant_relation_recuses_nobody(county):
    declare(county, "s01.teacher", "s01.teacher", "distant", other="s01.hr")
    assert not related(county, "s01.teacher", "s01.hr")


def test_everybody_is_related_to_oneself(quick_county):
    assert related(quick_county, "s01.teacher", "s01.teacher")


def test_all_related_ones_among_many_are_found_at_once(county):
    declare(county, "s01.teacher", "s01.teacher", "in_law", other="s01.hr")
    declare(county, "s02.teacher", "s02.teacher", "step", other="s01.teacher")
    me = county.persons["s01.teacher"]
    found = members.related_among(me, list(county.persons.values()))
    assert found == {county.persons["s01.hr"], county.persons["s02.teacher"]}


def test_relative_known_by_name_only_is_found_by_name(county):
    declare(county, "s01.hr", "s01.hr", "direct_line", name=" 王小明 ")
    declare(county, "s01.hr", "s01.hr", "spouse", other="s02.teacher")
    declare(county, "s01.hr", "s01.hr", "distant", name="远亲")
    assert members.declared_names(county.persons["s01.hr"]) == {"王小明", "s02.teacher"}


@pytest.mark.parametrize(
    ("kind", "other", "name"),
    [
        ("friend", "s01.hr", None),
        ("spouse", None, None),
        ("spouse", None, "  "),
        ("spouse", "s01.hr", "王"),
        ("spouse", "s01.teacher", None),
    ],
)
def test_declaration_that_says_nothing_or_too_much_is_refused(quick_county, kind, other, name):
    with pytest.raises(Invalid):
        declare(quick_county, "s01.teacher", "s01.teacher", kind, other, name)


def test_others_declare_nothing_for_one(county):
    for by in ("s01.principal", "s02.teacher"):
        with pytest.raises(LecternError):
            declare(county, by, "s01.teacher", other="s01.hr")
    county.persons["nobody"] = "x"
    with pytest.raises(NotFound):
        declare(county, "s01.teacher", "s01.teacher", other="nobody")


def test_relations_are_shown_to_hr_and_not_to_the_admin(county):
    declare(county, "s01.teacher", "s01.teacher", other="s01.hr")
    person_id = county.persons["s01.teacher"]
    for actor, expected in [("bureau.hr", 1), ("s01.principal", 1), ("s01.teacher", 1), ("admin", 0)]:
        assert len(persons.person(county.actor(actor), person_id).relations) == expected


def test_members_are_holders_with_their_names(county):
    s01 = county.organisations["s01"]
    principal = {county.persons["s01.principal"]: "s01.principal"}
    assert members.members("principal", s01, TODAY) == principal
    assert members.members("secretary", s01, TODAY) == {}
    assert members.members("principal", s01, SINCE.replace(year=2019)) == {}


def test_groups_are_roles_or_persons(county):
    staffing, hr = county.organisations["staffing"], county.persons["s01.hr"]
    with transaction() as session:
        second = NewAssignment(hr, "staffing_officer", staffing, TODAY)
        give_roles(session, [second], "system", NOW)
    groups = [f"staffing_officer@{staffing}", f"person:{hr}", f"principal@{staffing}"]
    found = members.holders_of(groups, TODAY)
    assert set(found[groups[0]].values()) == {"staffing.office", "s01.hr"}
    assert found[groups[1]] == {hr: "s01.hr"}
    assert found[groups[2]] == {}


def test_names_keep_the_order_and_leave_out_the_unknown(quick_county):
    ids = [quick_county.persons["s02.hr"], "unknown", quick_county.persons["admin"]]
    assert list(members.names(ids).values()) == ["s02.hr", "admin"]
    assert members.names([]) == {}
