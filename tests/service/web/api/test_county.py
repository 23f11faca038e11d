"""Organisations, persons, roles, policy and files through the API."""

from io import BytesIO

from tests.service.people.county import id_number
from tests.service.web.api.house import PDF, House

PAPER = {"document": "教人〔2026〕1号", "decided_on": "2026-09-10"}


def test_an_organisation_is_made_edited_once_and_listed_below_its_parent(any_house: House) -> None:
    officer, bureau = any_house.caller("bureau.hr"), any_house.county.organisations["bureau"]
    body = {"kind": "school", "code": "s40", "name": "云雀岭小学", "valid_from": "2026-09-01", "parent_id": bureau,
            "stage": "primary", "area": "rural", "weak": None}  # fmt: skip
    made = officer.post("/organisations", body, headers={"Idempotency-Key": "o-1"})
    assert made.status_code == 201, made.json
    assert officer.post("/organisations", body, headers={"Idempotency-Key": "o-1"}).json == made.json
    path = f"/organisations/{made.json['id']}"
    assert officer.patch(path, {"weak": True}).json["code"] == "version.missing"
    edited = officer.patch(path, {"weak": True, "version": 1})
    assert (edited.json["weak"], edited.json["version"]) == (True, 2)
    assert officer.patch(path, {"weak": False, "version": 1}).status_code == 409
    listed = officer.get(f"/organisations?below={bureau}&kind=school&limit=2").json
    assert len(listed["items"]) == 2 and listed["next"]
    rest = officer.get(f"/organisations?below={bureau}&kind=school&cursor={listed['next']}").json
    assert "s40" in {item["code"] for item in [*listed["items"], *rest["items"]]}
    assert rest["next"] is None


def test_the_staff_of_a_school_is_paged_by_name_with_masked_numbers(any_house: House) -> None:
    place, caller = any_house.county.organisations["s01"], any_house.caller("s01.principal")
    whole = caller.get(f"/organisations/{place}/people").json["items"]
    assert len(whole) == 4
    first = caller.get(f"/organisations/{place}/people?limit=3").json
    rest = caller.get(f"/organisations/{place}/people", query_string={"cursor": first["next"]}).json
    assert [*first["items"], *rest["items"]] == whole
    assert all("*" in member["id_number"] and "*" in member["phone"] for member in whole)


def test_a_person_is_found_by_id_number_unmasked_for_a_reason_and_recorded(house: House) -> None:
    officer = house.caller("bureau.hr")
    made = officer.post("/persons", {"name": "新教师", "id_number": id_number(601), "phone": "13900000001"})
    assert made.status_code == 201, made.json
    person = made.json["id"]
    assert [one["id"] for one in officer.get(f"/persons?id_number={id_number(601)}").json] == [person]
    assert officer.get("/persons").json["code"] == "person.search"
    told = officer.post(f"/persons/{person}/unmask", {"field": "id_number", "reason": "核对档案"})
    assert told.json == {"value": id_number(601)}
    twin = officer.post("/persons", {"name": "另一人", "id_number": id_number(601)})
    assert (twin.status_code, twin.json["code"]) == (409, "person.known")
    related = officer.post(f"/persons/{person}/relations", {"kind": "spouse", "relative_name": "某人"})
    assert [one["kind"] for one in related.json["relations"]] == ["spouse"]


def test_a_role_that_ends_lists_the_open_tasks_to_hand_over_and_is_vacant_at_once(any_house: House) -> None:
    house = any_house
    case = house.ask(1).json["id"]
    task = house.task("staffing.office", case, "staffing_check")
    claimed = house.caller("staffing.office").post(f"/tasks/{task['id']}/claim", {"version": task["version"]})
    assert claimed.status_code == 200
    assignment = house.county.assignments["staffing.office"]
    key = {"Idempotency-Key": "r-1"}
    ended = house.caller("bureau.hr").post(f"/role-assignments/{assignment}/end", {"on": "2026-09-10"}, headers=key)
    assert ended.status_code == 200, ended.json
    assert [one["id"] for one in ended.json["open_tasks"]] == [task["id"]]
    assert (ended.json["is_vacant"], ended.json["standing"]) == (True, [])
    again = house.caller("bureau.hr").post(f"/role-assignments/{assignment}/end", {"on": "2026-09-10"}, headers=key)
    assert again.json == ended.json
    vacant = {(one["role"], one["organisation_id"]) for one in house.caller("bureau.hr").get("/vacant-roles").json}
    assert ("staffing_officer", house.county.organisations["staffing"]) in vacant


def test_a_role_is_given_and_seen_in_the_list(house: House) -> None:
    place = house.county.organisations["s01"]
    body = {"person_id": house.county.persons["s01.teacher"], "role": "vice_principal", "organisation_id": place,
            "valid_from": "2026-09-10"}  # fmt: skip
    given = house.caller("bureau.hr").post("/role-assignments", body)
    assert given.status_code == 201, given.json
    listed = house.caller("s01.principal").get(f"/role-assignments?organisation_id={place}&role=vice_principal").json
    assert {item["person_name"] for item in listed["items"]} == {"s01.vice", "s01.teacher"}
    held = house.caller("s01.teacher").get("/me").json["roles"]
    assert {one["role"] for one in held} == {"teacher", "vice_principal"}


def test_an_account_logs_in_until_it_is_closed(house: House) -> None:
    admin = house.caller("admin")
    person = house.caller("bureau.hr").post("/persons", {"name": "新教师"}).json["id"]
    body = {"username": "neu", "password": "a long password", "person_id": person}
    made = admin.post("/user-accounts", body)
    assert made.status_code == 201, made.json
    login = {"username": "neu", "password": "a long password"}
    assert house.stranger().post("/login", login).status_code == 200
    assert admin.post(f"/user-accounts/{made.json['id']}/close").status_code == 204
    assert house.stranger().post("/login", login).status_code == 401


def test_an_issued_token_works_until_it_is_revoked(house: House) -> None:
    caller = house.caller("s01.hr")
    issued = caller.post("/tokens", {"label": "导出程序", "days": 30}).json["token"]
    headers = {"Authorization": f"Bearer {issued}"}
    assert house.stranger().get("/me", headers=headers).status_code == 200
    [token] = [one for one in caller.get("/tokens").json if one["label"] == "导出程序"]
    assert caller.delete(f"/tokens/{token['id']}").status_code == 204
    assert house.stranger().get("/me", headers=headers).status_code == 401


def test_a_parameter_is_set_apart_for_a_school_and_told_for_it(any_house: House) -> None:
    officer, chief, school = (
        any_house.caller("bureau.hr"),
        any_house.caller("bureau.chief"),
        any_house.county.organisations["s01"],
    )
    body = {"value": 2, "valid_from": "2026-09-01", "source": "教〔2026〕9号", "scope": f"organisation:{school}"}
    proposed = officer.post("/parameters/opening_ratio", body)
    assert (proposed.status_code, proposed.json["scope"]) == (201, body["scope"])
    told = chief.post(f"/parameter-proposals/{proposed.json['id']}/confirm").json
    assert (told["value"], told["scope"], [one["value"] for one in told["narrower"]]) == (3, "", [2])
    assert "stage" in told["scopes"] and told["history"][0]["scope"] == body["scope"]
    here = {one["key"]: one for one in officer.get(f"/parameters?organisation_id={school}&flow=hiring").json["items"]}
    assert (here["opening_ratio"]["value"], here["opening_ratio"]["scope"]) == (2, body["scope"])
    assert officer.get("/parameters?organisation_id=nowhere").status_code == 404
    assert officer.get(f"/parameters/opening_ratio/affected?scope={body['scope']}").json["running"] == 0
    assert officer.get("/parameters/opening_ratio/affected?scope=moon").status_code == 422
    county = officer.post("/parameters/working_hours", {**body, "value": "08:00-12:00"})
    assert (county.status_code, county.json["errors"][0]["code"]) == (422, "parameter.unscoped")


def test_a_parameter_changes_from_a_day_on_once_a_second_person_agrees(any_house: House) -> None:
    officer, chief = any_house.caller("bureau.hr"), any_house.caller("bureau.chief")
    body = {"value": 2, "valid_from": "2026-10-01", "source": "市规〔2026〕1号"}
    proposed = officer.post("/parameters/opening_ratio", body)
    assert (proposed.status_code, proposed.json["value"], proposed.json["state"]) == (201, 2, "open")
    path = f"/parameter-proposals/{proposed.json['id']}/confirm"
    assert officer.post(path).status_code == 403
    assert officer.get("/parameters/opening_ratio").json["history"] == []
    changed = chief.post(path)
    assert (changed.status_code, changed.json["value"]) == (200, 3)
    later = {one["key"]: one["value"] for one in officer.get("/parameters?on=2026-10-01").json["items"]}
    assert later["opening_ratio"] == 2
    assert [entry["value"] for entry in changed.json["history"]] == [2]
    wrong = officer.post("/parameters/opening_ratio", {**body, "value": True})
    assert [fault["code"] for fault in wrong.json["errors"]] == ["parameter.number"]
    for who in ("s01.hr", "admin"):
        assert any_house.caller(who).post("/parameters/opening_ratio", body).status_code == 403


def test_a_day_is_set_and_taken_back(house: House) -> None:
    admin = house.caller("admin")
    first = admin.put("/calendar-days/2026-09-12", {"working": True, "name": "调休上班"})
    assert first.status_code == 200, first.json
    [day] = [one for one in admin.get("/calendar-days?year=2026").json["items"] if one["day"] == "2026-09-12"]
    assert (day["working"], day["source"]) == (True, "local")
    assert admin.delete("/calendar-days/2026-09-12").json["revision"] > first.json["revision"]
    assert admin.delete("/calendar-days/2026-09-12").status_code == 404
    assert admin.delete("/calendar-days/soon").status_code == 404


def test_an_attachment_is_stored_once_per_key_and_downloaded_as_it_was(any_house: House) -> None:
    caller, key = any_house.caller("s01.hr"), {"Idempotency-Key": "a-1"}
    ids = set()
    for _ in range(2):
        sent = {"file": (BytesIO(PDF), "../会议 纪要.pdf")}
        answer = caller.post("/attachments", data=sent, content_type="multipart/form-data", headers=key)
        assert answer.status_code == 201, answer.json
        ids.add(answer.json["id"])
    assert len(ids) == 1
    assert (answer.json["name"], answer.json["size"]) == ("会议 纪要.pdf", len(PDF))
    content = caller.get(f"/attachments/{answer.json['id']}/content")
    assert content.data == PDF
    assert content.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert "sandbox" in content.headers["Content-Security-Policy"]


def test_the_quota_office_changes_its_own_kind_of_account_only(any_house: House) -> None:
    caller = any_house.caller("staffing.office")
    headcount, junior = any_house.accounts["s01", "headcount"], any_house.accounts["s01", "junior"]
    changed = caller.post(f"/accounts/{headcount}/change-approved", {"approved": 95, **PAPER})
    assert changed.status_code == 200, changed.json
    assert [changed.json[name] for name in ("approved", "excess", "occupied", "free")] == [95, 1, 96, 0]
    assert caller.post(f"/accounts/{junior}/change-approved", {"approved": 41, **PAPER}).status_code == 403
    entries = caller.get(f"/accounts/{headcount}/entries").json["items"]
    assert [entry["event"] for entry in entries] == ["approved", "opened"]
    assert (entries[0]["delta"]["approved"], entries[0]["document"]) == (-5, PAPER["document"])
    page = caller.get(f"/accounts/{headcount}/entries?limit=1").json
    assert caller.get(f"/accounts/{headcount}/entries?limit=1&cursor={page['next']}").json["items"] == entries[1:]


def test_accounts_are_opened_by_one_document_and_paged(house: House) -> None:
    place = house.county.organisations["point"]
    balance = {"organisation_id": place, "kind": "post", "approved": 5}
    accounts = [{**balance, "band": band} for band in ("senior", "middle")]
    made = house.caller("bureau.hr").post("/accounts", {"accounts": accounts, **PAPER})
    assert made.status_code == 201, made.json
    assert [item["free"] for item in made.json["items"]] == [5, 5]
    seen, cursor = [], ""
    while cursor is not None:
        page = house.caller("bureau.hr").get(f"/accounts?limit=3{cursor and f'&cursor={cursor}'}").json
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen)) == 10


def test_posts_lent_before_the_opening_day_are_opened_by_school_and_get_their_holders(house: House) -> None:
    officer, places = house.caller("bureau.hr"), house.county.organisations
    lent = [{"organisation_id": places["s01"], "count": 1}]
    pool = {"organisation_id": places["bureau"], "kind": "post", "band": "middle", "approved": 3, "pool": True}
    made = officer.post("/accounts", {"accounts": [{**pool, "lent_to": lent}], **PAPER})
    assert (made.status_code, made.json["items"][0]["lent"]) == (201, 1)
    path = f"/accounts/{made.json['items'][0]['id']}/loans"
    holder = {"borrower_id": places["s01"], "person_id": house.county.persons["s01.teacher"],
              "from_on": "2025-09-01", "until": "2028-08-31", **PAPER}  # fmt: skip
    named = officer.post(path, holder, headers={"Idempotency-Key": "l-1"})
    assert named.status_code == 201, named.json
    assert officer.post(path, holder, headers={"Idempotency-Key": "l-1"}).json == named.json
    [loan] = officer.get("/post-loans").json["items"]
    assert (loan["id"], loan["appointed_on"], loan["until"]) == (named.json["id"], "2025-09-01", "2028-08-31")
    other = {**holder, "person_id": house.county.persons["s01.hr"]}
    assert officer.post(path, other).json["code"] == "loan.all_named"
    assert house.caller("s01.hr").post(path, other).status_code == 404
    decide = f"/post-loans/{loan['id']}"
    longer = {"until": "2029-08-31", **PAPER}
    assert officer.post(f"{decide}/extend", longer, headers={"Idempotency-Key": "l-2"}).json == {"id": loan["id"]}
    assert officer.post(f"{decide}/extend", longer, headers={"Idempotency-Key": "l-2"}).status_code == 200
    assert (
        officer.post(f"{decide}/correct-holder", {"person_id": holder["person_id"], **PAPER}).json["code"]
        == "loan.held"
    )
    assert house.caller("s01.hr").post(f"{decide}/extend", longer).status_code == 403
    assert house.caller("s02.hr").post(f"{decide}/extend", longer).status_code == 404
    back = officer.post(f"{decide}/return", {"on": "2026-09-10", "afterwards": "own_post", **PAPER})
    assert (back.status_code, officer.get("/post-loans").json["items"]) == (200, [])
    assert officer.get(f"/accounts/{made.json['items'][0]['id']}").json["lent"] == 0
