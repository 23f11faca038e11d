"""Definitions, deployments, cases, candidates, messages and tools through the API."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from tests.driver import BPMN, folder
from tests.service.people.county import id_number
from tests.service.web.api.house import House
from tests.service.web.strangers.secrets import announced

MAIL = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="t">
 <bpmn:message id="m" name="letter"><bpmn:extensionElements><zeebe:subscription correlationKey="=school"/>
 </bpmn:extensionElements></bpmn:message>
 <bpmn:process id="mail" name="来信" isExecutable="true">
  <bpmn:startEvent id="start"><bpmn:outgoing>a</bpmn:outgoing></bpmn:startEvent>
  <bpmn:sequenceFlow id="a" sourceRef="start" targetRef="wait"/>
  <bpmn:intermediateCatchEvent id="wait" name="等来信"><bpmn:incoming>a</bpmn:incoming><bpmn:outgoing>b</bpmn:outgoing>
   <bpmn:messageEventDefinition id="w" messageRef="m"/></bpmn:intermediateCatchEvent>
  <bpmn:sequenceFlow id="b" sourceRef="wait" targetRef="end"/>
  <bpmn:endEvent id="end"><bpmn:incoming>b</bpmn:incoming></bpmn:endEvent>
 </bpmn:process>
</bpmn:definitions>"""
SETTINGS = '[flow]\nkey = "mail"\nname = "来信"\n[start]\nroles = ["school_hr"]\n'


def files(contents: dict[str, bytes]) -> dict[str, list[tuple[BytesIO, str]]]:
    return {"files": [(BytesIO(content), name) for name, content in contents.items()]}


def deploy(house: House, contents: dict[str, bytes], query: str = "", who: str = "admin", **options):
    body = files(contents)
    return house.caller(who).post(f"/deployments{query}", data=body, content_type="multipart/form-data", **options)


MAIL_FILES = {"mail.bpmn": MAIL.encode(), "flow.toml": SETTINGS.encode()}


@pytest.mark.parametrize("query", ["?dry_run=true", ""])
def test_what_the_gate_refuses_is_422_with_findings(house: House, query: str) -> None:
    broken = folder(BPMN / "hiring")
    broken["flow.bpmn"] = broken["flow.bpmn"].replace(b"hiring.reserve", b"hiring.steal")
    refused = deploy(house, broken, query)
    assert (refused.status_code, refused.json["code"]) == (422, "deployment.refused")
    [finding] = [one for one in refused.json["findings"] if "hiring.steal" in one["message"]]
    assert finding["severity"] == "error"
    assert finding["file"] == "flow.bpmn" and finding["line"] > 1 and finding["element_id"] and finding["remedy"]
    english = deploy(house, broken, query, headers={"Accept-Language": "en"}).json["findings"]
    assert not [one for one in english if "操作" in one["message"]]


def test_a_dry_run_stores_nothing_and_a_deployment_is_the_next_version(any_house: House) -> None:
    house = any_house
    tried = deploy(house, MAIL_FILES, "?dry_run=true")
    assert tried.status_code == 200, tried.json
    assert house.caller("admin").get("/process-definitions?key=mail").json["items"] == []
    key = {"Idempotency-Key": "d-1"}
    stored = [deploy(house, MAIL_FILES, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in stored] == [201, 201], stored[0].json
    assert {(one.json["id"], one.json["version"]) for one in stored} == {(stored[0].json["id"], 1)}
    found = house.caller("s01.hr").get(f"/process-definitions/{stored[0].json['id']}").json
    assert (found["key"], found["start_roles"]) == ("mail", ["school_hr"])
    assert "来信" in house.caller("s01.hr").get(f"/process-definitions/{found['id']}/xml").json["xml"]
    assert deploy(house, MAIL_FILES, who="s01.hr").status_code == 403


def test_a_message_reaches_the_one_case_that_waits_and_only_once(any_house: House) -> None:
    house = any_house
    assert deploy(house, MAIL_FILES).status_code == 201
    clerk, admin = house.caller("s01.hr"), house.caller("admin")
    case = clerk.post("/process-instances", {"definition_key": "mail"}).json["id"]
    letter = {"name": "letter", "correlation_key": house.county.organisations["s01"], "message_id": "l-1"}
    lost = admin.post("/messages", {**letter, "name": "parcel"})
    assert (lost.status_code, lost.json["code"]) == (404, "message.unmatched")
    assert clerk.post("/messages", letter).status_code == 403
    taken = admin.post("/messages", letter)
    assert (taken.status_code, taken.json) == (202, {"process_instance_id": case})
    assert clerk.get(f"/process-instances/{case}").json["state"] == "completed"
    assert admin.post("/messages", letter).json == {"process_instance_id": case}
    kinds = [event["kind"] for event in clerk.get(f"/process-instances/{case}/events").json["items"]]
    assert kinds.count("message.delivered") == 1


def test_a_message_for_which_two_cases_wait_is_409(house: House) -> None:
    assert deploy(house, MAIL_FILES).status_code == 201
    for _ in range(2):
        house.caller("s01.hr").post("/process-instances", {"definition_key": "mail"})
    letter = {"name": "letter", "correlation_key": house.county.organisations["s01"], "message_id": "l-1"}
    refused = house.caller("admin").post("/messages", letter)
    assert (refused.status_code, refused.json["code"]) == (409, "message.ambiguous")


def test_a_case_shows_where_it_stands_what_it_knows_and_what_happened(house: House) -> None:
    case = house.ask(1)
    assert case.json["state"] == "running"
    assert case.json["business_key"].startswith("ZP-2026-")
    caller, path = house.caller("s01.hr"), f"/process-instances/{case.json['id']}"
    assert {place["element_id"] for place in case.json["current"]} >= {"bureau_review", "staffing_check", "post_check"}
    office = [place for place in case.json["current"] if place["element_id"] == "staffing_check"]
    assert office[0]["holders"] == [f"staffing_officer@{house.county.organisations['staffing']}"]
    first = caller.get(f"{path}/events?limit=2").json
    assert first["items"][0]["kind"] == "instance.started"
    assert caller.get(f"{path}/events?cursor={first['next']}").json["items"][0]["seq"] == 3
    assert caller.get(f"{path}/variables").json["variables"]["posts"][0]["count"] == 1
    assert caller.get(f"{path}/diagram").json["current"]
    assert caller.get("/process-instances?mine=true&state=running").json["items"][0]["id"] == case.json["id"]


def test_a_withdrawn_request_releases_what_it_held(any_house: House) -> None:
    case = any_house.ask(2).json
    assert any_house.figures() == (96, 2, 2)
    gone = any_house.caller("s01.hr").post(f"/process-instances/{case['id']}/withdraw", {"version": case["version"]})
    assert (gone.status_code, gone.json["state"]) == (200, "withdrawn")
    assert any_house.figures() == (96, 0, 4)
    assert any_house.caller("s01.hr").get(f"/hiring-requests/{case['id']}").json["holds"] == []


def test_drafts_claims_and_boxes(house: House) -> None:
    case = house.ask(1).json["id"]
    caller = house.caller("staffing.office")
    [waiting] = caller.get("/tasks?box=claimable").json["items"]
    assert waiting["process_instance_id"] == case
    claimed = caller.post(f"/tasks/{waiting['id']}/claim", {"version": waiting["version"]})
    assert claimed.status_code == 200
    assert caller.get("/tasks?box=claimable").json["items"] == []
    [mine] = caller.get("/tasks").json["items"]
    draft = {"values": {"staffing_cut_reason": "先放着"}, "decision": "approve", "opinion": "拟同意"}
    assert caller.post(f"/tasks/{mine['id']}/save-draft", draft).status_code == 200
    assert caller.get(f"/tasks/{mine['id']}").json["draft"]["values"] == draft["values"]
    assert house.decide("staffing.office", case, "staffing_check", "approve").status_code == 200
    [done] = caller.get("/tasks?box=done").json["items"]
    assert done["id"] == mine["id"]
    assert caller.get("/tasks?box=elsewhere").json["errors"][0]["code"] == "field.choice"


def test_why_a_task_is_here_is_told_in_words_like_on_its_page(house: House) -> None:
    case = house.ask(1).json["id"]
    english = {"Accept-Language": "en"}
    for who, step, words in (
        ("staffing.office", "staffing_check", "This step is for Staffing officer"),
        ("bureau.hr", "bureau_review", "You are a signer of this step (in sequence"),
    ):
        task = house.task(who, case, step)
        [reason] = house.caller(who).get(f"/tasks/{task['id']}", headers=english).json["reasons"][:1]
        assert reason["text"].lower().startswith(words.lower()), reason
        assert "staffing_officer" not in reason["text"]


def test_candidates_come_by_sheet_and_every_wrong_cell_is_named(any_house: House) -> None:
    house = any_house
    case = announced(house)
    clerk = house.caller("s01.hr")
    path = f"/hiring-requests/{case}/candidates"
    answer = clerk.get(f"{path}/sheet")
    assert answer.status_code == 200
    good = sheet(answer.data, (1, "甲", id_number(710), "13800000000", "本科"), (1, "乙", id_number(711), "", "硕士"))
    bad = sheet(answer.data, (1, "甲", id_number(710), "13800000000", "本科"), (9, "乙", "123", "", "硕士"))
    refused = send(clerk, path, bad)
    assert (refused.status_code, refused.json["code"]) == (422, "import.rows")
    assert {fault["path"] for fault in refused.json["errors"]} == {"rows.3.line", "rows.3.id_number"}
    assert clerk.get(path).json["items"] == []
    kept = send(clerk, path, bad, "?keep_good=true")
    assert (kept.json["inserted"], {fault["row"] for fault in kept.json["errors"]}) == (1, {3})
    for fault in send(clerk, path, good).json["errors"]:
        assert fault["code"] == "candidate.twice"
    [only] = clerk.get(path).json["items"]
    removed = clerk.post(f"/candidates/{only['id']}/remove", {"version": only["version"], "reason": "误登"})
    assert removed.status_code == 204, removed.json
    assert send(clerk, path, good, headers={"Idempotency-Key": "s-1"}).json["inserted"] == 2
    assert send(clerk, path, good, headers={"Idempotency-Key": "s-1"}).json["inserted"] == 2
    assert len(clerk.get(path).json["items"]) == 2


def sheet(template: bytes, *rows: tuple) -> bytes:
    book = load_workbook(BytesIO(template))
    for row in rows:
        book.active.append(row)
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def send(caller, path: str, content: bytes, query: str = "", **options):
    body = {"file": (BytesIO(content), "candidates.xlsx")}
    return caller.post(f"{path}/sheet{query}", data=body, content_type="multipart/form-data", **options)


def test_an_admin_evaluates_expressions_and_decisions_with_the_reason(shared_house: House) -> None:
    admin = shared_house.caller("admin")
    found = admin.post("/expressions/evaluate", {"expression": "= 人数 * 2", "context": {"人数": 3}})
    assert found.json == {"value": 6, "warnings": [], "parameters": {}}
    assert admin.post("/expressions/evaluate", {"expression": "< 5", "context": {"?": 3}, "unary": True}).json["value"]
    missing = admin.post("/expressions/evaluate", {"expression": "x + 1"}).json
    assert missing["value"] is None and missing["warnings"][0]["code"] == "feel.warning.variable"
    wrong = admin.post("/expressions/evaluate", {"expression": "1 +"})
    assert (wrong.status_code, wrong.json["code"]) == (422, "expression.invalid")
    assert wrong.json["errors"][0]["code"] == "feel.syntax.end"
    context = {"qualified": 2, "posts": 1, "opening_ratio": 3}
    decided = admin.post("/decision-definitions/opening_ratio/evaluate", {"variables": context})
    assert decided.status_code == 200, decided.json
    assert decided.json["decision"]["flow"] == "hiring"
    assert admin.post("/decision-definitions/none/evaluate", {}).json["code"] == "decision.absent"


def test_notices_are_read_once(house: House) -> None:
    house.ask(1)
    caller = house.caller("staffing.office")
    assert caller.post("/notices/read", {}).json == {"unread": 0}
    assert caller.get("/notices").status_code == 200


def test_the_page_of_the_api_lists_every_operation_without_a_script(shared_house: House) -> None:
    page = shared_house.stranger().get("/api/docs")
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "<script" not in text and "http://" not in text and "https://" not in text
    document = shared_house.stranger().get("/openapi.json").json
    assert document["openapi"].startswith("3.1")
    for path in document["paths"]:
        assert not path.startswith("/api/v1") or f"<code>{path}</code>" in text
