"""What is published, without a token, and objections to it; what was objected, for bureau HR."""

from tests.service.web.api.house import House
from tests.service.web.api.test_reserved import apply, called, decide, decided, furnish, teacher


def published(house: House) -> str:
    """An allocation in its publicity period; its case."""
    furnish(house)
    case, application = called(house), str(apply(house, teacher(house, 700)).json["id"])
    decide(house, "bureau.hr", application, "check", "approve")
    decided(house, case)
    return application


def test_anybody_reads_what_is_published_and_objects_and_bureau_hr_reads_it(any_house: House) -> None:
    house = any_house
    application = published(house)
    anybody = house.stranger()
    [notice] = anybody.get("/publicity").json["items"]
    assert [(line["name"], line["what"]) for line in notice["lines"]] == [("teacher.700", "高级岗位")]
    assert anybody.get(f"/publicity/{notice['id']}").json == notice
    wrong = anybody.post(f"/publicity/{notice['id']}/objections", {"text": " "})
    assert (wrong.status_code, wrong.json["errors"][0]["path"]) == (422, "text")
    made = anybody.post(f"/publicity/{notice['id']}/objections", {"text": "没有到岗", "name": "李某"})
    assert made.status_code == 201
    assert (notice["suspended"], anybody.get(f"/publicity/{notice['id']}").json["suspended"]) == (False, True)
    [found] = house.caller("bureau.hr").get("/publicity-objections").json["items"]
    assert (found["id"], found["instance_id"], found["named"]) == (made.json["objection_id"], application, True)
    said = house.caller("bureau.hr").get(f"/publicity-objections/{found['id']}").json["said"]
    assert said == {"text": "没有到岗", "name": "李某", "contact": ""}


def test_who_objected_is_told_to_bureau_hr_alone(house: House) -> None:
    published(house)
    [notice] = house.stranger().get("/publicity").json["items"]
    made = house.stranger().post(f"/publicity/{notice['id']}/objections", {"text": "没有到岗"})
    objection = f"/publicity-objections/{made.json['objection_id']}"
    assert [house.caller(who).get(objection).status_code for who in ("s02.hr", "bureau.leader")] == [404, 404]
    assert house.caller("s02.hr").get("/publicity-objections").status_code == 403
    assert house.stranger().get(objection).status_code == 401


def test_a_clerk_registers_what_was_said_on_the_telephone(any_house: House) -> None:
    house = any_house
    published(house)
    hr = house.caller("bureau.hr")
    [period] = hr.get("/publicity-periods").json["items"]
    assert (period["over"], hr.get(f"/publicity-periods?case={period['business_key']}").json["items"]) == (
        False,
        [period],
    )
    said = {"publicity_id": period["notice"]["id"], "channel": "phone", "received_on": "2026-01-01", "text": "没有到岗"}
    wrong = hr.post("/publicity-objections", said)
    assert (wrong.status_code, wrong.json["errors"][0]["path"]) == (422, "received_on")
    made = hr.post("/publicity-objections", {**said, "received_on": period["notice"]["from_on"]})
    assert (made.status_code, made.json["number"], made.json["reached"]) == (201, "YY-2026-0001", True)
    found = hr.get(f"/publicity-objections/{made.json['objection_id']}").json
    assert (found["channel"], found["registered_by"], found["said"]["text"]) == ("phone", "bureau.hr", "没有到岗")
    assert hr.get(f"/publicity-objections/{found['id']}/letter").status_code == 404
    school = house.caller("s02.hr")
    assert [school.get("/publicity-periods").status_code, school.post("/publicity-objections", said).status_code] == [
        403, 403,
    ]  # fmt: skip


def test_what_a_known_source_objects_again_waits_until_bureau_hr_has_heard_it(any_house: House) -> None:
    house = any_house
    application = published(house)
    hr, anybody = house.caller("bureau.hr"), house.stranger()
    [notice] = anybody.get("/publicity").json["items"]
    address = f"/publicity/{notice['id']}/objections"
    anybody.post(address, {"text": "没有到岗", "name": "李某"})
    decide(house, "bureau.hr", application, "inquiry", "cleared", inquiry_finding="查无此事")
    made = anybody.post(address, {"text": "没有到岗", "name": "王某"})
    assert (made.status_code, made.json["reached"]) == (201, False)
    objection = f"/publicity-objections/{made.json['objection_id']}"
    assert hr.get(objection).json["hearing"] == "waits"
    assert house.caller("s02.hr").post(f"{objection}/hear", {"outcome": "inquired"}).status_code == 403
    wrong = hr.post(f"{objection}/hear", {"outcome": "made_up"})
    assert (wrong.status_code, wrong.json["errors"][0]["path"]) == (422, "reason")
    heard = hr.post(f"{objection}/hear", {"outcome": "made_up", "reason": "查无此人"})
    assert (heard.status_code, heard.json["hearing"]) == (200, "made_up")
    assert hr.post(f"{objection}/hear", {"outcome": "inquired"}).status_code == 409
