"""A county with a reserved pool, and the round and its applications as people take them through the commands."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, update

from service.access.actor import Actor
from service.clock import SetClock
from service.db import db, transaction
from service.flows.reserved.rounds import APPLICATION, ROUND
from service.instances.commands import CaseCommand, cancel_instance
from service.jobs import SENDERS
from service.notices import delivery
from service.people.models import Organisation
from service.people.persons import APPOINTMENT
from service.posts import opening
from service.posts.ledger import Cause
from service.posts.lending import LOAN
from service.posts.opening import NewAccount
from service.posts.posting import ACCOUNT
from service.posts.queries import accounts
from service.records import writing as records
from service.records.rules import Entry
from tests.conftest import START
from tests.driver import Case, Driver
from tests.flows.hiring import county as files
from tests.service.people import county as counties
from workflows import catalogue

TITLED = date(2015, 6, 1)
POOLS = {"senior": (10, 6), "middle": (8, 0)}
"""Band → posts of the pool, and how many of them s01 had borrowed before the opening day."""


def county(clock: SetClock) -> Driver:
    """Schools with their own posts, a pool (10 senior, 6 lent; 8 middle), both diagrams."""
    found = Driver(counties.build(), clock)
    places = found.county.organisations
    with transaction() as session:
        for school in ("s01", "s02", "point"):
            open_accounts(session, places[school])
        pools = [
            NewAccount(places["bureau"], "post", band, posts, pool=True, lent_to={places["s01"]: lent} if lent else {})
            for band, (posts, lent) in POOLS.items()
        ]
        opening.open_accounts(session, Cause(None, "", "", "system", START), pools)
        session.execute(update(Organisation).where(Organisation.id == places["s02"]).values(area="remote", weak=True))
        catalogue.deploy_library(session, files.folder("shared"), now=START)
        for folder in ("reserved-round", "reserved-posts"):
            catalogue.deploy(session, files.folder(folder), now=START)
    return found


def open_accounts(session: Any, school: str) -> None:
    own = {"senior": (20, 20), "middle": (40, 38), "junior": (40, 36)}
    accounts = [NewAccount(school, "post", band, *figures) for band, figures in own.items()]
    opening.open_accounts(
        session, Cause(None, "", "", "system", START), [NewAccount(school, "headcount", None, 100, 96), *accounts]
    )


def teacher(driver: Driver, number: int, school: str = "s02", *, title: str = "高级", **facts: Any) -> str:
    """A new teacher with a file that HR has looked through; the person's id.

    `facts`: exchange (school, months), excellent (years), backbone (tier), titled (day), band (of the own post).
    """
    name = f"teacher.{number}"
    with transaction() as session:
        counties._write(session, driver.county, number, name, "teacher", driver.county.organisations[school])
        person = driver.county.persons[name]
        band = facts.get("band", "middle")
        grade = {"junior": 12, "middle": 9, "senior": 7}[band]
        session.execute(update(APPOINTMENT).where(APPOINTMENT.c.person_id == person).values(band=band, grade=grade))
        entries = [Entry("title", facts.get("titled", TITLED), value=title, document="证书")]
        if "exchange" in facts:
            place, months = facts["exchange"]
            first = START.date() - timedelta(days=31 * months)
            where = driver.county.organisations[place]
            entries.append(Entry("exchange", first, value="moved", organisation_id=where))
        for year in range(2026 - facts.get("excellent", 0), 2026):
            entries.append(Entry("assessment", date(year, 12, 31), value="excellent", year=year))
        if "backbone" in facts:
            entries.append(Entry("backbone", date(2020, 1, 1), value=facts["backbone"]))
        records.add_many(session, {person: entries}, by="system", now=START)
        for topic in ("career", "discipline"):
            records.confirm(session, [person], topic, START.date(), by="system", now=START)
    return person


def round_of(driver: Driver, year: int = 2026, by: str = "bureau.hr") -> Case:
    return driver.start("reserved_round", by, "bureau", year=year)


def offer(case: Case, senior: int, middle: int = 0, decision: str = "confirm") -> None:
    """The chief says how many posts are offered."""
    pool = [{**row, "offered": {"senior": senior, "middle": middle}[row["band"]]} for row in case.variables["pool"]]
    kept = [{**row, "moved": 0} for row in case.variables["allotment"]]
    case.complete("pool_check", "bureau.chief", decision, pool=pool, allotment=kept)


def called(driver: Driver, senior: int = 2, middle: int = 0) -> Case:
    """A round that takes applications."""
    case = round_of(driver)
    offer(case, senior, middle)
    case.complete("call", "bureau.hr", "publish", call_text="请各校申请。", call_days=10)
    return case


def apply(driver: Driver, person: str, school: str = "s02", band: str = "senior", **more: Any) -> Case:
    return driver.start(
        "reserved_post", f"{school}.hr", school, person_id=person, band=band, need="补足边远学校高级岗位", **more
    )


def accepted(driver: Driver, person: str, school: str = "s02", band: str = "senior") -> Case:
    case = apply(driver, person, school, band)
    case.complete("check", "bureau.hr", "approve")
    return case


def closed(case: Case) -> None:
    assert case.fire("call_period")


def ranked(case: Case) -> None:
    """From the end of the window to the joint decision or the tie."""
    closed(case)
    case.complete("collect", "bureau.hr", "rank")


def agreed(driver: Driver, case: Case) -> None:
    """Both bureaus agree and everybody is told."""
    case.complete("bureau_decision", "bureau.leader", "approve")
    case.complete("hr_decision", "hr.bureau", "approve")
    told(driver)


def told(driver: Driver) -> None:
    """Let messages between cases arrive."""
    assert delivery.deliver(driver.now, SENDERS).failed == 0


def granted(driver: Driver, number: int = 700, **facts: Any) -> tuple[Case, str]:
    """One teacher who has been allocated a post; the application in its publicity."""
    person = teacher(driver, number, **{"exchange": ("s02", 24), **facts})
    case = called(driver, 2)
    application = accepted(driver, person)
    ranked(case)
    agreed(driver, case)
    return application, person


def cancel(driver: Driver, case: Case) -> None:
    """HR ends the case as an error."""
    cancel_instance(driver.actor("bureau.hr"), CaseCommand(case.id, reason="办错"), now=driver.now)


def pool(driver: Driver, band: str = "senior") -> tuple[int, int, int]:
    """(lent, reserved, free) of the pool."""
    row = db.session.execute(select(ACCOUNT).where(ACCOUNT.c.pool, ACCOUNT.c.band == band)).one()
    db.session.rollback()
    return row.lent, row.reserved, row.approved - row.lent - row.reserved


def row_of(case: Case) -> Any:
    found = db.session.execute(select(APPLICATION).where(APPLICATION.c.instance_id == case.id)).one()
    db.session.rollback()
    return found


def round_row(case: Case) -> Any:
    found = db.session.execute(select(ROUND).where(ROUND.c.instance_id == case.id)).one()
    db.session.rollback()
    return found


def loan_of(person: str) -> Any:
    found = db.session.execute(select(LOAN).where(LOAN.c.person_id == person)).one()
    db.session.rollback()
    return found


def appointment(person: str) -> Any:
    mine = (APPOINTMENT.c.person_id == person, APPOINTMENT.c.valid_until.is_(None))
    found = db.session.execute(select(APPOINTMENT).where(*mine)).one()
    db.session.rollback()
    return found


def school(driver: Driver, name: str) -> str:
    return driver.county.organisations[name]


def occupied(driver: Driver, band: str, at: str = "s02") -> int:
    found = accounts(SYSTEM, organisation_id=school(driver, at))
    db.session.rollback()
    return int(next(a.figures.occupied for a in found if a.band == band))


SYSTEM = Actor.system()
