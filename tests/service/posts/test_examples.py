"""The worked examples of policy.md §2 on the ledger, number by number: 1–4, 10 and 11."""

import pytest
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from service.access.actor import Actor
from service.db import db
from service.people.models import Appointment, Person
from service.posts import ledger, lending
from service.posts.leaving import leave
from service.posts.ledger import Full, Line, Posted
from service.posts.lending import NewLoan
from service.posts.queries import accounts
from service.posts.rules import Figures, pool_shortage
from tests.conftest import START
from tests.service.posts.conftest import BUREAU, DAY, A, B, cause, decision, figures, opened, run

pytestmark = pytest.mark.usefixtures("county")


@pytest.fixture
def people(county: None) -> None:
    row = {"id": "teacher", "name": "teacher", "created_at": START, "version": 1}
    run(lambda session: session.execute(insert(Person.__table__), row))


def at(place: str) -> None:
    """The teacher is appointed at the school, on a senior post, and nowhere else any more."""
    row = {
        "id": f"at-{place}", "person_id": "teacher", "organisation_id": place, "employment_kind": "staffed",
        "post_category": "professional", "band": "senior", "valid_from": DAY, "document": "",
    }  # fmt: skip
    run(lambda session: session.execute(update(Appointment).values(valid_until=DAY)))
    run(lambda session: session.execute(insert(Appointment), row))


def numbers(account_id: str) -> tuple[int, int, int]:
    """Occupied, reserved, free."""
    now = figures(account_id)
    return now.occupied, now.reserved, now.free


def test_1_second_request_is_refused_and_a_failed_candidate_gives_back() -> None:
    account = opened(A, "headcount", None, 100, 96)
    run(ledger.hold_many, cause("c1"), [Line(account, f"candidate-{n}", 1) for n in (1, 2, 3)])
    assert numbers(account) == (96, 3, 1)

    refused = run(ledger.hold, cause("c2"), account, "demand", 2)
    assert refused == Full(account, A, "headcount", None, False, 2, 1)
    assert numbers(account) == (96, 3, 1)

    run(ledger.release, cause("c1", "t2"), account, "candidate-3")
    assert numbers(account) == (96, 2, 2)

    for n in (1, 2):
        run(ledger.occupy, cause("c1", f"t{n + 2}", "onboard"), account, f"candidate-{n}")
    assert numbers(account) == (98, 0, 2)


def test_2_a_title_moves_its_holder_up_and_leaves_headcount_alone() -> None:
    headcount = opened(A, "headcount", None, 200, 190)
    middle, junior = opened(A, "post", "middle", 40, 38), opened(A, "post", "junior", 100, 90)
    run(ledger.hold, cause("c1"), middle, "one", 1)
    run(ledger.hold, cause("c2"), middle, "two", 1)
    assert numbers(middle) == (38, 2, 0)

    run(ledger.promote, cause("c1", "t2"), middle, "one", junior)
    run(ledger.release, cause("c2", "t2"), middle, "two")
    assert numbers(middle) == (39, 0, 1)
    assert numbers(junior) == (89, 0, 11)
    assert numbers(headcount) == (190, 0, 10)


def example_3() -> tuple[str, str, str]:
    a, b = opened(A, "post", "senior", 20, 20), opened(B, "post", "senior", 5, 5)
    return a, b, opened(BUREAU, "post", "senior", 10, pool=True, lent_to={A: 6})


def holders(*account_ids: str) -> tuple[int, int]:
    """Approved posts and people in them, lent posts included."""
    found = [figures(account_id) for account_id in account_ids]
    return sum(f.approved for f in found), sum(f.occupied + f.lent for f in found)


def borrowed(organisation_id: str) -> int:
    found = accounts(Actor.system(), organisation_id=organisation_id, kind="post")
    db.session.rollback()
    return sum(account.borrowed for account in found)


def lend(pool: str) -> None:
    """The teacher leaves A and takes a post of the pool at B, in one transaction."""
    run(ledger.hold, cause(), pool, "teacher", 1)

    def step(session: Session) -> None:
        move = cause(token="t2")
        lending.lock(session, move, ["teacher"], [pool])
        lending.lend_to(session, move, NewLoan(pool, "teacher", B, "teacher", DAY, DAY.replace(year=2029)))
        lending.appoint(session, move, "teacher", DAY)

    run(step)


def test_3_a_teacher_moves_and_borrows_a_post_of_the_pool(people: None) -> None:
    a, b, pool = example_3()
    assert holders(a, b, pool) == (35, 31)
    run(ledger.vacate, cause(element="leave"), [a], "teacher")
    lend(pool)
    assert numbers(a) == (19, 0, 1)
    assert (numbers(b), borrowed(B)) == ((5, 0, 0), 1)
    assert (figures(pool).lent, figures(pool).free) == (7, 3)
    assert holders(a, b, pool) == (35, 31)
    assert run(lending.held_on, ["teacher"], DAY)["teacher"].borrower_id == B


def test_3_variant_the_post_moves_with_the_teacher() -> None:
    a, b, pool = example_3()
    run(ledger.vacate, cause(), [a], "teacher")
    run(ledger.move_post, decision(), a, b)
    run(ledger.hold, cause(), b, "teacher", 1)
    run(ledger.occupy, cause(token="t2"), b, "teacher")
    assert figures(a) == Figures(19, 0, 19, 0, 0)
    assert figures(b) == Figures(6, 0, 6, 0, 0)
    assert figures(pool) == Figures(10, 0, 0, 0, 6)
    assert holders(a, b, pool) == (35, 31)


def test_4_the_borrower_retires_and_the_school_gains_no_vacancy(people: None) -> None:
    a, b, pool = example_3()
    run(ledger.vacate, cause(element="leave"), [a], "teacher")
    lend(pool)
    headcount = opened(B, "headcount", None, 40, 40)
    at(B)
    run(leave, cause("case-2"), "teacher", "retirement", DAY.replace(year=2027))
    assert (figures(pool).lent, figures(pool).free) == (6, 4)
    assert (numbers(b), borrowed(B)) == ((5, 0, 0), 0)
    assert (numbers(a), numbers(headcount)) == ((19, 0, 1), (39, 0, 1))


def test_4_variant_whose_post_moved_along_leaves_a_vacancy(people: None) -> None:
    a, b, pool = example_3()
    at(A)
    run(leave, cause(), "teacher", "transfer", DAY)
    run(ledger.move_post, decision(), a, b)
    run(ledger.hold, cause(), b, "teacher", 1)
    run(ledger.occupy, cause(token="t2"), b, "teacher")
    at(B)
    run(leave, cause("case-2"), "teacher", "retirement", DAY)
    assert numbers(b) == (5, 0, 1)
    assert figures(pool) == Figures(10, 0, 0, 0, 6)


def test_10_excess_falls_before_a_vacancy_opens() -> None:
    account = opened(A, "post", "senior", 20, 23)
    assert figures(account) == Figures(20, 3, 23, 0, 0)
    assert figures(account).free == 0
    for n, (occupied, excess) in enumerate([(22, 2), (21, 1), (20, 0)]):
        assert isinstance(run(ledger.hold, cause("c"), account, "demand", 1), Full)
        run(ledger.vacate, cause(f"retired-{n}"), [account], "teacher")
        assert figures(account) == Figures(20, excess, occupied, 0, 0)
        assert figures(account).free == 0
    assert isinstance(run(ledger.hold, cause("c"), account, "demand", 1), Full)
    run(ledger.vacate, cause("retired-3"), [account], "teacher")
    assert numbers(account) == (19, 0, 1)
    assert isinstance(run(ledger.hold, cause("c"), account, "demand", 1), Posted)


def test_11_a_vacated_post_moves_to_the_pool_and_the_shortage_falls() -> None:
    schools = opened(A, "post", "senior", 605, 605)
    pool = opened(BUREAU, "post", "senior", 0, pool=True)
    assert isinstance(run(ledger.move_post, decision(), schools, pool), Full), "only a free post moves"
    assert pool_shortage(605, figures(pool).approved, 10) == 61
    run(ledger.vacate, cause(), [schools], "teacher")
    run(ledger.move_post, decision(), schools, pool)
    assert (figures(schools).approved, figures(pool).approved) == (604, 1)
    assert pool_shortage(605, figures(pool).approved, 10) == 60
