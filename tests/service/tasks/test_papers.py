"""Decisions on paper (代录): what the record says, who may record, what is refused, disputes."""

from datetime import date
from typing import Any

import pytest

from service.access.actor import Actor
from service.attachments.models import Attachment
from service.audit.verify import verify
from service.db import db
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.tasks import queries, queries_boxes, queries_papers
from service.tasks.commands import Recuse, recuse_task
from service.tasks.commands_papers import DisputePaper, RecordPaper, dispute_paper, record_paper
from service.tasks.papers import Tally
from tests.driver import Driver
from tests.service.tasks import scans
from tests.service.tasks.paperwork import begun, faults, posted, row_of, told


def test_the_record_says_decided_by_one_on_paper_and_recorded_by_another(driver: Driver) -> None:
    case = begun(driver)
    task, scan = case.task("check"), scans.scan(driver)
    done = scans.recorded(case, "check", attachment_id=scan, opinion="同意 3 人")
    clerk = driver.county.persons["bureau.hr"]
    assert (done.decided, case.open()) == (True, ["after"])
    result = case.variables["check"]
    paper = {"decided_by": scans.BODY, "document": scans.DOCUMENT, "attachment_id": scan, "recorded_by": clerk,
             "person_id": None, "decided_on": "2026-09-10", "recorded_at": driver.now.isoformat()}  # fmt: skip
    assert (result["decision"], result["opinion"], result["by"], result["paper"]) == (
        "approve",
        "同意 3 人",
        None,
        paper,
    )
    assert told(case, "task.signed") == []
    [event] = told(case, "paper.recorded")
    assert (event.actor_id, event.on_behalf_of, event.body["paper"]) == (clerk, None, paper)
    [closed] = told(case, "task.completed")
    assert (closed.actor_id, closed.body["decision"]) == (clerk, "approve")
    found = queries.task(Actor.system(), task.id)
    assert (found.state, found.decision, found.seats) == ("done", "approve", ())
    assert db.session.get_one(Attachment, scan).instance_id == case.id
    db.session.rollback()
    assert posted("paper.recorded") == [task.groups[0]]
    assert [row.id for row in queries_boxes.page(driver.actor("bureau.hr"), queries_boxes.BoxQuery("done")).items] == [
        task.id
    ]
    db.session.rollback()
    assert verify(driver.now).ok


def test_a_person_who_decided_on_paper_has_it_among_what_is_done_and_no_signed_seat(quick_driver: Driver) -> None:
    case = begun(quick_driver)
    task, officer = case.task("check"), quick_driver.county.persons["staffing.office"]
    scans.recorded(case, "check", decided_by=None, person_id=officer)
    assert (row_of(task.id).decided_by, row_of(task.id).person_id) == ("staffing.office", officer)
    assert case.variables["check"]["by"] == officer
    assert posted("paper.recorded") == [f"person:{officer}"]
    mine = queries_boxes.page(quick_driver.actor("staffing.office"), queries_boxes.BoxQuery("done")).items
    assert [row.id for row in mine] == [task.id]
    assert queries_boxes.page(quick_driver.actor("staffing.office"), queries_boxes.BoxQuery("claimable")).items == []
    db.session.rollback()


RECORDERS = {
    "staffing_officer": {"staffing.office", "bureau.hr", "bureau.chief"},
    "hr_bureau_officer": {"hr.bureau", "bureau.hr", "bureau.chief"},
    "principal@{school}": {"s01.hr", "bureau.hr", "bureau.chief"},
    "bureau_leader": {"bureau.hr", "bureau.chief"},
}
CLERKS = ("staffing.office", "hr.bureau", "bureau.hr", "bureau.chief", "bureau.leader", "auditor", "admin", "s01.hr",
          "s01.vice", "s02.hr", "tdc")  # fmt: skip


@pytest.mark.parametrize("group", RECORDERS)
def test_only_the_clerks_of_an_office_and_bureau_hr_record_for_it(quick_driver: Driver, group: str) -> None:
    able = set()
    case = begun(quick_driver, group=group)
    task = case.task("check")
    for who in CLERKS:
        sent = RecordPaper(task.id, task.version, document="", attachment_id="none")
        with pytest.raises((Invalid, Forbidden, NotFound)) as refused:
            record_paper(quick_driver.actor(who), sent, now=quick_driver.now)
        if refused.value.code == "paper.invalid":
            able.add(who)
        else:
            assert refused.value.code in ("access.not_recorder", "task.absent")
    assert able == RECORDERS[group]


def test_neither_the_applicant_nor_who_decided_nor_an_outsider_stands_in_the_paper(quick_driver: Driver) -> None:
    case = begun(quick_driver, by="s01.hr", group="principal@{school}")
    with pytest.raises(Forbidden, match=r"paper\.own_case"):
        scans.recorded(case, "check", by="s01.hr")
    other = begun(quick_driver)
    persons = quick_driver.county.persons
    with pytest.raises(Forbidden, match=r"paper\.own_decision"):
        scans.recorded(other, "check", by="staffing.office", person_id=persons["staffing.office"])
    with pytest.raises(Invalid, match=r"paper\.person"):
        scans.recorded(other, "check", person_id=persons["s02.principal"])
    assert other.open() == ["check"]


REFUSED: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"decided_by": "  "}, ("decided_by", "paper.whose")),
    ({"document": " "}, ("document", "paper.document")),
    ({"decided_on": date(2026, 9, 11)}, ("decided_on", "outside.future")),
    ({"decided_on": date(2026, 9, 9)}, ("decided_on", "outside.before_opening")),
    ({"tally": Tally(1, 0, 0, 1)}, ("tally", "paper.tally_unwanted")),
    ({"decision": "maybe"}, ("decision", "decision.unknown")),
    ({"decision": "reject"}, ("opinion", "opinion.missing")),
    ({"attachment_id": "none"}, ("attachments.0", "attachment.unknown")),
]


def test_what_a_paper_cannot_say_is_refused_by_field_and_changes_nothing(quick_driver: Driver) -> None:
    case = begun(quick_driver)
    for given, fault in REFUSED:
        with pytest.raises(Invalid) as refused:
            scans.recorded(case, "check", **given)
        assert faults(refused) == [fault], given
    assert (case.open(), posted("paper.recorded")) == (["check"], [])


def test_a_step_that_allows_no_paper_and_one_that_is_over_refuse_it(quick_driver: Driver) -> None:
    closed = begun(quick_driver, group="bureau_leader", paper="")
    with pytest.raises(Conflict, match=r"paper\.not_allowed"):
        scans.recorded(closed, "check")
    case = begun(quick_driver)
    task = case.task("check")
    with pytest.raises(Conflict, match=r"task\.stale"):
        scans.recorded(case, "check", version=task.version + 1)
    case.complete("check", "staffing.office", "approve")
    sent = RecordPaper(
        task.id, task.version, None, "编办", None, "1号", date(2026, 9, 10), scans.scan(quick_driver), "approve"
    )
    with pytest.raises(Conflict, match=r"task\.closed"):
        record_paper(quick_driver.actor("bureau.hr"), sent, now=quick_driver.now)
    assert case.variables["check"]["by"] == quick_driver.county.persons["staffing.office"]


def test_who_decided_disputes_it_once_and_recorder_and_bureau_hear_of_it(driver: Driver) -> None:
    case = begun(driver)
    task = case.task("check")
    scans.recorded(case, "check")
    officer, clerk = driver.actor("staffing.office"), driver.county.persons["bureau.hr"]
    sent = DisputePaper(task.id, "文件只同意 2 人")
    with pytest.raises(Invalid, match=r"reason\.missing"):
        dispute_paper(officer, DisputePaper(task.id, " "), now=driver.now)
    dispute_paper(officer, sent, now=driver.now)
    with pytest.raises(Conflict, match=r"paper\.disputed"):
        dispute_paper(officer, sent, now=driver.now)
    [event] = told(case, "paper.disputed")
    assert (event.actor_id, event.body["reason"]) == (officer.person_id, "文件只同意 2 人")
    assert posted("paper.disputed") == [f"person:{clerk}", "role:bureau_hr_chief"]
    assert (case.open(), row_of(task.id).disputed_by) == (["after"], officer.person_id)


def test_nobody_else_disputes_and_nothing_is_disputed_that_was_not_recorded(quick_driver: Driver) -> None:
    case, driver = begun(quick_driver), quick_driver
    task = case.task("check")
    with pytest.raises(Conflict, match=r"paper\.none"):
        dispute_paper(driver.actor("staffing.office"), DisputePaper(task.id, "不符"), now=driver.now)
    scans.recorded(case, "check", by="staffing.office")
    for who, code in (("s01.principal", "access.not_own"), ("staffing.office", "paper.own_recording")):
        with pytest.raises(Forbidden) as refused:
            dispute_paper(driver.actor(who), DisputePaper(task.id, "不符"), now=driver.now)
        assert refused.value.code == code
    with pytest.raises(NotFound, match=r"task\.absent"):
        dispute_paper(driver.actor("s02.principal"), DisputePaper(task.id, "不符"), now=driver.now)


def test_who_has_stepped_aside_records_nothing(quick_driver: Driver) -> None:
    case = begun(quick_driver, group="bureau_hr_officer")
    task, clerk = case.task("check"), quick_driver.actor("bureau.hr")
    recuse_task(clerk, Recuse(task.id, task.version, "表弟"), now=quick_driver.now)
    with pytest.raises(Forbidden, match=r"task\.recused"):
        scans.recorded(case, "check")
    assert not queries_papers.may_record(clerk, case.task("check"))
    db.session.rollback()
