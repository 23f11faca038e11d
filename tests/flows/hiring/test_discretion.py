"""Who reads what of a hiring case: the offices their own step, HR alone the medical (policy §7)."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from service.attachments import queries as attachments
from service.attachments.commands import StoreAttachment, store_attachment
from service.audit.models import AuditEvent
from service.db import db
from service.demo.cases import minutes_pdf
from service.errors import Forbidden, NotFound
from service.instances import queries as cases
from service.tasks.view import view
from tests.flows.hiring.acting import chosen, county, start


@pytest.fixture
def driver(app, clock):
    return county(clock)


def checked(driver):
    """Until the staffing office has signed; its task and that of bureau HR."""
    case = start(driver)
    review = case.task("bureau_review")
    case.complete("bureau_review", "bureau.hr", "approve", "课时测算属实")
    case.complete("bureau_review", "bureau.chief", "approve")
    check = case.task("staffing_check")
    case.complete("staffing_check", "staffing.office", "approve", "编制有空")
    return case, review, check


def bodies(driver, who, case):
    found = cases.events(driver.actor(who), case.id)
    db.session.rollback()
    return [(event.kind, event.element_id, event.body or {}) for event in found]


def test_an_office_knows_of_a_case_its_header_and_its_own_step_only(driver):
    case, review, check = checked(driver)
    office = driver.actor("staffing.office")
    assert cases.case(office, case.id).instance_id == case.id
    assert view(office, check.id).task.decision == "approve"
    with pytest.raises(NotFound):
        view(office, review.id)
    assert set(cases.sight(office, case.id).tasks) == {check.id}
    for read in (cases.variables, cases.changes):
        with pytest.raises(Forbidden, match=r"case\.contents_hidden"):
            read(office, case.id)
    told = bodies(driver, "staffing.office", case)
    assert {element_id for _, element_id, _ in told} == {"", "staffing_check"}
    assert {kind for kind, element_id, _ in told if not element_id} == {"instance.started"}
    assert "编制有空" in str(told)
    assert "课时测算属实" not in str(told)
    assert "退休 2 人" not in str(told)
    assert not [row for row in cases.timers(office, case.id) if row.element_id != "staffing_check"]
    assert "课时测算属实" in str(bodies(driver, "s01.principal", case))


def test_an_office_reads_events_of_its_own_page_by_page(driver):
    case, _, _ = checked(driver)
    office = driver.actor("staffing.office")
    whole = cases.events(office, case.id)
    parts, after = [], 0
    while page := cases.events(office, case.id, after, 2):
        parts += page
        after = page[-1].seq
    assert [event.seq for event in parts] == [event.seq for event in whole]
    assert len(parts) > 2


def test_an_office_gets_the_papers_of_its_time_and_none_that_came_later(driver):
    case, _, _ = checked(driver)
    minutes = case.variables["minutes"]
    office = driver.actor("staffing.office")
    assert [file.id for file in attachments.of_instance(office, case.id)] == minutes
    driver.clock.set(driver.now + timedelta(days=1))
    late = upload(driver, "s01.hr", case.id)
    assert [file.id for file in attachments.of_instance(office, case.id)] == minutes
    with pytest.raises(NotFound):
        attachments.open_file(office, late)
    assert late in [file.id for file in attachments.of_instance(driver.actor("s01.principal"), case.id)]


def upload(driver, who, instance_id):
    stored = StoreAttachment(BytesIO(minutes_pdf()), "后补.pdf", instance_id)
    return store_attachment(driver.actor(who), stored, now=driver.now)


def examined(driver, decision="fail"):
    """A candidate's medical, decided by the school's HR clerk; its task."""
    case = chosen(driver)
    task = case.task("medical")
    case.complete("medical", "s01.hr", decision, "血压偏高", medical_on="2026-11-05", medical_hospital="县医院")
    return case, task


@pytest.mark.parametrize("who", ["s01.principal", "bureau.leader", "auditor", "staffing.office"])
def test_nobody_but_hr_reads_a_medical(driver, who):
    case, task = examined(driver)
    actor = driver.actor(who)
    with pytest.raises(NotFound):
        view(actor, task.id)
    told = bodies(driver, who, case)
    for secret in ("血压偏高", "县医院", "medical.fail", "'fail'", "medical_verdict_to_merge_out"):
        assert secret not in str(told), secret
    if who != "staffing.office":
        assert ("task.signed", "medical", {"name": "体检", "confidential": True}) in told
        assert "县医院" not in str(cases.changes(actor, case.id))
        assert not {row.name for row in cases.changes(actor, case.id)} & {"medical", "medical_on", "medical_hospital"}


def test_an_objection_is_sealed_in_the_chain_and_read_by_who_may_read_the_case(driver):
    case, _ = examined(driver, "pass")
    case.complete("publicity", "s01.hr", "objection", objection_from="王某", objection_text="学历存疑")
    case.complete("inquiry", "bureau.hr", "cleared", inquiry_finding="学历属实")
    stored = db.session.scalars(select(AuditEvent.body).where(AuditEvent.stream == f"instance:{case.id}")).all()
    for secret in ("王某", "学历存疑", "学历属实", "血压偏高", "县医院"):
        assert secret not in "".join(stored), secret
    told = bodies(driver, "s01.principal", case)
    signed = {element_id: body for kind, element_id, body in told if kind == "task.signed"}
    assert signed["publicity"]["values"] == {"objection_from": "王某", "objection_text": "学历存疑"}
    assert signed["inquiry"]["values"] == {"inquiry_finding": "学历属实"}
    assert "学历" not in str(bodies(driver, "hr.bureau", case))


@pytest.mark.parametrize("who", ["s01.hr", "bureau.hr", "bureau.chief"])
def test_hr_reads_the_medical(driver, who):
    case, task = examined(driver)
    actor = driver.actor(who)
    assert view(actor, task.id).task.decision == "fail"
    told = bodies(driver, who, case)
    signed = [body for kind, element_id, body in told if (kind, element_id) == ("task.signed", "medical")]
    assert [(body["decision"], body["opinion"], body["values"]["medical_hospital"]) for body in signed] == [
        ("fail", "血压偏高", "县医院")
    ]
    assert "medical" in {row.name for row in cases.changes(actor, case.id)}
