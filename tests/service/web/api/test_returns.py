"""Returns through the API: the hiring flow, opened up for free returns; what is reserved stays, repeats do nothing."""

from datetime import timedelta

import pytest

from service.db import transaction
from tests.driver import BPMN, folder
from tests.service.web.api.house import House
from tests.service.web.api.test_examples import REVIEWS, decided
from workflows import catalogue

FREELY = (b'<zeebe:property name="returnTo" value="none" />', b'<zeebe:property name="returnTo" value="any" />')
KEY = {"Idempotency-Key": "back-1"}


@pytest.fixture
def announcing(house: House) -> str:
    """A case whose announcement waits for the bureau; nothing of this flow is closed to returns."""
    with transaction() as session:
        files = {name: content.replace(*FREELY) for name, content in folder(BPMN / "hiring").items()}
        catalogue.deploy(session, files, now=house.clock.now())
    case: str = house.ask(3).json["id"]
    for by, element_id in REVIEWS:
        decided(house, by, case, element_id, "approve")
    decided(house, "bureau.leader", case, "approval", "approve")
    return case


def test_a_task_tells_its_targets_and_goes_back_while_everything_reserved_stays(house: House, announcing: str) -> None:
    task, officer = house.task("bureau.hr", announcing, "announce_bureau"), house.caller("bureau.hr")
    targets = {one["target"]: one for one in task["return_targets"]}
    assert list(targets) == ["approval", "correction"]
    assert (targets["approval"]["previous"], targets["approval"]["straight"]) == (True, True)
    assert targets["approval"]["persons"] == [house.county.persons["bureau.leader"]]
    assert (targets["correction"]["initiator"], targets["correction"]["persons"]) == (True, [])
    address, held = f"/tasks/{task['id']}/return", house.figures()
    body = {"target": "initiator", "reason": "公告材料不全", "version": task["version"]}
    for wrong, status, code in (
        ({"reason": ""}, 422, "request.invalid"),
        ({"reentry": "sideways"}, 422, "request.invalid"),
        ({"target": "interview"}, 409, "jump.not_a_target"),
        ({"version": task["version"] + 1}, 409, "task.stale"),
    ):
        refused = officer.post(address, body | wrong)
        assert (refused.status_code, refused.json["code"]) == (status, code), refused.json
    first, again = (officer.post(address, body, headers=KEY) for _ in range(2))
    expected = {"task_id": task["id"], "process_instance_id": announcing, "target": "correction", "reentry": "replay"}
    assert first.json == again.json == expected
    assert house.figures() == held == (96, 3, 1)
    assert house.task("s01.hr", announcing, "correction")["reentry"]["kind"] == "returned"
    decided(house, "s01.hr", announcing, "correction", "resubmit", posts=house.posts(2))
    assert house.figures() == (96, 2, 2)


def test_what_comes_straight_back_says_what_was_changed(house: House, announcing: str) -> None:
    task = house.task("bureau.hr", announcing, "announce_bureau")
    body = {"target": "previous", "reentry": "straight", "reason": "请复核", "version": task["version"]}
    assert house.caller("bureau.hr").post(f"/tasks/{task['id']}/return", body).status_code == 200
    decided(house, "bureau.leader", announcing, "approval", "approve")
    back = house.task("bureau.hr", announcing, "announce_bureau")
    assert back["reentry"]["kind"] == "back"
    assert back["reentry"]["changes"] == []
    assert back["assignee"] == house.county.persons["bureau.hr"]


def test_nobody_else_returns_it_and_a_drawn_return_is_the_only_way(house: House) -> None:
    case = house.ask(1).json["id"]
    review = house.task("bureau.hr", case, "bureau_review")
    assert review["return_targets"] == []
    body = {"target": "initiator", "reason": "理由", "version": review["version"]}
    refused = house.caller("bureau.hr").post(f"/tasks/{review['id']}/return", body)
    assert (refused.status_code, refused.json["code"]) == (409, "return.drawn")
    assert house.caller("s02.hr").post(f"/tasks/{review['id']}/return", body).status_code == 404
    assert house.caller("s01.hr").post(f"/tasks/{review['id']}/return", body).status_code == 403


def test_a_decision_is_taken_back_while_the_window_is_open_and_says_why_not_after_it(house: House) -> None:
    case = house.ask(1).json["id"]
    task, officer = house.task("bureau.hr", case, "bureau_review"), house.caller("bureau.hr")
    decided(house, "bureau.hr", case, "bureau_review", "approve")
    offer = officer.get(f"/tasks/{task['id']}").json["recall"]
    assert (offer["until"], offer["refused"]) == ("2026-09-10T01:02:00+00:00", None)
    again = officer.post(f"/tasks/{task['id']}/recall").json
    assert (again["state"], again["draft"]["decision"], again["recall"]) == ("open", "approve", None)
    assert house.caller("staffing.office").post(f"/tasks/{task['id']}/recall").status_code in (403, 404)
    decided(house, "bureau.hr", case, "bureau_review", "approve")
    house.clock.advance(timedelta(minutes=2))
    late = officer.post(f"/tasks/{task['id']}/recall")
    assert (late.status_code, late.json["code"]) == (409, "recall.too_late")
    offer = officer.get(f"/tasks/{task['id']}").json["recall"]
    assert (offer["until"], offer["refused"]) == (None, "recall.too_late")
    assert offer["words"] == late.json["detail"]
