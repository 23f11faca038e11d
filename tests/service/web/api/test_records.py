"""Files of persons through the API: facts of a day, records, corrections, requests, retirements."""

from io import BytesIO

from service.attachments.commands import StoreAttachment, store_attachment
from service.db import transaction
from service.demo.cases import minutes_pdf
from tests.conftest import START
from tests.driver import BPMN, folder
from tests.service.people.county import id_number
from workflows import catalogue

TITLE = {"kind": "title", "valid_from": "2020-09-01", "value": "一级", "document": "证书 1 号"}
SANCTION = {"kind": "sanction", "valid_from": "2026-06-01", "value": "demerit", "basis": "staff", "document": "处 2 号"}


def test_hr_keeps_a_file_and_others_read_what_is_theirs(any_house):
    person = any_house.county.persons["s01.teacher"]
    officer, clerk, own = (any_house.caller(who) for who in ("bureau.hr", "s01.hr", "s01.teacher"))
    made = officer.post(f"/persons/{person}/records", TITLE)
    assert (made.status_code, made.json["value"], made.json["replaces_id"]) == (201, "一级", None)
    assert officer.post(f"/persons/{person}/records", SANCTION).status_code == 201
    assert clerk.post(f"/persons/{person}/records", TITLE).status_code == 403
    assert officer.post(f"/persons/{person}/records", {**TITLE, "value": "特级"}).json["code"] == "record.invalid"
    seen = {who: [one["kind"] for one in caller.get(f"/persons/{person}/records").json]
            for who, caller in (("hr", officer), ("clerk", clerk), ("own", own))}  # fmt: skip
    assert seen == {"hr": ["title", "sanction"], "clerk": ["title"], "own": ["title", "sanction"]}
    assert any_house.caller("s02.hr").get(f"/persons/{person}/records").status_code == 404
    assert clerk.get(f"/persons/{person}/records?on=2020-08-31").json == []

    facts = officer.get(f"/persons/{person}/facts").json
    assert (facts["title"], facts["years_in_title"], facts["sanction"]["kind"]) == ("一级", 6, "demerit")
    told = clerk.get(f"/persons/{person}/facts").json
    assert (told["hidden"], told["standing"], told["sanction"], told["ethics"]) == (False, "barred", None, None)
    assert officer.get(f"/persons/{person}/facts?on=2019-01-01").json["title"] is None


def test_a_correction_keeps_what_was_before(house):
    person = house.county.persons["s01.teacher"]
    officer = house.caller("bureau.hr")
    first = officer.post(f"/persons/{person}/records", TITLE).json["id"]
    right = {**TITLE, "valid_from": "2019-09-01"}
    assert officer.post(f"/records/{first}/correct", {**right, "reason": ""}).status_code == 422
    assert house.caller("s01.hr").post(f"/records/{first}/correct", {**right, "reason": "x"}).status_code == 403
    second = officer.post(f"/records/{first}/correct", {**right, "reason": "证书日期"}).json
    assert second["replaces_id"] == first
    assert [one["id"] for one in officer.get(f"/persons/{person}/records").json] == [second["id"]]
    kept = {one["id"]: one["void_reason"] for one in officer.get(f"/persons/{person}/records?voided=true").json}
    assert kept == {first: "证书日期", second["id"]: None}
    assert officer.post(f"/records/{first}/void", {"reason": "再"}).json["code"] == "record.voided"
    assert officer.post(f"/records/{second['id']}/void", {"reason": "错录"}).status_code == 204
    assert officer.post("/records/nothing/void", {"reason": "错录"}).json["code"] == "record.absent"
    assert officer.get(f"/persons/{person}/records").json == []


def test_what_is_not_in_a_file_is_unknown_until_it_was_looked_through(house):
    person = house.county.persons["s01.teacher"]
    officer = house.caller("bureau.hr")
    assert officer.get(f"/persons/{person}/facts").json["ethics"] is None
    assert house.caller("s01.hr").post(f"/persons/{person}/check-file", {"topic": "discipline"}).status_code == 403
    for topic in ("discipline", "career"):
        assert officer.post(f"/persons/{person}/check-file", {"topic": topic}).status_code == 204
    facts = officer.get(f"/persons/{person}/facts").json
    assert (facts["ethics"], facts["sanction"]["kind"], facts["backbone"]) == ("clear", "none", "none")
    assert facts["records_checked"]


def test_a_person_asks_for_a_correction_and_hr_answers(house):
    person = house.county.persons["s01.teacher"]
    own, officer = house.caller("s01.teacher"), house.caller("bureau.hr")
    asked = own.post(f"/persons/{person}/correction-requests", {"text": "职称应为高级"})
    assert (asked.status_code, asked.json["answer"]) == (201, None)
    assert officer.post(f"/persons/{person}/correction-requests", {"text": "x"}).status_code == 403
    assert own.post(f"/persons/{person}/correction-requests", {"text": "x", "record_id": "no"}).status_code == 404
    address = f"/correction-requests/{asked.json['id']}/answer"
    assert own.post(address, {"answer": "x"}).status_code == 403
    assert officer.post(address, {"answer": "已更正"}).status_code == 204
    assert officer.post(address, {"answer": "已更正"}).json["code"] == "correction.answered"
    assert officer.post("/correction-requests/no/answer", {"answer": "x"}).json["code"] == "correction.absent"
    (told,) = own.get(f"/persons/{person}/correction-requests").json
    assert (told["text"], told["answer"]) == ("职称应为高级", "已更正")
    assert house.caller("s01.hr").get(f"/persons/{person}/correction-requests").json == []


def test_who_retires_soon_is_listed_by_the_tables_or_by_choice(house):
    officer = house.caller("bureau.hr")
    person = house.county.persons["s01.teacher"]
    born = {"version": 1, "id_number": id_number(3, "19660301"), "sex": "male", "born_on": "1966-03-01"}
    assert officer.patch(f"/persons/{person}", born).status_code == 200
    due = officer.get("/retirements").json
    assert [(one["person_id"], one["retires_on"], one["by"]) for one in due] == [(person, "2026-07-01", "tables")]
    choice = {"kind": "retirement_choice", "valid_from": "2028-07-01", "value": "late", "document": "申请"}
    assert officer.post(f"/persons/{person}/records", choice).status_code == 201
    assert officer.get("/retirements").json == []
    later = officer.get("/retirements?months=24").json
    assert [(one["retires_on"], one["by"]) for one in later] == [("2028-07-01", "choice")]
    assert house.caller("s02.hr").get("/retirements?months=24").json == []


def test_personnel_changes_are_listed_for_who_may_read_their_cases(house):
    with transaction() as session:
        catalogue.deploy(session, folder(BPMN / "personnel"), now=START)
    clerk, person = house.caller("s01.hr"), house.county.persons["s01.teacher"]
    stored = StoreAttachment(BytesIO(minutes_pdf()), "文件.pdf")
    scan = store_attachment(house.county.actor("s01.hr"), stored, now=START)
    change = {"kind": "grade", "person_id": person, "name": "s01.teacher", "grade": 10, "effective_on": "2026-09-10",
              "document": "文", "document_on": "2026-09-08", "scan": [scan]}  # fmt: skip
    body = {"definition_key": "personnel", "organisation_id": house.county.organisations["s01"], "variables": change}
    started = clerk.post("/process-instances", body)
    assert started.status_code == 201, started.json
    [about] = house.caller("s01.teacher").get("/me/cases").json["items"]
    assert (about["instance_id"], about["state"], about["readable"]) == (started.json["id"], "running", False)
    assert clerk.get("/me/cases").json["items"] == []
    (listed,) = house.caller("bureau.hr").get("/personnel-changes?kind=grade").json["items"]
    assert (listed["person_id"], listed["state"], listed["waiting"]) == (person, "running", False)
    assert house.caller("bureau.hr").get("/personnel-changes?state=done").json["items"] == []
    assert house.caller("s02.hr").get("/personnel-changes?state=all").json["items"] == []
