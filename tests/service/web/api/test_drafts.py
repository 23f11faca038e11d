"""Drafts, versions, retirement, ZIPs through the API."""

import zipfile
from io import BytesIO
from typing import Any

import pytest

from tests.service.deployments.admins import second_admin, untried
from tests.service.tasks import flows
from tests.service.web.api.house import House

CHECK = flows.task("check", "bureau_hr_officer", form="small-start", decisions="approve")
GOOD = flows.line(CHECK, ids=("check",))


@pytest.fixture
def admins(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A house with two admins; the gate without its trial, which takes a second."""
    untried(monkeypatch)
    second_admin(house.county, house.clock.now())
    return house


def sent(files: dict[str, bytes]) -> dict[str, Any]:
    parts = [(BytesIO(content), name) for name, content in files.items()]
    return {"data": {"files": parts}, "content_type": "multipart/form-data"}


def packed(files: dict[str, bytes]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def imported(house: House) -> tuple[str, str]:
    """A draft of the small flow from a ZIP: its address and the text of its diagram."""
    begun = house.caller("admin").post("/definition-drafts/import", **sent({"small.zip": packed(GOOD)}))
    assert begun.status_code == 201, begun.json
    assert (begun.json["key"], begun.json["contents"].keys()) == ("small", set(GOOD))
    return f"/definition-drafts/{begun.json['id']}", begun.json["contents"]["flow.bpmn"]


def published(house: House) -> str:
    """The address of the first version of the small flow, asked for by one admin and approved by another."""
    draft, _ = imported(house)
    assert house.caller("admin").post(f"{draft}/ask", {"version": 1, "reason": "上线"}).status_code == 200
    again = {"Idempotency-Key": "approve-1"}
    second = house.caller("bureau.chief")
    made = [second.post(f"{draft}/approve", {"version": 2}, headers=again) for _ in range(2)]
    assert [(one.status_code, one.json["version"]) for one in made] == [(201, 1), (201, 1)], made[0].json
    return f"/process-definitions/{made[0].json['id']}"


def test_a_draft_is_saved_with_its_faults_and_by_one_person_at_a_time(admins: House) -> None:
    admin, second = admins.caller("admin"), admins.caller("bureau.chief")
    draft, text = imported(admins)
    assert [one["key"] for one in admin.get("/definition-drafts?key=small").json["items"]] == ["small"]
    faulty = {"version": 1, "files": {"flow.bpmn": text.replace("bureau_hr_officer", "grand_vizier")}}
    saved = admin.call("PUT", draft, faulty)
    assert (saved.status_code, saved.json["version"]) == (200, 2), saved.json
    (finding,) = [one for one in saved.json["findings"] if one["severity"] == "error"]
    assert (finding["element_id"], finding["file"]) == ("check", "flow.bpmn")
    refused = admin.post(f"{draft}/ask", {"version": 2, "reason": "上线"})
    assert (refused.status_code, refused.json["code"]) == (422, "deployment.refused")
    assert refused.json["findings"][0]["line"] == finding["line"]
    stale = second.call("PUT", draft, {"version": 1, "files": {}})
    assert (stale.status_code, stale.json["code"], stale.json["params"]["by_name"]) == (409, "draft.stale", "admin")
    mended = admin.call("PUT", draft, {"version": 2, "files": {"flow.bpmn": text}, "check": False})
    assert mended.json["findings"] is None
    warnings = admin.get(f"{draft}/findings").json["findings"]
    assert {one["severity"] for one in warnings} <= {"warning"}


def test_a_draft_goes_between_its_author_and_the_second_person(admins: House) -> None:
    admin, second = admins.caller("admin"), admins.caller("bureau.chief")
    draft, _ = imported(admins)
    asked = admin.post(f"{draft}/ask", {"version": 1, "reason": "上线"}).json
    assert (asked["state"], asked["may"]["approve"], asked["why_not_approve"]) == ("asked", False, "draft.own_work")
    own = admin.post(f"{draft}/approve", {"version": 2})
    assert (own.status_code, own.json["code"]) == (403, "draft.own_work")
    assert second.post(f"{draft}/refuse", {"version": 2, "reason": "再看看"}).json["answer"]["reason"] == "再看看"
    assert admin.post(f"{draft}/ask", {"version": 3, "reason": "上线"}).status_code == 200
    assert admin.post(f"{draft}/withdraw", {"version": 4}).json["state"] == "editing"


def test_a_version_says_who_brought_it_and_can_be_taken_out_again(admins: House) -> None:
    version = published(admins)
    told = admins.caller("s01.hr").get(version).json
    assert (told["release"]["authors"][0]["name"], told["release"]["approved_by"]["name"]) == ("admin", "bureau.chief")
    exported = admins.caller("admin").get(f"{version}/export")
    assert exported.mimetype == "application/zip"
    with zipfile.ZipFile(BytesIO(exported.data)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == GOOD
    assert admins.caller("admin").get(f"{version}/files").json["contents"].keys() == set(GOOD)


def test_a_retired_flow_takes_no_new_cases_and_running_ones_go_on(admins: House) -> None:
    version, admin, clerk = published(admins), admins.caller("admin"), admins.caller("s01.hr")
    body = {"definition_key": "small", "variables": {"count": 1}}
    assert clerk.post("/process-instances", body).status_code == 201
    assert admin.post(f"{version}/retire", {}).json["code"] == "reason.missing"
    asked = admin.post(f"{version}/retire", {"reason": "并入新流程"}).json
    assert asked["state"] == "active" and asked["retirement_id"]
    (waiting,) = admin.get("/retirement-requests?state=open").json["items"]
    assert (waiting["id"], waiting["asked"]["by"]["name"]) == (asked["retirement_id"], "admin")
    request = f"/retirement-requests/{waiting['id']}"
    assert (waiting["why_not_approve"], waiting["answer"]) == ("retirement.own", None)
    assert admin.post(f"{request}/approve", {}).json["code"] == "retirement.own"
    assert admins.caller("bureau.chief").post(f"{request}/refuse", {}).json["code"] == "reason.missing"
    done = admins.caller("bureau.chief").post(f"{request}/approve", {}).json
    assert (done["state"], done["answer"]["by"]["name"]) == ("approved", "bureau.chief")
    assert admin.get(version).json["state"] == "retired"
    late = clerk.post("/process-instances", body)
    assert (late.status_code, late.json["code"]) == (409, "definition.retired")
    running = admins.caller("bureau.hr").get("/process-instances?definition_key=small").json["items"]
    assert [one["state"] for one in running] == ["running"]
    listed = admin.get("/process-definitions?key=small&every=true").json["items"]
    assert [(one["version"], one["state"]) for one in listed] == [(1, "retired")]
    assert admin.post(f"{version}/retire", {"reason": "再停"}).json["code"] == "definition.retired"


def test_a_draft_of_a_version_can_be_given_up_taken_out_and_rebased(admins: House) -> None:
    admin = admins.caller("admin")
    (hiring,) = admin.get("/process-definitions?key=hiring").json["items"]
    begun = admin.post("/definition-drafts", {"definition_id": hiring["id"]}).json
    assert not [name for name in begun["contents"] if name.startswith("shared/")], "the library stays where it is"
    draft = f"/definition-drafts/{begun['id']}"
    known = admin.post("/definition-drafts", {"definition_id": hiring["id"]})
    assert (known.status_code, known.json["params"]["draft_id"]) == (409, begun["id"])
    with zipfile.ZipFile(BytesIO(admin.get(f"{draft}/export").data)) as archive:
        assert set(archive.namelist()) == set(begun["contents"])
    assert admin.post(f"{draft}/rebase", {"version": 1}).json["base"] == {"id": hiring["id"], "version": 1}
    assert admin.post(f"{draft}/discard", {"version": 2}).json["state"] == "discarded"
    closed = admin.call("PUT", draft, {"version": 3, "files": {}})
    assert (closed.status_code, closed.json["code"]) == (409, "draft.closed")
    assert admins.caller("s01.hr").get(draft).status_code == 403


def test_files_that_are_sent_wait_for_the_second_admin(admins: House) -> None:
    waits = admins.caller("admin").post("/deployments?reason=急用", **sent(GOOD))
    assert (waits.status_code, waits.json["id"], waits.json["key"]) == (202, None, "small")
    draft = admins.caller("bureau.chief").get(f"/definition-drafts/{waits.json['draft_id']}").json
    assert (draft["asked"]["reason"], draft["may"]["approve"]) == ("急用", True)


BOMB = packed({f"f{number}.form": b"0" * 4_900_000 for number in range(5)})
ZIPS = {
    "no ZIP": (b"PK\x03\x04 nothing", "deployment.zip_unreadable"),
    "cut off": (packed(GOOD)[:-40], "deployment.zip_unreadable"),
    "a bomb": (BOMB, "deployment.too_large"),
    "too many": (packed({f"f{number}.form": b"{}" for number in range(201)}), "deployment.too_many"),
    "out of the folder": (packed({"../flow.bpmn": b"<x/>"}), "deployment.file_name"),
    "from the root": (packed({"/etc/flow.bpmn": b"<x/>"}), "deployment.file_name"),
    "a program": (packed({**GOOD, "run.exe": b"MZ"}), "deployment.file"),
    "no text": (packed({**GOOD, "x.form": b"\xff\xfe\x00"}), "deployment.encoding"),
}


@pytest.mark.parametrize("what", ZIPS)
def test_a_zip_that_cannot_be_taken_says_why_and_leaves_nothing(shared_house: House, what: str) -> None:
    content, code = ZIPS[what]
    refused = shared_house.caller("admin").post("/definition-drafts/import?key=small", **sent({"small.zip": content}))
    assert refused.status_code == 422, refused.json
    assert code in {one["code"] for one in refused.json["errors"]}
    assert all(one["message"] for one in refused.json["errors"])
    assert shared_house.caller("admin").get("/definition-drafts?key=small").json["items"] == []


def test_a_diagram_of_another_engine_becomes_a_draft_with_a_report(shared_house: House) -> None:
    foreign = (
        b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
        b'xmlns:c="http://camunda.org/schema/1.0/bpmn" '
        b'targetNamespace="t"><process id="theirs"><startEvent id="s"/><userTask id="a" c:candidateGroups="teacher" '
        b'c:assignee="kermit"/><endEvent id="e"/><sequenceFlow id="f" sourceRef="s" targetRef="a"/>'
        b'<sequenceFlow id="g" sourceRef="a" targetRef="e"/></process></definitions>'
    )
    begun = shared_house.caller("admin").post("/definition-drafts/import", **sent({"theirs.bpmn": foreign}))
    assert (begun.status_code, begun.json["key"]) == (201, "theirs"), begun.json
    assert "zeebe:assignmentDefinition" in begun.json["contents"]["theirs.bpmn"]
    told = begun.json["report"]
    assert (told[0]["state"], told[0]["element_id"]) == ("open", "a") and "kermit" in told[0]["message"]
    assert {note["state"] for note in told} == {"open", "changed"}
    assert not [one for one in begun.json["findings"] if one["rule"] == "dialect.foreign"]


def test_what_a_draft_and_a_version_change_is_told_part_by_part(admins: House) -> None:
    admin, version = admins.caller("admin"), published(admins)
    begun = admin.post("/definition-drafts", {"definition_id": version.rpartition("/")[2]}).json
    draft = f"/definition-drafts/{begun['id']}"
    assert admin.get(f"{draft}/diff").json["changes"] == []
    text = begun["contents"]["flow.bpmn"].replace('name="check"', 'name="核对"')
    admin.call("PUT", draft, {"version": 1, "files": {"flow.bpmn": text}, "check": False})
    found = admin.get(f"{draft}/diff").json
    assert (found["old"]["version"], found["new"]) == (1, None)
    (change,) = found["changes"]
    assert (change["part"], change["type"], change["state"]) == ("check", "userTask", "changed")
    assert change["details"] == [{"what": "@name", "old": "check", "new": "核对"}]
    first = admin.get(f"{version}/diff").json
    assert first["old"] is None and {one["state"] for one in first["changes"]} == {"added"}
    (hiring,) = admin.get("/process-definitions?key=hiring").json["items"]
    assert admin.get(f"{draft}/diff?against={hiring['id']}").status_code == 404
