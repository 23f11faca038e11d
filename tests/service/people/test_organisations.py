"""The tree of organisations and what schools may decide themselves."""

from datetime import date

import pytest

from service.db import db
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.people import commands_organisations as commands
from service.people import queries
from service.people.commands_organisations import Authorise, EditOrganisation
from service.people.units import CreateOrganisation
from tests.service.people.county import NOW, SINCE, TODAY

REST = ["s02", "tdc", "hrb", "staffing"]


def create(county, actor="bureau.hr", parent="bureau", **changes):
    asked = {"kind": "school", "code": "s03", "name": "第三小学", "valid_from": TODAY, **changes}
    parent_id = parent and county.organisations[parent]
    created = CreateOrganisation(**asked, parent_id=parent_id)
    return commands.create_organisation(county.actor(actor), created, now=NOW)


def edit(county, code, version=1, **changes):
    asked = EditOrganisation(county.organisations[code], version, changes)
    return commands.edit_organisation(county.actor("bureau.hr"), asked, now=NOW)


def row(county, code):
    return queries.organisation_row(db.session(), county.actor("bureau.hr"), county.organisations[code])


def authorise(county, kind="own_hiring", first=TODAY, until=None, code="s01", by="bureau.chief"):
    asked = Authorise(county.organisations[code], kind, first, "教发〔2026〕1号", until)
    return commands.authorise(county.actor(by), asked, now=NOW)


def test_tree_is_listed_parents_before_children_and_by_code(county):
    rows = queries.organisations(county.actor("s01.teacher"), TODAY)
    assert [found.code for found in rows] == [
        "bureau",
        "district",
        "point",
        "hr",
        "s01",
        "s02",
        "tdc",
        "hrb",
        "staffing",
    ]
    below = queries.organisations(county.actor("s01.teacher"), TODAY, below=row(county, "district").path)
    assert [found.code for found in below] == ["district", "point"]
    assert queries.organisations(county.actor("s01.teacher"), SINCE.replace(year=2019)) == []


def test_created_school_hangs_below_its_parent_and_weak_is_unknown(county):
    county.organisations["s03"] = create(county, area="rural", stage="junior")
    school = row(county, "s03")
    assert school.path == f"{row(county, 'bureau').path}{school.id}/"
    assert school.weak is None


def test_code_is_taken_once(county):
    create(county)
    with pytest.raises(Conflict) as refusal:
        create(county)
    assert refusal.value.params == {"taken": "s03"}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"kind": "university"}, "kind"),
        ({"name": " "}, "name"),
        ({"code": ""}, "code"),
        ({"stage": "college"}, "stage"),
        ({"area": "moon"}, "area"),
        ({"parent": "s01"}, "parent_id"),
        ({"parent": None}, "parent_id"),
        ({"kind": "section", "area": "city"}, "area"),
    ],
)
def test_unit_that_makes_no_sense_is_refused(quick_county, changes, path):
    with pytest.raises(Invalid) as refusal:
        create(quick_county, **changes)
    assert [fault.path for fault in refusal.value.faults] == [path]


def test_moved_district_takes_its_teaching_points_along(county):
    county.organisations["s03"] = create(county, parent="district")
    county.organisations["d2"] = create(county, kind="district", code="d2")
    assert edit(county, "point", parent_id=county.organisations["d2"]) == 2
    assert row(county, "point").path == f"{row(county, 'd2').path}{county.organisations['point']}/"
    assert row(county, "s03").path.startswith(row(county, "district").path)
    with pytest.raises(Invalid):
        edit(county, "district", parent_id=county.organisations["point"])


def test_stale_edit_and_fixed_fields_are_refused(county):
    edit(county, "s01", weak=True)
    with pytest.raises(Conflict):
        edit(county, "s01", weak=False)
    for fixed in ("kind", "path", "id"):
        with pytest.raises(Invalid):
            edit(county, "s01", 2, **{fixed: "x"})
    assert row(county, "s01").weak is True


def test_absent_organisation_is_not_found(county):
    county.organisations["nowhere"] = "x"
    with pytest.raises(NotFound):
        row(county, "nowhere")
    with pytest.raises(NotFound):
        edit(county, "nowhere", name="x")


def test_authorisation_is_dated_half_open(county):
    s01 = county.organisations["s01"]
    authorise(county, first=date(2026, 9, 1), until=date(2026, 10, 1))
    days = [date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 30), date(2026, 10, 1)]
    found = [queries.is_authorised(db.session(), s01, "own_hiring", day) for day in days]
    assert found == [False, True, True, False]
    assert not queries.is_authorised(db.session(), s01, "own_titles", days[1])
    assert not queries.is_authorised(db.session(), county.organisations["s02"], "own_hiring", days[1])


def test_authorisations_of_one_kind_do_not_overlap(county):
    authorise(county, until=date(2027, 1, 1))
    authorise(county, "own_titles")
    with pytest.raises(Conflict):
        authorise(county, first=date(2026, 12, 31))
    authorise(county, first=date(2027, 1, 1))
    assert len(queries.authorisations(county.actor("s01.hr"), county.organisations["s01"])) == 3


def test_ended_authorisation_is_not_in_force_from_that_day(county):
    s01 = county.organisations["s01"]
    given = authorise(county, first=date(2026, 9, 1))
    chief = county.actor("bureau.chief")
    with pytest.raises(Invalid):
        commands.end_authorisation(chief, given, date(2026, 8, 1), now=NOW)
    commands.end_authorisation(chief, given, TODAY, now=NOW)
    assert not queries.is_authorised(db.session(), s01, "own_hiring", TODAY)
    with pytest.raises(Conflict):
        commands.end_authorisation(chief, given, TODAY, now=NOW)
    with pytest.raises(NotFound):
        commands.end_authorisation(chief, "absent", TODAY, now=NOW)


def test_only_the_chief_and_the_leader_authorise_and_only_schools(county):
    for by in ("bureau.hr", "admin", "s01.principal"):
        with pytest.raises(Forbidden):
            authorise(county, by=by)
    for wrong in ({"kind": "own_money"}, {"code": "district"}, {"until": TODAY}):
        with pytest.raises(Invalid):
            authorise(county, **wrong)
    assert authorise(county, by="bureau.leader")
