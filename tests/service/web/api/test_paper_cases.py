"""Cases on paper at the API: where one may stand, tried, told, confirmed by a second person, refused."""

from io import BytesIO

import pytest

from service.db import transaction
from service.demo.cases import minutes_pdf
from tests.conftest import START
from tests.driver import BPMN, folder
from tests.service.web.api.house import House
from workflows import catalogue


def scan(house: House) -> str:
    data = {"file": (BytesIO(minutes_pdf()), "批复.pdf")}
    clerk = house.caller("bureau.hr")
    return str(clerk.post("/attachments", data=data, content_type="multipart/form-data").json["id"])


@pytest.fixture
def body(house: House) -> dict:
    """A demand of s01 that the staffing office has checked on paper, and that the HR section still has."""
    paper = {"decided_by": "县委编办", "document": "编办〔2026〕3号", "attachment_id": scan(house)}
    step = {"element_id": "staffing_check", "decided_on": "2026-09-02", "decision": "approve", **paper}
    return {
        "definition_key": "hiring", "organisation_id": house.county.organisations["s01"],
        "initiator_id": house.county.persons["s01.hr"], "requested_on": "2026-09-01", "element_id": "post_check",
        "variables": house.demand(2, by="bureau.hr"), "steps": [step],
    }  # fmt: skip


def test_every_step_says_whether_a_case_may_stand_there_and_why_not(house: House) -> None:
    found = house.caller("bureau.hr").get("/process-definitions/hiring/paper-places").json["items"]
    by_id = {one["element_id"]: one for one in found}
    assert (by_id["post_check"]["allowed"], by_id["post_check"]["message"]) == (True, None)
    with transaction() as session:
        catalogue.deploy(session, folder(BPMN / "reserved-round"), now=START)
    rounds = house.caller("bureau.hr").get("/process-definitions/reserved_round/paper-places").json["items"]
    decided = next(one for one in rounds if one["element_id"] == "bureau_decision")
    assert (decided["allowed"], decided["code"]) == (False, "told.live") and "汇总排序依据" in decided["message"]
    assert house.caller("s01.hr").get("/process-definitions/hiring/paper-places").status_code == 403
    assert house.caller("bureau.hr").get("/process-definitions/nothing/paper-places").status_code == 404


def test_a_case_is_tried_told_once_for_a_key_and_begun_by_a_second_person(house: House, body: dict) -> None:
    clerk, key = house.caller("bureau.hr"), {"headers": {"Idempotency-Key": "once"}}
    tried = clerk.post("/paper-cases/try", body).json
    assert [(held["kind"], held["count"], held["free"]) for held in tried["holds"]] == [
        ("headcount", 2, 2), ("post", 2, 2)
    ]  # fmt: skip
    assert {wait["element_id"] for wait in tried["waits"]} == {"bureau_review", "post_check"}
    told = clerk.post("/paper-cases", body, **key)
    assert (told.status_code, clerk.post("/paper-cases", body, **key).json) == (201, told.json)
    address = f"/paper-cases/{told.json['id']}"
    assert clerk.get(address).json["state"] == "open"
    own = clerk.post(f"{address}/confirm", {})
    assert (own.status_code, own.json["code"]) == (403, "paper_case.own")
    begun = house.caller("bureau.chief").post(f"{address}/confirm", {})
    assert begun.status_code == 200
    case = clerk.get(f"/process-instances/{begun.json['instance_id']}").json
    assert {one["element_id"] for one in case["current"]} >= {"bureau_review", "post_check"}
    listed = clerk.get("/paper-cases?state=confirmed").json["items"]
    assert [one["instance_id"] for one in listed] == [begun.json["instance_id"]]
    again = house.caller("bureau.chief").post(f"{address}/confirm", {})
    assert (again.status_code, again.json["code"]) == (409, "paper_case.decided")


def test_what_is_wrong_is_named_by_step_and_field_and_others_may_not(house: House, body: dict) -> None:
    clerk = house.caller("bureau.hr")
    wrong = clerk.post("/paper-cases/try", {**body, "steps": [{**body["steps"][0], "decided_by": None}]})
    assert (wrong.status_code, wrong.json["code"]) == (422, "paper.invalid")
    assert [fault["path"] for fault in wrong.json["errors"]] == ["steps.0.decided_by"]
    full = clerk.post("/paper-cases/try", {**body, "variables": {**body["variables"], "posts": house.posts(9)}})
    assert (full.status_code, full.json["code"]) == (409, "ledger.full")
    inside = clerk.post("/paper-cases", {**body, "element_id": "release_slot"})
    assert (inside.status_code, inside.json["code"]) == (422, "told.element")
    assert house.caller("s01.hr").post("/paper-cases/try", body).status_code == 403


def test_what_was_told_is_refused_with_a_reason(house: House, body: dict) -> None:
    told = house.caller("bureau.hr").post("/paper-cases", body).json["id"]
    chief = house.caller("bureau.chief")
    assert chief.post(f"/paper-cases/{told}/refuse", {}).status_code == 422
    assert chief.post(f"/paper-cases/{told}/refuse", {"reason": "日期有误"}).status_code == 204
    read = chief.get(f"/paper-cases/{told}").json
    assert (read["state"], read["reason"], read["instance_id"]) == ("refused", "日期有误", None)
