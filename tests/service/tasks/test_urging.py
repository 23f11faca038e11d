"""Urging: who waits may ask the holders to hurry, and not oftener than the parameters say."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from service.audit import timeline
from service.db import db
from service.errors import Conflict, Forbidden
from service.instances.commands import CaseCommand
from service.instances.commands_urging import urge_case
from service.notices.outbox import OUTBOX
from service.tasks import queries
from service.tasks.commands import TaskCommand, claim_task
from service.tasks.commands_deadlines import UrgeTask, urge_task
from tests.driver import Case, Driver
from tests.parameters import SetParameter, set_parameter
from tests.service.tasks import flows
from tests.workflows import diagrams as d


@pytest.fixture
def case(driver: Driver) -> Case:
    """Two tasks of the bureau and one of the school at once."""
    names = {"left": "bureau_hr_officer", "right": "staffing_officer", "own": '="school_hr@" + school'}
    tasks = [flows.task(name, role, decisions="approve") for name, role in names.items()]
    links = [d.path("start", "split")] + [d.path("split", name, "join") for name in names] + [d.path("join", "end")]
    driver.deploy(flows.flow((d.gateway("parallel", "split"), *tasks, d.gateway("parallel", "join")), links))
    return driver.start("small", by="s01.hr", count=3)


def urge(case: Case, element_id: str = "left", by: str = "s01.hr") -> None:
    urge_task(case.driver.actor(by), UrgeTask(case.task(element_id).id), now=case.driver.now)


def urge_all(case: Case, by: str = "s01.hr") -> int:
    return urge_case(case.driver.actor(by), CaseCommand(case.id), now=case.driver.now)


def told() -> list[str]:
    found = sorted(db.session.scalars(select(OUTBOX.c.holder).where(OUTBOX.c.kind == "task.urged")))
    db.session.rollback()
    return found


def test_the_holders_get_a_notice_and_the_case_an_event(case: Case) -> None:
    urge(case)
    assert told() == list(case.task("left").groups)
    [event] = [event for event in timeline.events(db.session(), f"instance:{case.id}") if event.kind == "task.urged"]
    assert (event.element_id, event.actor_id) == ("left", case.driver.actor("s01.hr").person_id)
    db.session.rollback()


def test_who_has_claimed_it_is_asked_alone(case: Case) -> None:
    claim_task(case.driver.actor("bureau.hr"), TaskCommand(case.task("left").id, 1), now=case.driver.now)
    urge(case)
    assert told() == [f"person:{case.driver.actor('bureau.hr').person_id}"]


def test_the_same_step_is_urged_again_only_after_the_pause_whoever_asks(case: Case) -> None:
    urge(case)
    case.driver.clock.advance(timedelta(hours=23))
    for who in ("s01.hr", "s01.principal"):
        with pytest.raises(Conflict) as soon:
            urge(case, by=who)
        assert (soon.value.code, soon.value.params["retry_after"]) == ("urging.too_soon", 3600)
    case.driver.clock.advance(timedelta(hours=1))
    urge(case)
    assert len(told()) == 2


def test_the_whole_case_urges_all_others_and_leaves_out_what_was_urged(case: Case) -> None:
    urge(case)
    assert urge_all(case) == 1
    assert len(told()) == 2
    with pytest.raises(Conflict) as soon:
        urge_all(case)
    assert soon.value.code == "urging.too_soon"


def test_the_page_knows_when_the_next_is_possible(case: Case) -> None:
    actor, ids = case.driver.actor("s01.hr"), [case.task("left").id]
    assert queries.urging_from(actor, ids, case.driver.now) is None
    urge(case)
    assert queries.urging_from(actor, ids, case.driver.now) == case.driver.now + timedelta(hours=24)
    db.session.rollback()


def test_one_person_urges_only_so_often_a_day(case: Case) -> None:
    change = SetParameter("urging_per_day", 1, date(2026, 9, 1), "通知")
    set_parameter(change, now=case.driver.now)
    urge(case)
    with pytest.raises(Conflict) as full:
        urge(case, "right")
    assert full.value.params["next_at"] == "2026-09-11 00:00"
    urge(case, "right", by="s01.principal")
    case.driver.clock.set(datetime.fromisoformat("2026-09-11T00:00:00+08:00"))
    assert queries.urging_from(case.driver.actor("s01.hr"), [case.task("right").id], case.driver.now) is not None
    db.session.rollback()


def test_nobody_urges_himself_or_a_case_of_others(case: Case) -> None:
    with pytest.raises(Conflict) as own:
        urge(case, "own")
    assert own.value.code == "urging.own"
    with pytest.raises(Forbidden):
        urge(case, "left", by="bureau.leader")
