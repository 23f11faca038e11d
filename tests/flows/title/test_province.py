"""The province alone decides on full senior titles, whatever an earlier diagram or sitting says (policy §3.T 3)."""

import pytest

from service.db import transaction
from service.errors import Conflict, Invalid
from service.flows.title import commands_sessions
from service.flows.title.commands_sessions import CancelSession
from service.flows.title.committees import SESSION
from service.instances.commands import CaseCommand, cancel_instance
from tests.flows import telling
from tests.flows.title import acting, county
from tests.flows.title.acting import at_committee, plan, sitting
from tests.flows.title.test_telling import RECOMMENDED, VERIFIED, paper
from workflows import catalogue


def test_no_sitting_decides_on_full_senior_titles_and_who_waits_for_one_gets_to_the_province(driver):
    """An earlier diagram sent them to a sitting where the year said so."""
    county.opens(driver, {**county.LEVELS, "正高": False})
    files = county.folder("title")
    early = files["flow.bpmn"].replace(b'=route.committee = "province" or (admission.outside', b"=(admission.outside")
    with transaction() as session:
        catalogue.deploy(session, {**files, "flow.bpmn": early}, now=driver.now)
    top = {"title": "高级", "band": "senior", "grade": 7}
    case = at_committee(driver, target="正高", teacher=top)
    with pytest.raises(Invalid, match=r"title\.session") as refused:
        plan(driver, level="正高", kind="series", seats=25)
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [("level", "title.provincial")]
    session_id = plan(driver, level="高级", kind="series", seats=25)
    with transaction() as session:
        session.execute(SESSION.update().values(level="正高"))
    for planned_before in (acting.drawn, acting.opened):
        with pytest.raises(Conflict, match=r"title\.provincial"):
            planned_before(driver, session_id)
    cancelled = CancelSession(session_id, sitting(session_id).version, "报省级评审")
    commands_sessions.cancel_session(driver.actor("bureau.hr"), cancelled, now=driver.now)
    with transaction() as session:
        catalogue.deploy(session, {**files, "flow.bpmn": files["flow.bpmn"] + b"\n"}, now=driver.now)
    cancel_instance(driver.actor("bureau.hr"), CaseCommand(case.id, reason="正高报省级评审"), now=driver.now)
    approved = [(name, "2026-09-10", "approve", {}) for name in ("bureau_review", "hr_review")]
    told = paper(driver, "li", "outside_result", VERIFIED, RECOMMENDED, *approved, target="正高")
    assert telling.begun(driver, told).open() == ["outside_result"]
