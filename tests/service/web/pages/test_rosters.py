"""Rosters as workbooks: whom the reader may see, and no number in full."""

from io import BytesIO

from openpyxl import load_workbook

from service.access.days import day_of
from service.people import persons
from tests.service.web.pages.browser import Site


def rows(visitor, path: str) -> list[tuple]:
    reply = visitor.get(path)
    assert reply.status_code == 200, reply.status_code
    return [tuple(cell or "" for cell in row) for row in load_workbook(BytesIO(reply.data)).active.values]


def test_a_school_takes_away_its_own_staff_with_masked_numbers(site: Site) -> None:
    school = site.organisation("s01")
    found = rows(site.visitor("s01.hr"), f"/organisations/{school}/roster.xlsx")
    with site.app.test_request_context():
        staff = persons.people_of(site.driver.actor("bureau.hr"), school, day_of(site.driver.now), limit=1000)
    assert sorted(row[1] for row in found[1:]) == sorted(member.name for member in staff)
    assert found[0][1] == "姓名"
    assert len(staff) > 2
    assert all("*" in row[4] for row in found[1:] if row[4])


def test_nobody_takes_away_the_staff_of_another_school(site: Site) -> None:
    other = f"/organisations/{site.organisation('s02')}/roster.xlsx"
    for who in ("s01.principal", "s01.teacher", "staffing.office"):
        assert site.visitor(who).get(other).status_code == 403
        assert site.visitor(who).get("/reports/roster.xlsx").status_code == 403


def test_the_county_is_one_workbook_of_every_school(site: Site) -> None:
    leader = site.visitor("bureau.leader", "en")
    whole = rows(leader, "/reports/roster.xlsx")
    schools = [rows(leader, f"/organisations/{site.organisation(code)}/roster.xlsx")[1:] for code in ("s01", "s02")]
    assert set(whole[1:]) >= {row for school in schools for row in school}
    assert whole[0][1] == "Name"
    assert rows(leader, "/reports/roster.xlsx?on=2019-12-31")[1:] == []
