"""Corrections at the API: what can be corrected, proposed by one, confirmed or refused by another."""

from io import BytesIO

import pytest

from service.attachments.commands import StoreAttachment, store_attachment
from service.db import transaction
from service.demo.cases import minutes_pdf
from tests.driver import BPMN, Case, Driver, folder
from tests.service.web.api.house import House
from workflows import catalogue


def paper(driver: Driver, who: str) -> str:
    return store_attachment(driver.actor(who), StoreAttachment(BytesIO(minutes_pdf()), "证明.pdf"), now=driver.now)


@pytest.fixture
def done(house: House) -> Case:
    """A teacher of s01 whose post was entered with the wrong grade."""
    driver = Driver(house.county, house.clock)
    with transaction() as session:
        catalogue.deploy(session, folder(BPMN / "personnel"), now=driver.now)
    values = {"kind": "grade", "person_id": house.county.persons["s01.teacher"], "name": "s01.teacher", "grade": 10,
              "effective_on": "2026-09-10", "document": "青教人〔2026〕8号", "document_on": "2026-09-08",
              "scan": [paper(driver, "s01.hr")]}  # fmt: skip
    case = driver.start("personnel", "s01.hr", "s01", **values)
    case.complete("confirm", "bureau.chief", "approve")
    return case


def test_the_api_proposes_confirms_and_refuses(house: House, done: Case) -> None:
    officer, chief = house.caller("bureau.hr"), house.caller("bureau.chief")
    [found] = officer.get(f"/process-instances/{done.id}/correctable").json["items"]
    assert {"name": "grade", "value": 10}.items() <= next(x for x in found["asked"] if x["name"] == "grade").items()
    body = {"kind": found["kind"], "values": {"grade": 9}, "reason": "看错", "document": "更正〔2026〕1号",
            "decided_on": "2026-09-10", "attachment_id": paper(done.driver, "bureau.hr")}  # fmt: skip
    key = {"headers": {"Idempotency-Key": "once"}}
    made = officer.post(f"/process-instances/{done.id}/corrections", body, **key)
    assert (made.status_code, made.json["state"], made.json["after"]["grade"]) == (201, "open", 9)
    assert officer.post(f"/process-instances/{done.id}/corrections", body, **key).json == made.json
    address = f"/corrections/{made.json['id']}"
    assert officer.get("/corrections?state=open").json["items"] == [officer.get(address).json]
    own = officer.post(f"{address}/confirm", {})
    assert (own.status_code, own.json["code"]) == (403, "correction.own")
    assert chief.post(f"{address}/confirm", {}).json["state"] == "confirmed"
    again = chief.post(f"{address}/refuse", {"reason": "晚了"})
    assert (again.status_code, again.json["code"]) == (409, "correction.decided")
