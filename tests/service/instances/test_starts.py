"""Flows that begin by themselves, such as the batch of every year: each moment begins one case, as the system."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from service.access.actor import Actor
from service.audit import timeline
from service.clock import SetClock
from service.db import db, transaction
from service.deployments.commands import Publish, publish
from service.deployments.commands_retiring import Retire, retire_flow
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.incidents.models import Incident
from service.instances import waiting
from service.instances.commands_starts import SwitchStart, begin_due, switch_start
from service.instances.due import Firing, fire_due
from service.instances.models import ProcessCase
from service.notices.models import OutboxMessage
from service.people.models import Organisation
from tests.driver import Case, Driver
from tests.service.people import county as counties
from tests.service.tasks import flows
from tests.workflows import diagrams as d
from workflows.models import StartTimer

YEARLY = "R/2026-10-01T09:00:00+08:00/P1Y"
FIRST = datetime(2026, 10, 1, 1, 0, tzinfo=UTC)


def batch(rule: str = YEARLY, group: str = "bureau_hr_officer", kind: str = "Cycle") -> dict[str, bytes]:
    """A flow that begins by itself and opens one task."""
    start = d.node("startEvent", "start", d.timer(kind, rule))
    work = flows.task("open_batch", group, decisions="approve")
    process = d.process(start, work, d.end(), d.path("start", "open_batch", "end"), id_="batch")
    toml = '[flow]\nkey = "batch"\nname = "年度批次"\ncase_number = "PC-{year}-{seq:3}"\n'
    return {"flow.bpmn": d.document(process), "flow.toml": toml.encode()}


def begun() -> list[ProcessCase]:
    found = list(db.session.scalars(select(ProcessCase).order_by(ProcessCase.business_key)))
    db.session.rollback()
    return found


def organisations(kind: str, now: str) -> None:
    """Without a bureau no case can begin."""
    with transaction() as session:
        top = update(Organisation).where(Organisation.kind == kind, Organisation.parent_id.is_(None))
        session.execute(top.values(kind=now))


def row() -> StartTimer:
    found = db.session.scalars(select(StartTimer)).one()
    db.session.rollback()
    return found


def test_a_batch_begins_once_a_year_as_the_system(driver: Driver) -> None:
    driver.publish(batch())
    assert (row().due_at, row().active) == (FIRST, True)
    driver.clock.set(FIRST - timedelta(seconds=1))
    Firing()(driver.now)
    assert begun() == []
    driver.clock.set(FIRST)
    for _ in range(3):
        Firing()(driver.now)
    [case] = begun()
    assert (case.business_key, case.initiator_id) == ("PC-2026-001", "system")
    events = timeline.events(db.session(), f"instance:{case.instance_id}")
    assert (events[0].kind, events[0].actor_id) == ("instance.started", "system")
    assert events[0].body["variables"]["scheduled_for"] == FIRST.isoformat()
    assert row().due_at == datetime(2027, 10, 1, 1, 0, tzinfo=UTC)
    driver.clock.set(datetime(2027, 10, 1, 2, 0, tzinfo=UTC))
    Firing()(driver.now)
    assert [each.business_key for each in begun()] == ["PC-2026-001", "PC-2027-001"]


def test_nobody_is_told_of_the_end_of_a_case_that_nobody_began(quick_driver: Driver) -> None:
    quick_driver.publish(batch())
    quick_driver.clock.set(FIRST)
    Firing()(quick_driver.now)
    Case(quick_driver, begun()[0].instance_id).complete("open_batch", "bureau.hr", "approve")
    holders = db.session.scalars(select(OutboxMessage.holder)).all()
    assert holders and "person:system" not in holders


def test_years_that_were_missed_begin_one_case(quick_driver: Driver) -> None:
    quick_driver.publish(batch())
    quick_driver.clock.set(datetime(2029, 12, 1, tzinfo=UTC))
    Firing()(quick_driver.now)
    Firing()(quick_driver.now)
    assert len(begun()) == 1
    assert row().due_at.year == 2030


def test_a_clock_set_back_after_the_start_begins_nothing_again(driver: Driver) -> None:
    driver.publish(batch())
    for moment in (FIRST, FIRST - timedelta(hours=1), FIRST, FIRST + timedelta(hours=1)):
        driver.clock.set(moment)
        Firing()(driver.now)
    assert len(begun()) == 1


def test_several_processes_begin_one_case(postgres_app: Flask, clock: SetClock) -> None:
    driver = Driver(counties.build(), clock)
    driver.publish(batch())
    clock.set(FIRST)
    found: list[str | None] = []
    gate = threading.Barrier(4)

    def begin() -> None:
        with postgres_app.app_context():
            gate.wait(60)
            found.append(begin_due(Actor.system(), "batch", now=driver.now))

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4 and sum(each is not None for each in found) == 1
    assert len(begun()) == 1


def test_a_new_version_takes_over_and_the_same_rule_begins_nothing_twice(driver: Driver) -> None:
    driver.publish(batch())
    driver.clock.set(FIRST)
    Firing()(driver.now)
    driver.publish(batch(group="bureau_leader"))
    assert row().due_at.year == 2027
    driver.clock.set(datetime(2027, 10, 1, 1, 0, tzinfo=UTC))
    Firing()(driver.now)
    assert len(begun()) == 2
    assert begun()[1].definition_key == "batch"
    assert Case(driver, begun()[1].instance_id).task("open_batch").groups[0].startswith("bureau_leader")


def test_another_rule_counts_from_now_and_no_rule_ends_it(quick_driver: Driver) -> None:
    quick_driver.publish(batch())
    quick_driver.publish(batch("R/2026-09-01/P1M"))
    assert row().due_at.isoformat() == "2026-09-30T16:00:00+00:00"
    plain = batch()
    process = d.process(
        d.start(), flows.task("open_batch", "bureau_hr_officer", decisions="approve"), d.end(),
        d.path("start", "open_batch", "end"), id_="batch",
    )  # fmt: skip
    quick_driver.publish({**plain, "flow.bpmn": d.document(process)})
    assert db.session.scalars(select(StartTimer)).all() == []


def test_a_single_moment_begins_one_case_even_when_it_is_published_again(quick_driver: Driver) -> None:
    files = batch("2026-10-01T09:00:00+08:00", kind="Date")
    quick_driver.publish(files)
    quick_driver.clock.set(FIRST)
    Firing()(quick_driver.now)
    quick_driver.publish({**files, "flow.toml": files["flow.toml"] + b'icon = "x"\n'})
    quick_driver.clock.advance(timedelta(days=800))
    Firing()(quick_driver.now)
    assert len(begun()) == 1


def test_a_moment_that_is_past_is_refused_at_publishing(quick_driver: Driver) -> None:
    with pytest.raises(Invalid) as refused:
        quick_driver.publish(batch("2026-01-01T09:00:00+08:00", kind="Date"))
    assert refused.value.code == "series.past"


def test_switched_off_it_begins_nothing_and_on_again_it_goes_on_with_the_next(driver: Driver) -> None:
    driver.publish(batch())
    admin = driver.actor("admin")
    with pytest.raises(Invalid):
        switch_start(admin, SwitchStart("batch", False, " "), now=driver.now)
    with pytest.raises(Forbidden):
        switch_start(driver.actor("s01.principal"), SwitchStart("batch", False, "改制"), now=driver.now)
    with pytest.raises(NotFound):
        switch_start(admin, SwitchStart("nothing", False, "改制"), now=driver.now)
    switch_start(admin, SwitchStart("batch", False, "今年不开展"), now=driver.now)
    driver.clock.set(FIRST + timedelta(days=1))
    Firing()(driver.now)
    assert begun() == []
    due_at = switch_start(driver.actor("admin"), SwitchStart("batch", True, "恢复"), now=driver.now)
    assert due_at.year == 2027
    kinds = [event.kind for event in timeline.events(db.session(), "definition:batch")]
    assert kinds[-2:] == ["start.switched", "start.switched"]


def test_what_fails_is_tried_again_then_told_and_begins_when_it_is_switched_on(driver: Driver) -> None:
    driver.publish(batch())
    organisations("bureau", "section")
    driver.clock.set(FIRST)
    for _ in range(5):
        assert fire_due(driver.now, now=driver.now).failed == 1
        assert waiting.beginning(driver.now) == []
        driver.clock.advance(timedelta(hours=1))
    assert row().active is False
    [incident] = db.session.scalars(select(Incident)).all()
    assert (incident.code, incident.element_id) == ("timer.start_failed", "start")
    db.session.rollback()
    organisations("section", "bureau")
    switch_start(driver.actor("admin"), SwitchStart("batch", True, "已修复"), now=driver.now)
    Firing()(driver.now)
    assert len(begun()) == 1


def test_a_flow_that_was_switched_off_stays_so_when_it_is_retired_and_brought_back(driver: Driver) -> None:
    admin, now = driver.actor("admin"), driver.now
    driver.publish(batch())
    switch_start(admin, SwitchStart("batch", False, "今年不开展"), now=now)
    retire_flow(admin, Retire(row().definition_id, "不再使用"), now=now)
    with pytest.raises(Conflict) as refused:
        switch_start(admin, SwitchStart("batch", True, "恢复"), now=now)
    assert refused.value.code == "definition.retired"
    publish(Actor.system(), Publish(batch(), replace=True), now=now)
    assert not row().active
    switch_start(admin, SwitchStart("batch", True, "恢复"), now=now)
    assert row().active
