"""The calendar's page: everybody reads it, the admin sets days, loads a year after looking, keeps school holidays."""

import html
import re
from io import BytesIO

import pytest
from werkzeug.test import TestResponse

from service.access.actor import Actor
from service.calendar.commands import load_calendar
from service.web.pages import packing
from tests.service.web.pages.browser import Site, Visitor

CSV = "日期,类型,名称\r\n2027-01-01,放假,元旦\r\n2027-02-14,上班,调休上班\r\n"


@pytest.fixture
def admin(site: Site) -> Visitor:
    load_calendar(Actor.system(), now=site.driver.now)
    return site.visitor("admin")


def words_of(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


def sent(admin: Visitor, text: str = CSV, source: str = "通知一号") -> TestResponse:
    form = {"year": "2027", "source": source, "sheet": (BytesIO(text.encode()), "2027.csv")}
    return admin.post("/calendar/import", form)


def hidden(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found if name in ("year", "source", "revision", "content")}


def test_everybody_reads_the_year_and_only_the_admin_sees_how_to_change_it(site: Site, admin: Visitor) -> None:
    page = site.visitor("s01.teacher").text("/calendar?year=2026")
    assert "国庆节" in page
    assert page.count('class="month"') == 12
    assert "设定这一天" not in page
    assert 'id="import"' not in page
    assert "设定这一天" in admin.text("/calendar?day=2026-09-18")
    assert site.visitor("s01.teacher").post("/calendar/day", {"day": "2026-09-18", "working": "false", "name": "x"}
                                            ).status_code == 403  # fmt: skip


def test_a_year_without_its_notice_is_called_provisional_in_both_languages(site: Site, admin: Visitor) -> None:
    assert "2027 年为暂定" in words_of(admin.text("/calendar?year=2027"))
    assert "2027 is provisional" in words_of(site.visitor("admin", "en").text("/calendar?year=2027"))
    assert "为暂定" not in words_of(admin.text("/calendar?year=2026"))


def test_a_day_is_set_shown_with_who_set_it_and_taken_back(site: Site, admin: Visitor) -> None:
    reply = admin.post("/calendar/day", {"day": "2026-11-06", "working": "false", "name": "校运会"})
    assert (reply.status_code, reply.location) == (302, "/calendar?year=2026&day=2026-11-06")
    page = words_of(admin.text("/calendar?day=2026-11-06"))
    assert "校运会 · 本局设定" in page
    assert "设定日历：2026-11-06 校运会（放假）" in page
    assert "admin" in page
    assert admin.post("/calendar/day/clear", {"day": "2026-11-06"}).status_code == 302
    assert "取消日历设定：2026-11-06" in words_of(admin.text("/calendar?day=2026-11-06"))
    assert admin.post("/calendar/day/clear", {"day": "2026-11-06"}).status_code == 404


def test_a_day_without_a_name_is_refused_in_words(admin: Visitor) -> None:
    reply = admin.post("/calendar/day", {"day": "2026-11-06", "working": "false", "name": " "})
    assert reply.status_code == 422
    assert "请写明名称" in words_of(reply.text)


def test_a_year_is_looked_at_before_it_is_loaded(site: Site, admin: Visitor) -> None:
    read = sent(admin)
    assert read.status_code == 302
    preview = admin.get(read.location)
    assert preview.status_code == 200
    assert "0 个未到期的期限将变动" in words_of(preview.text)
    assert "元旦" in preview.text
    assert "为暂定" in words_of(admin.text("/calendar?year=2027"))
    confirmed = hidden(preview.text)
    assert admin.post("/calendar/import/confirm", confirmed).location == "/calendar?year=2027"
    page = words_of(admin.text("/calendar?year=2027"))
    assert "公布依据：通知一号" in page
    assert "为暂定" not in page
    assert admin.post("/calendar/import/confirm", confirmed).status_code == 409
    assert admin.get(read.location).status_code == 200
    assert site.visitor("bureau.hr").get(read.location).status_code == 403


def test_an_address_that_no_preview_has_made_is_refused(admin: Visitor) -> None:
    long = packing.packed(b"x" * 500_000)
    for sheet in ("x", "%20", "AAAA", long, packing.packed(b"nothing")):
        assert admin.get(f"/calendar/import?year=2027&source=a&sheet={sheet}").status_code in (400, 422), sheet[:20]


def test_every_wrong_cell_of_a_file_is_listed_and_nothing_is_loaded(admin: Visitor) -> None:
    refused = sent(admin, CSV.replace("2027-02-14", "2027-02-30"), source=" ")
    assert refused.status_code == 422
    page = words_of(refused.text)
    assert "2027-02-30" in page
    assert "日期看不懂" in page
    assert "请写明公布放假安排的文件名称或文号" in page
    no_sheet = sent(admin, "\0")
    assert no_sheet.status_code == 422
    assert "CSV" in no_sheet.text


def test_columns_that_a_file_lacks_are_named_as_they_stand_in_the_template(admin: Visitor) -> None:
    refused = sent(admin, "日期,名称\n2027-01-01,元旦\n")
    assert refused.status_code == 422
    assert ">类型</td>" in refused.get_data(as_text=True)


def test_the_template_is_downloaded(site: Site, admin: Visitor) -> None:
    assert admin.get("/calendar/template?year=2026").data.startswith(b"PK")
    assert "国庆节" in admin.get("/calendar/template?year=2026&form=csv").data.decode("utf-8-sig")
    assert site.visitor("s01.hr").get("/calendar/template?year=2026").status_code == 403


def test_school_holidays_are_added_changed_and_removed(admin: Visitor) -> None:
    winter = {"id": "", "name": "寒假", "first": "2027-01-20", "last": "2027-02-20"}
    assert admin.post("/calendar/holidays", winter).location == "/calendar?year=2027"
    page = admin.text("/calendar?year=2027")
    [key] = set(re.findall(r"/calendar/holidays/([\w-]+)/remove", page))
    assert admin.post("/calendar/holidays", {**winter, "id": key, "name": "寒假（改）"}).status_code == 302
    assert "寒假（改）" in admin.text("/calendar?year=2027")
    wrong = admin.post("/calendar/holidays", {**winter, "last": "2026-01-01"})
    assert wrong.status_code == 422
    assert "结束日期" in wrong.text
    assert admin.post(f"/calendar/holidays/{key}/remove").status_code == 302
    assert key not in admin.text("/calendar?year=2027")


def test_a_deadline_in_a_provisional_year_says_so_on_its_page(site: Site, admin: Visitor) -> None:
    case = site.hiring()
    assert "暂定" not in site.visitor("bureau.hr").text(f"/tasks/{case.task('bureau_review').id}")
    site.driver.clock.set(site.driver.now.replace(month=12, day=29))
    case = site.hiring()
    assert "（暂定）" in site.visitor("bureau.hr").text(f"/tasks/{case.task('bureau_review').id}")
