"""Substitutes and absences over HTTP: named, at work with both names, told in boxes and notices, ended."""

from datetime import timedelta
from typing import Any

import pytest

from service.access.accounts import NewAssignment, give_roles
from service.channels.fanout import fan_out
from service.db import transaction
from service.notices import delivery
from tests.service.people.county import SINCE
from tests.service.web.api.house import House

TODAY, UNTIL = "2026-09-10", "2026-09-15"
P, S = "bureau.hr", "s02.teacher"
"""The officer is away; a second officer of the section, named after the case began, acts meanwhile."""


@pytest.fixture
def case(any_house: House) -> str:
    """A case whose officers sit in their seats before the second one comes."""
    asked: str = any_house.ask().json["id"]
    second_officer(any_house)
    return asked


def second_officer(house: House) -> None:
    place = house.county.organisations["hr"]
    with transaction() as session:
        new = NewAssignment(house.county.persons[S], "bureau_hr_officer", place, SINCE)
        give_roles(session, [new], "system", house.clock.now())


def named(house: House, **more: Any) -> dict[str, Any]:
    persons = house.county.persons
    sent = {"represented_id": persons[P], "substitute_id": persons[S], "first": TODAY, "until": UNTIL, **more}
    answer = house.caller(P).post("/substitutes", sent)
    assert answer.status_code == 201, answer.json
    return answer.json


def test_a_substitute_is_named_works_with_both_names_and_is_ended(any_house: House, case: str) -> None:
    house, persons = any_house, any_house.county.persons
    made = named(house, flows=["hiring"])
    assert (made["represented_name"], made["substitute_name"], made["ended_at"]) == (P, S, None)
    [item] = house.caller(S).get("/tasks?box=todo").json["items"]
    assert (item["element_id"], item["on_behalf_of"]) == ("bureau_review", [persons[P]])
    task = house.caller(S).get(f"/tasks/{item['id']}").json
    assert task["acting_for"] == persons[P]
    assert task["reasons"][0]["code"] == "reason.substitute"
    assert house.decide(S, case, item["element_id"], "approve").status_code == 200
    events = house.caller("bureau.leader").get(f"/process-instances/{case}/events").json["items"]
    [signed] = [event for event in events if event["kind"] == "task.signed"]
    assert (signed["actor_name"], signed["on_behalf_of_name"]) == (S, P)
    assert [one["id"] for one in house.caller(S).get("/substitutes").json["items"]] == [made["id"]]
    assert house.caller("s02.hr").get("/substitutes").json["items"] == []
    ended = house.caller(S).post(f"/substitutes/{made['id']}/end")
    assert ended.json["ended_at"] is not None
    assert house.caller(S).get("/substitutes").json["items"] == []


def test_a_repeat_names_one_substitute_and_ends_it_once(house: House) -> None:
    second_officer(house)
    persons = house.county.persons
    sent = {"represented_id": persons[P], "substitute_id": persons[S], "first": TODAY, "until": UNTIL}
    key = {"headers": {"Idempotency-Key": "once"}}
    answers = [house.caller(P).post("/substitutes", sent, **key).json["id"] for _ in range(2)]
    assert answers[0] == answers[1]
    for _ in range(2):
        answer = house.caller(P).post(f"/substitutes/{answers[0]}/end", headers={"Idempotency-Key": "end"})
        assert answer.status_code == 200


def test_an_absence_is_planned_told_and_ended(house: House) -> None:
    house.ask()
    second_officer(house)
    person = house.county.persons[P]
    address = f"/absences/{person}"
    before = house.caller(P).get(f"{address}?first={TODAY}&until={UNTIL}").json
    assert [one["task"]["element_id"] for one in before["unattended"]] == ["bureau_review"]
    assert before["roles"][0]["alternates"] == [house.county.persons[S]]
    plan = {"first": TODAY, "until": UNTIL, "substitute_id": house.county.persons[S]}
    planned = house.caller(P).post(address, plan)
    assert (planned.status_code, planned.json["unattended"], planned.json["first"]) == (201, [], TODAY)
    assert planned.json["substitutes"][0]["substitute_id"] == house.county.persons[S]
    refused = house.caller(P).post(address, plan)
    assert (refused.status_code, refused.json["code"]) == (409, "substitute.overlap")
    ended = house.caller(P).post(f"{address}/end").json
    assert (ended["first"], ended["substitutes"]) == (None, [])
    again = house.caller(P).post(f"{address}/end")
    assert (again.status_code, again.json["code"]) == (404, "absence.absent")
    assert house.caller("s02.hr").get(address).status_code == 404


def test_notices_of_a_task_go_to_both_while_the_period_runs(house: House) -> None:
    second_officer(house)
    named(house, substitute_id=house.county.persons["bureau.chief"])
    house.ask()
    delivery.deliver(house.clock.now() + timedelta(minutes=3), {}, fan_out)
    told = [one for one in house.caller("bureau.chief").get("/notices").json["items"] if one["kind"] == "task.opened"]
    assert len(told) == 1 and f"代{P}" in str(told)
    opened = [one for one in house.caller(P).get("/notices").json["items"] if one["kind"] == "task.opened"]
    assert len(opened) == 1 and "代" not in str(opened)


def test_the_end_of_a_role_lists_the_substitutes_to_hand_over(house: House) -> None:
    second_officer(house)
    made = named(house)
    ended = (
        house.caller("bureau.chief").post(f"/role-assignments/{house.county.assignments[P]}/end", {"on": TODAY}).json
    )
    assert [one["id"] for one in ended["substitutes"]] == [made["id"]]
