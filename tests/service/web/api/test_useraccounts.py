"""Accounts in bulk over HTTP: the sheet, the slips, the first password."""

from io import BytesIO
from typing import Any

from sqlalchemy import update

from service.access.accounts import ACCOUNT
from service.db import transaction
from service.people.opening_accounts import COLUMNS
from service.sheets import Heading, workbook
from tests.service.web.api.house import House

PASSWORD = "a long enough one"


def sheet(*rows: tuple[str, ...]) -> tuple[BytesIO, str]:
    return BytesIO(workbook("x", [Heading(column.zh) for column in COLUMNS], rows)), "accounts.xlsx"


def without_account() -> None:
    """The teacher of s01 has no account."""
    with transaction() as session:
        session.execute(update(ACCOUNT).where(ACCOUNT.c.username == "s01.teacher").values(person_id=None))


def test_a_sheet_is_tried_then_opened_and_its_slip_sets_the_password_once(house: House) -> None:
    without_account()
    hr, school, teacher = (
        house.caller("bureau.hr"),
        house.county.organisations["s01"],
        house.county.persons["s01.teacher"],
    )
    address = f"/organisations/{school}/user-accounts"

    def send(username: str, query: str = "") -> object:
        data = {"file": sheet((teacher, "s01.teacher", username))}
        return hr.post(address + query, data=data, content_type="multipart/form-data").json

    wrong = send("s01.hr")
    assert wrong["account_ids"] == [] and wrong["errors"][0]["row"] == 2 and wrong["errors"][0]["column"] == "用户名"
    assert send("li.si", "?dry_run=true") == {"rows": 1, "account_ids": [], "errors": []}
    [account_id] = send("li.si")["account_ids"]
    clerk = house.caller("s01.hr")
    listed = {one["name"]: one for one in clerk.get(address).json["items"]}
    assert listed["s01.teacher"]["username"] == "li.si" and listed["s01.teacher"]["may_issue"]
    reply = clerk.post(f"{address}/slips", {"account_ids": [account_id]})
    assert reply.status_code == 201
    [slip] = reply.json["items"]
    anybody = house.app.test_client()
    body = {"username": "li.si", "code": slip["code"], "password": PASSWORD}
    assert anybody.post("/api/v1/activate", json=body).status_code == 204
    again = anybody.post("/api/v1/activate", json=body)
    assert (again.status_code, again.json["code"]) == (403, "account.slip_refused")
    assert anybody.post("/api/v1/login", json={"username": "li.si", "password": PASSWORD}).status_code == 200
    head = [one["account_id"] for one in listed.values() if one["name"] == "s01.principal"]
    assert clerk.post(f"{address}/slips", {"account_ids": head}).status_code == 403


def test_a_sheet_over_many_organisations_is_tried_and_then_opened_by_a_run(house: House) -> None:
    without_account()
    hr, teacher = house.caller("bureau.hr"), house.county.persons["s01.teacher"]

    def send(username: str, query: str = "") -> Any:
        data = {"file": sheet((teacher, "s01.teacher", username))}
        reply = hr.post("/user-accounts/sheet" + query, data=data, content_type="multipart/form-data")
        assert reply.status_code == 202, reply.text
        return reply.json

    wrong = send("s01.hr")
    assert wrong["run_id"] is None and wrong["errors"][0]["column"] == "用户名"
    assert send("li.si", "?dry_run=true") == {"rows": 1, "run_id": None, "errors": []}
    run = hr.get(f"/runs/{send('li.si')['run_id']}").json
    assert (run["kind"], run["state"], run["total"]) == ("accounts.open", "waiting", 1)
    refused = house.caller("s01.hr").post(
        "/user-accounts/sheet",
        data={"file": sheet((teacher, "s01.teacher", "li.si"))},
        content_type="multipart/form-data",
    )
    assert refused.status_code == 403
