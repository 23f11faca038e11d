"""Figures as pages read them: each actor their own, each entry with its case, sums that must agree."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, text

from service.access.actor import Actor
from service.db import db, transaction
from service.errors import NotFound
from service.instances.models import ProcessCase
from service.posts import ledger, queries, queries_sums
from service.posts.ledger import Line
from service.posts.rules import Figures
from tests.conftest import START
from tests.service.posts.conftest import BUREAU, HR, A, B, cause, figures, opened, person, run

pytestmark = pytest.mark.usefixtures("county")
SYSTEM = Actor.system()


def test_a_school_sees_its_own_accounts_and_hr_all() -> None:
    own = [opened(A, "headcount", None, 10), opened(A, "post", "senior", 2), opened(A, "post", "junior", 5)]
    other, pool = opened(B, "headcount", None, 10), opened(BUREAU, "post", "senior", 1, pool=True)
    principal = person("principal", A)
    assert [account.id for account in queries.accounts(principal)] == own
    assert {account.id for account in queries.accounts(HR)} == {*own, other, pool}
    assert [account.id for account in queries.accounts(HR, pool=True)] == [pool]
    with pytest.raises(NotFound):
        queries.account(principal, other)
    with pytest.raises(NotFound):
        queries.entries(principal, other)


def test_an_account_shows_its_figures_its_school_and_what_it_borrows() -> None:
    senior = opened(A, "post", "senior", 20, 23)
    pool = opened(BUREAU, "post", "senior", 5, pool=True, lent_to={A: 2, B: 1})
    run(ledger.take_back, cause(None), pool, "p", A)
    shown = queries.account(HR, senior)
    assert (shown.figures, shown.free, shown.borrowed, shown.organisation_name) == (Figures(20, 3, 23), 0, 1, A)
    assert queries.account(HR, pool).figures == Figures(5, lent=2)


def test_entries_page_backwards_and_name_their_case() -> None:
    account = opened(A, "headcount", None, 10)
    for n in range(1, 5):
        run(ledger.hold, cause("case-1", f"t{n}"), account, "demand", n)
    case = {
        "instance_id": "case-1", "definition_key": "hiring", "business_key": "ZP-2026-0001", "title": "招聘 3 人",
        "initiator_id": "p", "organisation_id": A, "started_at": START + timedelta(0),
    }  # fmt: skip
    with transaction() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            session.execute(text("PRAGMA defer_foreign_keys = ON"))
        session.execute(insert(ProcessCase), case)
        first = queries.entries(HR, account, limit=3)
        rest = queries.entries(HR, account, limit=3, before=first.next)
        session.rollback()
    shown = [*first.entries, *rest.entries]
    assert [entry.event for entry in shown] == ["reserved"] * 4 + ["opened"]
    assert {entry.business_key for entry in shown[:4]} == {"ZP-2026-0001"}
    assert (shown[4].business_key, shown[4].document, rest.next) == (None, "区编〔2026〕1号", None)
    assert shown[0].delta == Figures(reserved=1)


def test_the_holds_of_a_case_are_told_by_account_and_line() -> None:
    one, two = opened(A, "headcount", None, 10), opened(A, "post", "senior", 5)
    run(ledger.hold_many, cause(), [Line(one, "x", 2), Line(two, "x", 1), Line(two, "y", 1)])
    run(ledger.release, cause(token="t2"), two, "y")
    held = {(hold.account_id, hold.line, hold.count) for hold in queries_sums.holds_of(HR, "case-1")}
    assert held == {(one, "x", 2), (two, "x", 1)}
    assert queries_sums.holds_of(person("principal", B), "case-1") == ()


def test_the_sums_of_the_county_and_their_conservation() -> None:
    a, b = opened(A, "post", "senior", 20, 20), opened(B, "post", "senior", 5, 4)
    pool = opened(BUREAU, "post", "senior", 10, pool=True, lent_to={A: 6})
    run(ledger.hold, cause(), pool, "x", 1)
    [sums] = queries_sums.county(HR)
    assert (sums.approved, sums.decided, sums.moved, sums.is_conserved) == (35, 35, 0, True)
    assert (sums.schools, sums.pool) == (Figures(25, 0, 24), Figures(10, 0, 0, 1, 6))
    assert figures(a).free + figures(b).free == sums.schools.free == 1


def test_books_that_disagree_with_their_entries_are_named() -> None:
    account = opened(A, "headcount", None, 10, 5)
    assert queries_sums.reconcile(SYSTEM) == ()
    with transaction() as session:
        session.execute(text("UPDATE ledger_account SET approved = 12"))
    [difference] = queries_sums.reconcile(SYSTEM)
    assert (difference.account_id, difference.stands, difference.entered) == (
        account,
        Figures(12, 0, 5),
        Figures(10, 0, 5),
    )
    [sums] = queries_sums.county(SYSTEM)
    assert not sums.is_conserved
    db.session.rollback()
