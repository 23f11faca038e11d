"""What a school without a network has decided on paper: recorded by bureau HR alone, named, told, never signed."""

import pytest

from service.audit import timeline
from service.db import db
from service.errors import Forbidden
from service.tasks.commands_papers import DisputePaper, RecordPaper, dispute_paper, record_paper
from tests.flows.hiring import acting
from tests.flows.hiring.telling import demand
from tests.flows.hiring.ways import told_at
from tests.service.tasks import paperwork
from tests.service.tasks.scans import scan
from workflows import catalogue

STEPS = ("correction", "announce_school", "hire_materials", "contract", "onboarding")
MARKS = ("qualify_school", "exam_school", "interview", "inspection")
"""At these the school alone writes who applied and how they did (policy §3.H 6)."""


@pytest.fixture
def driver(app, clock):
    return acting.county(clock)


def recorded(driver, case, element_id, by, decision, **values):
    task = case.task(element_id)
    paper = {"decided_by": "第一小学", "document": "一小〔2026〕5号", "decided_on": driver.now.date()}
    command = RecordPaper(task.id, task.version, **paper, attachment_id=scan(driver), decision=decision, values=values,
                          no_interest=True)  # fmt: skip
    return record_paper(driver.actor(by), command, now=driver.now)


def test_bureau_hr_records_the_schools_announcement_from_its_paper_and_the_school_may_dispute_it(driver):
    case = told_at(driver, "announce_school").begun()
    task = case.task("announce_school")
    recorded(driver, case, "announce_school", "bureau.hr", "publish", announced_at="校门口公告栏")
    row = paperwork.row_of(task.id)
    assert (row.decided_by, row.recorded_by) == ("第一小学", driver.county.persons["bureau.hr"])
    assert case.variables["announce_school"]["by"] is None
    assert f"school_hr@{driver.county.organisations['s01']}" in paperwork.posted("paper.recorded")
    events = timeline.events(db.session(), f"instance:{case.id}")
    db.session.rollback()
    assert not [event for event in events if event.kind == "seat.signed" and event.element_id == "announce_school"]
    dispute_paper(driver.actor("s01.hr"), DisputePaper(task.id, "日期有误"), now=driver.now)


def test_the_school_itself_decides_here_and_records_no_paper_of_its_own(driver):
    case = told_at(driver, "announce_school").begun()
    for by in ("s01.hr", "s01.principal"):
        with pytest.raises(Forbidden):
            recorded(driver, case, "announce_school", by, "publish", announced_at="校门口公告栏")
    assert case.open() == ["announce_school"]


def test_steps_of_the_school_say_so_but_for_marks_what_is_confidential_and_a_meetings(driver):
    spec = catalogue.latest(db.session(), "hiring").spec
    db.session.rollback()
    of_school = {
        one.id: one.properties for one in spec.everything.values()
        if one.kind == "userTask" and any(role in str(one.zeebe.get("assignmentDefinition", {})) for role in
                                          ("school_hr@", "principal@", "initiator"))
    }  # fmt: skip
    assert {name for name, found in of_school.items() if found.get("paper") == "bureau"} == set(STEPS)
    others = {name: found for name, found in of_school.items() if name not in STEPS}
    assert set(others) == {"medical", "choice", "publicity", *MARKS}
    assert "confidential" in others["medical"] and "collective" in others["choice"]


def test_who_recorded_the_schools_step_does_not_decide_on_it_for_the_bureau(driver):
    case = told_at(driver, "correction").begun()
    asked = {**demand(), "minutes": [scan(driver)]}
    recorded(driver, case, "correction", "bureau.hr", "resubmit", **asked)
    with pytest.raises(Forbidden, match=r"paper\.recorded_for_school"):
        case.complete("bureau_review", "bureau.hr", "approve")
    assert "bureau_review" in case.open()
