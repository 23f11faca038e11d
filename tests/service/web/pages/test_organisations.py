"""Organisations and people in the browser: the directory, staff, roles, and numbers told for a reason."""

import re

import orjson
from sqlalchemy import select

from service.audit.models import AuditEvent
from service.db import db
from tests.service.web.pages.browser import Site
from tests.service.web.pages.test_ledger import words_of


def unmasked(site: Site, person: str) -> list[dict[str, str]]:
    stream = f"person:{site.driver.county.persons[person]}"
    found = select(AuditEvent.body).where(AuditEvent.stream == stream, AuditEvent.kind == "person.unmasked")
    bodies = [orjson.loads(body) for body in db.session.scalars(found)]
    db.session.rollback()
    return bodies


def test_directory_lists_the_tree_with_authorisations_and_staff(site: Site) -> None:
    page = words_of(site.visitor("bureau.hr").text("/organisations"))
    assert "9 个单位" in page
    assert "17 人" in page
    assert "自主招聘" in page


def test_search_finds_an_organisation_by_the_name_of_who_works_there(site: Site) -> None:
    page = site.visitor("bureau.hr").text("/organisations?q=s02.teacher")
    assert site.organisation("s02") in page
    assert site.organisation("s01") not in page


def test_a_school_sees_no_staff_and_no_vacancies_of_another(site: Site) -> None:
    clerk = site.visitor("s01.hr")
    page = clerk.text(f"/organisations/{site.organisation('s02')}")
    assert "s02.teacher" not in page
    assert "您无权查看" in page
    assert "138****" not in page
    assert "个角色无人任职" not in clerk.text("/organisations")


def test_own_staff_is_listed_with_post_and_masked_telephone(site: Site) -> None:
    page = site.visitor("s01.hr").text(f"/organisations/{site.organisation('s01')}")
    read = words_of(page)
    assert "s01.teacher" in read
    assert "中级（9 级）" in read
    assert "138****" in page
    assert not re.search(r"138\d{8}", page)
    assert "学校人事干事" in read


def test_the_same_in_english(site: Site) -> None:
    page = words_of(site.visitor("s01.hr", "en").text(f"/organisations/{site.organisation('s01')}"))
    assert "Middle, grade 9" in page
    assert "School HR clerk" in page
    assert "own hiring" in page


def test_a_role_without_holder_shows_at_once(site: Site) -> None:
    page = words_of(site.visitor("bureau.hr").text("/organisations"))
    assert re.search(r"\d+ 个角色无人任职", page)
    assert "POINT 学校人事干事" in page


def test_a_number_is_told_for_a_reason_only_and_the_look_is_recorded(site: Site) -> None:
    address = f"/reveal/{site.driver.county.persons['s01.teacher']}/phone"
    clerk = site.visitor("s01.hr")
    asked = clerk.post(address)
    assert asked.status_code == 200
    assert 'name="reason"' in asked.text
    assert unmasked(site, "s01.teacher") == []
    told = clerk.post(address, {"reason": "通知到岗"})
    assert re.search(r"138\d{8}", told.text)
    assert unmasked(site, "s01.teacher") == [{"field": "phone", "reason": "通知到岗"}]


def test_another_schools_number_is_404_and_a_post_without_token_400(site: Site) -> None:
    address = f"/reveal/{site.driver.county.persons['s02.teacher']}/phone"
    assert site.visitor("s01.hr").post(address, {"reason": "好奇"}).status_code == 404
    assert site.visitor("bureau.hr").post(address, {"reason": "核对"}, with_token=False).status_code == 400
    assert unmasked(site, "s02.teacher") == []


def test_an_unknown_organisation_is_404(site: Site) -> None:
    assert site.visitor("bureau.hr").get("/organisations/nothing").status_code == 404
