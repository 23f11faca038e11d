"""Who holds which lent post: lent, appointed, extended, given back; the ledger and the rows always say the same."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from service.access.actor import Actor
from service.db import db
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.notices.outbox import OUTBOX
from service.notices.words import text
from service.people.models import Person
from service.posts import ledger, lending
from service.posts.commands_terms import remind_of_terms
from service.posts.ledger import Posted
from service.posts.lending import LOAN, NewLoan
from tests.conftest import START
from tests.service.posts.conftest import BUREAU, DAY, A, B, cause, figures, opened, place, run

FIRST, LAST = date(2026, 9, 1), date(2029, 8, 31)


def people(*names: str) -> None:
    """Write persons whose id is their name."""
    rows = [{"id": name, "name": name, "created_at": START, "version": 1} for name in names]
    run(lambda session: session.execute(insert(Person.__table__), rows))


@pytest.fixture
def pool(county: None) -> str:
    people("zhou", "wu")
    return opened(BUREAU, "post", "senior", 10, pool=True, lent_to={A: 6})


def lent(pool: str, person: str = "zhou", case: str = "case-1", borrower: str = B) -> str:
    run(ledger.hold, cause(case), pool, "one", 1)
    return str(run(lending.lend_to, cause(case, "t2"), NewLoan(pool, "one", borrower, person, FIRST, LAST)))


def on(day: date, person: str = "zhou") -> lending.Loan | None:
    found = lending.held_on(db.session(), [person], day).get(person)
    db.session.rollback()
    return found


def test_a_held_post_goes_to_a_person_for_a_term_and_comes_back(pool: str) -> None:
    loan_id = lent(pool)
    assert (figures(pool).lent, figures(pool).free) == (7, 3)
    assert on(FIRST - timedelta(days=1)) is None
    run(lending.appoint, cause("case-1", "t3"), "zhou", DAY)
    now = on(DAY)
    assert now is not None and (now.id, now.borrower_id, now.until, now.appointed_on) == (loan_id, B, LAST, DAY)

    run(lending.give_back, cause("case-2"), "zhou", "retirement", date(2027, 3, 1))
    assert (figures(pool).lent, figures(pool).free) == (6, 4)
    assert on(date(2027, 2, 28)) is not None and on(date(2027, 3, 1)) is None


def test_repeating_a_step_lends_appoints_and_gives_back_once(pool: str) -> None:
    assert lent(pool) == lent(pool)
    again = NewLoan(pool, "one", B, "zhou", FIRST, LAST)
    assert run(lending.lend_to, cause("case-1", "t9"), again) == lent(pool)
    for token in ("t3", "t4"):
        run(lending.appoint, cause("case-1", token), "zhou", DAY)
    run(lending.give_back, cause("case-1", "t5"), "zhou", "returned", DAY)
    assert run(lending.give_back, cause("case-1", "t6"), "zhou", "returned", DAY) == Posted()
    rows = run(lambda session: session.scalar(select(func.count()).select_from(LOAN)))
    assert (rows, figures(pool).lent, figures(pool).reserved) == (1, 6, 0)


def test_nobody_holds_two_lent_posts(pool: str) -> None:
    lent(pool)
    with pytest.raises(Conflict, match=r"loan\.held"):
        lent(pool, case="case-2", borrower=A)
    assert figures(pool).lent == 7
    run(lending.give_back, cause("case-3"), "zhou", "transfer", DAY)
    lent(pool, case="case-4", borrower=A)
    assert figures(pool).lent == 7


def test_only_what_the_case_holds_is_lent(pool: str) -> None:
    with pytest.raises(Conflict, match=r"ledger\.not_held"):
        run(lending.lend_to, cause(), NewLoan(pool, "one", B, "zhou", FIRST, LAST))
    assert on(FIRST) is None


@pytest.mark.parametrize("day", [FIRST - timedelta(days=1), LAST + timedelta(days=1)])
def test_nobody_is_appointed_outside_the_term(pool: str, day: date) -> None:
    lent(pool)
    with pytest.raises(Invalid, match=r"dates\.order"):
        run(lending.appoint, cause(token="t3"), "zhou", day)


def test_what_makes_no_sense_is_refused(pool: str) -> None:
    with pytest.raises(NotFound, match=r"loan\.absent"):
        run(lending.appoint, cause(), "zhou", DAY)
    with pytest.raises(NotFound, match=r"loan\.absent"):
        run(lending.extend, cause(), "zhou", LAST)
    with pytest.raises(Invalid, match=r"dates\.order"):
        run(lending.lend_to, cause(), NewLoan(pool, "one", B, "zhou", LAST, FIRST))
    lent(pool)
    with pytest.raises(Invalid, match=r"loan\.because"):
        run(lending.give_back, cause(token="t3"), "zhou", "because", DAY)
    with pytest.raises(Invalid, match=r"dates\.order"):
        run(lending.give_back, cause(token="t3"), "zhou", "returned", FIRST - timedelta(days=1))
    with pytest.raises(Invalid, match=r"dates\.order"):
        run(lending.extend, cause(token="t3"), "zhou", LAST - timedelta(days=1))
    assert figures(pool).lent == 7


def test_terms_that_are_over_are_found_and_may_be_extended(pool: str) -> None:
    lent(pool)

    def found(day: date) -> list[str]:
        return [loan.person_id for loan in run(lending.due, day)]

    assert (found(LAST - timedelta(days=1)), found(LAST)) == ([], ["zhou"])
    run(lending.extend, cause(token="t3"), "zhou", LAST.replace(year=2030))
    assert (found(LAST), found(LAST.replace(year=2030))) == ([], ["zhou"])


def test_bureau_hr_is_reminded_once_of_a_term_that_no_case_looks_after(pool: str) -> None:
    lent(pool)
    soon = datetime(2029, 7, 3, tzinfo=UTC)

    def told(now: datetime) -> int:
        return remind_of_terms(Actor.system(), now=now)

    assert (told(soon - timedelta(days=3)), told(soon), told(soon)) == (0, 1, 0)
    [row] = run(lambda session: session.execute(select(OUTBOX)).all())
    assert (row.kind, row.holder, row.body) == (
        "loan.due",
        "role:bureau_hr_officer",
        {"name": "zhou", "until": "2029-08-31"},
    )
    assert text(row.kind, row.body, "zh") == "zhou借用的预留岗位 2029-08-31 届满，请办理收回或延长"
    run(lending.extend, cause(token="t3"), "zhou", LAST.replace(year=2030))
    assert (told(soon), told(soon.replace(year=2030)), told(soon.replace(year=2030))) == (0, 1, 0)
    with pytest.raises(Forbidden):
        remind_of_terms(Actor.anonymous(), now=soon)


def test_posts_lent_before_the_opening_day_get_their_holders_one_by_one(pool: str) -> None:
    people(*(f"old-{n}" for n in range(7)))
    for n in range(6):
        run(lending.name_holder, cause(None), NewLoan(pool, "opening", A, f"old-{n}", FIRST, LAST))
    with pytest.raises(Conflict, match=r"loan\.all_named"):
        run(lending.name_holder, cause(None), NewLoan(pool, "opening", A, "old-6", FIRST, LAST))
    with pytest.raises(Conflict, match=r"loan\.held"):
        run(lending.name_holder, cause(None), NewLoan(pool, "opening", A, "old-1", FIRST, LAST))
    assert figures(pool).lent == 6
    run(lending.give_back, cause("case-1"), "old-0", "demotion", DAY)
    assert figures(pool).lent == 5


def test_giving_back_at_once_from_two_sides_gives_back_once(postgres_app: Flask) -> None:
    place()
    people("zhou")
    pool = opened(BUREAU, "post", "senior", 10, pool=True)
    lent(pool)
    gate = Barrier(8)

    def one(number: int) -> int:
        with postgres_app.app_context():
            gate.wait()
            posted = run(lending.give_back, cause(f"case-{number}", "t"), "zhou", "retirement", DAY)
            return len(posted.entries)

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(one, range(8))) == 1
    assert figures(pool).lent == 0
