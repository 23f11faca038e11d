"""A county for title evaluation: schools with posts, records that HR has looked through, a batch, a pool of experts."""

from datetime import date, timedelta

from sqlalchemy import insert, select

from service.access import accounts
from service.access.accounts import NewAccount as NewLogin
from service.access.accounts import NewAssignment
from service.db import db, transaction
from service.flows.title import commands, commands_experts
from service.flows.title.commands import OpenBatch
from service.flows.title.commands_experts import EnterExpert
from service.flows.title.roster import BATCH
from service.notices import delivery
from service.people import staff
from service.people.members import PERSON
from service.people.models import Authorisation, Organisation
from service.people.persons import APPOINTMENT
from service.people.staff import NewPerson, Terms
from service.posts import opening
from service.posts.ledger import Cause
from service.posts.opening import NewAccount
from service.posts.posting import ACCOUNT
from service.records import writing
from service.records.rules import Entry
from tests.conftest import START
from tests.driver import Driver
from tests.flows.hiring.county import folder
from tests.parameters import SetParameter, set_parameter
from tests.service.people import county as counties
from workflows import catalogue
from workflows.base import new_id

FIGURES = {"headcount": (100, 60), "senior": (20, 18), "middle": (40, 38), "junior": (40, 4)}
LEVELS = {"三级": False, "二级": False, "一级": False, "高级": True, "正高": True}
DOCUMENT = "教〔2026〕9号"
DAYS = timedelta(days=400)
HERE = {**LEVELS, "高级": False}
"""Senior titles are judged in this house, too."""


def build(clock, *, levels=LEVELS, figures=None):
    """The driver of a county: s01 may evaluate by itself, s02 not; the batch of 2026 is open."""
    return furnished(Driver(counties.build(), clock), levels=levels, figures=figures)


def furnished(found, *, levels=LEVELS, figures=None):
    """The same for a county that is there."""
    with transaction() as session:
        for school in ("s01", "s02"):
            open_accounts(session, found.county.organisations[school], {**FIGURES, **(figures or {})})
            session.execute(Organisation.__table__.update().values(area="rural"))
        session.execute(insert(Authorisation.__table__), _authorisation(found.county.organisations["s01"]))
        catalogue.deploy_library(session, folder("shared"), now=START)
        for name in ("title", "title-revocation"):
            catalogue.deploy(session, folder(name), now=START)
    batch = OpenBatch(2026, "2026 年职称评审", levels, date(2026, 9, 1), date(2026, 11, 30), "评审标准 2026 版")
    found.batch = commands.open_batch(found.actor("bureau.hr"), batch, now=START)
    return found


def _authorisation(school):
    return {
        "id": "authorisation-titles", "organisation_id": school, "kind": "own_titles", "valid_from": counties.SINCE,
        "valid_until": None, "document": "教〔2020〕2号",
    }  # fmt: skip


def open_accounts(session, school, figures):
    made = [
        NewAccount(school, "headcount" if band == "headcount" else "post", None if band == "headcount" else band, *used)
        for band, used in figures.items()
    ]
    opening.open_accounts(session, Cause(None, "", "", "system", START), made)


def teacher(driver, name, school="s02", *, title="二级", since=date(2018, 9, 1), band="junior", grade=12, checked=True,
            degree="bachelor", role="teacher", entries=(), retires_on=None):  # fmt: skip
    """A teacher with an account, a title on record and five years of assessments; the name is the user name."""
    county = driver.county
    with transaction() as session:
        number = 100 + len(county.persons)
        facts = NewPerson(name, counties.id_number(number, "19850101"), degree=degree, retires_on=retires_on)
        row = staff.person_row(staff.cleaned(vars(facts)), START)
        session.execute(insert(PERSON), row)
        place = county.organisations[school]
        terms = Terms(place, date(2014, 9, 1), band=band, grade=grade, subject="语文", title=title)
        session.execute(insert(APPOINTMENT), staff.appointment_row(new_id(), row["id"], terms))
        county.persons[name] = row["id"]
        accounts.give_roles(session, [NewAssignment(row["id"], role, place, counties.SINCE)], "system", START)
        [county.accounts[name]] = accounts.open_accounts(session, [NewLogin(name, "-", row["id"], place)], START)
        records = [Entry("title", since, value=title, document=DOCUMENT)] if title else []
        records += [Entry("assessment", date(year, 12, 31), value="competent", year=year) for year in range(2021, 2026)]
        records += [Entry("training", date(year, 12, 31), year=year, amount=72) for year in range(2021, 2026)]
        writing.add_many(session, {row["id"]: [*records, *entries]}, by="system", now=START)
        for topic in ("discipline", "career") if checked else ():
            writing.confirm(session, [row["id"]], topic, START.date(), by="system", now=START)
    return name


def experts(driver, count, place="hr", *, highest="正高", subject=None, by="bureau.hr"):
    """At least `count` experts in the pool of an organisation; their user names."""
    wanted = [f"expert.{place}.{number}" for number in range(1, count + 1)]
    names = [name for name in wanted if name not in driver.county.persons]
    for name in names:
        teacher(driver, name, "s02" if place != "s01" else "s01", title="正高", band="senior", grade=4)
        term = EnterExpert(
            driver.county.organisations[place], driver.county.persons[name], highest, subject,
            date(2026, 1, 1), date(2028, 12, 31), "专家库〔2026〕1号",
        )  # fmt: skip
        commands_experts.enter_expert(driver.actor(by), term, now=START)
    return wanted


def account(driver, school, band):
    """The id of a school's own posts of a band."""
    own = (ACCOUNT.c.organisation_id == driver.county.organisations[school], ACCOUNT.c.band == band, ~ACCOUNT.c.pool)
    found = db.session.scalar(select(ACCOUNT.c.id).where(*own))
    db.session.rollback()
    return found


def figures(driver, school, band):
    """(occupied, reserved, free) of a school's posts."""
    row = db.session.execute(select(ACCOUNT).where(ACCOUNT.c.id == account(driver, school, band))).one()
    db.session.rollback()
    return row.occupied, row.reserved, row.approved + row.excess - row.occupied - row.reserved - row.lent


def deliver(driver):
    """What cases were sent arrives."""
    from service.jobs import SENDERS

    delivery.deliver(driver.now, SENDERS, lambda *_: None)


def parameter(driver, key, value):
    """The bureau sets a parameter."""
    command = SetParameter(key, value, driver.now.date(), "教〔2026〕10号")
    set_parameter(command, now=driver.now)


def stage(driver, school, stage):
    """What the school teaches."""
    with transaction() as session:
        place = Organisation.__table__.c.id == driver.county.organisations[school]
        session.execute(Organisation.__table__.update().where(place).values(stage=stage))


def many(driver, count, school="s02"):
    """`count` teachers who may apply for the middle title, written in bulk; their user names."""
    county, place = driver.county, driver.county.organisations[school]
    names = [f"teacher.{number}" for number in range(count)]
    with transaction() as session:
        rows = [
            staff.person_row({**vars(NewPerson(name, degree="bachelor")), "sex": "female"}, START) for name in names
        ]
        session.execute(insert(PERSON), rows)
        ids = [row["id"] for row in rows]
        terms = Terms(place, date(2014, 9, 1), band="junior", grade=12, subject="语文", title="二级")
        session.execute(insert(APPOINTMENT), [staff.appointment_row(new_id(), one, terms) for one in ids])
        accounts.give_roles(
            session, [NewAssignment(one, "teacher", place, counties.SINCE) for one in ids], "system", START
        )
        logins = [NewLogin(name, "-", one, place) for name, one in zip(names, ids, strict=True)]
        county.accounts |= dict(zip(names, accounts.open_accounts(session, logins, START), strict=True))
        title = Entry("title", date(2018, 9, 1), value="二级", document=DOCUMENT)
        writing.add_many(session, {one: [title] for one in ids}, by="system", now=START)
        for topic in ("discipline", "career"):
            writing.confirm(session, ids, topic, START.date(), by="system", now=START)
    county.persons |= dict(zip(names, ids, strict=True))
    return names


def opens(driver, levels):
    """The batch takes these levels."""
    rows = [{"level": level, "outside": outside} for level, outside in levels.items()]
    with transaction() as session:
        session.execute(BATCH.update().values(levels=rows))
