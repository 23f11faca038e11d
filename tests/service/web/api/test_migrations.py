"""Moving running cases to another version through the API: foreseen, done, refused with reasons, many at once."""

from service.db import transaction
from service.runs.working import work
from tests.service.tasks import flows
from tests.service.web.api.house import House
from tests.service.web.api.outside import outside
from workflows import catalogue

CHECK = flows.task("check", "bureau_hr_officer", decisions="approve")
CONFIRM = flows.task("confirm", "bureau_hr_chief", decisions="approve")
OLD = flows.line(CHECK, ids=("check",))
LONGER = flows.line(CHECK, CONFIRM, ids=("check", "confirm"))
OTHER = flows.line(CONFIRM, ids=("confirm",))


def deploy(house: House, files: dict[str, bytes]) -> str:
    with transaction() as session:
        return catalogue.deploy(session, files, now=house.clock.now()).id


def begin(house: House) -> str:
    body = {"definition_key": "small", "variables": {"count": 1}}
    return str(house.caller("s01.hr").post("/process-instances", body).json["id"])


def test_one_case_is_foreseen_refused_with_reasons_and_moved(house: House) -> None:
    deploy(house, OLD)
    case, admin = begin(house), house.caller("admin")
    other, longer = deploy(house, OTHER), deploy(house, LONGER)
    path = f"/process-instances/{case}/migrate"
    foreseen = admin.post(path, {"definition_id": other, "dry_run": True}, headers={"Accept-Language": "en"}).json
    assert (foreseen["safe"], foreseen["moved"]) == (False, False)
    assert [one["code"] for one in foreseen["reasons"]] == ["migrate.element_gone"]
    assert "“check”" in foreseen["reasons"][0]["message"]
    refused = admin.post(path, {"definition_id": other, "reason": "新办法"})
    assert (refused.status_code, refused.json["code"]) == (409, "migrate.refused")
    assert refused.json["errors"][0]["path"] == "check"
    key = {"Idempotency-Key": "move-1"}
    moved = [admin.post(path, {"definition_id": longer, "reason": "新办法"}, headers=key) for _ in range(2)]
    assert [(one.status_code, one.json["moved"]) for one in moved] == [(200, True)] * 2, moved[0].json
    assert house.caller("bureau.hr").get(f"/process-instances/{case}").json["definition_version"] == 3
    assert house.caller("s01.hr").post(path, {"definition_id": longer, "dry_run": True}).status_code == 403


def test_many_cases_move_in_the_background(house: House) -> None:
    deploy(house, OLD)
    cases = {begin(house) for _ in range(2)}
    target, admin = deploy(house, LONGER), house.caller("admin")
    asked = admin.post(f"/process-definitions/{target}/migrations", {"reason": "新办法"})
    assert (asked.status_code, asked.json["waiting"]) == (202, 2), asked.json
    outside(lambda: _work(house))
    done = admin.get(f"/migrations/{asked.json['id']}").json
    assert (done["waiting"], done["moved"], done["stayed"], done["definition_version"]) == (0, 2, 0, 2)
    rows = admin.get(f"/migrations/{asked.json['id']}/cases?state=moved&limit=1").json
    assert rows["next"] == rows["items"][0]["process_instance_id"] and rows["next"] in cases
    said = admin.get(f"/runs/{asked.json['run_id']}").json
    assert (said["state"], said["said"]) == ("done", "转入 2 件，保留原版本 0 件")
    assert admin.get("/migrations/nowhere").status_code == 404


def _work(house: House) -> None:
    with house.app.app_context():
        work("long", pace=0)


def test_a_case_is_put_right_by_hand_after_a_look(house: House) -> None:
    deploy(house, LONGER)
    case, hr = begin(house), house.caller("bureau.chief")
    path = f"/process-instances/{case}"
    found = hr.get(f"{path}/operations").json
    assert found["variables"]["count"] == 1
    seen = {"version": found["version"], "reason": "笔误"}
    changed = hr.post(f"{path}/change-variable", {"name": "count", "value": 2, **seen})
    assert (changed.status_code, changed.json["variables"]["count"]) == (200, 2), changed.json
    assert house.decide("bureau.hr", case, "check", "approve").status_code == 200
    found = hr.get(f"{path}/operations").json
    assert found["moves"] == [{"element_id": "confirm", "target_id": "check", "closes": ["confirm"]}]
    assert found["stays"] == []
    assert "count" not in found["variables"]
    stale = hr.post(f"{path}/move-back", {"element_id": "confirm", "target_id": "check", **seen})
    assert (stale.status_code, stale.json["code"]) == (409, "instance.stale")
    moved = hr.post(f"{path}/move-back", {"element_id": "confirm", "target_id": "check", "reason": "材料有误"})
    assert [one["element_id"] for one in moved.json["current"]] == ["check"]
    assert house.caller("s01.hr").get(f"{path}/operations").status_code == 403
