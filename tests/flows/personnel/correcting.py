"""Corrections of a change as people take them: proposed by one of bureau HR, confirmed by another."""

from sqlalchemy import select

from service.db import db
from service.flows.corrections.queries import CORRECTION
from service.instances import commands_corrections as commands
from service.instances.commands_corrections import DecideCorrection, ProposeCorrection
from service.records.reading import RECORD
from tests.flows.personnel import acting
from tests.flows.personnel.acting import TODAY


def propose(driver, case, by="bureau.hr", kind="personnel.change", item="", **values):
    paper = acting.scan(driver, by)
    asked = ProposeCorrection(case.id, kind, item, values, "登记有误", "更正〔2026〕1号", TODAY, paper)
    return commands.propose_correction(driver.actor(by), asked, now=driver.now)


def confirm(driver, correction_id, by="bureau.chief"):
    commands.confirm_correction(driver.actor(by), DecideCorrection(correction_id), now=driver.now)


def refuse(driver, correction_id, by="bureau.chief", reason="材料不足"):
    commands.refuse_correction(driver.actor(by), DecideCorrection(correction_id, reason), now=driver.now)


def correct(driver, case, **values):
    found = propose(driver, case, **values)
    confirm(driver, found)
    return found


def row(correction_id):
    found = db.session.execute(select(CORRECTION).where(CORRECTION.c.id == correction_id)).one()
    db.session.rollback()
    return found


def standing(person_id):
    """(kind, value, first day, last day) of the records that are not void."""
    mine = (RECORD.c.person_id == person_id, RECORD.c.voided_at.is_(None))
    found = select(RECORD.c.kind, RECORD.c.value, RECORD.c.valid_from, RECORD.c.valid_until).where(*mine)
    rows = sorted(db.session.execute(found).all(), key=str)
    db.session.rollback()
    return rows
