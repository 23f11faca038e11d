"""What a move must not do: lose posts, repeat or leave out an effect, change what somebody decides about."""

import pytest
from sqlalchemy import select, update

from service.audit import timeline
from service.db import db, transaction
from service.errors import Conflict
from service.instances import queries_migrate
from service.instances.commands import CaseCommand, resume_instance, suspend_instance
from service.instances.commands_migrate import MigrateInstance, migrate_instance
from service.notices.models import OutboxMessage
from service.posts import ledger
from service.posts.opening import NewAccount, open_accounts
from service.tasks.commands import SaveDraft, TaskCommand, claim_task, save_draft
from service.tasks.models import Seat
from tests.driver import Driver
from tests.service.instances.moves import CHECK, CONFIRM, OLD, County, task_row
from tests.service.instances.operated import last
from tests.service.tasks import flows, returns
from tests.workflows import diagrams as d
from workflows import catalogue

SIGNERS = {"signing": "all", "dueIn": "5 workdays", "onExpiry": "none"}
BOTH = flows.line(flows.task("check", "bureau_hr_chief", decisions="approve, reject", **SIGNERS), ids=("check",))
OTHERWISE = flows.line(flows.task("check", "bureau_hr_chief", decisions="reject, approve", **SIGNERS), ids=("check",))


def test_decisions_change_under_an_open_step_only_until_somebody_has_acted_there(quick_driver: Driver) -> None:
    county = County(quick_driver, OTHERWISE, count=2, before=BOTH)
    untouched, begun = county.cases
    county.move(untouched)
    assert task_row(untouched).properties["decisions"] == "reject, approve"
    (event,) = [e for e in timeline.events(db.session(), f"instance:{untouched.id}") if e.kind == "instance.migrated"]
    assert event.body and event.body["redrawn"] == {"check": ["decisions"]}
    told = db.session.scalars(select(OutboxMessage.holder).where(OutboxMessage.kind == "task.redrawn")).all()
    chief = quick_driver.county.persons["bureau.chief"]
    assert told == [f"person:{chief}"]
    db.session.execute(update(Seat).where(Seat.task_id == task_row(begun).id).values(state="signed"))
    db.session.commit()
    with pytest.raises(Conflict) as refused:
        county.move(begun)
    assert [(one.code, one.path) for one in refused.value.faults] == [("migrate.choices_changed", "check")]


def test_what_a_suspended_case_waits_for_no_more_after_a_move_goes_on_when_it_is_resumed(quick_driver: Driver) -> None:
    """An inclusive join that waits for one branch alone in the new version."""
    letter, never = (d.catch(name, d.timer("Duration", "P9D")) for name in ("letter", "never"))
    nodes = (CHECK, CONFIRM, letter, never, d.gateway("inclusive", "fork"), d.gateway("inclusive", "join"))
    ways = d.path("start", "fork") + d.flow("fork", "check", "=true") + d.flow("fork", "letter", "=true")
    ways += d.flow("fork", "never", "=false") + d.path("never", "join") + d.path("check", "join", "confirm", "end")
    old = flows.flow(nodes, [ways, d.path("letter", "join")])
    new = flows.flow((*nodes, d.end("late")), [ways, d.path("letter", "late")])
    county = County(quick_driver, new, before=old)
    (case,) = county.cases
    case.complete("check", "bureau.hr", "approve")
    chief = quick_driver.actor("bureau.chief")
    suspend_instance(chief, CaseCommand(case.id, reason="核查"), now=quick_driver.now)
    county.move(case)
    assert case.open() == []
    resume_instance(chief, CaseCommand(case.id), now=quick_driver.now)
    assert case.open() == ["confirm"]


def test_a_case_that_holds_posts_does_not_move_to_where_they_would_be_lost(driver: Driver) -> None:
    free = d.service("free", "hiring.release")
    county = County(driver, before=flows.line(CHECK, free, ids=("check", "free")))
    (case,) = county.cases
    plan = queries_migrate.foresee(driver.actor("admin"), case.id, county.target)
    db.session.rollback()
    assert plan.safe, "it holds nothing"
    with transaction() as session:
        cause = ledger.Cause(case.id, "reserve", "t", "system", driver.now)
        (account,) = open_accounts(
            session, cause, [NewAccount(driver.county.organisations["s01"], "headcount", None, 9)]
        )
        ledger.hold(session, cause, account, "demand", 1)
    with pytest.raises(Conflict) as refused:
        county.move(case)
    assert [(one.code, one.path) for one in refused.value.faults] == [("migrate.hold_lost", "end")]


def test_what_was_done_is_known_however_long_the_record_is_and_by_whatever_version(
    quick_driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeline, "PAGE", 2)
    facts_op = d.service("facts", "hiring.release")
    other = d.service("other", "hiring.release")
    before = flows.line(facts_op, CHECK, CONFIRM, ids=("facts", "check", "confirm"))
    county = County(quick_driver, flows.line(CHECK, CONFIRM, ids=("check", "confirm")), before=before)
    (case,) = county.cases
    county.move(case)
    quick_driver.deploy(flows.line(CHECK, other, CONFIRM, ids=("check", "other", "confirm")))
    county.target = county.newest()
    with pytest.raises(Conflict) as refused:
        county.move(case)
    assert [(one.code, one.path) for one in refused.value.faults] == [("migrate.effect_twice", "other")]


def test_a_claimed_step_goes_on_as_the_one_that_stands_in_its_place_with_draft_and_deadline(driver: Driver) -> None:
    renamed = CHECK.replace('"check"', '"look"')
    county = County(driver, flows.line(renamed, CONFIRM, ids=("look", "confirm")))
    (case,) = county.cases
    officer, before = driver.actor("bureau.hr"), task_row(case)
    claim_task(officer, TaskCommand(before.id, before.version), now=driver.now)
    save_draft(officer, SaveDraft(before.id, {}, "approve", "写了一半"), now=driver.now)
    due = [(row.kind, row.due_at) for row in case.timers()]
    with pytest.raises(Conflict):
        county.move(case)
    county.mapping = {"check": "look"}
    county.move(case)
    after = task_row(case)
    assert (after.id, after.element_id, after.due_at) == (before.id, "look", before.due_at)
    assert [(row.kind, row.due_at) for row in case.timers()] == due
    assert {row.element_id for row in case.timers()} == {"look"}
    (event,) = [e for e in timeline.events(db.session(), f"instance:{case.id}") if e.kind == "instance.migrated"]
    assert event.body and event.body["mapping"] == {"check": "look"}
    assert (event.body["before"]["elements"], event.body["after"]["elements"]) == (["check"], ["look"])
    case.complete("look", "bureau.hr", "approve")
    assert (case.open(), case.variables["look"]["decision"]) == (["confirm"], "approve")


def test_many_move_by_a_mapping_and_say_which(quick_driver: Driver) -> None:
    renamed = CHECK.replace('"check"', '"look"')
    county = County(quick_driver, flows.line(renamed, ids=("look",)), count=2)
    assert county.many(dry=True).counts.stayed == 2
    county.mapping = {"check": "look"}
    done = county.many()
    assert (done.counts.moved, done.mapping) == (2, {"check": "look"})


def test_what_was_returned_goes_straight_back_to_the_step_that_stands_in_the_place_of_the_returner(
    quick_driver: Driver,
) -> None:
    case = returns.at_check(quick_driver, returns.line())
    returns.give_back(case, "bureau.chief", reentry="straight")
    renamed = returns.line()["flow.bpmn"].replace(b'"check"', b'"verify"')
    quick_driver.deploy({**returns.line(), "flow.bpmn": renamed})
    target = catalogue.latest(db.session(), "small").id
    sent = MigrateInstance(case.id, target, "新办法", mapping={"check": "verify"})
    migrate_instance(quick_driver.actor("admin"), sent, now=quick_driver.now)
    assert task_row(case).reentry["onward"] == ["verify"]
    case.complete("fill", "s01.hr", "complete", count=4)
    assert case.open() == ["verify"]
    assert [seat.person_id for seat in case.task("verify").seats] == [quick_driver.county.persons["bureau.chief"]]


def test_words_of_decisions_are_compared_under_the_name_that_a_step_has_in_each_version(quick_driver: Driver) -> None:
    words = '\n[decisions.{}.labels]\nreject = {{ zh = "不同意", en = "Refused" }}\n'
    before = {**OLD, "flow.toml": (flows.TOML + words.format("check")).encode()}
    renamed = before["flow.bpmn"].replace(b'"check"', b'"verify"')
    county = County(quick_driver, {"flow.bpmn": renamed, "small-start.form": OLD["small-start.form"],
                    "flow.toml": (flows.TOML + words.format("verify")).encode()}, before=before)  # fmt: skip
    county.mapping = {"check": "verify"}
    county.move(county.cases[0])
    assert last(county.cases[0], "instance.migrated")["redrawn"] == {}
