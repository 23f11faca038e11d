"""Decisions on paper at the API: recorded once for a key, read back, refused field by field, disputed."""

from io import BytesIO

import pytest

from service.db import transaction
from service.demo.cases import minutes_pdf
from tests.service.tasks import flows
from tests.service.web.api.house import House
from tests.workflows import diagrams as d
from workflows import catalogue


@pytest.fixture
def task(house: House) -> dict:
    """The staffing office's step of a demand, which takes a paper."""
    return house.task("bureau.hr", house.ask().json["id"], "staffing_check")


def paper(house: House, task: dict) -> dict:
    data = {"file": (BytesIO(minutes_pdf()), "批复.pdf")}
    scan = house.caller("bureau.hr").post("/attachments", data=data, content_type="multipart/form-data").json["id"]
    return {"decided_by": "县委编办", "document": "编办〔2026〕12号", "decided_on": "2026-09-10", "attachment_id": scan,
            "decision": "approve", "version": task["version"]}  # fmt: skip


def test_a_paper_is_recorded_once_for_a_key_and_read_back_with_its_task(house: House, task: dict) -> None:
    clerk, body = house.caller("bureau.hr"), paper(house, task)
    assert clerk.get(f"/tasks/{task['id']}").json["paper"] is None
    address, key = f"/tasks/{task['id']}/record-paper", {"headers": {"Idempotency-Key": "once"}}
    done = clerk.post(address, body, **key)
    assert (done.status_code, done.json["decided"]) == (200, True)
    assert clerk.post(address, body, **key).json == done.json
    assert (clerk.post(address, body).status_code, clerk.post(address, body).json["code"]) == (409, "task.closed")
    read = clerk.get(f"/tasks/{task['id']}").json
    assert (read["state"], read["decision"], read["seats"]) == ("done", "approve", [])
    told = {name: read["paper"][name] for name in ("decided_by", "document", "decided_on", "attachment_id")}
    assert told == {name: body[name] for name in told}
    assert (read["paper"]["disputed_at"], bool(read["paper"]["recorded_by"])) == (None, True)


def test_what_is_wrong_is_told_by_field_and_others_may_not(house: House, task: dict) -> None:
    clerk, body, address = house.caller("bureau.hr"), paper(house, task), f"/tasks/{task['id']}/record-paper"
    wrong = clerk.post(address, {**body, "decided_by": None, "decided_on": "2026-12-01"})
    assert (wrong.status_code, wrong.json["code"]) == (422, "paper.invalid")
    assert [fault["path"] for fault in wrong.json["errors"]] == ["decided_by", "decided_on"]
    missing = clerk.post(address, {name: body[name] for name in body if name != "attachment_id"})
    assert (missing.status_code, missing.json["code"]) == (422, "request.invalid")
    refused = house.caller("s01.hr").post(address, body)
    assert (refused.status_code, refused.json["code"]) == (403, "access.not_recorder")
    assert house.caller("s02.hr").post(address, body).status_code == 404


def test_a_paper_is_disputed_by_the_office_and_the_case_tells_it(house: House, task: dict) -> None:
    house.caller("bureau.hr").post(f"/tasks/{task['id']}/record-paper", paper(house, task))
    address, body = f"/tasks/{task['id']}/dispute", {"reason": "文件只同意 1 人"}
    assert house.caller("bureau.hr").post(address, body).status_code == 403
    assert house.caller("staffing.office").post(address, {}).status_code == 422
    assert house.caller("staffing.office").post(address, body).status_code == 204
    assert house.caller("staffing.office").post(address, body).json["code"] == "paper.disputed"
    events = house.caller("bureau.hr").get(f"/process-instances/{task['process_instance_id']}/events").json["items"]
    assert [event["kind"] for event in events].count("paper.disputed") == 1
    assert house.caller("bureau.hr").get(f"/tasks/{task['id']}").json["paper"]["dispute"] == body["reason"]


def test_a_seat_takes_one_paper_and_tells_it_and_nobody_signed_it(house: House) -> None:
    persons = house.county.persons
    both = f'=["{persons["staffing.office"]}", "{persons["hr.bureau"]}"]'
    props = d.properties(signing="all", decisions="approve,reject", paper="allowed")
    step = d.user("check", d.zeebe("assignmentDefinition", candidateUsers=both), props)
    with transaction() as session:
        catalogue.deploy(session, flows.line(step, ids=("check",)), now=house.clock.now())
    started = {"definition_key": "small", "organisation_id": house.county.organisations["s01"],
               "variables": {"count": 1}}  # fmt: skip
    case = house.caller("s01.principal").post("/process-instances", started).json["id"]
    clerk, task = house.caller("bureau.hr"), house.task("bureau.hr", case, "check")
    address, body = f"/tasks/{task['id']}/record-paper", paper(house, task)
    unclear = clerk.post(address, body)
    assert (unclear.status_code, unclear.json["errors"][0]["code"]) == (422, "paper.which_seat")
    seats = {seat["person_id"]: seat["id"] for seat in task["seats"]}
    mine = {"seat_id": seats[persons["staffing.office"]]}
    assert clerk.post(address, body | mine).json["decided"] is False
    assert clerk.post(address, paper(house, task) | mine).json["code"] == "paper.seat_decided"
    assert clerk.post(address, body | {"seat_id": "01920000-0000-7000-8000-000000000000"}).status_code == 404
    read = {seat["person_id"]: seat for seat in clerk.get(f"/tasks/{task['id']}").json["seats"]}
    seat, other = read[persons["staffing.office"]], read[persons["hr.bureau"]]
    assert (seat["state"], seat["signed_at"], seat["paper"]["decided_on"]) == ("recorded", None, "2026-09-10")
    assert (other["state"], other["paper"]) == ("open", None)
    dispute = house.caller("staffing.office").post(f"/tasks/{task['id']}/dispute", {"reason": "不符"} | mine)
    assert dispute.status_code == 204


def test_minutes_are_entered_and_only_their_chair_confirms_the_version_that_was_read(house: House) -> None:
    step = flows.task("decide", "bureau_hr_officer", decisions="approve,reject", collective="appointment")
    with transaction() as session:
        catalogue.deploy(session, flows.line(step, ids=("decide",)), now=house.clock.now())
    started = {
        "definition_key": "small",
        "organisation_id": house.county.organisations["s01"],
        "variables": {"count": 1},
    }
    case = house.caller("s01.principal").post("/process-instances", started).json["id"]
    clerk, chair = house.caller("bureau.hr"), house.caller("bureau.leader")
    task = house.task("bureau.hr", case, "decide")
    due = [house.county.persons[name] for name in ("bureau.leader", "bureau.chief", "tdc")]
    body = {"meeting": "局党组会", "held_on": "2026-09-10", "due": due, "present": due[:1], "recused": due[1:2],
            "chair_id": due[0], "decision": "approve", "attachment_id": paper(house, task)["attachment_id"],
            "version": task["version"]}  # fmt: skip
    address = f"/tasks/{task['id']}"
    few = clerk.post(f"{address}/enter-minutes", body, headers={"Accept-Language": "en"})
    assert (few.status_code, few.json["code"]) == (409, "minutes.quorum")
    assert "1 of 3 due were present" in few.json["detail"]
    entered = clerk.post(f"{address}/enter-minutes", {**body, "present": [due[0], due[2]]})
    assert (entered.status_code, entered.json) == (200, {"version": 1})
    assert clerk.post(f"{address}/confirm-minutes", {"version": 1}).status_code == 403
    assert chair.post(f"{address}/confirm-minutes", {"version": 9}).json["code"] == "minutes.stale"
    done = chair.post(f"{address}/confirm-minutes", {"version": 1})
    assert (done.status_code, done.json["outcome"]) == (200, "completed")
    told = clerk.get(address).json["minutes"]
    assert (told["meeting"], told["present"], told["confirmed_at"] is None) == ("局党组会", [due[0], due[2]], False)
