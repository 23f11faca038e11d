"""Running cases and a newer version of their flow: which move, which stay and why, and what people keep."""

import zipfile
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from service.audit import timeline
from service.db import db
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.evidence import bundle
from service.evidence.bundle import Parts
from service.incidents.models import Incident
from service.instances import commands_migrate, queries_migrate
from service.instances.commands import CaseCommand, suspend_instance
from service.instances.commands_migrate import MigrateMany, migrate_many
from service.runs import commands as runs
from service.runs.working import work
from service.tasks.commands import SaveDraft, TaskCommand, claim_task, save_draft
from service.tasks.models import Draft
from tests.driver import Driver
from tests.service.instances.moves import CHECK, CONFIRM, LONGER, OLD, OTHER, County, task_row
from tests.service.tasks import flows
from tests.workflows import diagrams as d
from workflows import catalogue
from workflows.failures import EngineFault


def test_a_case_that_moves_keeps_draft_claim_and_deadline_and_goes_the_new_way(driver: Driver) -> None:
    county = County(driver)
    (case,) = county.cases
    officer, before = driver.actor("bureau.hr"), task_row(case)
    claim_task(officer, TaskCommand(before.id, before.version), now=driver.now)
    save_draft(officer, SaveDraft(before.id, {"count": 7}, "approve", "写了一半"), now=driver.now)
    timers = [(row.id, row.due_at, row.rule) for row in case.timers()]
    county.move(case)
    after = task_row(case)
    assert (after.id, after.due_at, after.groups) == (before.id, before.due_at, before.groups)
    assert [(row.id, row.due_at, row.rule) for row in case.timers()] == timers
    assert (after.definition_id, after.form_id) == (county.target, "small-start")
    assert after.properties["decisions"] == "approve, hold"
    draft = db.session.execute(select(Draft.__table__).where(Draft.task_id == before.id)).one()
    assert draft.opinion and task_row(case).version > before.version
    assert [seat.person_id for seat in case.task("check").seats] == [officer.person_id]
    case.complete("check", "bureau.hr", "approve", count=7)
    assert case.open() == ["confirm"]
    case.complete("confirm", "bureau.chief", "approve")
    assert case.state == "completed"


def test_the_record_says_who_moved_it_why_and_where_it_stood_before_and_after(quick_driver: Driver) -> None:
    county = County(quick_driver)
    (case,) = county.cases
    county.move(case)
    (event,) = [e for e in timeline.events(db.session(), f"instance:{case.id}") if e.kind == "instance.migrated"]
    assert event.actor_id == quick_driver.county.persons["admin"]
    body: Any = event.body
    assert (body["reason"], body["before"]["version"], body["after"]["version"]) == ("新办法", 1, 2)
    assert body["before"]["elements"] == body["after"]["elements"] == ["check"]
    db.session.rollback()
    target = BytesIO()
    bundle.write(quick_driver.actor("bureau.chief"), case.id, Parts(100, {}), target, now=quick_driver.now)
    with zipfile.ZipFile(target) as evidence:
        assert evidence.read("definition-1/flow.bpmn") == OLD["flow.bpmn"], "the version that it has left"
        assert evidence.read("definition/flow.bpmn") == LONGER["flow.bpmn"]


def test_a_case_that_cannot_go_on_soundly_stays_as_it_was_and_says_why(driver: Driver) -> None:
    county = County(driver, OTHER)
    (case,) = county.cases
    before = task_row(case)
    with pytest.raises(Conflict) as refused:
        county.move(case)
    assert refused.value.code == "migrate.refused"
    assert [(one.code, one.path) for one in refused.value.faults] == [("migrate.element_gone", "check")]
    assert task_row(case) == before
    case.complete("check", "bureau.hr", "approve")
    assert case.state == "completed"


def test_what_is_no_move_is_refused_with_what_to_do(quick_driver: Driver) -> None:
    county = County(quick_driver)
    (case,) = county.cases
    with pytest.raises(Invalid) as unexplained:
        county.move(case, reason=" ")
    assert unexplained.value.code == "reason.missing"
    for who in ("s01.principal", "auditor"):
        with pytest.raises((Forbidden, NotFound)):
            county.move(case, by=who)
    quick_driver.deploy({**flows.flow((CONFIRM,), [d.path("start", "confirm", "end")], key="other"),
                         "flow.toml": flows.TOML.replace('"small"', '"other"').encode()})  # fmt: skip
    county.target = catalogue.latest(db.session(), "other").id
    with pytest.raises(Invalid) as other:
        county.move(case)
    assert other.value.code == "migrate.other_flow"
    county.target = county.newest()
    county.move(case)
    with pytest.raises(Conflict) as again:
        county.move(case)
    assert again.value.code == "migrate.same_version"
    case.complete("check", "bureau.hr", "approve", count=1)
    case.complete("confirm", "bureau.chief", "approve")
    with pytest.raises(Conflict) as ended:
        county.move(case)
    assert ended.value.code == "instance.ended"


def test_a_suspended_case_moves_and_stays_suspended(quick_driver: Driver) -> None:
    county = County(quick_driver)
    (case,) = county.cases
    suspend_instance(quick_driver.actor("bureau.chief"), CaseCommand(case.id, reason="核查"), now=quick_driver.now)
    county.move(case)
    assert (case.state, task_row(case).definition_id) == ("suspended", county.target)


def test_many_are_foreseen_and_then_moved_as_a_run(driver: Driver) -> None:
    county = County(driver, count=3)
    before = {task_row(case).definition_id for case in county.cases}
    foreseen = county.many(dry=True)
    assert (foreseen.counts.moved, foreseen.counts.stayed) == (3, 0)
    assert {task_row(case).definition_id for case in county.cases} == before, "nothing has moved"
    done = county.many()
    assert (done.counts.waiting, done.counts.moved, done.counts.stayed) == (0, 3, 0)
    assert {task_row(case).definition_id for case in county.cases} == {county.target}
    with pytest.raises(Invalid) as nothing:
        county.many()
    assert nothing.value.code == "migrate.nothing"


def test_a_case_that_stays_stops_no_other(quick_driver: Driver) -> None:
    county = County(quick_driver, count=1)
    quick_driver.deploy(flows.line(CHECK, CONFIRM, ids=("check", "confirm")))
    ahead = quick_driver.start("small", by="s01.principal", count=3)
    ahead.complete("check", "bureau.hr", "approve")
    sign = flows.task("sign", "bureau_hr_chief", decisions="approve")
    quick_driver.deploy(flows.line(CHECK, sign, ids=("check", "sign")))
    county.target = county.newest()
    done = county.many()
    assert (done.counts.moved, done.counts.stayed) == (1, 1)
    (stays,) = queries_migrate.rows(quick_driver.actor("admin"), done.id, "stayed")
    assert stays.instance_id == ahead.id
    assert [(one["code"], one["element_id"]) for one in stays.reasons] == [("migrate.element_gone", "confirm")]


def test_a_run_that_is_stopped_leaves_the_rest_where_it_is(
    quick_driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = County(quick_driver, count=3)
    admin, now = quick_driver.actor("admin"), quick_driver.now
    migration_id = migrate_many(admin, MigrateMany(county.target, "新办法"), now=now)
    run_id = county.view(migration_id).run_id
    move_row = commands_migrate.migrate_row

    def stopping(actor: Any, step: Any, *, now: Any) -> None:
        move_row(actor, step, now=now)
        runs.cancel_run(admin, run_id, now=now)

    monkeypatch.setattr(commands_migrate, "migrate_row", stopping)
    work("long", pace=0)
    counts = county.view(migration_id).counts
    assert (counts.moved, counts.waiting) == (1, 2)


def test_what_fails_in_the_engine_is_an_incident_and_stops_no_other(
    quick_driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = County(quick_driver, count=2)
    broken, move_row = county.cases[0].id, commands_migrate.migrate_row

    def failing(actor: Any, step: Any, *, now: Any) -> None:
        if step.instance_id == broken:
            raise EngineFault("engine.endless", "check", steps=1)
        move_row(actor, step, now=now)

    monkeypatch.setattr(commands_migrate, "migrate_row", failing)
    done = county.many()
    assert (done.counts.moved, done.counts.stayed) == (1, 1)
    (stays,) = queries_migrate.rows(quick_driver.actor("admin"), done.id, "stayed")
    assert [one["code"] for one in stays.reasons] == ["migrate.failed"]
    incident = db.session.scalars(select(Incident)).one()
    assert (incident.instance_id, incident.element_id, incident.code) == (broken, "check", "engine.endless")
