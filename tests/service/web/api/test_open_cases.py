""" "No other open cases": until school and HR have confirmed it, a school asks for no post (policy §8)."""

from datetime import date

from service.posts.checked import NEEDED
from tests.conftest import START
from tests.parameters import SetParameter, set_parameter
from tests.service.web.api.house import House
from tests.service.web.api.test_paper_cases import body, scan  # noqa: F401


def opened(house: House) -> str:
    """The county asks for it from today on; the id of s01."""
    set_parameter(SetParameter(NEEDED, True, date(2026, 9, 10), "教人〔2026〕1号"), now=START)
    return house.county.organisations["s01"]


def test_both_sides_confirm_before_a_school_asks_and_the_refusal_says_who_is_missing(house: House) -> None:
    school = opened(house)
    address = f"/organisations/{school}/no-open-cases"
    refused = house.ask()
    assert (refused.status_code, refused.json["code"]) == (409, "open_cases.none_confirmed")
    assert house.caller("s01.hr").post(f"{address}/bureau", {}).status_code == 403
    assert house.caller("s02.hr").post(f"{address}/school", {}).status_code in (403, 404)
    assert house.caller("s01.hr").post(f"{address}/school", {}).status_code == 204
    assert house.ask().json["code"] == "open_cases.bureau_missing"
    assert house.caller("bureau.hr").post(f"{address}/bureau", {}).status_code == 204
    again = house.caller("bureau.hr").post(f"{address}/bureau", {})
    assert (again.status_code, again.json["code"]) == (409, "open_cases.confirmed")
    assert house.ask().status_code == 201
    listed = house.caller("bureau.hr").get(f"/open-case-checks?organisation_id={school}").json
    assert (listed["needed"], listed["items"][0]["complete"]) == (True, True)
    assert house.caller("bureau.hr").post(f"{address}/take-back", {"reason": "又有一件"}).status_code == 204
    assert house.ask().json["code"] == "open_cases.none_confirmed"


def test_a_county_that_began_without_an_opening_day_is_asked_for_nothing(house: House) -> None:
    assert house.ask().status_code == 201
    listed = house.caller("s01.hr").get("/open-case-checks").json
    assert (listed["needed"], [one["school"] for one in listed["items"]]) == (False, [None])


def test_nobody_confirms_it_while_a_told_case_waits_and_told_cases_need_no_confirmation(
    house: House,
    body: dict,  # noqa: F811
) -> None:
    school = opened(house)
    told = house.caller("bureau.hr").post("/paper-cases", body).json["id"]
    waits = house.caller("s01.hr").post(f"/organisations/{school}/no-open-cases/school", {})
    assert (waits.status_code, waits.json["code"], waits.json["params"]["count"]) == (409, "open_cases.waiting", 1)
    assert house.caller("bureau.chief").post(f"/paper-cases/{told}/confirm", {}).status_code == 200
    assert house.caller("s01.hr").post(f"/organisations/{school}/no-open-cases/school", {}).status_code == 204


def test_a_case_that_is_told_undoes_what_was_confirmed(
    house: House,
    body: dict,  # noqa: F811
) -> None:
    school = opened(house)
    address = f"/organisations/{school}/no-open-cases"
    assert house.caller("s01.hr").post(f"{address}/school", {}).status_code == 204
    assert house.caller("bureau.hr").post(f"{address}/bureau", {}).status_code == 204
    told = house.caller("bureau.hr").post("/paper-cases", body).json["id"]
    assert house.ask().json["code"] == "open_cases.none_confirmed"
    assert house.caller("s01.hr").post(f"{address}/school", {}).json["code"] == "open_cases.waiting"
    assert house.caller("bureau.chief").post(f"/paper-cases/{told}/confirm", {}).status_code == 200
    assert house.ask().json["code"] == "open_cases.none_confirmed"
    assert house.caller("s01.hr").post(f"{address}/school", {}).status_code == 204
    assert house.caller("bureau.hr").post(f"{address}/bureau", {}).status_code == 204
    assert house.ask().status_code == 201


def test_a_school_without_a_network_confirms_it_on_a_sealed_paper(house: House) -> None:
    school = opened(house)
    address, hr = f"/organisations/{school}/no-open-cases", house.caller("bureau.hr")
    paper = {
        "person_id": house.county.persons["s01.principal"],
        "document": "一小〔2026〕1号",
        "decided_on": "2026-09-09",
    }
    paper["attachment_id"] = scan(house)
    wrong = hr.post(f"{address}/paper", {**paper, "person_id": house.county.persons["s01.teacher"]})
    assert (wrong.status_code, wrong.json["errors"][0]["code"]) == (422, "sealed.signer")
    assert house.caller("s01.hr").post(f"{address}/paper", paper).status_code == 403
    assert hr.post(f"{address}/paper", paper).status_code == 204
    assert hr.post(f"{address}/bureau", {}).json["code"] == "open_cases.same_person"
    assert house.caller("bureau.chief").post(f"{address}/bureau", {}).status_code == 204
    [listed] = hr.get(f"/open-case-checks?organisation_id={school}").json["items"]
    said = listed["school"]
    assert (said["name"], said["document"], said["recorder"]) == ("s01.principal", "一小〔2026〕1号", "bureau.hr")
    assert house.ask().status_code == 201
