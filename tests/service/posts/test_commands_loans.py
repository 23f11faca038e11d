"""Lent posts that no case looks after: whose they are, longer terms, their way back (policy §3.P 10, §8)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from service.audit import timeline
from service.db import db, transaction
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.flows.declaring import QUEUES
from service.people.models import Appointment, Person, Relation
from service.posts import commands_loans, lending, queries_loans
from service.posts.commands_loans import CorrectHolder, ExtendLoan, NameHolder, ReturnPost
from service.posts.recording import stream_of
from service.posts.rules import Figures
from tests.conftest import START
from tests.queues import of_bands
from tests.service.posts.conftest import BUREAU, DAY, HR, PAPER, A, B, figures, opened, person, run

pytestmark = pytest.mark.usefixtures("county")
PRINCIPAL = person("principal", A)


@pytest.fixture
def holder(county: None) -> NameHolder:
    """Somebody of A on a senior post, one of two that the pool had lent to A before the opening day."""
    pool = opened(BUREAU, "post", "senior", 4, pool=True, lent_to={A: 1})
    row = {
        "id": "a1", "person_id": "p1", "organisation_id": A, "employment_kind": "staffed", "document": "",
        "post_category": "professional", "band": "senior", "valid_from": DAY - timedelta(days=900),
    }  # fmt: skip
    with transaction() as session:
        session.execute(insert(Person), {"id": "p1", "name": "李明", "created_at": START, "version": 1})
        session.execute(insert(Appointment), row)
    return NameHolder(pool, A, "p1", DAY - timedelta(days=300), DAY + timedelta(days=300), **PAPER)


def test_who_sits_in_a_post_lent_before_the_opening_day_is_named_and_nothing_moves(holder: NameHolder) -> None:
    before = figures(holder.account_id)
    loan_id = commands_loans.name_holder(HR, holder, now=START)
    [loan] = run(lending.open_loans, ["p1"]).values()
    assert (loan.id, loan.borrower_id, loan.appointed_on) == (loan_id, A, holder.from_on)
    assert figures(holder.account_id) == before
    with pytest.raises(Conflict, match=r"loan\.held"):
        commands_loans.name_holder(HR, holder, now=START)


def test_a_holder_is_of_that_school_and_band_and_named_by_hr_alone(holder: NameHolder) -> None:
    school = opened(A, "post", "senior", 4)
    for wrong, error in (
        (replace(holder, borrower_id=B), r"loan\.not_there"),
        (replace(holder, person_id="nobody"), r"loan\.not_there"),
        (replace(holder, account_id=school), r"ledger\.not_pool"),
        (replace(holder, from_on=DAY - timedelta(days=901)), r"loan\.not_there"),
        (replace(holder, from_on=START.date() + timedelta(days=1)), r"loan\.not_begun"),
        (replace(holder, until=holder.from_on - timedelta(days=1)), r"dates\.order"),
    ):
        with pytest.raises(Invalid, match=error):
            commands_loans.name_holder(HR, wrong, now=START)
    with pytest.raises(NotFound):
        commands_loans.name_holder(PRINCIPAL, holder, now=START)
    assert run(lending.open_loans, ["p1"]) == {}


def test_nobody_names_themselves_or_their_kin_as_a_holder(holder: NameHolder) -> None:
    officer = replace(HR, person_id="p2")
    with transaction() as session:
        session.execute(insert(Person), {"id": "p2", "name": "李红", "created_at": START, "version": 1})
    with pytest.raises(Forbidden, match=r"loan\.own_interest"):
        commands_loans.name_holder(replace(HR, person_id="p1"), holder, now=START)
    kin = {
        "id": "r1",
        "person_id": "p1",
        "kind": "spouse",
        "relative_id": "p2",
        "declared_at": START,
        "declared_by": "a",
    }
    with transaction() as session:
        session.execute(insert(Relation), kin)
    with pytest.raises(Forbidden, match=r"loan\.own_interest"):
        commands_loans.name_holder(officer, holder, now=START)
    assert run(lending.open_loans, ["p1"]) == {}


@pytest.fixture
def loan(holder: NameHolder) -> str:
    return commands_loans.name_holder(HR, holder, now=START)


def hired(name: str, number: str, band: str = "senior") -> None:
    row = {
        "id": f"a{number}", "person_id": number, "organisation_id": A, "employment_kind": "staffed", "document": "",
        "post_category": "professional", "band": band, "valid_from": DAY - timedelta(days=900),
    }  # fmt: skip
    with transaction() as session:
        session.execute(insert(Person), {"id": number, "name": name, "created_at": START, "version": 1})
        session.execute(insert(Appointment), row)


def test_a_term_is_extended_by_a_document(loan: str, holder: NameHolder) -> None:
    with pytest.raises(Invalid, match=r"dates\.order"):
        commands_loans.extend_loan(HR, ExtendLoan(loan, holder.until, **PAPER), now=START)
    commands_loans.extend_loan(HR, ExtendLoan(loan, holder.until + timedelta(days=365), **PAPER), now=START)
    [found] = run(lending.open_loans, ["p1"]).values()
    assert found.until == holder.until + timedelta(days=365)


def test_a_post_goes_back_and_one_of_the_school_s_own_takes_its_place(loan: str, holder: NameHolder) -> None:
    own = opened(A, "post", "senior", 2, 1)
    commands_loans.return_post(HR, ReturnPost(loan, START.date(), "own_post", **PAPER), now=START)
    assert run(lending.open_loans, ["p1"]) == {}
    assert (figures(own), figures(holder.account_id)) == (Figures(2, 0, 2), Figures(4))
    for account in (own, holder.account_id):
        told = timeline.events(db.session(), stream_of(account))[-1]
        assert told.body and told.body["document"] == PAPER["document"]
    db.session.rollback()
    with pytest.raises(NotFound, match=r"loan\.absent"):
        commands_loans.return_post(HR, ReturnPost(loan, START.date(), "own_post", **PAPER), now=START)


@pytest.mark.parametrize(("posts", "waiting", "code"), [
    (1, 0, r"ledger\.full"), (2, 1, r"ledger\.others_wait"), (0, 0, r"ledger\.no_account"),
])  # fmt: skip
def test_no_post_of_the_school_s_own_is_taken_where_none_is_free_of_claims(
    loan: str, holder: NameHolder, monkeypatch: pytest.MonkeyPatch, posts: int, waiting: int, code: str
) -> None:
    if posts:
        opened(A, "post", "senior", posts, 1)
    monkeypatch.setitem(QUEUES, "title", of_bands({"senior": waiting}))
    with pytest.raises(Conflict, match=code):
        commands_loans.return_post(HR, ReturnPost(loan, START.date(), "own_post", **PAPER), now=START)
    assert figures(holder.account_id).lent == 1
    commands_loans.return_post(HR, ReturnPost(loan, START.date(), "no_post", **PAPER), now=START)
    assert figures(holder.account_id) == Figures(4)
    with transaction() as session:
        job = session.execute(select(Appointment).where(Appointment.valid_until.is_(None))).scalar_one()
        assert (job.person_id, job.band, job.document) == ("p1", None, PAPER["document"])


def test_the_wrong_holder_is_put_right_and_nothing_moves(loan: str, holder: NameHolder) -> None:
    hired("王芳", "p3")
    hired("赵强", "p4", "middle")
    before = figures(holder.account_id)
    with pytest.raises(Invalid, match=r"loan\.not_there"):
        commands_loans.correct_holder(HR, CorrectHolder(loan, "p4", **PAPER), now=START)
    commands_loans.correct_holder(HR, CorrectHolder(loan, "p3", **PAPER), now=START)
    found = run(lending.open_loans, ["p1", "p3"])
    assert (list(found), found["p3"].id, figures(holder.account_id)) == (["p3"], loan, before)
    assert [row.name for row in queries_loans.loans(HR)] == ["王芳"]
    db.session.rollback()


def test_only_bureau_hr_decides_and_nobody_for_kin(loan: str) -> None:
    sent = ExtendLoan(loan, DAY + timedelta(days=999), **PAPER)
    with pytest.raises(Forbidden):
        commands_loans.extend_loan(PRINCIPAL, sent, now=START)
    with pytest.raises(Forbidden, match=r"loan\.own_interest"):
        commands_loans.extend_loan(replace(HR, person_id="p1"), sent, now=START)


def test_what_nobody_is_named_to_hold_is_told_with_who_could(holder: NameHolder) -> None:
    hired("赵强", "p4", "middle")
    assert queries_loans.unnamed(HR, A) == [(holder.account_id, "senior", 1)]
    assert queries_loans.able_holders(HR, A, START.date()) == [("p1", "李明", "senior"), ("p4", "赵强", "middle")]
    db.session.rollback()
    commands_loans.name_holder(HR, holder, now=START)
    assert queries_loans.unnamed(HR, A) == []
    assert [one[0] for one in queries_loans.able_holders(HR, A, START.date())] == ["p4"]
    db.session.rollback()
