"""Stepping aside through the API (回避, policy §5): the handler declares each time, or leaves the task to others."""

import pytest

from service.audit import timeline
from service.db import db
from tests.service.web.api.house import House
from tests.service.web.strangers.secrets import announced


@pytest.fixture
def qualifying(house: House) -> tuple[str, dict]:
    """A case in its registration, and the task of the review of qualifications, which recuses."""
    case = announced(house)
    house.fire(case, "announcement_period")
    return case, house.task("bureau.hr", case, "qualify_bureau")


def test_a_step_that_recuses_is_not_decided_without_a_declaration(house: House, qualifying: tuple[str, dict]) -> None:
    _, task = qualifying
    body = {"decision": "confirm", "values": {}, "version": task["version"]}
    for sent in (body, {**body, "no_interest": False}):
        refused = house.caller("bureau.hr").post(f"/tasks/{task['id']}/complete", sent)
        assert (refused.status_code, refused.json["code"]) == (422, "recusal.unanswered")
        assert [fault["path"] for fault in refused.json["errors"]] == ["no_interest"]
    after = house.caller("bureau.hr").post(f"/tasks/{task['id']}/complete", {**body, "no_interest": True}).json
    assert after.get("code") != "recusal.unanswered"


def test_who_steps_aside_leaves_the_task_to_others_and_a_sealed_reason(
    house: House, qualifying: tuple[str, dict]
) -> None:
    case, task = qualifying
    address = f"/tasks/{task['id']}/recuse"
    assert house.caller("bureau.hr").post(address, {"version": task["version"]}).status_code == 422
    body = {"version": task["version"], "reason": "考生是我的外甥"}
    assert house.caller("bureau.hr").post(address, body).status_code == 204
    sent = {"decision": "confirm", "values": {}, "version": None, "no_interest": True}
    seen = house.caller("bureau.chief").get(f"/tasks/{task['id']}").json
    again = house.caller("bureau.hr").post(f"/tasks/{task['id']}/complete", {**sent, "version": seen["version"]})
    assert again.status_code in (403, 409), again.json
    told = timeline.events(db.session(), f"instance:{case}", limit=500)
    db.session.rollback()
    [event] = [event for event in told if event.kind == "task.recused"]
    assert event.has_sensitive
    assert "外甥" not in str(event.body)
    assert house.caller("s02.hr").post(address, body).status_code == 404
