"""Drives a hiring from wherever it stands to its end, as people do."""

from io import BytesIO

from service.attachments.commands import StoreAttachment, store_attachment
from service.db import db
from service.flows.hiring import roster
from tests.conftest import START
from tests.flows.hiring import acting

PEOPLE = 3


def entered(case):
    found = roster.entries(db.session(), case.id, states=("registered", "qualified"))
    db.session.rollback()
    return [entry.id for entry in found]


def _reviewed(case, element_id):
    by = {"staffing_check": "staffing.office", "post_check": "hr.bureau", "plan_approval": "hr.bureau"}
    if element_id == "bureau_review":
        case.complete(element_id, "bureau.hr", "approve")
    case.complete(element_id, by.get(element_id, "bureau.chief"), "approve")


def _marked(case, by, element_id, name, mark, **values):
    for number, candidate_id in enumerate(entered(case)):
        acting.edit(case.driver, by, candidate_id, **{name: mark - number})
    case.complete(element_id, by, "confirm", **values)


def _qualified(case, by, element_id):
    if not entered(case):
        acting.register(case.driver, case, by, PEOPLE)
    case.complete(element_id, by, "confirm")


def _corrected(case):
    stored = StoreAttachment(BytesIO(acting.minutes_pdf()), "纪要.pdf")
    minutes = store_attachment(case.driver.actor("s01.hr"), stored, now=START)
    values = {name: case.variables[name] for name in ("posts", "degree", "certificate", "directed", "need")}
    rest = {"directed_reason": "乡村学校缺编", "meeting_on": "2026-09-08", "minutes": [minutes]}
    case.complete("correction", "s01.hr", "resubmit", **{**values, **rest})


def _step(case, school, element_id):
    clerk, organiser = f"{school}.hr", "bureau.hr" if element_id.endswith("_bureau") else f"{school}.hr"
    if element_id in ("bureau_review", "staffing_check", "post_check", "plan_approval"):
        _reviewed(case, element_id)
    elif element_id == "correction":
        _corrected(case)
    elif element_id in ("filing", "approval"):
        by, decision = ("bureau.hr", "accept") if element_id == "filing" else ("bureau.leader", "approve")
        case.complete(element_id, by, decision)
    elif element_id.startswith("announce_"):
        case.complete(element_id, organiser, "publish", announced_at="教育局网站")
    elif element_id.startswith("qualify_"):
        _qualified(case, organiser, element_id)
    elif element_id == "ratio_decision":
        case.complete(element_id, "bureau.hr", "keep")
    elif element_id.startswith("exam_"):
        _marked(case, organiser, element_id, "written", 90, exam_on="2026-10-20", written_pass_line=60)
    elif element_id == "interview":
        _marked(case, clerk, element_id, "interview", 85, interview_on="2026-10-27")
    elif element_id == "inspection":
        case.complete(element_id, clerk, "confirm", inspection_note="无异常")
    else:
        filing, approver = ("hire_filing", "bureau.hr") if school == "s01" else ("hire_approval", "bureau.leader")
        acting.hire(case, school, filing, approver)


def finish(case, school="s01"):
    """To the end, whatever is open; the case."""
    while case.state == "running":
        opened = case.open()
        if opened:
            _step(case, school, opened[0])
        else:
            assert case.fire("announcement_period")
    return case
