"""The approval sheet: frozen when the case ends, proved by the line under it."""

import pytest

from service.db import db
from service.errors import Forbidden, Invalid, NotFound
from service.evidence.checking import check_sheet
from service.evidence.sheet import Code, sheet
from tests.flows.hiring import acting
from tests.service.audit.conftest import tamper


def test_a_decided_case_prints_the_same_sheet_for_ever(case, driver, export):
    before = sheet(driver.actor("bureau.hr"), case.id)
    export(case)
    after = sheet(driver.actor("s01.principal"), case.id)
    assert before.code == after.code
    assert [event.seq for event in before.signed] == [event.seq for event in after.signed]
    assert before.ended is not None and before.asked["need"] == "退休 2 人"


def test_a_running_case_has_a_sheet_that_is_not_final(driver):
    case = acting.start(driver, count=1)
    assert sheet(driver.actor("s01.hr"), case.id).ended is None


def test_the_code_is_checked_against_the_record(case, driver):
    code = sheet(driver.actor("bureau.hr"), case.id).code
    checked = check_sheet(Code.read(f"  {code} "), now=driver.now)
    assert checked.ok
    assert any("岗位不足" in line for line in checked.signatures)


def test_another_hash_or_a_later_number_is_refused_in_words(case, driver):
    code = sheet(driver.actor("bureau.hr"), case.id).code
    other = Code(code.business_key, code.seq, "0" * 32)
    assert "another one" in check_sheet(other, now=driver.now).problems[0]
    beyond = Code(code.business_key, code.seq + 500, code.hash)
    assert "has only" in check_sheet(beyond, now=driver.now).problems[0]
    with pytest.raises(NotFound):
        check_sheet(Code("ZP-1900-0001", 1, code.hash), now=driver.now)


def test_a_changed_opinion_is_found(case, driver):
    code = sheet(driver.actor("bureau.hr"), case.id).code
    db.session.rollback()
    tamper("UPDATE audit_event SET body = replace(body, '岗位不足', '同意') WHERE body LIKE '%岗位不足%'")
    checked = check_sheet(code, now=driver.now)
    assert not checked.ok and "event.changed" in checked.problems[0]


@pytest.mark.parametrize("text", ["", "LECTERN1 ZP-1 1", "LECTERN1 ZP-1 0 " + "a" * 32, "LECTERN1 ZP-1 1 " + "A" * 32])
def test_what_is_no_code_is_told(text):
    with pytest.raises(Invalid) as refused:
        Code.read(text)
    assert refused.value.code == "sheet.code"


def test_who_knows_only_a_task_of_the_case_gets_no_sheet(case, driver):
    with pytest.raises(Forbidden):
        sheet(driver.actor("staffing.office"), case.id)
    with pytest.raises(NotFound):
        sheet(driver.actor("s02.principal"), case.id)
