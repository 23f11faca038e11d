"""A hiring case as people take it through the commands: county, demand, review, candidates, hire."""

from io import BytesIO

from service.attachments.commands import StoreAttachment, store_attachment
from service.db import transaction
from service.demo.cases import minutes_pdf
from service.flows.hiring import commands, queries
from service.people.models import Authorisation
from service.posts import opening
from service.posts.ledger import Cause
from service.posts.opening import NewAccount
from tests.conftest import START
from tests.driver import Driver
from tests.flows.hiring import county as files
from tests.service.people import county as counties
from tests.service.tasks import held
from workflows import catalogue

FIGURES = {"headcount": (100, 96), "senior": (20, 20), "middle": (40, 38), "junior": (40, 36)}


def county(clock):
    """The driver of a county with a ledger and the hiring flow; s01 may hire by itself."""
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


def start(driver, school="s01", count=3, **values):
    clerk = f"{school}.hr"
    minutes = store_attachment(driver.actor(clerk), StoreAttachment(BytesIO(minutes_pdf()), "纪要.pdf"), now=START)
    demand = {
        "posts": [{"subject": "语文", "stage": "primary", "band": "junior", "count": count}], "degree": "bachelor",
        "certificate": "小学语文教师资格证", "directed": True, "directed_reason": "乡村学校缺编", "need": "退休 2 人",
        "meeting_on": "2026-09-08", "minutes": [minutes],
    }  # fmt: skip
    return driver.start("hiring", clerk, school, **{**demand, **values})


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
    """From the announcement to the choice; `organiser` runs registration and exam, the school the rest.

    Too few for the posts: they are kept.
    """
    side = "school" if organiser == clerk else "bureau"
    case.complete(f"announce_{side}", organiser, "publish", announced_at="教育局网站")
    assert case.fire("announcement_period")
    people = register(driver, case, organiser, 3)
    case.complete(f"qualify_{side}", organiser, "confirm")
    if "ratio_decision" in case.open():
        case.complete("ratio_decision", "bureau.hr", "keep")
    for number, candidate_id in enumerate(people):
        edit(driver, organiser, candidate_id, written=90 - number)
    case.complete(f"exam_{side}", organiser, "confirm", exam_on="2026-10-20", written_pass_line=60)
    for candidate_id in people:
        edit(driver, clerk, candidate_id, interview=85)
    case.complete("interview", clerk, "confirm", interview_on="2026-10-27")
    case.complete("inspection", clerk, "confirm", inspection_note="无异常")
    return people


def chosen(driver, school="s01", count=1):
    """Through the filing to the medicals of the first `count` of three candidates."""
    clerk = f"{school}.hr"
    case = reviewed(start(driver, school, count))
    case.complete("filing", "bureau.hr", "accept")
    to_choice(driver, case, clerk, clerk)
    meet(case, school)
    return case


def contracted(case, school, filing, approver):
    """From the medical to the signed contract."""
    clerk, principal = f"{school}.hr", f"{school}.principal"
    case.complete("medical", clerk, "pass", medical_on="2026-11-05")
    assert case.fire("publicity_over")
    case.complete("hire_materials", clerk, "submit")
    case.complete(filing, approver, "accept" if filing == "hire_filing" else "approve")
    case.complete("contract", principal, "signed", contract_years=3, contract_from="2027-01-01", probation_months=12)


def meet(case, school, decision="choose", **values):
    """The school's meeting decides whom to hire: its clerk enters the minutes, the principal confirms them."""
    return held.met(case, "choice", decision, f"{school}.hr", f"{school}.principal", **values)


def hire(case, school, filing, approver):
    meet(case, school)
    contracted(case, school, filing, approver)
    case.complete("onboarding", f"{school}.hr", "arrived", onboarded_on="2027-01-18")
