"""What is sensitive is nowhere at rest in plain: not in seats, variables, history, live tokens, drafts or events."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from service.access import sealed
from service.access.actor import Actor
from service.audit.verify import verify
from service.db import db
from service.errors import Forbidden
from service.instances import queries as cases
from service.instances.commands_drafts import SaveRequest, save_request
from service.instances.commands_protected import RotateCaseKeys, rotate_case_keys
from service.rotation import rotate
from service.tasks.commands import SaveDraft, save_draft
from service.tasks.view import view
from tests.conftest import KEY, START
from tests.flows.hiring.acting import chosen, county
from workflows.base import Base

NEW = base64.b64encode(bytes(range(1, 33))).decode()
SECRETS = (
    "县医院体检科",
    "血压偏高待复查",
    "匿名举报人王某",
    "学历证书存疑",
    "学信网核实无误",
    "半写的意见",
    "未交的理由",
)
"""Hospital, opinion on the medical, who objects and why, the finding, and what two drafts hold."""


@pytest.fixture
def driver(any_app, clock):
    return county(clock)


def use(app: Flask, *keys: str) -> None:
    app.extensions["lectern.settings"] = replace(app.extensions["lectern.settings"], field_keys=keys)


def rows() -> Iterator[tuple[str, str]]:
    """Every row of every table as text, bytes as UTF-8 would read them."""
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(select(table)):
            yield table.name, " ".join(v.decode(errors="ignore") if isinstance(v, bytes) else str(v) for v in row)
    db.session.rollback()


def found_in_plain(folder: Path) -> list[tuple[str, str]]:
    """(table or file, secret) wherever one of the secrets can be read at rest."""
    found = [(name, secret) for name, text in rows() for secret in SECRETS if secret in text]
    for file in folder.glob("lectern.db*"):
        found += [(file.name, secret) for secret in SECRETS if secret.encode() in file.read_bytes()]
    return found


def with_secrets(driver):
    """A case in which everything sensitive has been said, standing in the inquiry's successor, drafts beside it."""
    case = chosen(driver)
    medical = case.task("medical").id
    draft = SaveDraft(medical, {"medical_on": "2026-11-05", "medical_hospital": SECRETS[0]}, None, SECRETS[5])
    save_draft(driver.actor("s01.hr"), draft, now=driver.now)
    save_request(driver.actor("s01.hr"), SaveRequest("hiring", {"need": SECRETS[6]}), now=driver.now)
    return case, medical


def go_on(case):
    filled = {"medical_on": "2026-11-05", "medical_hospital": SECRETS[0]}
    case.complete("medical", "s01.hr", "pass", opinion=SECRETS[1], **filled)
    case.complete("publicity", "s01.hr", "objection", objection_from=SECRETS[2], objection_text=SECRETS[3])


def test_nothing_sensitive_of_a_whole_hiring_can_be_read_at_rest_and_keys_rotate_under_it(driver, any_app, tmp_path):
    case, medical = with_secrets(driver)
    clerk = driver.actor("s01.hr")
    assert found_in_plain(tmp_path) == []
    assert view(clerk, medical).draft.opinion == SECRETS[5]
    assert view(clerk, medical).draft.values["medical_hospital"] == SECRETS[0]
    assert cases.request_draft(clerk, "hiring").values == {"need": SECRETS[6]}
    go_on(case)
    assert found_in_plain(tmp_path) == []
    inquiry = view(driver.actor("bureau.hr"), case.task("inquiry").id)
    assert (inquiry.data["objection_from"], inquiry.data["objection_text"]) == SECRETS[2:4]
    assert [seat.opinion for seat in view(clerk, medical).task.seats] == [SECRETS[1]]

    use(any_app, NEW, KEY)
    written = {done.what: done.written for done in rotate(START)}
    assert written["cases"] > 3 and written["drafts"] == 1
    again = {done.what: done.written for done in rotate(START)}
    assert (again["cases"], again["drafts"], again["events"]) == (0, 0, 0)
    use(any_app, NEW)
    assert view(driver.actor("bureau.hr"), case.task("inquiry").id).data["objection_text"] == SECRETS[3]
    assert cases.request_draft(clerk, "hiring").values == {"need": SECRETS[6]}
    case.complete("inquiry", "bureau.hr", "cleared", inquiry_finding=SECRETS[4])
    told = {change.name: change.new for change in cases.changes(driver.actor("bureau.hr"), case.id)}
    assert told["objection_from"] == SECRETS[2]
    assert case.fire("publicity_over")
    assert found_in_plain(tmp_path) == []
    assert verify(START).ok


def test_after_the_end_nothing_sensitive_can_be_read_at_rest(driver, tmp_path):
    case = chosen(driver)
    go_on(case)
    case.complete("inquiry", "bureau.hr", "cleared", inquiry_finding=SECRETS[4])
    assert case.fire("publicity_over")
    case.complete("hire_materials", "s01.hr", "submit")
    case.complete("hire_filing", "bureau.hr", "accept")
    dated = {"contract_years": 3, "contract_from": "2027-01-01", "probation_months": 12}
    case.complete("contract", "s01.principal", "signed", **dated)
    case.complete("onboarding", "s01.hr", "arrived", onboarded_on="2027-01-18")
    assert case.state == "completed"
    assert found_in_plain(tmp_path) == []


def test_what_is_sealed_opens_only_in_its_place_and_typed_brackets_are_a_text(any_app):
    text = sealed.seal(sealed.case("a"), {"x": ["病"]})
    assert "病" not in text
    assert sealed.opened(sealed.case("a"), {"deep": [text]}) == {"deep": [{"x": ["病"]}]}
    assert sealed.opened(sealed.case("b"), text) == text
    for typed in ("⟦sealed:x⟧", "⟦sealed:AAAA⟧", "⟦sealed:" + base64.b64encode(b"\x02" * 40).decode() + "⟧"):
        assert sealed.opened(sealed.case("a"), typed) == typed
        assert sealed.resealed(sealed.case("a"), typed) == typed
    use(any_app, NEW)
    assert sealed.opened(sealed.case("a"), text) == sealed.resealed(sealed.case("a"), text) == text


def test_people_cannot_rotate_the_keys_of_cases(driver):
    with pytest.raises(Forbidden):
        rotate_case_keys(driver.actor("admin"), RotateCaseKeys(), now=START)
    assert rotate_case_keys(Actor.system(), RotateCaseKeys(), now=START).last is None
