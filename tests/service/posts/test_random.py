"""Thousands of random commands in random order: free ≥ 0 and the conservation sums hold after each (policy §2).

LECTERN_PROVE=1 runs the large size. A model in plain Python says what each account must show.
"""

import os
import random
from collections import Counter
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import insert, select

from service.access.actor import Actor
from service.db import db, transaction
from service.errors import Conflict
from service.people.models import Person
from service.posts import ledger, lending, posting
from service.posts.ledger import Cause, Full, Line, Posted
from service.posts.lending import LOAN, NewLoan
from service.posts.queries_sums import county, reconcile
from service.posts.rules import Figures
from tests.conftest import START
from tests.service.posts.conftest import BUREAU, DAY, PAPER, A, B, opened, place

COMMANDS = 3000 if os.environ.get("LECTERN_PROVE") else 400
BANDS = ("senior", "middle")


class World:
    """Accounts, the holds that the model expects, and one random command after another."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        place()
        self.headcount = {school: opened(school, "headcount", None, 30, 24) for school in (A, B)}
        self.posts = {(s, band): opened(s, "post", band, 9, 7 + 3 * (s == B)) for s in (A, B) for band in BANDS}
        self.pools = {band: opened(BUREAU, "post", band, 4, pool=True, lent_to={A: 1}) for band in BANDS}
        self.own = [*self.headcount.values(), *self.posts.values()]
        self.all = [*self.own, *self.pools.values()]
        self.people = [f"p{number}" for number in range(5)]
        rows = [{"id": name, "name": name, "created_at": START, "version": 1} for name in self.people]
        with transaction() as session:
            session.execute(insert(Person.__table__), rows)
        self.held: Counter[tuple[str, str, str]] = Counter()
        self.steps = 0
        self.outcomes: Counter[str] = Counter()

    def cause(self, case: str | None) -> Cause:
        self.steps += 1
        paper = PAPER if case is None else {}
        return Cause(case, "step", f"t{self.steps}", "person:1", START, **paper)

    def pick(self) -> tuple[str, str]:
        return f"case-{self.dice.randrange(6)}", f"line-{self.dice.randrange(2)}"

    def pick_held(self, account_ids: list[str]) -> tuple[str, str, str]:
        """Case, line and account: mostly of something held, so that most movements are possible."""
        held = [key for key, count in self.held.items() if count > 0 and key[1] in account_ids]
        if held and self.dice.random() < 0.8:
            case, account_id, line = self.dice.choice(held)
            return case, line, account_id
        return *self.pick(), self.dice.choice(account_ids)

    def step(self) -> None:
        verbs = [self.hold, self.hold, self.release_all, self.occupy, self.promote, self.exchange, self.vacate]
        verbs += [self.lend, self.take_back, self.move_post, self.change_approved]
        verb: Callable[[], Posted | Full] = self.dice.choice(verbs)
        before = self.shown()
        try:
            outcome = verb()
            self.outcomes[f"{verb.__name__} {type(outcome).__name__}"] += 1
            refused = isinstance(outcome, Full)
        except Conflict:
            refused = True
        assert not refused or self.shown() == before, "what is refused changes nothing"

    def hold(self) -> Posted | Full:
        case, line = self.pick()
        wanted = [Line(a, line, self.dice.randrange(4)) for a in self.dice.sample(self.all, self.dice.randint(1, 3))]
        with transaction() as session:
            outcome = ledger.hold_many(session, self.cause(case), wanted)
        if isinstance(outcome, Posted):
            for one in wanted:
                self.held[(case, one.account_id, one.line)] = one.count
        return outcome

    def release_all(self) -> Posted | Full:
        case, _ = self.pick()
        with transaction() as session:
            outcome = ledger.release_all(session, self.cause(case))
        for key in [key for key in self.held if key[0] == case]:
            del self.held[key]
        return outcome

    def used(self, case: str, line: str, *account_ids: str) -> None:
        for account_id in account_ids:
            self.held[(case, account_id, line)] -= 1

    def occupy(self) -> Posted | Full:
        case, line, account = self.pick_held(self.own)
        with transaction() as session:
            outcome = ledger.occupy(session, self.cause(case), account, line)
        self.used(case, line, account)
        return outcome

    def promote(self) -> Posted | Full:
        below = {self.posts[(school, "senior")]: self.posts[(school, "middle")] for school in (A, B)}
        case, line, new = self.pick_held(list(below))
        old = below[new]
        with transaction() as session:
            outcome = ledger.promote(session, self.cause(case), new, line, old)
        self.used(case, line, new)
        return outcome

    def exchange(self) -> Posted | Full:
        (case, line), band = self.pick(), self.dice.choice(BANDS)
        moves = {self.headcount[A]: self.headcount[B], self.posts[(A, band)]: self.posts[(B, band)]}
        with transaction() as session:
            wanted = [Line(target, line, 1) for target in moves.values()]
            outcome: Posted | Full = ledger.hold_many(session, self.cause(case), wanted)
            if isinstance(outcome, Posted):
                outcome = ledger.exchange(session, self.cause(case), line, moves)
        if isinstance(outcome, Posted):
            self.held.update({(case, target, line): -self.held[(case, target, line)] for target in moves.values()})
        return outcome

    def vacate(self) -> Posted | Full:
        with transaction() as session:
            return ledger.vacate(session, self.cause(None), [self.dice.choice(self.own)], "person")

    def lend(self) -> Posted | Full:
        """To a person, who holds one lent post at most: giving it out again changes nothing, another is refused."""
        case, line, pool = self.pick_held(list(self.pools.values()))
        person, school = self.dice.choice(self.people), self.dice.choice((A, B))
        before = self.shown()[pool].lent
        with transaction() as session:
            lending.lend_to(session, self.cause(case), NewLoan(pool, line, school, person, DAY, DAY))
        self.held[(case, pool, line)] -= self.shown()[pool].lent - before
        return Posted()

    def take_back(self) -> Posted | Full:
        with transaction() as session:
            return lending.give_back(session, self.cause(None), self.dice.choice(self.people), "returned", DAY)

    def move_post(self) -> Posted | Full:
        band = self.dice.choice(BANDS)
        source, target = self.dice.sample([self.posts[(A, band)], self.posts[(B, band)], self.pools[band]], 2)
        with transaction() as session:
            return ledger.move_post(session, self.cause(None), source, target, self.dice.randint(1, 2))

    def change_approved(self) -> Posted | Full:
        account = self.dice.choice(self.all)
        approved = max(0, self.shown()[account].approved + self.dice.randint(-3, 4))
        with transaction() as session:
            return ledger.change_approved(session, self.cause(None), account, approved)

    def shown(self) -> dict[str, Figures]:
        rows = db.session.execute(select(posting.ACCOUNT)).all()
        db.session.rollback()
        return {r.id: Figures(r.approved, r.excess, r.occupied, r.reserved, r.lent) for r in rows}

    def check(self) -> None:
        expected: Counter[str] = Counter()
        for (_, account_id, _), count in self.held.items():
            expected[account_id] += count
        for account_id, figures in self.shown().items():
            assert figures.free >= 0
            assert figures.excess == 0 or figures.free == 0, "no vacancy while there is excess"
            assert figures.reserved == expected[account_id]
        self.check_loans()
        assert all(sums.is_conserved for sums in county(Actor.system()))
        if self.steps % 20 == 0:
            assert reconcile(Actor.system()) == ()
        db.session.rollback()

    def check_loans(self) -> None:
        """What is lent is in somebody's hands, but for the post that each pool had lent before the opening day."""
        found = db.session.execute(select(LOAN.c.account_id).where(LOAN.c.ended_on.is_(None)))
        open_loans = Counter(found.scalars())
        shown = self.shown()
        assert all(shown[pool].lent == 1 + open_loans[pool] for pool in self.pools.values())


@pytest.mark.parametrize("seed", [1, 2])
def test_random_commands_never_overallocate_and_conserve_the_county(any_app: Flask, seed: int) -> None:
    world = World(seed)
    for _ in range(COMMANDS):
        world.step()
        world.check()
    assert reconcile(Actor.system()) == ()
    reached = {outcome.split()[0] for outcome in world.outcomes if outcome.endswith("Posted")}
    assert reached >= {
        "hold",
        "occupy",
        "promote",
        "exchange",
        "vacate",
        "lend",
        "take_back",
        "move_post",
        "change_approved",
    }
    assert any(outcome.endswith("Full") for outcome in world.outcomes)
