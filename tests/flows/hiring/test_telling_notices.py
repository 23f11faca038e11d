"""Who hears of a case on paper: who may confirm it, whom it concerns, who told it; each once."""

from collections import Counter

import pytest
from sqlalchemy import select

from service.db import db
from service.errors import Forbidden
from service.instances.commands_paper_draft import begin_draft, hand_over_draft
from service.instances.commands_told import DecideTold, confirm_told, propose_told, refuse_told
from service.notices.models import OutboxMessage
from service.notices.words import text
from service.people.commands import DeclareRelation, declare_relation
from tests.flows.hiring import acting
from tests.flows.hiring.ways import told_at


@pytest.fixture
def driver(app, clock):
    return acting.county(clock)


def told_of(driver, *kinds):
    """(kind, whose name) of every notice, each once."""
    names = {f"person:{id_}": name for name, id_ in driver.county.persons.items()}
    rows = db.session.execute(select(OutboxMessage).where(OutboxMessage.kind.in_(kinds))).scalars().all()
    found = Counter((row.kind, names.get(row.holder, row.holder)) for row in rows)
    bodies = {row.kind: row.body for row in rows}
    db.session.rollback()
    assert set(found.values()) <= {1}
    return {key for key, _ in found.items()}, bodies


def test_second_person_hears_of_it_once_and_who_asked_hears_where_it_stands(driver):
    waiting = told_at(driver, "filing").proposed()
    found, bodies = told_of(driver, "paper_case.waits")
    assert ("paper_case.waits", "bureau.chief") in found
    assert ("paper_case.waits", "bureau.hr") not in found
    assert bodies["paper_case.waits"]["paper_case_id"] == waiting
    assert text("paper_case.waits", bodies["paper_case.waits"], "zh").endswith("的书面案件等您确认")
    confirm_told(driver.actor("bureau.chief"), DecideTold(waiting), now=driver.now)
    found, bodies = told_of(driver, "paper_case.entered", "task.opened")
    assert {("paper_case.entered", "s01.hr"), ("paper_case.entered", "bureau.hr")} <= found
    assert ("paper_case.entered", "bureau.chief") not in found
    assert [kind for kind, _ in found].count("task.opened") == 1
    assert bodies["paper_case.entered"]["instance_id"]
    assert "stands at" in text("paper_case.entered", bodies["paper_case.entered"], "en")


def test_who_told_it_hears_why_it_was_refused_and_a_draft_tells_nobody_before_it_is_handed_over(driver):
    teller, chief = driver.actor("bureau.hr"), driver.actor("bureau.chief")
    draft = begin_draft(teller, told_at(driver, "filing").told, now=driver.now)
    assert told_of(driver, "paper_case.waits")[0] == set()
    hand_over_draft(teller, draft, now=driver.now)
    assert ("paper_case.waits", "bureau.chief") in told_of(driver, "paper_case.waits")[0]
    refuse_told(chief, DecideTold(draft, "文号不清"), now=driver.now)
    found, bodies = told_of(driver, "paper_case.refused")
    assert found == {("paper_case.refused", "bureau.hr")}
    assert "文号不清" in text("paper_case.refused", bodies["paper_case.refused"], "zh")
    own = propose_told(teller, told_at(driver, "filing").told, now=driver.now)
    refuse_told(teller, DecideTold(own, "另报"), now=driver.now)
    assert told_of(driver, "paper_case.refused")[0] == {("paper_case.refused", "bureau.hr")}


def test_relative_of_somebody_in_the_case_neither_tells_nor_confirms_it(driver):
    person = driver.county.persons["bureau.chief"]
    relation = DeclareRelation(person, "spouse", relative_name="考生2")
    declare_relation(driver.actor("bureau.hr"), relation, now=driver.now)
    paper = told_at(driver, "exam_school")
    waiting = paper.proposed()
    with pytest.raises(Forbidden, match=r"told\.involved"):
        confirm_told(driver.actor("bureau.chief"), DecideTold(waiting), now=driver.now)
    assert acting.figures(driver) == (96, 0, 4)
