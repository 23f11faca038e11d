"""Drafts: kept with their faults, edited by one person at a time, published by a second one."""

from datetime import timedelta
from typing import Any

import pytest

from service.access.actor import Actor
from service.db import db, transaction
from service.deployments import drafts, queries, queries_drafts
from service.deployments.commands import Publish, Published, publish
from service.deployments.commands_approval import (
    Reasoned,
    approve_draft,
    ask_approval,
    refuse_draft,
    withdraw_request,
)
from service.deployments.commands_drafts import (
    DraftStep,
    SaveDraft,
    discard_draft,
    rebase_draft,
    save_files,
)
from service.deployments.commands_retiring import (
    AnswerRequest,
    Retire,
    approve_retirement,
    retire_flow,
)
from service.errors import Conflict, Forbidden, Invalid, NotFound
from tests.driver import Driver
from tests.service.deployments.admins import second_admin
from tests.service.deployments.desk import BETTER, FAULTY, GOOD, Desk
from workflows import catalogue


@pytest.fixture
def desk(any_driver: Driver) -> Desk:
    return Desk(any_driver)


@pytest.fixture
def quick_desk(driver: Driver) -> Desk:
    return Desk(driver)


def test_what_one_admin_writes_another_publishes_and_who_and_why_is_kept(desk: Desk) -> None:
    desk.save(BETTER)
    assert desk.newest().id == desk.base, "saving publishes nothing"
    desk.say(ask_approval, "admin")
    with pytest.raises(Forbidden) as own:
        desk.say(approve_draft, "admin")
    assert own.value.code == "draft.own_work"
    done: Published = desk.say(approve_draft, desk.second, "同意")
    assert (done.version, desk.newest().id) == (2, done.definition_id)
    assert b"Check it" in desk.newest().xml
    told: Any = queries_drafts.release(desk.driver.actor("auditor"), str(done.definition_id))
    persons = desk.driver.county.persons
    assert (told.authors, told.approved_by) == ([persons["admin"]], persons["bureau.chief"])
    assert told.reason == "按新办法修改"
    row = desk.view().row
    assert (row.state, row.definition_id) == ("published", done.definition_id)


def test_a_draft_with_faults_is_kept_and_told_but_not_published(quick_desk: Desk) -> None:
    quick_desk.save(FAULTY)
    found = queries_drafts.findings(quick_desk.driver.actor("admin"), quick_desk.draft)
    (fault,) = [one for one in found if one.severity == "error"]
    assert (fault.element_id, fault.file) == ("check", "flow.bpmn") and fault.line > 1
    db.session.rollback()
    with pytest.raises(Invalid) as refused:
        quick_desk.say(ask_approval, "admin")
    assert refused.value.code == "deployment.refused"
    assert queries_drafts.files(quick_desk.driver.actor("admin"), quick_desk.draft)["flow.bpmn"] == FAULTY


def test_who_saves_over_somebody_else_is_told_who_and_when_and_nothing_is_overwritten(desk: Desk) -> None:
    desk.driver.clock.set(desk.driver.now + timedelta(minutes=5))
    desk.save(BETTER, by=desk.second)
    with pytest.raises(Conflict) as stale:
        desk.save(FAULTY)
    assert stale.value.code == "draft.stale"
    told = stale.value.params
    assert (told["by"], told["by_name"]) == (desk.driver.county.persons["bureau.chief"], "bureau.chief")
    assert told["at"] == "2026-09-10 09:05:00", "by the clock of the bureau"
    assert desk.view().row.authors == [desk.driver.county.persons[who] for who in ("admin", "bureau.chief")]


def test_everybody_who_has_saved_is_an_author_and_may_not_approve(quick_desk: Desk) -> None:
    quick_desk.save(BETTER, by=quick_desk.second)
    quick_desk.say(ask_approval, "admin")
    with pytest.raises(Forbidden) as own:
        quick_desk.say(approve_draft, quick_desk.second)
    assert own.value.code == "draft.own_work"
    assert quick_desk.view(quick_desk.second).barred == "draft.own_work"


def test_what_waits_for_a_second_person_stays_as_it_is_until_it_is_taken_back_or_refused(quick_desk: Desk) -> None:
    quick_desk.save(BETTER)
    version = quick_desk.say(ask_approval, "admin")
    with pytest.raises(Conflict) as waits:
        quick_desk.save(BETTER, version)
    assert waits.value.code == "draft.asked"
    quick_desk.say(withdraw_request, "admin")
    quick_desk.say(ask_approval, "admin")
    with pytest.raises(Invalid) as unexplained:
        quick_desk.say(refuse_draft, quick_desk.second, " ")
    assert unexplained.value.code == "reason.missing"
    version = quick_desk.say(refuse_draft, quick_desk.second, "缺少说明")
    row = quick_desk.view().row
    assert (row.state, row.answer) == ("editing", "缺少说明")
    quick_desk.save(BETTER, version)


def test_what_was_published_meanwhile_is_looked_at_before_it_is_replaced(quick_desk: Desk) -> None:
    quick_desk.driver.deploy({**GOOD, "flow.bpmn": BETTER.encode()})
    assert quick_desk.view().behind
    with pytest.raises(Conflict) as behind:
        quick_desk.say(ask_approval, "admin")
    assert behind.value.code == "draft.behind"
    rebase_draft(quick_desk.driver.actor("admin"), DraftStep(quick_desk.draft, 1), now=quick_desk.driver.now)
    assert not quick_desk.view().behind
    quick_desk.say(ask_approval, "admin")


def test_a_flow_has_one_open_draft_and_it_names_who_has_it(desk: Desk) -> None:
    with pytest.raises(Conflict) as known:
        desk.begin()
    assert (known.value.code, known.value.params["draft_id"]) == ("draft.open", desk.draft)
    step = DraftStep(desk.draft, 1)
    discard_draft(desk.driver.actor("admin"), step, now=desk.driver.now)
    assert desk.begin() != desk.draft
    assert queries_drafts.files(desk.driver.actor("admin"), desk.draft), "what was given up can still be read"


def test_a_new_flow_begins_with_start_and_end_and_a_name_that_holds_quotes(quick_desk: Desk) -> None:
    quick_desk.draft = quick_desk.begin(key="leave", name='请"假" <A&B>')
    files = queries_drafts.files(quick_desk.driver.actor("admin"), quick_desk.draft)
    assert catalogue.key_of({name: text.encode() for name, text in files.items()}) == "leave"
    db.session.rollback()
    found = queries_drafts.findings(quick_desk.driver.actor("admin"), quick_desk.draft)
    assert [one.rule.id for one in found if one.severity == "error"] == []


@pytest.mark.parametrize("key", ["", "1st", "a b", "x" * 65, "@shared", "汉字"])
def test_an_unusable_key_is_refused(quick_desk: Desk, key: str) -> None:
    with pytest.raises(Invalid) as refused:
        quick_desk.begin(key=key, name="新流程")
    assert refused.value.code in ("draft.key", "draft.source")


@pytest.mark.parametrize(
    "name", ["../flow.bpmn", "/flow.bpmn", "a/../flow.bpmn", "flow.exe", "a\x00.bpmn", "x" * 300 + ".form"]
)
def test_names_that_lead_elsewhere_are_refused_and_the_draft_stays(quick_desk: Desk, name: str) -> None:
    sent = SaveDraft(quick_desk.draft, 1, {name: "x"})
    with pytest.raises(Invalid) as refused:
        save_files(quick_desk.driver.actor("admin"), sent, now=quick_desk.driver.now)
    assert refused.value.code == "deployment.file"
    assert quick_desk.view().row.version == 1


def test_files_of_another_flow_are_not_published_under_this_one(quick_desk: Desk) -> None:
    other = {"flow.bpmn": GOOD["flow.bpmn"].decode().replace('id="small"', 'id="other"')}
    files = {**other, "flow.toml": GOOD["flow.toml"].decode().replace('"small"', '"other"')}
    sent = SaveDraft(quick_desk.draft, 1, files)
    save_files(quick_desk.driver.actor("admin"), sent, now=quick_desk.driver.now)
    with pytest.raises(Invalid) as refused:
        quick_desk.say(ask_approval, "admin")
    assert refused.value.code == "draft.other_key"


def test_files_sent_to_be_published_wait_as_a_draft_while_there_is_a_second_admin(driver: Driver) -> None:
    alone = publish(driver.actor("admin"), Publish(GOOD), now=driver.now)
    assert alone.version == 1, "who is the only admin publishes alone"
    second = second_admin(driver.county, driver.now)
    sent = publish(driver.actor("admin"), Publish({**GOOD, "flow.bpmn": BETTER.encode()}), now=driver.now)
    assert sent.definition_id is None and sent.draft_id
    with pytest.raises(Conflict) as known:
        publish(driver.actor("admin"), Publish(GOOD), now=driver.now)
    assert known.value.code == "draft.open"
    done = approve_draft(driver.actor(second), Reasoned(str(sent.draft_id), 2), now=driver.now)
    assert done.version == 2


def test_nobody_asks_for_or_approves_a_draft_without_saying_what_they_saw(quick_desk: Desk) -> None:
    quick_desk.save(BETTER)
    unseen = Reasoned(quick_desk.draft, None, "上线")
    for command, who in (
        (ask_approval, "admin"),
        (refuse_draft, quick_desk.second),
        (approve_draft, quick_desk.second),
    ):
        with pytest.raises(Invalid) as refused:
            command(quick_desk.driver.actor(who), unseen, now=quick_desk.driver.now)
        assert refused.value.code == "version.missing"
        if command is ask_approval:
            quick_desk.say(ask_approval, "admin")


def test_only_the_files_that_were_asked_for_are_published(quick_desk: Desk) -> None:
    quick_desk.save(BETTER)
    quick_desk.say(ask_approval, "admin")
    with transaction() as session:
        drafts.write_files(session, quick_desk.draft, {"flow.bpmn": GOOD["flow.bpmn"].decode()}, ())
    with pytest.raises(Conflict) as refused:
        quick_desk.say(approve_draft, quick_desk.second)
    assert refused.value.code == "draft.other_files"
    assert quick_desk.newest().id == quick_desk.base


def test_a_release_of_the_house_does_not_bring_back_what_the_bureau_has_retired(quick_desk: Desk) -> None:
    now = quick_desk.driver.now
    asked = retire_flow(quick_desk.driver.actor("admin"), Retire(quick_desk.base, "不再使用"), now=now)
    approve_retirement(quick_desk.driver.actor(quick_desk.second), AnswerRequest(str(asked)), now=now)
    with pytest.raises(Conflict) as refused:
        publish(Actor.system(), Publish(GOOD), now=now)
    assert refused.value.code == "deployment.retired"
    assert publish(Actor.system(), Publish(GOOD, replace=True), now=now).version == 2


def test_a_release_of_the_house_does_not_undo_what_the_bureau_has_drawn(quick_desk: Desk) -> None:
    quick_desk.save(BETTER)
    quick_desk.say(ask_approval, "admin")
    quick_desk.say(approve_draft, quick_desk.second)
    house, now = Actor.system(), quick_desk.driver.now
    with pytest.raises(Conflict) as redrawn:
        publish(house, Publish(GOOD), now=now)
    assert redrawn.value.code == "deployment.redrawn"
    assert publish(house, Publish(GOOD, replace=True), now=now).version == 3


@pytest.mark.parametrize("who", ["bureau.hr", "s01.principal", "auditor"])
def test_only_admins_write_drafts_and_auditors_read_them(quick_desk: Desk, who: str) -> None:
    with pytest.raises(Forbidden):
        quick_desk.save(BETTER, by=who)
    with pytest.raises(Forbidden):
        quick_desk.say(approve_draft, who)
    if who != "auditor":
        with pytest.raises(Forbidden):
            quick_desk.view(who)


def test_an_unknown_draft_is_absent(quick_desk: Desk) -> None:
    with pytest.raises(NotFound):
        queries_drafts.draft(quick_desk.driver.actor("admin"), "nowhere", quick_desk.driver.now)


def test_a_draft_of_a_version_holds_its_own_files_and_not_those_of_the_library(quick_desk: Desk) -> None:
    assert {file["name"] for file in quick_desk.view().files} == set(GOOD)
    assert queries.pinned(quick_desk.base).manifest["form"].keys() == {"small-start.form"}
