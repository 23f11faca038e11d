"""The same flow as people run it: forms, seats, holders, deadlines, permissions — one whole case on each route."""

from io import BytesIO

import pytest
from sqlalchemy import select

from service.attachments.commands import StoreAttachment, store_attachment
from service.db import db, transaction
from service.demo.cases import minutes_pdf
from service.errors import Forbidden, NotFound
from service.flows.hiring import commands, queries
from service.people.models import Authorisation, Person, Relation
from service.posts import opening
from service.posts.ledger import Cause
from service.posts.opening import NewAccount
from tests.conftest import START
from tests.driver import Driver
from tests.flows.hiring import county as files
from tests.service.people import county as counties
from workflows import catalogue

FIGURES = {"headcount": (100, 96), "senior": (20, 20), "middle": (40, 38), "junior": (40, 36)}


@pytest.fixture
def driver(app, clock):
    found = Driver(counties.build(), clock)
    with transaction() as session:
        for school in ("s01", "s02"):
            open_accounts(session, found.county.organisations[school])
        session.add(
            Authorisation(
                id="authorisation-1",
                organisation_id=found.county.organisations["s01"],
                kind="own_hiring",
                valid_from=counties.SINCE,
                valid_until=None,
                document="教〔2020〕1号",
            )
        )
        catalogue.deploy_library(session, files.folder("shared"), now=START)
        catalogue.deploy(session, files.folder("hiring"), now=START)
    return found


def open_accounts(session, school):
    accounts = [
        NewAccount(school, "headcount" if band == "headcount" else "post", None if band == "headcount" else band, *used)
        for band, used in FIGURES.items()
    ]
    opening.open_accounts(session, Cause(None, "", "", "system", START), accounts)


def figures(driver, school="s01", band=None):
    return files.figures(driver.county.organisations[school], band)


def start(driver, school="s01", count=3):
    clerk = f"{school}.hr"
    minutes = store_attachment(driver.actor(clerk), StoreAttachment(BytesIO(minutes_pdf()), "纪要.pdf"), now=START)
    demand = {
        "posts": [{"subject": "语文", "stage": "primary", "band": "junior", "count": count}], "degree": "bachelor",
        "certificate": "小学语文教师资格证", "directed": True, "directed_reason": "乡村学校缺编", "need": "退休 2 人",
        "meeting_on": "2026-09-08", "minutes": [minutes],
    }  # fmt: skip
    return driver.start("hiring", clerk, school, **demand)


def reviewed(case):
    case.complete("bureau_review", "bureau.hr", "approve")
    case.complete("bureau_review", "bureau.chief", "approve")
    case.complete("staffing_check", "staffing.office", "approve")
    case.complete("post_check", "hr.bureau", "approve")
    return case


def register(driver, case, by, count):
    made = []
    for number in range(1, count + 1):
        fields = {"line": 1, "name": f"考生{number}", "id_number": files.id_number(number), "degree": "bachelor"}
        made.append(
            commands.register_candidate(driver.actor(by), commands.RegisterCandidate(case.id, fields), now=START)
        )
    for candidate_id in made:
        edit(driver, by, candidate_id, state="qualified")
    return made


def edit(driver, by, candidate_id, **fields):
    version = queries.candidate(driver.actor(by), candidate_id).version
    commands.edit_candidate(driver.actor(by), commands.EditCandidate(candidate_id, version, fields), now=START)


def to_choice(driver, case, organiser, clerk):
    """From the announcement to the choice; `organiser` runs registration and exam, the school the rest."""
    side = "school" if organiser == clerk else "bureau"
    case.complete(f"announce_{side}", organiser, "publish", announced_at="教育局网站")
    assert case.fire("announcement_period")
    people = register(driver, case, organiser, 3)
    case.complete(f"qualify_{side}", organiser, "confirm")
    for number, candidate_id in enumerate(people):
        edit(driver, organiser, candidate_id, written=90 - number)
    case.complete(f"exam_{side}", organiser, "confirm", exam_on="2026-10-20", written_pass_line=60)
    for candidate_id in people:
        edit(driver, clerk, candidate_id, interview=85)
    case.complete("interview", clerk, "confirm", interview_on="2026-10-27")
    case.complete("inspection", clerk, "confirm", inspection_note="无异常")
    return people


def hire(case, school, filing, approver):
    clerk, principal = f"{school}.hr", f"{school}.principal"
    case.complete("choice", principal, "choose", choice_meeting_on="2026-11-02")
    case.complete("medical", clerk, "pass", medical_on="2026-11-05")
    assert case.fire("publicity_over")
    case.complete("hire_materials", clerk, "submit")
    case.complete(filing, approver, "accept" if filing == "hire_filing" else "approve")
    case.complete("contract", principal, "signed", contract_years=3, contract_from="2027-01-01", probation_months=12)
    case.complete("onboarding", clerk, "arrived", onboarded_on="2027-01-18")


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
