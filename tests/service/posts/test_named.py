"""Named holds: booked where something is free, ended by owner, clock or case, told of before (policy §8)."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select

from service.access.actor import Actor
from service.db import db, transaction
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.flows.declaring import QUEUES
from service.notices.models import OutboxMessage
from service.people.models import Person
from service.posts import ledger, named, queries_named
from service.posts.commands_named import BookHold, EndHold, book_hold, end_hold, expire_holds, remind_of_holds
from service.posts.ledger import Line
from service.posts.rules import Figures
from tests.conftest import START
from tests.service.posts.conftest import HR, PAPER, A, B, cause, figures, opened, person, run

pytestmark = pytest.mark.usefixtures("county")
CLERK = person("clerk", A)
LAST = date(2026, 9, 24)


def at(day: int) -> datetime:
    return datetime(2026, 9, day, 8, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def senior(county: None) -> str:
    """Two of twenty senior posts of school A are free, and its clerk is known."""
    with transaction() as session:
        empty = dict.fromkeys(
            ("sex", "born_on", "degree", "retires_on", "id_number", "id_number_index", "phone", "phone_index")
        )
        row = {"id": CLERK.person_id, "name": "王干事", "created_at": START, "version": 1, **empty}
        session.execute(insert(Person.__table__), row)
    return opened(A, "post", "senior", 20, 18)


def booked(account: str, count: int = 2, **changes: Any) -> str:
    sent = {"organisation_id": A, "owner": f"person:{CLERK.person_id}", "reason": "纸质招聘 2 人", "until": LAST,
            "lines": {account: count}, **PAPER, **changes}  # fmt: skip
    return book_hold(HR, BookHold(**sent), now=START)


def notices(kind: str) -> list[str]:
    found = list(db.session.scalars(select(OutboxMessage.holder).where(OutboxMessage.kind == kind)))
    db.session.rollback()
    return found


def test_hold_reserves_and_nothing_more_than_is_free(senior: str) -> None:
    with pytest.raises(Conflict, match=r"ledger\.full") as refused:
        booked(senior, 3)
    assert (refused.value.params["asked"], refused.value.params["free"]) == (3, 2)
    booked(senior)
    assert figures(senior) == Figures(20, 0, 18, 2)
    (view,) = queries_named.holds(HR, A)
    assert (view.lines, view.until) == ({senior: 2}, LAST)
    with pytest.raises(Conflict, match=r"ledger\.full"):
        booked(senior, 1)


def test_owner_ends_it_and_a_stranger_does_not(senior: str) -> None:
    hold = booked(senior)
    with pytest.raises((Forbidden, NotFound)):
        end_hold(person("other", B), EndHold(hold, "不再需要"), now=START)
    with pytest.raises(Invalid, match=r"reason\.missing"):
        end_hold(CLERK, EndHold(hold, " "), now=START)
    end_hold(CLERK, EndHold(hold, "招聘已取消"), now=START)
    assert figures(senior) == Figures(20, 0, 18)
    with pytest.raises(Conflict, match=r"named_hold\.over"):
        end_hold(HR, EndHold(hold, "再次"), now=START)
    (over,) = queries_named.holds(HR, A, over=True)
    assert (over.ended_because, over.end_reason, over.lines) == ("owner", "招聘已取消", {})


def test_clock_tells_the_owner_once_and_ends_it_after_its_last_day(senior: str) -> None:
    booked(senior)
    system = Actor.system()
    assert remind_of_holds(system, now=at(11)) == 0
    assert [remind_of_holds(system, now=at(18)) for _ in range(2)] == [1, 0]
    assert notices("named_hold.due") == [f"person:{CLERK.person_id}"]
    assert expire_holds(system, now=at(24)) == 0
    assert [expire_holds(system, now=at(25)) for _ in range(2)] == [1, 0]
    assert figures(senior) == Figures(20, 0, 18)
    assert notices("named_hold.ended") == [f"person:{CLERK.person_id}", "role:bureau_hr_officer"]


def test_who_waits_for_a_post_comes_first(senior: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(QUEUES, "waits", lambda _session, _schools, _on: {(A, "senior"): 1})
    with pytest.raises(Conflict, match=r"ledger\.others_wait"):
        booked(senior)
    booked(senior, 1)
    assert figures(senior) == Figures(20, 0, 18, 1)


def taken_over(hold: str, instance: str = "case-9") -> None:
    with transaction() as session:
        named.take_over(session, cause(instance, "taken", ""), named.lock(session, hold))


def test_case_takes_it_over_uses_it_and_leaves_what_it_does_not_need(senior: str) -> None:
    hold = booked(senior)
    taken_over(hold)
    assert figures(senior) == Figures(20, 0, 18, 2)
    run(lambda session: ledger.hold_many(session, cause("case-9", "t2"), [Line(senior, "1", 1)]))
    assert figures(senior) == Figures(20, 0, 18, 2)
    run(lambda session: named.leave_rest(session, cause("case-9", "t3", "")))
    assert figures(senior) == Figures(20, 0, 18, 1)
    (view,) = queries_named.holds(HR, A, over=True)
    assert (view.ended_because, view.instance_id) == ("case", "case-9")
    with pytest.raises(Conflict, match=r"named_hold\.over"):
        taken_over(hold, "case-8")


def test_case_that_needs_more_than_was_kept_takes_the_rest_from_what_is_free(senior: str) -> None:
    taken_over(booked(senior, 1))
    run(lambda session: ledger.hold_many(session, cause("case-9", "t2"), [Line(senior, "1", 2)]))
    assert figures(senior) == Figures(20, 0, 18, 2)
    full = run(lambda session: ledger.hold_many(session, cause("case-9", "t3"), [Line(senior, "1", 3)]))
    assert isinstance(full, ledger.Full)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"owner": "somebody"}, "owner"), ({"owner": "person:nobody"}, "owner"), ({"until": date(2026, 9, 9)}, "until"),
        ({"reason": " "}, "reason"), ({"document": ""}, "document"), ({"lines": {}}, "lines"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(senior: str, changes: dict[str, Any], path: str) -> None:
    with pytest.raises(Invalid) as refused:
        booked(senior, **changes)
    assert [fault.path for fault in refused.value.faults] == [path]
    assert figures(senior) == Figures(20, 0, 18)


def test_accounts_are_of_its_own_school_and_schools_book_none(senior: str) -> None:
    elsewhere = opened(B, "post", "senior", 5, 1)
    with pytest.raises(Invalid, match=r"named_hold\.elsewhere"):
        booked(senior, lines={senior: 1, elsewhere: 1})
    with pytest.raises(Forbidden):
        book_hold(CLERK, BookHold(A, "school_hr@a", "纸质招聘", lines={senior: 1}, until=LAST, **PAPER), now=START)
