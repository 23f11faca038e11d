"""A hiring told from paper to the steps of its single candidates: each stands where the own papers say."""

import os
from datetime import date

import pytest

from service.attachments.queries import of_instance
from service.db import db, transaction
from service.errors import Conflict, Invalid
from service.evidence import sheet
from service.flows.hiring import roster
from service.people.staff import NewPerson, Terms, take_on
from tests.flows.hiring import acting
from tests.flows.hiring.county import id_number
from tests.flows.hiring.telling import HIRE, Paper
from tests.service.tasks.scans import scan

PROVE = bool(os.environ.get("LECTERN_PROVE"))
STEPS = ("medical", "hire_materials", "hire_filing", "contract", "onboarding")
SIX_WEEKS = 42
PLACES = {
    "medical": (), "publicity": STEPS[:1], "inquiry": (*STEPS[:1], "publicity"), "hire_materials": STEPS[:1],
    "hire_filing": STEPS[:2], "hire_approval": STEPS[:2], "contract": STEPS[:3], "onboarding": STEPS[:4],
}  # fmt: skip
"""Where one candidate may stand, and the steps before."""


@pytest.fixture
def driver(app, clock):
    return acting.county(clock)


def paper(driver, element_id, count=1, school="s01"):
    told = Paper(driver, element_id, school=school, count=count, before=SIX_WEEKS, meeting_on="2026-06-18")
    return told.chosen(count)


def finish(case, school):
    """The only candidate from wherever it stands to the end."""
    by = {"inquiry": "bureau.hr", "hire_filing": "bureau.hr", "hire_approval": "bureau.leader",
          "contract": f"{school}.principal"}  # fmt: skip
    more = {"onboarding": {"onboarded_on": "2026-09-10"}}
    while case.state == "running":
        (name,) = case.open()
        if name == "publicity":
            assert case.fire("publicity_over")
        elif name == "inquiry":
            case.complete(name, by[name], "cleared", inquiry_finding="查无此事")
        else:
            _, decision, values = HIRE[name]
            case.complete(name, by.get(name, f"{school}.hr"), decision, **{**values, **more.get(name, {})})


@pytest.mark.parametrize("element_id", PLACES if PROVE else ("inquiry", "onboarding"))
def test_single_candidate_stands_at_any_step_and_is_hired_here(driver, element_id):
    school = "s02" if element_id == "hire_approval" else "s01"
    case = paper(driver, element_id, school=school).hired(*PLACES[element_id]).begun()
    assert case.open() == [element_id]
    assert acting.figures(driver, school) == (96, 1, 3)
    finish(case, school)
    assert (case.state, acting.figures(driver, school)) == ("completed", (97, 0, 3))


def test_three_candidates_stand_at_three_steps_and_one_who_failed_is_replaced(driver):
    told = paper(driver, "medical", 3).hired("medical", "hire_materials", "hire_filing", "contract", "onboarding", of=1)
    told.hired("medical", "hire_materials", of=2)
    told.step("medical", "medical", "fail", about=id_number(3), opinion="体检不合格", medical_on="2026-07-30")
    case = told.begun()
    assert sorted(case.open()) == ["hire_filing", "medical"]
    assert acting.figures(driver) == (97, 2, 1)
    found = {entry.rank: entry.state for entry in roster.entries(db.session(), case.id)}
    db.session.rollback()
    assert [found[rank] for rank in range(1, 5)] == ["hired", "publicity", "failed", "medical"]


def test_step_of_several_says_whose_it_was(driver):
    told = paper(driver, "publicity", 2)
    with pytest.raises(Invalid, match=r"told\.which") as refused:
        told.step("medical", "medical", "pass", medical_on="2026-07-30").rehearsed()
    assert refused.value.faults[0].path == "steps.10.about"
    with pytest.raises(Conflict, match=r"told\.off_path"):
        paper(driver, "publicity", 2).hired("medical", of=8).rehearsed()


def test_who_stands_in_the_staff_list_already_has_not_still_to_arrive(driver):
    """Who arrived before the opening day is in the opening balance: the case is told for the posts that are left."""
    with transaction() as session:
        place = driver.county.organisations["s01"]
        new, terms = (
            NewPerson("考生1", id_number(1)),
            Terms(place, date(2026, 9, 1), band="junior", document="教人〔2026〕1号"),
        )
        take_on(session, new, terms, by="system", now=driver.now)
    told = paper(driver, "medical", 2).hired(*STEPS)
    with pytest.raises(Conflict, match=r"appointment\.open"):
        told.rehearsed()
    assert acting.figures(driver) == (96, 0, 4)


def test_paper_about_somebodys_health_is_read_by_the_clerk_and_bureau_hr_alone(driver):
    told = paper(driver, "publicity")
    others, told.scan = told.scan, scan(driver)
    case = told.hired("medical").begun()
    shown = {who: {file.id for file in of_instance(driver.actor(who), case.id)} for who in ("s01.hr", "s01.principal")}
    assert told.scan in shown["s01.hr"] and others in shown["s01.principal"]
    assert told.scan not in shown["s01.principal"]
    sheets = sheet.sheet(driver.actor("s01.principal"), case.id)
    db.session.rollback()
    assert "2026-07-30" not in str(sheets)
