"""Dated decisions: who may take them, what they move, what they leave in the chain."""

import pytest
from flask import Flask

from service.access.actor import Actor
from service.audit import timeline
from service.db import db
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.flows.declaring import QUEUES
from service.posts import commands, ledger
from service.posts.commands import ChangeApproved, MovePost, OpenAccounts
from service.posts.opening import NewAccount
from service.posts.recording import stream_of
from service.posts.rules import Figures
from tests.conftest import START
from tests.service.posts.conftest import BUREAU, DAY, HR, PAPER, A, B, cause, figures, opened, person, run

pytestmark = pytest.mark.usefixtures("county")
PRINCIPAL = person("principal", A)


def kinds(account_id: str) -> list[str]:
    found = [e.kind for e in timeline.events(db.session(), stream_of(account_id))]
    db.session.rollback()
    return found


def test_opening_balances_are_loaded_as_they_are(any_app: Flask) -> None:
    new = (NewAccount(A, "post", "senior", 20, 23), NewAccount(A, "headcount", None, 100, 96))
    senior, headcount = commands.open_accounts(HR, OpenAccounts(new, **PAPER), now=START)
    assert (figures(senior), figures(headcount)) == (Figures(20, 3, 23), Figures(100, 0, 96))
    assert kinds(senior) == ["ledger.opened"]
    with pytest.raises(Conflict, match=r"ledger\.account_exists"):
        commands.open_accounts(HR, OpenAccounts(new[:1], **PAPER), now=START)


@pytest.mark.parametrize(
    "new",
    [
        NewAccount(A, "headcount", None, -1),
        NewAccount(A, "post", "senior", 5, lent_to={B: 1}),
        NewAccount(BUREAU, "post", "senior", 5, 1, pool=True),
        NewAccount(BUREAU, "post", "senior", 5, pool=True, lent_to={A: 6}),
    ],
)
def test_impossible_opening_balances_are_refused(new: NewAccount) -> None:
    with pytest.raises(Invalid, match=r"ledger\.opening"):
        commands.open_accounts(HR, OpenAccounts((new,), **PAPER), now=START)


def test_a_dated_approval_changes_the_number_and_is_recorded() -> None:
    account = opened(A, "headcount", None, 100, 96)
    commands.change_approved(HR, ChangeApproved(account, 90, **PAPER), now=START)
    assert figures(account) == Figures(90, 6, 96)
    [event] = timeline.events(db.session(), stream_of(account))
    assert (event.kind, event.actor_id) == ("ledger.approved", "person-bureau_hr_chief")
    assert event.body is not None
    assert event.body["document"] == PAPER["document"]
    assert event.body["delta"] == {"approved": -10, "excess": 6, "occupied": 0, "reserved": 0, "lent": 0}


def test_each_quota_office_changes_its_own_figures_only() -> None:
    headcount, senior = opened(A, "headcount", None, 10), opened(A, "post", "senior", 10)
    staffing, human_resources = person("staffing_officer", "s", "staffing_office"), person("hr_bureau_officer", "h")
    commands.change_approved(staffing, ChangeApproved(headcount, 9, **PAPER), now=START)
    commands.change_approved(human_resources, ChangeApproved(senior, 9, **PAPER), now=START)
    for actor, account in ((staffing, senior), (human_resources, headcount), (PRINCIPAL, headcount)):
        with pytest.raises(Forbidden):
            commands.change_approved(actor, ChangeApproved(account, 8, **PAPER), now=START)
    assert (figures(headcount).approved, figures(senior).approved) == (9, 9)


def test_another_school_does_not_even_learn_that_the_account_exists() -> None:
    account = opened(A, "headcount", None, 10)
    with pytest.raises(NotFound):
        commands.change_approved(person("principal", B), ChangeApproved(account, 8, **PAPER), now=START)


@pytest.mark.parametrize("document", ["", "  "])
def test_a_decision_without_a_document_number_is_refused(document: str) -> None:
    account = opened(A, "headcount", None, 10)
    with pytest.raises(Invalid, match=r"ledger\.document_needed"):
        commands.change_approved(HR, ChangeApproved(account, 8, document, DAY), now=START)


def test_a_free_post_moves_to_the_pool_and_an_occupied_one_does_not() -> None:
    school, pool = opened(A, "post", "senior", 10, 9), opened(BUREAU, "post", "senior", 0, pool=True)
    commands.move_post(HR, MovePost(school, pool, 1, **PAPER), now=START)
    assert (figures(school).approved, figures(pool).approved) == (9, 1)
    assert kinds(school) == kinds(pool) == ["ledger.moved"]
    with pytest.raises(Conflict) as refused:
        commands.move_post(HR, MovePost(school, pool, 1, **PAPER), now=START)
    assert (refused.value.code, refused.value.params["asked"], refused.value.params["free"]) == ("ledger.full", 1, 0)


def test_a_post_for_which_somebody_waits_does_not_move_away(monkeypatch: pytest.MonkeyPatch) -> None:
    school, pool = opened(A, "post", "senior", 10, 8), opened(BUREAU, "post", "senior", 0, pool=True)
    monkeypatch.setitem(QUEUES, "title", lambda _session, _places, _on: {(A, "senior"): 1})
    with pytest.raises(Conflict, match=r"ledger\.others_wait"):
        commands.move_post(HR, MovePost(school, pool, 2, **PAPER), now=START)
    assert (figures(school), figures(pool)) == (Figures(10, 0, 8), Figures())
    commands.move_post(HR, MovePost(school, pool, 1, **PAPER), now=START)
    assert figures(pool).approved == 1


def test_the_system_may_do_what_hr_may() -> None:
    account = opened(A, "headcount", None, 10)
    run(ledger.hold, cause(), account, "demand", 1)
    commands.change_approved(Actor.system(), ChangeApproved(account, 12, **PAPER), now=START)
    assert figures(account).free == 11
