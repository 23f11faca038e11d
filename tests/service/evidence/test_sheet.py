"""The approval sheet: frozen when the case ends, proved by the line under it."""

import pytest

from service.db import db
from service.errors import Forbidden, Invalid, LecternError, NotFound
from service.evidence.checking import check_sheet
from service.evidence.commands import AttachScan, attach_scan
from service.evidence.sheet import Code, sheet
from service.evidence.sheet import scans as scans_of
from tests.flows.hiring import acting
from tests.service.audit.conftest import tamper
from tests.service.tasks import scans


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


def test_the_scan_of_the_sealed_sheet_lies_beside_the_final_one_and_in_the_bundle(case, driver, export):
    code = str(sheet(driver.actor("s01.hr"), case.id).code)
    first, second = (scans.scan(driver, who) for who in ("s01.hr", "bureau.hr"))
    attach_scan(driver.actor("s01.hr"), AttachScan(case.id, first, code), now=driver.now)
    attach_scan(driver.actor("bureau.hr"), AttachScan(case.id, second, code), now=driver.now)
    assert [attachment_id for _, attachment_id in scans_of(case.id)] == [first, second]
    db.session.rollback()
    assert check_sheet(Code.read(code), now=driver.now).ok
    assert {first, second} <= {name.partition("/")[2][:36] for name in export(case) if name.startswith("attachments/")}


def test_no_scan_is_attached_to_a_sheet_that_is_not_final_nor_by_others(case, driver):
    running = acting.start(driver, count=1)
    refused = [
        ("s01.hr", running.id, scans.scan(driver, "s01.hr"), "instance.running"),
        ("s01.hr", case.id, "", "sheet.scan"),
        ("s01.hr", case.id, "none", "attachment.unknown"),
        ("staffing.office", case.id, "none", "access.elsewhere"),
        ("s02.hr", case.id, "none", "instance.absent"),
    ]
    for who, instance_id, scan, code in refused:
        with pytest.raises(LecternError) as found:
            attach_scan(driver.actor(who), AttachScan(instance_id, scan, "LECTERN1"), now=driver.now)
        assert found.value.code == code, who
    assert scans_of(case.id) == []
    db.session.rollback()
