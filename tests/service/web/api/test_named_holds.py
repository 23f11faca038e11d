"""Named holds at the API: booked once for a key, listed with the ledger, ended by their owner."""

from tests.service.web.api.house import House


def body(house: House, count: int = 2) -> dict:
    school = house.county.organisations["s01"]
    lines = [{"account_id": house.accounts["s01", name], "count": count} for name in ("headcount", "junior")]
    return {"organisation_id": school, "owner": f"school_hr@{school}", "reason": "纸质招聘", "until": "2026-12-31",
            "document": "教人〔2026〕2号", "decided_on": "2026-09-01", "lines": lines}  # fmt: skip


def test_a_hold_is_booked_seen_by_its_school_and_ended_by_its_owner(house: House) -> None:
    clerk, key = house.caller("bureau.hr"), {"headers": {"Idempotency-Key": "once"}}
    booked = clerk.post("/named-holds", body(house), **key)
    assert (booked.status_code, [line["count"] for line in booked.json["lines"]]) == (201, [2, 2])
    assert clerk.post("/named-holds", body(house), **key).json == booked.json
    listed = house.caller("s01.hr").get("/named-holds").json["items"]
    assert [one["id"] for one in listed] == [booked.json["id"]]
    assert house.caller("s02.hr").get("/named-holds").json["items"] == []
    address = f"/named-holds/{booked.json['id']}"
    assert house.caller("s02.hr").get(address).status_code == 404
    assert house.caller("s02.hr").post(f"{address}/end", {"reason": "误登"}).status_code == 404
    assert house.caller("s01.hr").post(f"{address}/end", {}).status_code == 422
    assert house.caller("s01.hr").post(f"{address}/end", {"reason": "招聘取消"}).status_code == 204
    over = clerk.get(address).json
    assert (over["ended_because"], over["end_reason"], over["lines"]) == ("owner", "招聘取消", [])
    again = clerk.post(f"{address}/end", {"reason": "再次"})
    assert (again.status_code, again.json["code"]) == (409, "named_hold.over")
    assert len(clerk.get("/named-holds?over=true").json["items"]) == 1


def test_what_is_not_free_is_refused_with_its_account(house: House) -> None:
    full = house.caller("bureau.hr").post("/named-holds", body(house, 5))
    assert (full.status_code, full.json["code"]) == (409, "ledger.full")
    assert (full.json["params"]["asked"], full.json["params"]["free"]) == (5, 4)
    assert house.caller("s01.hr").post("/named-holds", body(house)).status_code == 403
    wrong = house.caller("bureau.hr").post("/named-holds", {**body(house), "until": "2026-09-01"})
    assert [fault["path"] for fault in wrong.json["errors"]] == ["until"]
