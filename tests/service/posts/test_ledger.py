"""Holds are declarative and idempotent, groups of lines post whole or not at all, and statements are few."""

from typing import Any

import pytest
from sqlalchemy import event, func, select

from service.db import db, transaction
from service.errors import Conflict, Invalid, NotFound
from service.posts import ledger, posting
from service.posts.ledger import Full, Line, Posted
from service.posts.rules import Figures
from tests.service.posts.conftest import BUREAU, A, B, cause, decision, figures, opened, run

pytestmark = pytest.mark.usefixtures("county")


def deltas(account_id: str) -> list[int]:
    """The reserved column of the account's entries, oldest first."""
    entry = posting.ENTRY
    found = select(entry.c.reserved).where(entry.c.account_id == account_id, entry.c.event != "opened")
    rows = list(db.session.scalars(found.order_by(entry.c.id)))
    db.session.rollback()
    return rows


def count_entries() -> int:
    found = db.session.scalar(select(func.count()).select_from(posting.ENTRY)) or 0
    db.session.rollback()
    return found


def test_a_return_a_cut_and_a_resubmission_post_only_the_differences() -> None:
    account = opened(A, "headcount", None, 10, 5)
    for token, count in (("t1", 3), ("t2", 3), ("t3", 2), ("t4", 4)):
        run(ledger.hold, cause(token=token), account, "demand", count)
        assert figures(account).reserved == count
    assert deltas(account) == [3, -1, 2]


def test_the_replay_of_a_reserve_changes_nothing_even_after_the_hold_went_on() -> None:
    account = opened(A, "headcount", None, 10, 5)
    run(ledger.hold, cause(), account, "demand", 3)
    run(ledger.hold, cause(), account, "demand", 3)
    run(ledger.occupy, cause(token="t2"), account, "demand", 1)
    assert run(ledger.hold, cause(), account, "demand", 3) == Posted()
    assert figures(account) == Figures(10, 0, 6, 2, 0)


def test_the_replay_of_an_occupation_a_promotion_and_a_loan_changes_nothing() -> None:
    middle, junior = opened(A, "post", "middle", 4, 1), opened(A, "post", "junior", 4, 3)
    pool = opened(BUREAU, "post", "middle", 3, pool=True)
    run(ledger.hold_many, cause(), [Line(middle, "x", 1), Line(middle, "y", 1), Line(pool, "z", 1)])
    for _ in range(2):
        run(ledger.occupy, cause(token="t2"), middle, "x")
        run(ledger.promote, cause(token="t3"), middle, "y", junior)
        run(ledger.lend, cause(token="t4"), pool, "z", A)
    assert (figures(middle), figures(junior)) == (Figures(4, 0, 3, 0, 0), Figures(4, 0, 2, 0, 0))
    assert figures(pool) == Figures(3, 0, 0, 0, 1)
    for _ in range(2):
        run(ledger.take_back, cause(token="t5"), pool, "z", A)
    assert figures(pool) == Figures(3)


def test_two_replacement_rounds_keep_the_hold_until_the_ranks_are_used_up() -> None:
    account = opened(A, "headcount", None, 100, 99)
    run(ledger.hold, cause(), account, "slot-1", 1)
    for round_number in (1, 2):
        run(ledger.hold, cause(token=f"replace-{round_number}"), account, "slot-1", 1)
        assert figures(account).reserved == 1
        assert isinstance(run(ledger.hold, cause("other"), account, "demand", 1), Full)
    run(ledger.release, cause(token="used-up"), account, "slot-1")
    assert deltas(account) == [1, -1]
    assert figures(account).free == 1


def test_several_lines_post_whole_or_not_at_all() -> None:
    headcount, senior = opened(A, "headcount", None, 10, 5), opened(A, "post", "senior", 2, 2)
    outcome = run(ledger.hold_many, cause(), [Line(headcount, "demand", 1), Line(senior, "demand", 1)])
    assert outcome == Full(senior, A, "post", "senior", False, 1, 0)
    assert (figures(headcount).reserved, count_entries()) == (0, 2)


def test_two_lines_of_one_account_are_counted_together() -> None:
    account = opened(A, "headcount", None, 10, 9)
    outcome = run(ledger.hold_many, cause(), [Line(account, "a", 1), Line(account, "b", 1)])
    assert outcome == Full(account, A, "headcount", None, False, 2, 1)
    assert figures(account).reserved == 0


def test_the_end_of_a_case_releases_every_hold_and_only_its_own() -> None:
    headcount, senior = opened(A, "headcount", None, 10, 5), opened(A, "post", "senior", 5, 2)
    run(ledger.hold_many, cause("c1"), [Line(headcount, "x", 2), Line(senior, "x", 1), Line(senior, "y", 1)])
    run(ledger.hold, cause("c2"), senior, "x", 1)
    run(ledger.occupy, cause("c1", "t2"), headcount, "x", 1)
    ended = cause("c1", "", "")
    assert len(run(ledger.release_all, ended).entries) == 3
    assert run(ledger.release_all, ended) == Posted()
    assert figures(headcount) == Figures(10, 0, 6, 0, 0)
    assert figures(senior) == Figures(5, 0, 2, 1, 0)


def test_holds_taken_after_a_release_of_all_are_released_by_the_next() -> None:
    account = opened(A, "headcount", None, 10, 5)
    for token in ("t1", "t2"):
        run(ledger.hold, cause(token=token), account, "demand", 2)
        run(ledger.release_all, cause("case-1", "", ""))
        assert figures(account).reserved == 0


def test_an_exchange_with_the_employment_relation_moves_headcount_and_post() -> None:
    from_a = opened(A, "headcount", None, 10, 10), opened(A, "post", "middle", 4, 4)
    to_b = opened(B, "headcount", None, 10, 8), opened(B, "post", "middle", 4, 3)
    run(ledger.hold_many, cause(), [Line(account, "teacher", 1) for account in to_b])
    run(ledger.exchange, cause(token="t2"), "teacher", dict(zip(from_a, to_b, strict=True)))
    assert [figures(a).occupied for a in (*from_a, *to_b)] == [9, 3, 9, 4]
    assert [figures(a).reserved for a in to_b] == [0, 0]


def test_what_is_not_held_cannot_be_occupied_and_what_is_not_lent_cannot_return() -> None:
    account, pool = opened(A, "post", "senior", 10, 5), opened(BUREAU, "post", "senior", 3, pool=True, lent_to={A: 1})
    run(ledger.hold, cause("other"), account, "x", 1)
    with pytest.raises(Conflict, match=r"ledger\.not_held"):
        run(ledger.occupy, cause(), account, "x")
    with pytest.raises(Conflict, match=r"ledger\.not_lent"):
        run(ledger.take_back, cause(), pool, "x", B)
    with pytest.raises(Conflict, match=r"ledger\.not_occupied"):
        run(ledger.vacate, cause(), [account], "x", 6)
    with pytest.raises(Invalid, match=r"ledger\.not_pool"):
        run(ledger.take_back, cause(), account, "x", A)


def test_a_full_account_is_told_to_who_submits_with_its_name() -> None:
    account = opened(A, "post", "senior", 1, 1)
    full = run(ledger.hold, cause(), account, "demand", 2)
    with pytest.raises(Conflict) as refused:
        ledger.refuse(full)
    assert refused.value.code == "ledger.full"
    assert refused.value.params == {
        "account_id": account, "organisation_id": A, "kind": "post", "band": "senior", "asked": 2, "free": 0,
    }  # fmt: skip


def test_decisions_need_their_paper_and_like_accounts() -> None:
    headcount, senior = opened(A, "headcount", None, 10, 5), opened(A, "post", "senior", 5, 2)
    with pytest.raises(Invalid, match=r"ledger\.document_needed"):
        run(ledger.change_approved, cause(None), headcount, 9)
    with pytest.raises(Invalid, match=r"ledger\.unlike_accounts"):
        run(ledger.move_post, decision(), headcount, senior)
    with pytest.raises(NotFound):
        run(ledger.hold, cause(), "nowhere", "demand", 1)


def test_a_cut_below_the_people_in_post_makes_excess_and_a_rise_takes_it_away() -> None:
    account = opened(A, "post", "senior", 20, 18)
    run(ledger.change_approved, decision(), account, 15)
    assert figures(account) == Figures(15, 3, 18, 0, 0)
    run(ledger.change_approved, decision(), account, 17)
    assert figures(account) == Figures(17, 1, 18, 0, 0)
    run(ledger.change_approved, decision(), account, 20)
    assert (figures(account).excess, figures(account).free) == (0, 2)


def test_a_pool_is_not_cut_below_what_it_has_lent() -> None:
    pool = opened(BUREAU, "post", "senior", 10, pool=True, lent_to={A: 6})
    assert isinstance(run(ledger.change_approved, decision(), pool, 5), Full)
    assert isinstance(run(ledger.change_approved, decision(), pool, 6), Posted)


def test_a_line_costs_two_statements_and_a_call_one_lock() -> None:
    ids = [opened(A, "headcount", None, 10), opened(A, "post", "senior", 5), opened(A, "post", "middle", 5)]
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement.split()[0])

    event.listen(db.engine, "before_cursor_execute", note)
    with transaction() as session:
        seen.clear()
        ledger.hold_many(session, cause(), [Line(account, "demand", 1) for account in ids])
        assert seen == ["SELECT", "UPDATE", "INSERT"]
        seen.clear()
        ledger.hold_many(session, cause(token="t2"), [Line(account, "demand", 1) for account in ids])
        assert seen == ["SELECT"]
    event.remove(db.engine, "before_cursor_execute", note)
