"""Whom to hire is chosen by a meeting of the school: what its minutes rest on, and what its chair confirms."""

import pytest

from service.db import db
from service.errors import Conflict, Invalid
from service.tasks import queries_papers
from service.tasks.commands import CompleteTask, complete_task
from service.tasks.commands_minutes import ConfirmMinutes, confirm_minutes
from tests.flows.hiring.acting import county, edit, figures, meet, reviewed, start, to_choice
from tests.service.tasks import held


@pytest.fixture
def driver(app, clock):
    return county(clock)


@pytest.fixture
def case(driver):
    """At the choice: one post, three candidates, the first in rank is ticked."""
    found = reviewed(start(driver, count=1))
    found.complete("filing", "bureau.hr", "accept")
    found.people = to_choice(driver, found, "s01.hr", "s01.hr")
    return found


def entered(case, decision="choose", **values):
    return held.entered(case, "choice", decision, "s01.hr", "s01.principal", **values)


def confirmed(case, version):
    sent = ConfirmMinutes(case.task("choice").id, version, no_interest=True)
    return confirm_minutes(case.driver.actor("s01.principal"), sent, now=case.driver.now)


def test_nobody_chooses_alone_and_two_thirds_must_be_there(driver, case):
    task = case.task("choice")
    for who in ("s01.hr", "s01.principal"):
        sent = CompleteTask(task.id, task.version, "choose", no_interest=True)
        with pytest.raises(Exception, match=r"minutes\.needed|access\.not_holder"):
            complete_task(driver.actor(who), sent, now=driver.now)
    assert task.properties["collective"] == "appointment"
    assert meet(case, "s01").decided
    assert case.open() == ["medical"]


def test_the_minutes_name_whom_the_meeting_chose_and_the_chair_confirms_these(driver, case):
    first = case.people[0]
    version = entered(case)
    row = queries_papers.minutes_of(case.task("choice").id)
    db.session.rollback()
    assert row.rests_on == {"chosen": [first]}
    edit(driver, "s01.hr", first, chosen=False)
    edit(driver, "s01.hr", case.people[1], chosen=True)
    with pytest.raises(Conflict, match=r"minutes\.outdated"):
        confirmed(case, version)
    with pytest.raises(Invalid) as refused:
        entered(case)
    assert [fault.code for fault in refused.value.faults] == ["hiring.choice_needs_reason"]
    version = entered(case, choice_reason="第一名放弃")
    assert confirmed(case, version).decided
    assert [slot["candidate_id"] for slot in case.variables["slots"]] == [case.people[1]]
    assert case.variables["choice"]["meeting"]["meeting"] == "校务会"


def test_what_the_step_would_refuse_is_refused_to_who_enters_the_minutes(driver, case):
    edit(driver, "s01.hr", case.people[1], chosen=True)
    with pytest.raises(Invalid) as refused:
        entered(case)
    assert [fault.code for fault in refused.value.faults] == ["hiring.too_many_chosen"]
    assert queries_papers.minutes_of(case.task("choice").id) is None
    db.session.rollback()
    assert meet(case, "s01", "none").outcome is not None
    assert figures(driver) == (96, 0, 4)
