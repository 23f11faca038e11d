"""The calendar over HTTP: days by year and period, the import of a year, school holidays, and what is refused."""

from io import BytesIO

import pytest

from tests.service.web.api.house import Caller, House

CSV = "日期,类型,名称\r\n2027-01-01,放假,元旦\r\n2027-02-14,上班,调休上班\r\n"
NOTICE = "放假通知〔2026〕1号"


@pytest.fixture
def admin(any_house: House) -> Caller:
    return any_house.caller("admin")


def send(caller: Caller, text: str = CSV, *, dry: bool = False, **options: object) -> object:
    headers = options.pop("headers", {})
    data = {"year": "2027", "source": NOTICE, "file": (BytesIO(text.encode()), "2027.csv")} | options
    address = "/calendar-days/import" + ("?dry_run=true" if dry else "")
    return caller.post(address, data=data, content_type="multipart/form-data", headers=headers)


def test_days_are_listed_by_year_and_by_period(admin: Caller) -> None:
    for day in ("2026-09-12", "2026-12-31", "2027-01-02"):
        admin.put(f"/calendar-days/{day}", {"working": True, "name": "值班"})
    assert [one["day"] for one in admin.get("/calendar-days?year=2026").json["items"]] == ["2026-09-12", "2026-12-31"]
    period = admin.get("/calendar-days?from=2026-12-01&to=2027-01-31").json["items"]
    assert [one["day"] for one in period] == ["2026-12-31", "2027-01-02"]
    for wrong in ("", "?from=2026-12-01", "?year=2026&from=2026-12-01&to=2026-12-31", "?from=2027-01-01&to=2026-01-01"):
        assert admin.get(f"/calendar-days{wrong}").status_code == 422, wrong


def test_a_year_is_tried_loaded_and_loaded_again_without_effect(admin: Caller) -> None:
    tried = send(admin, dry=True).json
    assert (tried["added"], tried["removed"], tried["deadlines"]) == (2, 0, 0)
    assert admin.get("/calendar-years").json["items"] == []
    done = send(admin, revision=str(tried["revision"]))
    assert (done.status_code, done.json["added"], done.json["deadlines"]) == (200, 2, None)
    [year] = admin.get("/calendar-years").json["items"]
    assert (year["year"], year["provisional"], year["source"]) == (2027, False, NOTICE)
    again = send(admin).json
    assert (again["added"], again["changed"], again["revision"]) == (0, 0, done.json["revision"])
    stale = send(admin, revision="0")
    assert (stale.status_code, stale.json["code"]) == (409, "calendar.changed")


def test_the_same_key_loads_a_year_once_and_another_file_under_it_is_refused(admin: Caller) -> None:
    key = {"Idempotency-Key": "load-2027"}
    first, second = send(admin, headers=key), send(admin, headers=key)
    assert first.json == second.json
    assert first.json["added"] == 2
    assert send(admin, CSV.replace("元旦", "新年"), headers=key).status_code == 422


def test_every_wrong_cell_is_told_in_words(admin: Caller) -> None:
    refused = send(admin, CSV.replace("2027-02-14", "2027-02-30").replace("放假", "休假"))
    assert (refused.status_code, refused.json["code"]) == (422, "calendar.import")
    assert [(one["path"], one["code"]) for one in refused.json["errors"]] == [
        ("rows.2.kind", "calendar.import_kind"), ("rows.3.day", "calendar.import_date"),
    ]  # fmt: skip
    assert all(one["message"] for one in refused.json["errors"])


def test_the_template_is_a_sheet_with_the_known_days(admin: Caller) -> None:
    send(admin)
    text = admin.get("/calendar-days/template?year=2027&form=csv")
    assert text.headers["Content-Disposition"] == 'attachment; filename="calendar-2027.csv"'
    assert text.data.decode("utf-8-sig").splitlines()[1].startswith("2027-01-01,")
    assert admin.get("/calendar-days/template?year=2027").data.startswith(b"PK")


def test_school_holidays_come_change_and_go(admin: Caller) -> None:
    body = {"name": "寒假", "first": "2027-01-20", "last": "2027-02-20"}
    key = {"Idempotency-Key": "winter"}
    made = admin.post("/school-holidays", body, headers=key)
    assert (made.status_code, made.json["first"]) == (201, "2027-01-20")
    assert admin.post("/school-holidays", body, headers=key).json == made.json
    address = f"/school-holidays/{made.json['id']}"
    assert admin.put(address, {**body, "first": "2027-01-23"}).json["first"] == "2027-01-23"
    assert [one["name"] for one in admin.get("/school-holidays?year=2027").json["items"]] == ["寒假"]
    wrong = admin.put(address, {**body, "last": "2026-01-01"})
    assert (wrong.status_code, wrong.json["errors"][0]["code"]) == (422, "calendar.holiday_order")
    assert admin.delete(address).status_code == 204
    assert admin.delete(address).json["code"] == "school_holiday.absent"
    assert admin.put(address, body).status_code == 404


def test_everybody_reads_and_only_the_admin_writes(any_house: House) -> None:
    clerk = any_house.caller("s01.hr")
    for address in ("/calendar-days?year=2026", "/calendar-years", "/school-holidays?year=2026"):
        assert clerk.get(address).status_code == 200
        assert any_house.stranger().get(address).status_code == 401
    assert send(clerk).status_code == 403
    assert send(clerk, dry=True).status_code == 403
    assert clerk.get("/calendar-days/template?year=2027").status_code == 403
    body = {"name": "寒假", "first": "2027-01-20", "last": "2027-02-20"}
    assert clerk.post("/school-holidays", body).status_code == 403
