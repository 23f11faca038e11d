"""Tells a case that began on paper, in the flow and county of a test."""

from datetime import date

from service.instances.commands_told import DecideTold, confirm_told, propose_told
from service.instances.told import ToldCase, ToldStep
from tests.driver import Case
from tests.service.tasks.scans import scan


def step(driver, element_id, day, decision, file="", opinion=None, **values):
    """A step that was decided on paper on that day of August or September 2026."""
    paper = {"decided_by": "县教育局", "document": "教人〔2026〕31号", "attachment_id": file or scan(driver)}
    return ToldStep(element_id, date.fromisoformat(day), decision, **paper, opinion=opinion, values=values)


def told(driver, key, by, day, element_id, variables, steps=(), school="s01", hold=None):
    """The case as it is told."""
    county = driver.county
    place, person = county.organisations[school], county.persons[by]
    return ToldCase(key, place, person, date.fromisoformat(day), element_id, variables, tuple(steps), None, hold)


def begun(driver, case):
    """Told by an officer, confirmed by the chief."""
    paper_case = propose_told(driver.actor("bureau.hr"), case, now=driver.now)
    rest = confirm_told(driver.actor("bureau.chief"), DecideTold(paper_case), now=driver.now)
    return Case(driver, rest.instance_id)
