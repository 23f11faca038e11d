"""A hiring that began on paper is told from its start to where it stands (policy §8): holds, days, history."""

import os
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from sqlalchemy import func, select

from service.access.days import day_of
from service.audit import checkpoint, timeline
from service.db import db
from service.errors import Conflict, Forbidden, Invalid
from service.evidence import bundle, offline, sheet
from service.evidence.commands import ExportEvidence, export_evidence
from service.instances import due, telling
from service.instances.commands_told import DecideTold, confirm_told, propose_told, refuse_told
from service.instances.models import PaperCase, ProcessCase
from service.notices.models import OutboxMessage
from service.rotation import rotate
from service.tasks.discretion import RECORDED
from tests.conftest import KEY
from tests.flows.hiring import acting
from tests.flows.hiring.finishing import finish
from tests.flows.hiring.telling import REVIEWS, Paper, applicants
from tests.flows.hiring.test_telling_hires import PLACES as HIRES
from tests.flows.hiring.ways import FEW, WAYS, returned, told_at
from tests.service.rotation.test_rotation import NEW, use
from workflows import catalogue

PROVE = bool(os.environ.get("LECTERN_PROVE"))


@pytest.fixture
def driver(app, clock):
    return acting.county(clock)


def count(table):
    found = db.session.scalar(select(func.count()).select_from(table))
    db.session.rollback()
    return found


def to_the_end(driver, element_id):
    school = WAYS[element_id][0]
    case = told_at(driver, element_id).begun()
    assert element_id in case.open()
    assert acting.figures(driver, school) == (96, 1, 3)
    assert acting.figures(driver, school, "junior") == (36, 1, 3)
    assert finish(case, school).state == "completed"
    assert acting.figures(driver, school) == (97, 0, 3)
    assert acting.figures(driver, school, "junior") == (37, 0, 3)


@pytest.mark.parametrize("element_id", WAYS if PROVE else FEW)
def test_case_told_to_any_of_its_steps_goes_on_to_its_end(driver, element_id):
    to_the_end(driver, element_id)


def test_case_told_to_the_choice_goes_on_to_its_end_on_postgresql(postgres_app, clock):
    to_the_end(acting.county(clock), "choice")


def test_every_step_may_be_stood_at_and_is_tried_here(driver):
    places = telling.places(catalogue.latest(db.session(), "hiring"))
    db.session.rollback()
    assert {place.code for place in places} == {None}
    assert {place.element_id for place in places} == {
        *WAYS, *HIRES, "staffing_check", "announcement_period", "plan_approval"
    }  # fmt: skip
    with pytest.raises(Invalid, match=r"told\.element"):
        Paper(driver, "release_slot").proposed()
    assert count(PaperCase) == 0


def test_dry_run_says_what_would_be_held_and_writes_nothing(driver):
    rest = told_at(driver, "filing", 3).rehearsed()
    assert [(held.kind, held.band, held.count, held.free) for held in rest.holds] == [
        ("headcount", None, 3, 1), ("post", "junior", 3, 1)
    ]  # fmt: skip
    assert [(wait.element_id, day_of(wait.due_at)) for wait in rest.waits] == [("filing", date(2026, 8, 13))]
    assert count(ProcessCase) == 0
    assert acting.figures(driver) == (96, 0, 4)


def test_nobody_confirms_what_they_told_themselves(driver):
    paper_case = told_at(driver, "filing").proposed()
    with pytest.raises(Forbidden, match=r"paper_case\.own"):
        confirm_told(driver.actor("bureau.hr"), DecideTold(paper_case), now=driver.now)
    assert acting.figures(driver) == (96, 0, 4)


def test_full_account_refuses_the_second_person_and_what_was_told_waits(driver):
    first, second = (told_at(driver, "filing", 3) for _ in range(2))
    waiting = second.proposed()
    first.begun()
    chief = driver.actor("bureau.chief")
    with pytest.raises(Conflict, match=r"ledger\.full") as refused:
        confirm_told(chief, DecideTold(waiting), now=driver.now)
    assert (refused.value.params["asked"], refused.value.params["free"]) == (3, 1)
    assert acting.figures(driver) == (96, 3, 1)
    refuse_told(chief, DecideTold(waiting, "编制不足"), now=driver.now)
    with pytest.raises(Conflict, match=r"paper_case\.decided"):
        confirm_told(chief, DecideTold(waiting), now=driver.now)


def test_history_says_who_decided_on_paper_who_wrote_it_down_and_when_it_was(driver):
    case = told_at(driver, "announce_school").begun()
    events = timeline.events(db.session(), f"instance:{case.id}", limit=100)
    db.session.rollback()
    assert {day_of(event.at) for event in events} == {date(2026, 9, 10)}
    papers = [event for event in events if event.kind == RECORDED]
    assert [event.element_id for event in papers] == [*REVIEWS, "filing"]
    clerk = driver.county.persons["bureau.hr"]
    assert {event.actor_id for event in papers} == {clerk}
    assert papers[-1].body["paper"]["decided_on"] == "2026-08-11"
    begun = events[0]
    assert (begun.actor_id, begun.body["asked_on"]) == (driver.county.persons["bureau.chief"], "2026-08-03")
    assert events[-1].kind == "instance.told"
    task = case.task("announce_school")
    assert day_of(task.opened_at) == date(2026, 8, 11)


def test_only_who_has_something_to_do_now_is_told(driver):
    case = told_at(driver, "announce_school").begun()
    told = db.session.scalars(select(OutboxMessage.holder).where(OutboxMessage.kind == "task.opened")).all()
    db.session.rollback()
    assert told == [f"school_hr@{driver.county.organisations['s01']}"]
    assert case.open() == ["announce_school"]


def test_what_an_authority_owes_is_overdue_by_its_real_day(driver):
    case = told_at(driver, "filing").begun()
    due.fire_due(driver.now, now=driver.now)
    assert case.open() == ["filing"]
    assert day_of(case.task("filing").due_at) == date(2026, 8, 13)


def test_what_the_school_owes_does_not_lapse_on_the_day_it_is_told(driver):
    paper = told_at(driver, "correction")
    (wait,) = paper.rehearsed().waits
    assert (day_of(wait.was_due), day_of(wait.due_at)) == (date(2026, 8, 13), date(2026, 9, 17))
    case = paper.begun()
    due.fire_due(driver.now, now=driver.now)
    assert case.open() == ["correction"]
    driver.clock.set(wait.due_at)
    due.fire_due(driver.now, now=driver.now)
    assert case.state == "expired"
    assert acting.figures(driver) == (96, 0, 4)


def test_period_that_ran_on_paper_goes_on_from_its_real_day(driver):
    paper = Paper(driver, "announcement_period").reviewed().step("filing", "granted", "accept")
    paper.step("announce_school", "exam", "publish", announced_at="教育局网站")
    (wait,) = paper.rehearsed().waits
    assert (wait.element_id, day_of(wait.due_at), wait.was_due) == ("announcement_period", date(2026, 9, 11), None)


def test_step_that_came_before_its_period_was_over_is_refused_with_the_day(driver):
    paper = Paper(driver, "exam_school").announced().step("qualify_school", "early", "confirm", rows=applicants(3))
    with pytest.raises(Invalid, match=r"told\.too_early") as refused:
        paper.rehearsed()
    (fault,) = refused.value.faults
    assert (fault.path, fault.params["day"]) == ("steps.5.decided_on", "2026-08-24")


def test_way_that_the_flow_does_not_go_is_refused_with_where_it_went(driver):
    paper = returned(Paper(driver, "filing"))
    with pytest.raises(Conflict, match=r"told\.off_path") as refused:
        paper.rehearsed()
    assert refused.value.params["stands"] == "学校补正材料"
    with pytest.raises(Conflict, match=r"told\.ended"):
        Paper(driver, "filing").step("bureau_review", "review", "reject", opinion="不符").rehearsed()


def test_fault_of_a_step_is_named_by_its_number_and_field(driver):
    paper = Paper(driver, "filing").step("bureau_review", "review", by="")
    with pytest.raises(Invalid, match=r"paper\.invalid") as refused:
        paper.rehearsed()
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [("steps.0.decided_by", "paper.whose")]
    stranger = told_at(driver, "interview")
    last = replace(stranger.told.steps[-1], rows=applicants(4, written=90))
    stranger.told = replace(stranger.told, steps=(*stranger.told.steps[:-1], last))
    with pytest.raises(Invalid, match=r"candidate\.invalid") as refused:
        stranger.rehearsed()
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [
        ("steps.6.rows.3.id_number", "told.stranger")
    ]


def test_who_may_not_ask_for_such_a_case_is_not_named_as_who_did(driver):
    paper = Paper(driver, "filing")
    paper.told = replace(paper.told, initiator_id=driver.county.persons["s02.hr"])
    with pytest.raises(Invalid, match=r"told\.initiator"):
        paper.rehearsed()


def test_only_bureau_hr_tells_a_case(driver):
    with pytest.raises(Forbidden):
        propose_told(driver.actor("s01.hr"), Paper(driver, "filing").told, now=driver.now)


def test_what_waits_for_a_second_person_is_sealed_anew_with_the_keys(driver, app):
    waiting = told_at(driver, "filing").proposed()
    use(app, NEW, KEY)
    assert {done.what: done.written for done in rotate(driver.now)}["paper cases"] == 1
    use(app, NEW)
    rest = confirm_told(driver.actor("bureau.chief"), DecideTold(waiting), now=driver.now)
    assert rest.waits[0].element_id == "filing"


def test_sheet_and_evidence_tell_the_papers_and_verify(driver, tmp_path):
    case = finish(told_at(driver, "choice").begun())
    checkpoint.seal(driver.now)
    actor, target = driver.actor("bureau.chief"), BytesIO()
    upto = export_evidence(actor, ExportEvidence(case.id, "行政复议"), now=driver.now)
    bundle.write(actor, case.id, bundle.Parts(upto, {}), target, now=driver.now)
    db.session.rollback()
    path = tmp_path / "bundle.zip"
    path.write_bytes(target.getvalue())
    assert offline.verify(str(path)).problems == []
    told = sheet.sheet(actor, case.id)
    db.session.rollback()
    assert "教人〔2026〕31号" in str(told)
