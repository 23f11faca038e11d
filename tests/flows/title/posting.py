"""What happens to posts and files while people wait: posts cut, freed and lent, records written, people who move."""

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select

from service.access.actor import Actor
from service.db import transaction
from service.flows.reserved import taking
from service.flows.title import commands_waiting
from service.people import staff
from service.people.regrading import open_appointment
from service.people.staff import Terms
from service.posts import ledger, lending, opening, sitting
from service.posts.ledger import Cause
from service.posts.lending import NewLoan
from service.posts.opening import NewAccount
from service.posts.posting import ACCOUNT
from service.records import writing
from service.records.rules import Entry
from tests.flows.title import acting, county
from tests.flows.title.acting import apply, at_committee, confirmed, to_committee


def full(driver, **parameters):
    """The middle posts of s02 are all in use."""
    with transaction() as session:
        cause = Cause(None, "", "cut", "system", driver.now, document="核减〔2026〕1号", decided_on=date(2026, 9, 1))
        own = (ACCOUNT.c.organisation_id == driver.county.organisations["s02"], ACCOUNT.c.band == "middle")
        ledger.change_approved(session, cause, session.scalar(select(ACCOUNT.c.id).where(*own)), 38)
    for key, value in parameters.items():
        county.parameter(driver, key, value)


def fills(driver, name, **entries):
    """HR writes something in somebody's file; the id of the record."""
    with transaction() as session:
        entry = Entry(**{"valid_from": driver.now.date(), "document": "文〔2026〕1号", **entries})
        return writing.add(session, driver.county.persons[name], entry, by="system", now=driver.now)


def retire(driver, school="s02", band="middle"):
    with transaction() as session:
        own = (ACCOUNT.c.organisation_id == driver.county.organisations[school], ACCOUNT.c.band == band)
        cause = Cause(None, "retired", str(driver.now), "system", driver.now)
        ledger.vacate(session, cause, [session.scalar(select(ACCOUNT.c.id).where(*own))], "somebody")


def served(driver):
    called = commands_waiting.serve_waiting(Actor.system(), now=driver.now)
    county.deliver(driver)
    return called


def move(driver, name, school):
    """Another school takes somebody over, with the junior post."""
    person_id, now = driver.county.persons[name], driver.now
    with transaction() as session:
        job = open_appointment(session, person_id)
        staff.end_appointment(session, person_id, job.id, now.date(), "调动", by="system", now=now)
        terms = Terms(driver.county.organisations[school], now.date(), band=job.band, grade=job.grade, title=job.title)
        staff.appoint(session, person_id, terms, by="system", now=now)


def full_senior(driver):
    """An application for 正高 of somebody in a post of 高级."""
    name = county.teacher(driver, "sun", title="高级", band="senior", grade=6)
    case = to_committee(apply(driver, name, target="正高"))
    case.complete("outside_result", "bureau.hr", "passed")
    return case


def waiting(driver, *names):
    """Applications that have passed in this order and wait for a post."""
    cases = [at_committee(driver, name) for name in names]
    session_id = acting.plan(driver)
    acting.drawn(driver, session_id)
    members = acting.opened(driver, session_id)
    for case in cases:
        acting.voted(case, members)
    acting.counted(cases)
    for case in cases:
        driver.clock.advance(timedelta(minutes=1))
        confirmed(case)
    return cases


def lent(driver, name):
    """Somebody takes up a middle post of the bureau's pool; the id of the pool's account."""
    today, person_id = driver.now.date(), driver.county.persons[name]
    bureau, school = (driver.county.organisations[one] for one in ("bureau", "s02"))
    with transaction() as session:
        empty = Cause(None, "", "pool", "system", driver.now)
        opening.open_accounts(session, empty, [NewAccount(bureau, "post", "middle", 5, pool=True)])
        pool = session.scalar(select(ACCOUNT.c.id).where(ACCOUNT.c.pool, ACCOUNT.c.band == "middle"))
        cause = Cause("another case", "lend", "1", "system", driver.now)
        ledger.hold(session, cause, pool, "one", 1)
        loan = NewLoan(pool, "one", school, person_id, today, today.replace(year=2029))
        lending.lend_to(session, replace(cause, token="2"), loan)
        seat = sitting.lock(session, cause, person_id)
        taking.take_up(session, replace(cause, token="3"), seat, "middle", today, None)
    return pool
