"""Where somebody sits: an own post until a lent one is taken up, headcount only for who is in 编制."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from service.db import db
from service.people.models import Appointment, Person
from service.posts import leaving, ledger, lending, sitting
from service.posts.lending import NewLoan
from service.posts.sitting import Sitting
from tests.conftest import START
from tests.service.posts.conftest import BUREAU, DAY, A, cause, figures, opened, run
from tests.statements import counted

FIRST, LAST = DAY - timedelta(days=5), date(2029, 8, 31)


@pytest.fixture
def accounts(county: None) -> dict[str, str]:
    return {
        "headcount": opened(A, "headcount", None, 10, 9),
        "senior": opened(A, "post", "senior", 5, 4),
        "middle": opened(A, "post", "middle", 5, 4),
        "pool": opened(BUREAU, "post", "senior", 4, pool=True, lent_to={A: 1}),
    }


def employed(**terms: Any) -> None:
    row = {
        "id": "a1", "person_id": "zhou", "organisation_id": A, "employment_kind": "staffed", "document": "",
        "post_category": "professional", "band": "middle", "valid_from": DAY - timedelta(days=900),
    }  # fmt: skip
    person = {"id": "zhou", "name": "周", "created_at": START, "version": 1}
    run(lambda session: session.execute(insert(Person), person))
    run(lambda session: session.execute(insert(Appointment), row | terms))


def promised(pool: str) -> None:
    run(ledger.hold, cause("case-1"), pool, "one", 1)
    run(lending.lend_to, cause("case-1", "t2"), NewLoan(pool, "one", A, "zhou", FIRST, LAST))


def seat(on: date | None = None) -> Sitting:
    found = sitting.sittings(db.session(), ["zhou"], on)["zhou"]
    db.session.rollback()
    return found


def own(accounts: dict[str, str]) -> set[str]:
    return {name for name, account_id in accounts.items() if account_id in seat().own}


@pytest.mark.parametrize(
    ("terms", "uses"),
    [
        ({}, {"headcount", "middle"}),
        ({"employment_kind": "contract"}, {"middle"}),
        ({"employment_kind": "special", "band": None}, set()),
        ({"band": None, "post_category": "management"}, {"headcount"}),
        ({"band": "junior"}, {"headcount"}),
        ({"valid_until": DAY}, set()),
    ],
)
def test_headcount_is_used_in_staff_alone_and_a_post_with_a_band(
    accounts: dict[str, str], terms: dict[str, Any], uses: set[str]
) -> None:
    employed(**terms)
    assert own(accounts) == uses


def test_a_promised_post_is_nobodys_seat_until_it_is_taken_up(accounts: dict[str, str]) -> None:
    employed()
    promised(accounts["pool"])
    assert seat().promised is not None and seat().lent is None
    assert own(accounts) == {"headcount", "middle"}
    run(lending.appoint, cause("case-1", "t3"), "zhou", DAY)
    assert seat().lent is not None and seat().promised is None
    assert own(accounts) == {"headcount"}
    assert seat(DAY - timedelta(days=1)).post == accounts["middle"], "the day before, the own post"
    assert seat(DAY).post is None
    assert seat(FIRST - timedelta(days=1)).loan is None


def test_who_leaves_before_taking_a_post_up_leaves_the_own_one_and_the_promise(accounts: dict[str, str]) -> None:
    employed()
    promised(accounts["pool"])
    run(leaving.leave, cause("case-2"), "zhou", "retirement", DAY)
    assert {name: figures(one).occupied for name, one in accounts.items()} == {
        "headcount": 8, "senior": 4, "middle": 3, "pool": 0,
    }  # fmt: skip
    assert figures(accounts["pool"]).lent == 1, "that of the opening day alone"


def test_who_sits_in_a_lent_post_since_before_the_opening_day_opens_no_vacancy(accounts: dict[str, str]) -> None:
    employed(band="senior")
    run(lending.name_holder, cause(None), NewLoan(accounts["pool"], "opening", A, "zhou", FIRST, LAST))
    assert own(accounts) == {"headcount"}
    run(leaving.leave, cause("case-2"), "zhou", "retirement", DAY)
    assert (figures(accounts["senior"]).occupied, figures(accounts["pool"]).lent) == (4, 0)


def test_a_departure_that_is_booked_late_ends_a_loan_that_began_after_it(accounts: dict[str, str]) -> None:
    employed()
    promised(accounts["pool"])
    run(leaving.leave, cause("case-2"), "zhou", "retirement", FIRST - timedelta(days=3))
    assert run(lending.open_loans, ["zhou"]) == {}


def test_many_are_asked_for_in_three_statements(accounts: dict[str, str]) -> None:
    employed()
    with counted() as statements:
        found = run(lambda session: sitting.sittings(session, ["zhou", "nobody"]))
    assert len(statements) == 3
    assert found["nobody"].appointment is None and found["nobody"].own == []
