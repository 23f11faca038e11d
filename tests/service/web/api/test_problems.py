"""Errors over HTTP: problem+json with status, code and words in the caller's language (RFC 9457, design §5)."""

from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest

from service.access import passwords
from service.access.accounts import ACCOUNT
from service.db import transaction
from service.incidents import queries as incidents
from tests.service.web.api.house import House
from tests.service.web.api.outside import outside

PASSWORD = "a password of the tests"


def test_a_problem_has_all_members(shared_house: House) -> None:
    answer = shared_house.caller("s01.hr").get("/tasks/none")
    assert answer.content_type == "application/problem+json"
    assert answer.json == {
        "type": "urn:lectern:problem:task.absent",
        "title": "没有找到",
        "status": 404,
        "detail": "没有这项任务，请检查。",
        "code": "task.absent",
        "params": {},
        "errors": [],
    }


def test_words_follow_the_accept_language_header(shared_house: House) -> None:
    answer = shared_house.caller("s01.hr").get("/tasks/none", headers={"Accept-Language": "en-GB,en;q=0.8"})
    assert answer.json["detail"] == "There is no such task: check the id."


@pytest.mark.parametrize(
    ("content", "media_type", "status", "code"),
    [
        (b"{", "application/json", 400, "body.unreadable"),
        (b'{"username": NaN}', "application/json", 400, "body.unreadable"),
        (b'"' + b"\xff" + b'"', "application/json", 400, "body.unreadable"),
        (b'{"username": "a\\u0000b", "password": "x"}', "application/json", 400, "body.nul"),
        (b"[" * 100 + b"]" * 100, "application/json", 400, "body.too_deep"),
        (b"username=x", "application/x-www-form-urlencoded", 415, "http.415"),
        (b"{}", "text/plain", 415, "http.415"),
        (b" " * (5 << 20), "application/json", 413, "http.413"),
        (b"[]", "application/json", 422, "request.invalid"),
        (b"{}", "application/json", 422, "request.invalid"),
    ],
)
def test_bodies_that_cannot_be_read_are_refused_before_anything_happens(
    shared_house: House, content: bytes, media_type: str, status: int, code: str
) -> None:
    answer = shared_house.stranger().post("/login", data=content, content_type=media_type)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert answer.content_type == "application/problem+json"


def test_every_wrong_field_is_named_with_a_code_and_words(shared_house: House) -> None:
    body = {"kind": "shop", "name": "", "valid_from": "soon", "weak": "maybe", "extra": 1}
    answer = shared_house.caller("bureau.hr").post("/organisations", body)
    assert answer.status_code == 422
    found = {fault["path"]: fault["code"] for fault in answer.json["errors"]}
    assert found == {
        "kind": "field.choice",
        "name": "field.length",
        "code": "field.required",
        "valid_from": "field.date",
        "weak": "field.boolean",
        "extra": "field.unknown",
    }
    assert all(fault["message"] and fault["message"] != fault["code"] for fault in answer.json["errors"])


def test_an_unknown_address_and_method_are_problems_too(shared_house: House) -> None:
    caller = shared_house.caller("s01.hr")
    assert caller.get("/nothing").json["code"] == "http.404"
    refused = caller.delete("/tasks/none")
    assert (refused.status_code, refused.json["code"]) == (405, "http.405")
    assert "GET" in refused.headers["Allow"]
    assert caller.get("/tasks/%00").status_code == 404


def test_a_refused_action_names_it_and_changes_nothing(house: House) -> None:
    body = {"name": "新教师"}
    answer = house.caller("s01.hr").post("/persons", body)
    assert (answer.status_code, answer.json["code"]) == (403, "access.role_missing")
    assert answer.json["params"] == {"action": "person.create"}


def test_login_gives_a_token_that_works_until_logout(house: House) -> None:
    set_password(house, "s01.hr")
    answer = house.stranger().post("/login", {"username": " S01.HR ", "password": PASSWORD})
    assert answer.status_code == 200
    assert answer.json["expires_at"].startswith("2026-09-10T13:00:00")
    me = house.stranger().get("/me", headers={"Authorization": f"Bearer {answer.json['token']}"})
    assert me.json["roles"][0]["role"] == "school_hr"
    headers = {"Authorization": f"Bearer {answer.json['token']}"}
    assert house.stranger().post("/logout", headers=headers).status_code == 204
    assert house.stranger().get("/me", headers=headers).status_code == 401


def test_wrong_passwords_are_refused_alike_then_throttled_with_the_time_to_wait(house: House) -> None:
    set_password(house, "s01.hr")
    for name in ("s01.hr", "nobody"):
        answer = house.stranger().post("/login", {"username": name, "password": "wrong"})
        assert (answer.status_code, answer.json["code"]) == (401, "access.login_failed")
    for _ in range(4):
        house.stranger().post("/login", {"username": "s01.hr", "password": "wrong"})
    throttled = house.stranger().post("/login", {"username": "s01.hr", "password": PASSWORD})
    assert (throttled.status_code, throttled.json["code"]) == (429, "access.throttled")
    assert throttled.headers["Retry-After"] == str(throttled.json["params"]["retry_after"])
    house.clock.advance(timedelta(seconds=int(throttled.headers["Retry-After"])))
    assert house.stranger().post("/login", {"username": "s01.hr", "password": PASSWORD}).status_code == 200


def set_password(house: House, who: str) -> None:
    stored = passwords.hashed(PASSWORD)
    with transaction() as session:
        chosen = ACCOUNT.c.id == house.county.accounts[who]
        session.execute(ACCOUNT.update().where(chosen).values(password_hash=stored))


def test_a_session_cookie_opens_no_api(house: House) -> None:
    token = house.token_of("s01.hr")
    answer = house.stranger().get("/me", headers={"Cookie": f"lectern_session={token}"})
    assert answer.status_code == 401


def test_a_token_in_use_is_noted_at_most_every_five_minutes(house: House) -> None:
    caller = house.caller("s01.hr")
    for minutes, seen in ((1, "01:00"), (5, "01:06"), (1, "01:06")):
        house.clock.advance(timedelta(minutes=minutes))
        [token] = caller.get("/tokens").json
        assert token["last_seen_at"].startswith(f"2026-09-10T{seen}"), minutes


def test_a_stale_version_is_409_in_body_and_header(house: House) -> None:
    case = house.ask(1).json["id"]
    task = house.task("staffing.office", case, "staffing_check")
    caller = house.caller("staffing.office")
    stale = caller.post(f"/tasks/{task['id']}/claim", {"version": task["version"] + 7})
    assert (stale.status_code, stale.json["code"]) == (409, "task.stale")
    header = caller.post(f"/tasks/{task['id']}/claim", {}, headers={"If-Match": '"99"'})
    assert (header.status_code, header.json["code"]) == (409, "task.stale")
    for given in ('"x"', '"²"', f'"{"9" * 5000}"'):
        unreadable = caller.post(f"/tasks/{task['id']}/claim", {}, headers={"If-Match": given})
        assert (unreadable.status_code, unreadable.json["code"]) == (400, "version.unreadable")
    good = caller.post(f"/tasks/{task['id']}/claim", {}, headers={"If-Match": f'"{task["version"]}"'})
    assert good.status_code == 200
    assert good.json["assignee"] == house.county.persons["staffing.office"]


def test_a_crash_leaves_an_incident_and_tells_its_number(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    case = house.ask(1).json["id"]

    def fail(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("a secret value")

    monkeypatch.setattr("service.web.api.instances.commands.withdraw_instance", fail)
    answer = house.caller("s01.hr").post(f"/process-instances/{case}/withdraw", {"reason": "改期"})
    assert (answer.status_code, answer.json["code"]) == (500, "server.failed")
    assert "secret" not in answer.get_data(as_text=True)
    [incident] = incidents.incidents(house.county.actor("admin", house.clock.now()))
    assert incident.request_id == answer.json["params"]["request_id"] == answer.headers["X-Request-ID"]
    assert incident.instance_id == case
    assert "secret" not in incident.message


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("a.exe", b"MZ", 415, "attachment.type"),
        ("a.pdf", b"MZ", 415, "attachment.type"),
        ("a.pdf", b"", 422, "attachment.empty"),
        ("a.pdf", b"%PDF-" + b"x" * (20 << 20), 413, "attachment.too_large"),
    ],
)
def test_uploads_that_are_not_taken(shared_house: House, name: str, content: bytes, status: int, code: str) -> None:
    sent = {"file": (BytesIO(content), name)}
    answer = shared_house.caller("s01.hr").post("/attachments", data=sent, content_type="multipart/form-data")
    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_every_answer_carries_the_security_headers(shared_house: House) -> None:
    for path in ("/me", "/nothing", "/api/docs", "/api/static/docs.css"):
        headers = shared_house.caller("s01.hr").get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store" or path.endswith(".css")


def test_a_built_file_is_kept_for_good_and_what_may_change_under_its_name_is_not(shared_house: House) -> None:
    built = next((Path(str(shared_house.app.static_folder)) / "dist").glob("app-*.js")).name
    files = ((f"dist/{built}", 200, True), ("seal.svg", 200, False), ("dist/app-gone.js", 404, False))
    for name, status, kept in files:
        answer = outside(partial(shared_house.app.test_client().get, f"/static/{name}"))
        assert (answer.status_code, "immutable" in answer.headers.get("Cache-Control", "")) == (status, kept), name
