"""The opening over HTTP: template, dry run, load, taking back, export."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

from service.runs import working
from service.runs.declaring import LONG, SHORT
from service.sheets import Heading, read_book, workbook
from tests.service.opening import books
from tests.service.web.api.house import House
from tests.service.web.api.test_paper_cases import scan


def send(caller: Any, content: bytes) -> Any:
    data = {"file": (BytesIO(content), "county.xlsx")}
    return caller.post("/opening-imports", data=data, content_type="multipart/form-data")


def staff_book(**more: Any) -> bytes:
    return books.book({"staff": [books.person(1, "s02", **more)]})


def test_a_workbook_is_checked_loaded_taken_back_and_everything_is_exported(house: House) -> None:
    hr = house.caller("bureau.hr")
    template = read_book(hr.get("/opening-template").data, 1000)
    assert "2025年度考核" in template["教职工"].headings and len(template["机构"].rows) == 9
    wrong = send(hr, staff_book(grade="2"))
    assert (wrong.status_code, wrong.json["state"]) == (201, "checking")
    working.work(SHORT)
    found = hr.get(f"/opening-imports/{wrong.json['id']}").json
    [error] = found["errors"]
    assert (error["sheet"], error["row"], error["code"]) == ("教职工", 2, "appointment.grade")
    assert error["cell"].endswith("2") and error["column"] == "岗位等级"
    assert hr.post(f"/opening-imports/{found['id']}/load").json["code"] == "opening.wrong"
    assert hr.post(f"/opening-imports/{found['id']}/discard").status_code == 204
    good = send(hr, staff_book()).json["id"]
    working.work(SHORT)
    assert hr.get(f"/opening-imports/{good}").json["counts"]["staff"] == {"new": 1, "changed": 0, "same": 0}
    assert hr.post(f"/opening-imports/{good}/load").status_code == 202
    working.work(LONG)
    assert [one["state"] for one in hr.get("/opening-imports").json["items"]] == ["loaded"]
    export = hr.post("/opening-export", {"reason": "存档"})
    assert any(row["姓名"] == "人员1" for _, row in read_book(export.data, 1000)["教职工"].rows)
    assert hr.post(f"/opening-imports/{good}/revoke", {"reason": "装错了"}).status_code == 202
    working.work(LONG)
    assert hr.get(f"/opening-imports/{good}").json["state"] == "revoked"


def test_only_admin_and_bureau_hr_load_and_only_bureau_hr_exports(house: House) -> None:
    assert send(house.caller("s01.principal"), staff_book()).status_code == 403
    assert house.caller("admin").post("/opening-export", {"reason": "看看"}).status_code == 403
    assert house.caller("s01.hr").get("/opening-template").status_code == 403


def test_foreign_headings_are_proposed_confirmed_and_remembered(house: House) -> None:
    hr = house.caller("bureau.hr")
    row = books.person(2, "s02")
    foreign = {
        "所在单位": "organisation", "教师姓名": "name", "公民身份号码": "id_number", "用工形式": "employment_kind",
        "岗位类别": "post_category", "聘用到岗的日子": "appointed_on", "备注甲": None,
    }  # fmt: skip
    cells = [row[name] if name else "x" for name in foreign.values()]
    beside = {"说明": [["第一列", "第二列"], ["这张", "不读"]]}
    content = workbook("Sheet1", [Heading(text) for text in foreign], [cells], beside)
    sent = send(hr, content).json
    assert (sent["state"], sent["total"]) == ("checking", 0), "it is read in the background"
    working.work(SHORT)
    found = hr.get(f"/opening-imports/{sent['id']}").json
    assert (found["state"], found["total"]) == ("mapping", 2)
    [sheet, unread] = found["mapping"]
    assert sheet["table"] == "staff"
    known = {one["heading"]: one["column"] for one in sheet["headings"] if one["how"] == "sure"}
    assert known["教师姓名"] == "name" and known["公民身份号码"] == "id_number"
    for one in sheet["headings"]:
        one["column"] = foreign[one["heading"]]
    confirmed = hr.post(f"/opening-imports/{found['id']}/mapping", {"sheets": [sheet, unread]})
    assert confirmed.json["state"] == "checking"
    working.work(SHORT)
    assert hr.get(f"/opening-imports/{found['id']}").json["errors"] == []
    assert send(hr, content).json["state"] == "checking"


def test_a_file_that_cannot_be_read_is_told_at_once_or_by_its_check(house: House) -> None:
    hr = house.caller("bureau.hr")
    assert send(hr, b"no workbook").json["code"] == "import.unreadable"
    packed = BytesIO()
    with ZipFile(packed, "w") as made:
        made.writestr("xl/workbook.xml", "<workbook")
    empty = workbook("空", [Heading("姓名")], [])
    for content, code in ((packed.getvalue(), "import.unreadable"), (empty, "import.empty")):
        sent = send(hr, content).json["id"]
        working.work(SHORT)
        found = hr.get(f"/opening-imports/{sent}").json
        assert (found["state"], [error["code"] for error in found["errors"]]) == ("checked", [code])
        assert hr.post(f"/opening-imports/{sent}/load").json["code"] == "opening.wrong"
        assert hr.post(f"/opening-imports/{sent}/discard").status_code == 204


def test_a_sealed_list_of_a_school_without_a_network_is_written_down_by_its_code(house: House) -> None:
    hr, school = house.caller("bureau.hr"), house.county.organisations["s01"]
    loaded = send(hr, books.book({"numbers": [books.numbers("s01")]})).json["id"]
    working.work(SHORT)
    hr.post(f"/opening-imports/{loaded}/load")
    working.work(LONG)
    address = f"/opening-reconciliation/{school}"
    seen = hr.get(address).json
    assert seen["code"].replace("-", "").lower() == seen["digest"][:12]
    paper = {
        "person_id": house.county.persons["s01.principal"], "document": "一小〔2026〕1号", "decided_on": "2026-09-09",
        "attachment_id": scan(house), "note": "名册另附",
    }  # fmt: skip
    old = hr.post(f"{address}/paper", {**paper, "code": "0000-0000-0000"})
    assert (old.status_code, old.json["code"]) == (409, "opening.changed_since_print")
    done = hr.post(f"{address}/paper", {**paper, "code": seen["code"]})
    assert done.status_code == 200, done.json
    [signed] = done.json["signatures"]
    assert (signed["side"], signed["name"], signed["recorder"]) == ("school", "s01.principal", "bureau.hr")
    bureau = {"side": "bureau", "digest": seen["digest"], "note": "同意"}
    assert hr.post(f"{address}/sign", bureau).json["code"] == "opening.same_person"
    assert house.caller("bureau.chief").post(f"{address}/sign", bureau).json["signed"] is True
