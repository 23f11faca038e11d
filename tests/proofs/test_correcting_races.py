"""Corrections at once, and corrections beside cases that go on or begin, on PostgreSQL with real threads."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select

from service.access.actor import Actor
from service.audit.verify import verify
from service.clock import SetClock
from service.db import db
from service.errors import Conflict, Forbidden, Invalid
from service.flows.corrections.queries import CORRECTION
from service.flows.exchange import corrections, runs
from service.flows.title import operations_revocation
from service.instances import commands_corrections as commands
from service.instances.commands_corrections import DecideCorrection
from service.people.persons import APPOINTMENT
from service.posts.lending import LOAN
from service.posts.queries_sums import county, reconcile
from service.tasks import commands as deciding
from tests.driver import Driver
from tests.flows.exchange import conftest as exchange_conftest
from tests.flows.exchange import driving, placing
from tests.flows.exchange.driving import FIRST
from tests.flows.personnel import acting as personnel_acting
from tests.flows.personnel.correcting import propose, row
from tests.flows.reserved_posts import acting
from tests.flows.reserved_posts.acting import pool, row_of
from tests.flows.title import acting as titles
from tests.flows.title import county as titles_county
from tests.proofs.mixing_books import nameless
from tests.proofs.test_races import THREADS, at_once
from tests.service.people.county import id_number

TODAY = datetime(2026, 9, 25, 3, tzinfo=ZoneInfo("Asia/Shanghai"))
KIND = {"kind": "reserved.allocation", "item": "senior.1"}
GRANT = {"appointed_on": "2026-09-24", "grade": 7}


class Decided:
    """A round of one post that the first of two has been given, and the books as they stood."""

    def __init__(self, clock: SetClock) -> None:
        self.driver = driver = acting.county(clock)
        self.had, self.should = (
            acting.teacher(driver, 700, exchange=("s02", 24)), acting.teacher(driver, 701),
        )  # fmt: skip
        self.round = acting.called(driver, 1)
        self.first, self.second = (acting.accepted(driver, one) for one in (self.had, self.should))
        acting.ranked(self.round)
        acting.agreed(driver, self.round)
        self.books = nameless()

    def appoint(self) -> None:
        """The first takes the lent post up."""
        assert self.first.fire("publicity_over")
        self.driver.clock.set(TODAY)
        self.first.complete("appointment", "s02.principal", "appointed", appointed_on="2026-09-25")

    def near_its_end(self) -> None:
        self.appoint()
        self.driver.clock.set(datetime(2029, 7, 30, 3, tzinfo=ZoneInfo("Asia/Shanghai")))
        assert self.first.fire("term_near")

    def give_back(self) -> None:
        self.first.complete("term_end", "bureau.hr", "give_back", afterwards="former")

    def instead(self, by: str = "bureau.hr") -> str:
        """Propose that the second has the post."""
        self.driver.clock.set(max(self.driver.now, TODAY))
        label = f"{row_of(self.second).rank} · {self.second.variables['applicant_name']} · S02"
        return propose(self.driver, self.round, by, **KIND, applicant=label, **GRANT)

    def nobody(self) -> str:
        return propose(self.driver, self.round, **KIND, applicant="")

    def whole(self) -> None:
        """One post is lent at most, to one; the books are as before and agree with each other."""
        assert (nameless(), reconcile(Actor.system())) == (self.books, ())
        assert all(one.is_conserved for one in county(Actor.system()))
        open_loans = db.session.scalar(select(func.count()).select_from(LOAN).where(LOAN.c.ended_on.is_(None)))
        assert pool(self.driver)[:2] == (6 + int(open_loans or 0), 0)
        jobs = select(APPOINTMENT.c.person_id).where(APPOINTMENT.c.valid_until.is_(None))
        assert db.session.execute(jobs.group_by(APPOINTMENT.c.person_id).having(func.count() > 1)).all() == []
        db.session.rollback()
        assert verify(self.driver.now).findings == []


@pytest.fixture
def decided(postgres_app: Flask, clock: SetClock) -> Decided:
    return Decided(clock)


def confirm(driver: Driver, correction_id: str) -> None:
    commands.confirm_correction(driver.actor("bureau.chief"), DecideCorrection(correction_id), now=driver.now)


@contextmanager
def beside(app: Flask, patch: pytest.MonkeyPatch, place: tuple[Any, str], work: Callable[[], Any]) -> Iterator[Any]:
    """What the body does stops at `place`, before its commit, until `work` in another thread has begun and waits.

    The answer of the work, or what it raised, is in the list afterwards.
    """
    reached, answers, original = Event(), [], getattr(*place)

    def stopping(*args: Any, **more: Any) -> Any:
        found = original(*args, **more)
        reached.set()
        Event().wait(0.7)
        return found

    def one() -> Any:
        with app.app_context():
            reached.wait(20)
            try:
                return work()
            except (Conflict, Forbidden, Invalid) as refused:
                return refused

    patch.setattr(*place, stopping)
    with ThreadPoolExecutor(1) as threads:
        said = threads.submit(one)
        yield answers
        patch.setattr(*place, original)
        answers.append(said.result(timeout=30))


def test_of_twenty_who_confirm_one_correction_one_does(postgres_app: Flask, decided: Decided) -> None:
    correction_id = decided.instead()
    found = at_once(postgres_app, lambda _: confirm(decided.driver, correction_id))
    refused = [one.code for one in found if isinstance(one, Conflict)]
    assert refused == ["correction.decided"] * (THREADS - 1)
    assert [row_of(one).state for one in (decided.first, decided.second)] == ["refused", "appointed"]
    decided.whole()


def test_of_twenty_who_propose_a_correction_of_one_round_one_does(postgres_app: Flask, decided: Decided) -> None:
    decided.driver.clock.set(TODAY)
    found = at_once(postgres_app, lambda number: decided.instead() if number % 2 else decided.nobody())
    assert Counter(one.code for one in found if isinstance(one, Conflict)) == {"correction.open": THREADS - 1}
    assert db.session.scalar(select(func.count()).select_from(CORRECTION)) == 1
    db.session.rollback()
    [correction_id] = [one for one in found if isinstance(one, str)]
    confirm(decided.driver, correction_id)
    decided.whole()


def test_post_that_is_given_back_meanwhile_is_not_taken_from_its_holder_once_more(
    postgres_app: Flask, decided: Decided, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The term ends and is not yet committed while the round is corrected: who corrects hears of it."""
    decided.near_its_end()
    correction_id = decided.nobody()
    place = (deciding.advance, "apply")
    with beside(postgres_app, monkeypatch, place, lambda: confirm(decided.driver, correction_id)) as answers:
        decided.give_back()
    assert answers[0].code == "correction.built_on"
    assert (row_of(decided.first).state, row(correction_id).state) == ("returned", "open")
    decided.whole()


def test_one_teacher_is_not_given_two_places_by_two_corrections(
    postgres_app: Flask, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """a1 and a2 went on loan, and twice it is found that a3 should have gone: one of the two hears that a3 has gone."""
    monkeypatch.setattr(runs, "_lines", exchange_conftest.at_once)
    world = driving.world(clock)
    plan, _ = driving.applied(world, "a1", "a2", "a3", manner="loan", count=2)
    driving.matched(world, plan)
    driving.published(world, plan)
    driving.meet(world, plan, "decision", "approve")
    world.work()
    world.move_to(FIRST)
    cases = world.placements(plan)
    for case in cases:
        case.complete("arrival", "s02.hr", "arrived", arrived_on=FIRST.isoformat())
    free = next(one for one in ("a1", "a2", "a3") if world.entry(plan, one).placement_id is None)
    instead = {"kind": "exchange.arrival", "person_id": world.county.persons[free]}
    first, second = (propose(world, case, **instead) for case in cases)
    place = (corrections, "filed")
    with beside(postgres_app, monkeypatch, place, lambda: confirm(world, second)) as answers:
        confirm(world, first)
    assert [fault.code for fault in answers[0].faults] == ["correction.not_on_plan"]
    assert world.entry(plan, free).placement_id == cases[0].id
    assert [record[:2] for record in placing.records(world, free)] == [("loan", "support")]
    assert [row(one).state for one in (first, second)] == ["confirmed", "open"]


def test_title_that_is_revoked_meanwhile_is_not_taken_by_a_correction_too(
    postgres_app: Flask, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fraud stays a fraud; and neither waits for what the other has locked."""
    driver = titles_county.build(clock)
    titles_county.experts(driver, 9)
    application = titles.confirmed(titles.passed(driver))
    revocation = titles.revocation(driver)
    correction_id = propose(driver, application, kind="title.granted", result="failed", heard_on="2026-09-10")
    place = (operations_revocation, "_concerned")
    with beside(postgres_app, monkeypatch, place, lambda: confirm(driver, correction_id)) as answers:
        titles.decided(revocation)
    assert (answers[0].code, row(correction_id).state) == ("correction.moved_on", "open")
    assert titles.row(application).result == "revoked"
    assert reconcile(Actor.system()) == ()


def test_correction_and_those_who_ask_meanwhile_share_the_last_post(postgres_app: Flask, clock: SetClock) -> None:
    """One middle post is free: whoever came into the wrong band should have it, and nineteen others ask for it."""
    personnel = personnel_acting.county(clock, headcount=(130, 96), middle=(39, 38))
    driver, new = personnel.driver, {"post_category": "professional", "subject": "数学", "stage": "primary"}
    wrong = {"name": "钱新", "id_number": id_number(905), "band": "junior", "grade": 12}
    case = personnel.confirmed("transfer_in", **new, **wrong)
    correction_id = propose(driver, case, band="middle", grade=9, title="一级")
    files = [personnel_acting.scan(driver, "s01.hr") for _ in range(THREADS)]

    def work(number: int) -> Any:
        if number == 0:
            return confirm(driver, correction_id)
        asked = {"name": f"钱{number}", "id_number": id_number(910 + number), "band": "middle", "grade": 9}
        asked["title"] = "一级"
        return personnel.start("transfer_in", **new, **asked, scan=[files[number]])

    found = at_once(postgres_app, work)
    assert [one.code for one in found if isinstance(one, Conflict)] == ["ledger.full"] * (THREADS - 1)
    mine, asked = row(correction_id).state == "confirmed", isinstance(found[0], Conflict)
    assert mine != asked, "who hears nothing has the post"
    assert personnel.figures()["middle"] == (38 + mine, 1 - mine, 0)
    assert reconcile(Actor.system()) == ()
