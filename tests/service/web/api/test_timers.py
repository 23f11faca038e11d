"""Timers of diagrams through the API: moved with a reason, and a flow that begins by itself switched off and on."""

from datetime import timedelta

from service.access.actor import Actor
from service.db import db
from service.deployments.commands import Publish, publish
from tests.driver import Driver
from tests.service.instances.test_due import waiting_cases
from tests.service.instances.test_starts import batch
from tests.service.web.api.house import House


def test_an_admin_moves_a_timer_of_the_diagram(house: House) -> None:
    [case] = waiting_cases(Driver(house.county, house.clock), 1)
    timer = case.timers()[0]
    due_at = (house.clock.now() + timedelta(days=2)).isoformat()
    path, admin = f"/timers/{timer.id}/move", house.caller("admin")
    assert admin.post(path, {"due_at": due_at}).json["code"] == "reason.missing"
    assert house.caller("s01.hr").post(path, {"due_at": due_at, "reason": "试"}).status_code == 403
    assert admin.post(path, {"due_at": due_at, "reason": "放假"}).status_code == 204
    assert case.timers()[0].due_at.isoformat() == due_at
    assert admin.post("/timers/none/move", {"due_at": due_at, "reason": "放假"}).status_code == 404


def test_an_admin_switches_off_and_on_that_a_flow_begins_by_itself(house: House) -> None:
    definition = publish(Actor.system(), Publish(batch()), now=house.clock.now()).definition_id
    db.session.rollback()
    path, admin = f"/process-definitions/{definition}/start-timer", house.caller("admin")
    off = admin.post(path, {"active": False, "reason": "今年不开展"}).json
    assert off == {"active": False, "due_at": "2026-10-01T01:00:00+00:00"}
    assert admin.post(path, {"active": True, "reason": "恢复"}).json["active"] is True
    assert house.caller("s01.hr").post(path, {"active": False, "reason": "试"}).status_code == 403
