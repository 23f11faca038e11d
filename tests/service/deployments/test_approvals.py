"""Two persons publish a flow and take it out of use, and two accounts of one person are no two."""

from datetime import date, timedelta

import orjson
import pytest

from service import installing
from service.access.commands_accounts import CloseAccount, ResetPassword, close_account, reset_password
from service.db import db, transaction
from service.deployments import queries_diff, queries_drafts
from service.deployments.commands_approval import approve_draft, ask_approval, refuse_draft
from service.deployments.commands_retiring import (
    AnswerRequest,
    Retire,
    approve_retirement,
    refuse_retirement,
    retire_flow,
)
from service.errors import Conflict, Forbidden, Invalid
from service.operation import checks_record
from tests.driver import Driver
from tests.service.deployments.desk import BETTER, Desk
from tests.service.tasks import flows
from workflows import catalogue


@pytest.fixture
def quick_desk(driver: Driver) -> Desk:
    return Desk(driver)


def state(desk: Desk) -> str:
    found = catalogue.row_of(db.session(), desk.base).state
    db.session.rollback()
    return found


def test_a_flow_is_taken_out_of_use_by_two_admins(quick_desk: Desk) -> None:
    driver = quick_desk.driver
    admin, second, now = driver.actor("admin"), driver.actor(quick_desk.second), driver.now
    asked = retire_flow(admin, Retire(quick_desk.base, "并入新流程"), now=now)
    assert asked and state(quick_desk) == "active"
    with pytest.raises(Conflict, match=r"retirement\.open"):
        retire_flow(second, Retire(quick_desk.base, "也要停用"), now=now)
    with pytest.raises(Forbidden, match=r"retirement\.own"):
        approve_retirement(admin, AnswerRequest(asked), now=now)
    with pytest.raises(Invalid, match=r"reason\.missing"):
        refuse_retirement(second, AnswerRequest(asked), now=now)
    refuse_retirement(second, AnswerRequest(asked, "还有学校在用"), now=now)
    with pytest.raises(Conflict, match=r"retirement\.answered"):
        approve_retirement(second, AnswerRequest(asked), now=now)
    assert state(quick_desk) == "active"
    again = retire_flow(admin, Retire(quick_desk.base, "各校已停用"), now=now)
    assert approve_retirement(second, AnswerRequest(str(again)), now=now) == 1
    assert state(quick_desk) == "retired"
    told = [(row.state, row.asked_by) for row in queries_drafts.retirements(admin, "small")]
    db.session.rollback()
    me = driver.county.persons["admin"]
    assert told == [("approved", me), ("refused", me)]


def test_an_admin_does_not_approve_through_an_account_that_they_have_reset(quick_desk: Desk) -> None:
    driver = quick_desk.driver
    quick_desk.save(BETTER)
    quick_desk.say(ask_approval, "admin")
    sent = ResetPassword(driver.county.accounts[quick_desk.second], "Zheng-Tai-2026-shu")
    reset_password(driver.actor("admin"), sent, now=driver.now)
    with pytest.raises(Forbidden, match=r"approval\.dependent"):
        quick_desk.say(approve_draft, quick_desk.second)
    assert quick_desk.view(quick_desk.second).barred == "approval.dependent"
    second = driver.county.persons[quick_desk.second]
    first_day = driver.now.date() + timedelta(days=14)
    assert approvers(quick_desk) == [(second, first_day)]
    driver.clock.advance(timedelta(days=13, hours=23))
    assert approvers(quick_desk) == [(second, first_day)]
    driver.clock.advance(timedelta(hours=2))
    assert approvers(quick_desk) == [(second, None)]
    quick_desk.say(approve_draft, quick_desk.second)


def test_the_server_opens_an_admin_who_approves_at_once(quick_desk: Desk) -> None:
    driver = quick_desk.driver
    quick_desk.save(BETTER)
    sent = ResetPassword(driver.county.accounts[quick_desk.second], "Zheng-Tai-2026-shu")
    reset_password(driver.actor("admin"), sent, now=driver.now)
    quick_desk.say(ask_approval, "admin")
    assert [since for _, since in approvers(quick_desk) or ()] != [None]
    assert [one.code for one in checks_record.admins(driver.now)] == ["doctor.admins"], (
        "the first still approves the second"
    )
    db.session.rollback()
    installing.first_admin("third", "Zheng-Tai-2026-shu", driver.now)
    assert next(since for _, since in approvers(quick_desk) or ()) is None


def approvers(desk: Desk) -> list[tuple[str, date | None]] | None:
    found = queries_drafts.approvers(desk.driver.actor("admin"), desk.draft, desk.driver.now)
    db.session.rollback()
    return None if found is None else [(one.person_id, one.since) for one in found]


def test_who_closes_the_account_of_the_only_colleague_does_not_publish_alone(quick_desk: Desk) -> None:
    driver = quick_desk.driver
    sent = CloseAccount(driver.county.accounts[quick_desk.second])
    close_account(driver.actor("admin"), sent, now=driver.now)
    quick_desk.save(BETTER)
    quick_desk.say(ask_approval, "admin")
    with pytest.raises(Forbidden, match=r"draft\.own_work"):
        quick_desk.say(approve_draft, "admin")
    driver.clock.advance(timedelta(days=15))
    quick_desk.say(approve_draft, "admin")


def test_what_is_the_newest_version_unchanged_is_not_asked_for(quick_desk: Desk) -> None:
    with pytest.raises(Conflict) as refused:
        quick_desk.say(ask_approval, "admin")
    assert (refused.value.code, refused.value.params) == ("draft.nothing_new", {"version": 1})


def test_shared_parts_are_compared_and_approved_with_the_draft(quick_desk: Desk) -> None:
    driver = quick_desk.driver
    admin, now = driver.actor("admin"), driver.now

    def share(label: str) -> None:
        form = {"id": "shared-form", "type": "default", "components": [{"type": "text", "id": "a", "text": label}]}
        with transaction() as session:
            catalogue.deploy_library(session, {"s.form": orjson.dumps(form)}, now=now)

    share("旧")
    confirm = flows.task("confirm", "bureau_hr_chief", form="shared-form", decisions="approve")
    flow = flows.line(confirm, ids=("confirm",))["flow.bpmn"].decode()
    quick_desk.save(flow)
    quick_desk.say(ask_approval, "admin")
    found = queries_diff.of_draft(admin, quick_desk.draft)
    assert (list(found.pinned), [one.state for one in found.shared]) == (["shared/s.form"], ["added"])
    db.session.rollback()
    share("新")
    with pytest.raises(Conflict) as refused:
        quick_desk.say(approve_draft, quick_desk.second)
    assert (refused.value.code, refused.value.params) == ("draft.other_library", {"files": ["shared/s.form"]})
    quick_desk.say(refuse_draft, quick_desk.second, "共享表单变了")
    quick_desk.say(ask_approval, "admin")
    quick_desk.say(approve_draft, quick_desk.second)
    assert quick_desk.newest().version == 2
