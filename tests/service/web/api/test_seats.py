"""Operations on seats through the API: who may be chosen, what a task tells afterwards, repeats, refusals."""

from service.db import transaction
from tests.service.people import county as counties
from tests.service.web.api.house import House

KEY = {"Idempotency-Key": "seats-1"}


def colleagues(house: House, *names: str) -> None:
    """More officers of the staffing office."""
    with transaction() as session:
        for number, name in enumerate(names, start=720):
            office = house.county.organisations["staffing"]
            counties._write(session, house.county, number, name, "staffing_officer", office)


def test_a_claimed_task_is_asked_about_answered_and_handed_over(house: House) -> None:
    colleagues(house, "hu", "lin")
    person = house.county.persons
    case = house.ask(1).json["id"]
    task = house.task("hu", case, "staffing_check")
    address, hu, lin = f"/tasks/{task['id']}", house.caller("hu"), house.caller("lin")
    ask = {"person_ids": [person["lin"]], "where": "before", "reason": "编制数对吗", "version": task["version"]}
    early = hu.post(f"{address}/add-signer", ask)
    assert (early.status_code, early.json["code"]) == (409, "seat.claim_first")
    claimed = hu.post(f"{address}/claim", {"version": task["version"]}).json
    found = hu.get(f"{address}/people?for=transfer").json["items"]
    assert {one["person_id"] for one in found} == {person["lin"], person["staffing.office"]}
    assert {one["role"] for one in found} == {"staffing_officer"}
    named = hu.get(f"{address}/people?for=before&q=bureau.lead").json["items"]
    assert [one["person_id"] for one in named] == [person["bureau.leader"]]
    stale = hu.post(f"{address}/add-signer", ask)
    assert (stale.status_code, stale.json["code"]) == (409, "task.stale")
    ask |= {"version": claimed["version"]}
    first, again = (hu.post(f"{address}/add-signer", ask, headers=KEY) for _ in range(2))
    assert first.json["seats"] == again.json["seats"]
    mine, theirs = first.json["seats"]
    assert (mine["state"], theirs["kind"], theirs["for_seat_id"]) == ("waiting", "adviser", mine["id"])
    assert first.json["assignee"] == person["lin"]
    asked = lin.get(address).json
    assert asked["reasons"][0]["code"] == "reason.asked"
    assert "编制数对吗" in asked["reasons"][0]["text"]
    assert set(asked["form"]["rights"].values()) <= {"read", "hidden"}
    answer = {"decision": "approve", "opinion": "属实", "version": asked["version"], "no_interest": True}
    assert lin.post(f"{address}/complete", answer).json["decided"] is False
    back = hu.get(address).json
    assert [seat["opinion"] for seat in back["seats"]] == [None, "属实"]
    given = {"person_id": person["staffing.office"], "reason": "出差", "version": back["version"]}
    handed = hu.post(f"{address}/transfer", given)
    assert handed.json["assignee"] == person["staffing.office"]
    assert hu.post(f"{address}/transfer", given).status_code == 403
    kinds = [
        event["kind"] for event in house.caller("bureau.hr").get(f"/process-instances/{case}/events").json["items"]
    ]
    assert {"task.advice_asked", "task.transferred"} <= set(kinds)


def test_who_may_not_be_chosen_is_refused_at_the_field(house: House) -> None:
    colleagues(house, "hu")
    person, case = house.county.persons, house.ask(1).json["id"]
    task = house.task("hu", case, "staffing_check")
    address, hu = f"/tasks/{task['id']}", house.caller("hu")
    version = hu.post(f"{address}/claim", {"version": task["version"]}).json["version"]
    for who, code in (
        ("s01.hr", "seat.initiator"), ("hu", "seat.self"), ("s01.teacher", "seat.not_allowed"),
        ("admin", "seat.not_allowed"), ("s02.principal", "seat.not_allowed"),
    ):  # fmt: skip
        body = {"person_ids": [person[who]], "reason": "看一下", "version": version}
        refused = hu.post(f"{address}/add-signer", body)
        assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, code), who
        assert refused.json["errors"][0]["path"] == "person_ids"
    body = {"person_id": person["hr.bureau"], "reason": "出差", "version": version}
    assert hu.post(f"{address}/transfer", body).json["code"] == "seat.not_allowed"


def test_who_was_sent_a_copy_reads_that_step_and_no_more(house: House) -> None:
    case = house.ask(1).json["id"]
    task = house.task("staffing.office", case, "staffing_check")
    address, reader = f"/tasks/{task['id']}", house.caller("tdc")
    assert reader.get(address).status_code == 404
    house.caller("staffing.office").post(f"{address}/claim", {"version": task["version"]})
    sent = house.caller("staffing.office").post(f"{address}/copy", {"person_ids": [house.county.persons["tdc"]]})
    assert sent.status_code == 200
    assert reader.get(address).json["id"] == task["id"]
    assert reader.get(f"/process-instances/{case}").status_code == 200
    assert reader.get(f"/process-instances/{case}/variables").status_code == 403
    other = house.task("hr.bureau", case, "post_check")["id"]
    assert reader.get(f"/tasks/{other}").status_code == 404
    answer = {"decision": "approve", "version": task["version"], "no_interest": True}
    assert reader.post(f"{address}/complete", answer).status_code == 403
