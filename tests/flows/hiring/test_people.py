"""The same flow as people run it: forms, seats, holders, deadlines, permissions — one whole case on each route."""

import pytest
from sqlalchemy import select

from service.db import db, transaction
from service.errors import Forbidden, NotFound
from service.flows.hiring import queries
from service.people.models import Person, Relation
from tests.conftest import START
from tests.flows.hiring.acting import county, figures, hire, register, reviewed, start, to_choice


@pytest.fixture
def driver(app, clock):
    return county(clock)


def test_authorised_school_from_demand_to_desk(driver):
    case = reviewed(start(driver, count=1))
    case.complete("filing", "bureau.hr", "accept")
    people = to_choice(driver, case, "s01.hr", "s01.hr")
    hire(case, "s01", "hire_filing", "bureau.hr")
    assert case.state == "completed"
    assert figures(driver) == (97, 0, 3)
    assert figures(driver, band="junior") == (37, 0, 3)
    hired = queries.candidate(driver.actor("s01.hr"), people[0])
    assert hired.state == "hired"
    assert db.session.get(Person, hired.person_id).name == "考生1"


def test_school_without_authorisation_from_demand_to_desk(driver):
    case = reviewed(start(driver, "s02", 1))
    case.complete("approval", "bureau.leader", "approve")
    to_choice(driver, case, "bureau.hr", "s02.hr")
    hire(case, "s02", "hire_approval", "bureau.leader")
    assert case.state == "completed"
    assert figures(driver, "s02") == (97, 0, 3)


def test_chief_cuts_with_his_signature_and_the_difference_is_released(driver):
    case = start(driver)
    case.complete("bureau_review", "bureau.hr", "approve")
    case.complete(
        "bureau_review",
        "bureau.chief",
        "approve",
        bureau_posts=[{"line": 1, "granted": 2}],
        bureau_cut_reason="课时不足",
    )
    case.complete("staffing_check", "staffing.office", "approve")
    assert figures(driver) == (96, 3, 1)
    case.complete("post_check", "hr.bureau", "approve")
    assert figures(driver) == (96, 2, 2)


def test_missed_correction_expires_by_its_deadline(driver):
    case = start(driver)
    case.complete("bureau_review", "bureau.hr", "return")
    case.complete("staffing_check", "staffing.office", "approve")
    case.complete("post_check", "hr.bureau", "approve")
    assert case.open() == ["correction"]
    assert case.fire("correction", "due")
    assert case.state == "expired"
    assert figures(driver) == (96, 0, 4)


def test_silence_of_an_authority_neither_ends_the_case_nor_releases_anything(driver):
    case = start(driver)
    assert case.fire("staffing_check", "due")
    assert (case.state, figures(driver)) == ("running", (96, 3, 1))
    assert "staffing_check" in case.open()


def test_correction_is_the_initiators_and_the_demand_may_shrink(driver):
    case = start(driver)
    for task, who in (
        ("bureau_review", "bureau.hr"),
        ("staffing_check", "staffing.office"),
        ("post_check", "hr.bureau"),
    ):
        case.complete(task, who, "return")
    with pytest.raises((Forbidden, NotFound)):
        case.complete("correction", "s01.principal", "resubmit")
    demand = {name: case.variables[name] for name in ("degree", "certificate", "need", "meeting_on", "minutes")}
    posts = [{**case.variables["posts"][0], "count": 2}]
    case.complete("correction", "s01.hr", "resubmit", posts=posts, **demand)
    assert figures(driver) == (96, 2, 2)
    assert case.open() == ["bureau_review", "post_check", "staffing_check"]


def test_withdrawing_releases_everything(driver):
    case = start(driver)
    case.withdraw("s01.hr")
    assert case.state == "withdrawn"
    assert figures(driver) == (96, 0, 4)
    assert figures(driver, band="junior") == (36, 0, 4)


def test_related_handler_may_not_decide_about_the_candidates(driver):
    case = reviewed(start(driver, count=1))
    case.complete("filing", "bureau.hr", "accept")
    case.complete("announce_school", "s01.hr", "publish", announced_at="教育局网站")
    case.fire("announcement_period")
    register(driver, case, "s01.hr", 3)
    with transaction() as session:
        session.add(
            Relation(
                id="relation-1",
                person_id=driver.county.persons["s01.hr"],
                relative_id=None,
                relative_name="考生2",
                kind="spouse",
                note="",
                declared_at=START,
                declared_by="hr",
            )
        )
    with pytest.raises(Forbidden) as refused:
        case.complete("qualify_school", "s01.hr", "confirm")
    assert refused.value.code == "task.recused"
    assert db.session.execute(select(Relation.kind)).scalar_one() == "spouse"
    assert case.open() == ["qualify_school"]
