"""Personnel changes as people take them through the commands: a county with a ledger, a person to change, the paper."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO

import pytest
from sqlalchemy import select

from service.attachments.commands import StoreAttachment, store_attachment
from service.db import db, transaction
from service.demo.cases import minutes_pdf
from service.errors import Conflict
from service.notices.outbox import DEPARTURE, OUTBOX, Message
from service.people import staff
from service.people.persons import APPOINTMENT
from service.people.staff import NewPerson, Terms
from service.posts import opening
from service.posts.ledger import Cause
from service.posts.opening import NewAccount
from service.posts.posting import ACCOUNT
from tests.conftest import START
from tests.driver import BPMN, Driver, folder
from tests.service.people import county as counties
from workflows import catalogue

SINCE = date(2020, 9, 1)
TODAY = date(2026, 9, 10)
FIGURES = {"headcount": (100, 96), "senior": (20, 18), "middle": (40, 38), "junior": (40, 36)}
NEWCOMER = counties.id_number(901, "19980202")


@dataclass
class Personnel:
    """The driver, and the person of s01 who is changed: middle band, grade 9."""

    driver: Driver
    person_id: str = ""

    def start(self, kind, *, by="s01.hr", school="s01", **values):
        given = {"kind": kind, "effective_on": "2026-09-10", "document": "青教人〔2026〕8号",
                 "document_on": "2026-09-08", "scan": [scan(self.driver, by)]}  # fmt: skip
        if kind not in ("transfer_in", "graduate", "veteran", "special_post"):
            given |= {"person_id": self.person_id, "name": "赵远"}
        if kind == "retirement":
            given["note"] = "依据劳动能力鉴定结论〔2026〕3 号"
        return self.driver.start("personnel", by, school, **{**given, **values})

    def confirmed(self, kind, **values):
        case = self.start(kind, **values)
        case.complete("confirm", "bureau.chief", "approve")
        return case

    def figures(self, school="s01"):
        """Band or headcount → (occupied, reserved, free)."""
        own = ACCOUNT.c.organisation_id == self.driver.county.organisations[school]
        rows = db.session.execute(select(ACCOUNT).where(own, ACCOUNT.c.pool.is_(False))).all()
        db.session.rollback()
        return {
            row.band or "headcount":
                (row.occupied, row.reserved, row.approved + row.excess - row.occupied - row.reserved)
            for row in rows
        }  # fmt: skip

    def appointments(self, person_id=None):
        mine = APPOINTMENT.c.person_id == (person_id or self.person_id)
        rows = db.session.execute(select(APPOINTMENT).where(mine).order_by(APPOINTMENT.c.valid_from, APPOINTMENT.c.id))
        found = rows.all()
        db.session.rollback()
        return found

    def someone(self, number=900, employment="staffed", band="middle", grade=9, title="一级"):
        """A person of s01; the changes that follow are about this one."""
        with transaction() as session:
            new = NewPerson("赵远", counties.id_number(number, "19850101"))
            place = self.driver.county.organisations["s01"]
            terms = Terms(place, SINCE, employment, band=band, grade=grade, subject="语文", title=title)
            self.person_id = staff.take_on(session, new, terms, by="test", now=START)
        return self.person_id


def county(clock, **figures):
    driver = Driver(counties.build(), clock)
    with transaction() as session:
        for school in ("s01", "s02"):
            open_accounts(session, driver.county.organisations[school], {**FIGURES, **figures})
        catalogue.deploy(session, folder(BPMN / "personnel"), now=START)
    personnel = Personnel(driver)
    personnel.someone()
    return personnel


def scan(driver, by):
    return store_attachment(driver.actor(by), StoreAttachment(BytesIO(minutes_pdf()), "文件.pdf"), now=driver.now)


def open_accounts(session, school, figures):
    accounts = [
        NewAccount(school, "headcount" if band == "headcount" else "post", None if band == "headcount" else band, *used)
        for band, used in figures.items()
    ]
    opening.open_accounts(session, Cause(None, "", "", "system", START), accounts)


def refusal(personnel, kind, **values):
    """The code with which a change is refused."""
    with pytest.raises(Conflict) as found:
        personnel.start(kind, **values)
    return found.value.code


def departures():
    """What the outbox has to tell the cases of who has left."""
    rows = db.session.execute(select(OUTBOX).where(OUTBOX.c.channel == DEPARTURE)).all()
    db.session.rollback()
    return [(row.id, Message(row.kind, row.holder, row.body)) for row in rows]
