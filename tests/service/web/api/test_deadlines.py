"""Deadlines through the API: what is left, more time, urging."""

from datetime import timedelta

import pytest

from tests.service.web.api.house import House


@pytest.fixture
def task(house: House) -> dict:
    """The bureau's first review of a demand; its deadline is five working days after Thursday 10 September."""
    case = house.ask().json["id"]
    return house.task("bureau.hr", case, "bureau_review")


def test_a_task_says_how_many_working_days_are_left(house: House, task: dict) -> None:
    assert (task["workdays_left"], task["overdue"]) == (5, False)
    house.clock.advance(timedelta(days=14))
    late = house.caller("bureau.hr").get(f"/tasks/{task['id']}").json
    assert (late["workdays_left"], late["overdue"]) == (-5, True)


def test_a_box_is_narrowed_to_what_is_overdue(house: House, task: dict) -> None:
    caller = house.caller("bureau.hr")
    assert caller.get("/tasks?box=todo&overdue=true").json["items"] == []
    house.clock.advance(timedelta(days=14))
    assert [item["id"] for item in caller.get("/tasks?box=todo&overdue=true").json["items"]] == [task["id"]]


def test_the_chief_gives_more_time_once_for_a_key(house: House, task: dict) -> None:
    body = {"days": 2, "unit": "workdays", "reason": "材料较多", "version": task["version"], "due_at": task["due_at"]}
    address, key = f"/tasks/{task['id']}/extend", {"headers": {"Idempotency-Key": "once"}}
    leader = house.caller("bureau.leader")
    given = leader.post(address, body, **key)
    assert (given.status_code, given.json["workdays_left"]) == (200, 7)
    assert leader.post(address, body, **key).json["due_at"] == given.json["due_at"]
    moved = leader.post(address, body)
    assert (moved.status_code, moved.json["code"]) == (409, "deadline.changed")


def test_refusals_name_the_field_and_the_limit(house: House, task: dict) -> None:
    address = f"/tasks/{task['id']}/extend"
    long = house.caller("bureau.leader").post(address, {"days": 90, "reason": "久"}, headers={"Accept-Language": "en"})
    assert (long.status_code, long.json["code"]) == (422, "extension.too_long")
    assert long.json["errors"][0]["path"] == "days"
    assert "20 working days" in long.json["detail"]
    assert house.caller("bureau.leader").post(address, {"days": 1}).status_code == 422
    assert house.caller("bureau.hr").post(address, {"days": 1, "reason": "自己"}).status_code == 403
    assert house.caller("s02.hr").post(address, {"days": 1, "reason": "别校"}).status_code == 404


def test_the_school_urges_and_is_told_when_it_may_again(house: House, task: dict) -> None:
    address = f"/tasks/{task['id']}/remind"
    assert house.caller("s01.hr").post(address, {}).status_code == 204
    again = house.caller("s01.principal").post(address, {})
    assert (again.status_code, again.json["code"]) == (429, "urging.too_soon")
    assert again.headers["Retry-After"] == str(24 * 3600)
    assert house.caller("bureau.hr").post(address, {}).status_code == 403


def test_the_report_names_the_late_office_and_opens_the_list_behind(house: House, task: dict) -> None:
    house.clock.advance(timedelta(days=14))
    for timer in house.caller("bureau.hr").get(f"/process-instances/{task['process_instance_id']}/timers").json:
        if timer["element_id"] == "bureau_review" and timer["kind"] == "due":
            house.caller("admin").post(f"/timers/{timer['id']}/fire", {})
    report = house.caller("bureau.leader").get("/reports/overdue").json
    [office] = report["items"]
    assert (office["overdue"], office["workdays"], office["longest"]) == (1, 5, 5)
    behind = house.caller("auditor").get(f"/reports/overdue/tasks?organisation_id={office['organisation_id']}").json
    assert [(item["id"], item["workdays_late"]) for item in behind["items"]] == [(task["id"], 5)]
    for path in ("/reports/overdue", "/reports/overdue/tasks?organisation_id=o"):
        assert house.caller("s01.hr").get(path).status_code == 403
