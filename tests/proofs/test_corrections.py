"""Random corrections of personnel changes, and of whatever all flows at once have done: ledger, people, record, sheets
and both versions agree after each of them, and so do the figures of the reports.

LECTERN_PROVE=1 runs the large size and prints how often which kind of correction was made or refused.
"""

import os
import random
from collections import Counter
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from service.access.actor import Actor
from service.audit.verify import verify
from service.clock import SetClock
from service.db import db
from service.errors import Conflict, Invalid
from service.flows.corrections import queries
from service.flows.exchange import runs
from service.flows.personnel.rules import KINDS
from service.people.members import PERSON
from service.people.persons import APPOINTMENT
from service.posts.posting import ACCOUNT
from service.posts.queries_sums import county, reconcile
from tests.driver import Case
from tests.flows.exchange.conftest import at_once
from tests.flows.personnel import acting
from tests.flows.personnel.correcting import correct, row
from tests.flows.personnel.test_kinds import NEW, open_login
from tests.proofs.mixing_books import LockOrder, nameless
from tests.proofs.mixing_corrections import Correcting
from tests.service.people.county import id_number

LONG = "LECTERN_PROVE" in os.environ
SEEDS, STEPS = (20, 80) if LONG else (1, 14)
MIXED, LASTING = (range(1, 9), 260) if LONG else ((6,), 12)
TIGHT = {"headcount": (99, 96), "senior": (20, 19), "middle": (40, 38), "junior": (40, 39)}
CHANGES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("transfer_in", NEW), ("retirement", {}), ("transfer_out", {}), ("transfer", {"to_school": "s02"}),
    ("transfer", {"to_school": "s01"}), ("grade", {"grade": 10}), ("grade", {"grade": 9}),
    ("post", {"post_category": "management"}), ("promotion", {"assessment": "excellent", "band": "senior", "grade": 7}),
    ("demotion", {"assessment": "failed", "band": "junior", "grade": 12}), ("rename", {"new_name": "赵行"}),
    ("loan", {"loan": "support", "to_school": "s02", "until": "2027-07-01"}),
)  # fmt: skip


class Bureau:
    """A county with little room, its people, and the changes that were carried out."""

    def __init__(self, clock: SetClock, seed: int) -> None:
        self.rng = random.Random(seed)
        self.personnel = acting.county(clock, **TIGHT)
        places = self.personnel.driver.county.organisations
        self.schools = {name: places[name] for name in ("s01", "s02")}
        self.people = [self.personnel.someone(980 + number, title="高级") for number in range(6)]
        for number, person in enumerate(self.people):
            open_login(self.personnel.driver.county, person, 980 + number)
        self.done: list[Case] = []
        self.told: Counter[str] = Counter()

    def change(self) -> None:
        kind, values = self.rng.choice(CHANGES)
        self.personnel.person_id = self.rng.choice(self.people)
        given = {name: self.schools.get(str(value), value) for name, value in values.items()}
        if "id_number" in given:
            given["id_number"] = id_number(self.rng.randrange(100, 800))
        here = self._school()
        named = {} if "person_id" not in KINDS[kind].needs else {"name": self._name()}
        case = self.personnel.confirmed(kind, school=here, by=f"{here}.hr", **given, **named)
        self.done.append(case)

    def correct(self) -> None:
        case, driver = self.rng.choice(self.done), self.personnel.driver
        [(kind, item)] = queries.correctable_of(driver.actor("bureau.hr"), case.id)
        db.session.rollback()
        names = [field.name for field in item.fields]
        given = {name: self._value(name) for name in self.rng.sample(names, self.rng.randint(1, 2))}
        found = correct(driver, case, **given)
        made = row(found)
        assert (made.state, made.before, kind.name) == ("confirmed", dict(item.values), "personnel.change")
        [(_, now)] = queries.correctable_of(driver.actor("bureau.hr"), case.id)
        db.session.rollback()
        assert dict(now.values) == made.after, "what stands is what was corrected last"

    def _value(self, name: str) -> Any:
        days = [f"2026-09-{day:02}" for day in range(1, 11)]
        words: dict[str, list[Any]] = {
            "person_id": self.people, "to_school": list(self.schools.values()), "grade": [7, 8, 9, 10, 11, 12],
            "band": ["senior", "middle", "junior", None], "post_category": ["professional", "management"],
            "effective_on": days, "document_on": days[:8], "until": ["2027-01-31", None],
            "new_name": ["赵航", "赵行远"],
            "stage": ["primary", "junior"], "title": [None], "assessment": ["competent", "failed"],
            "loan": ["support", "secondment"],
        }  # fmt: skip
        return self.rng.choice(words.get(name, ["更正甲", "更正乙"]))

    def _school(self) -> str:
        jobs = [job for job in self.personnel.appointments() if job.valid_until is None]
        return next((name for name, place in self.schools.items() if jobs and jobs[0].organisation_id == place), "s01")

    def _name(self) -> str:
        found = db.session.scalar(select(PERSON.c.name).where(PERSON.c.id == self.personnel.person_id))
        db.session.rollback()
        return str(found)


def whole(before: dict[Any, int], order: LockOrder) -> None:
    """Accounts and people agree to the last post, nothing is left held, nobody has two appointments."""
    assert (nameless(), order.taken()) == (before, [])
    assert reconcile(Actor.system()) == ()
    assert all(one.is_conserved for one in county(Actor.system()))
    assert db.session.scalar(select(func.sum(ACCOUNT.c.reserved))) == 0
    days = (APPOINTMENT.c.struck_at.is_not(None), APPOINTMENT.c.valid_until != APPOINTMENT.c.valid_from)
    assert db.session.scalar(select(func.count()).where(*days)) == 0
    db.session.rollback()


@pytest.mark.parametrize("seed", range(SEEDS))
def test_after_random_corrections_everything_agrees(app: Flask, clock: SetClock, seed: int) -> None:
    bureau = Bureau(clock, seed)
    before, order = nameless(), LockOrder()
    for _ in range(STEPS):
        act = bureau.correct if bureau.done and bureau.rng.random() < 0.6 else bureau.change
        try:
            act()
            bureau.told[f"{act.__name__}"] += 1
        except (Conflict, Invalid) as refused:
            bureau.told[refused.code] += 1
        whole(before, order)
    order.stop()
    assert verify(bureau.personnel.driver.now).findings == []
    assert bureau.told["correct"] and bureau.told["change"]
    print(dict(bureau.told))


@pytest.mark.parametrize("seed", MIXED)
def test_whatever_of_all_flows_is_corrected_everything_agrees(
    app: Flask, clock: SetClock, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(runs, "_lines", at_once)
    world = Correcting(clock, seed)
    world.begin()
    for number in range(LASTING):
        (world.go_on if number % 3 == 2 else world.put_right)()
        world.agree()
        if number % 10 == 9:
            world.figures_agree()
    world.locks.stop()
    assert verify(world.now).findings == []
    made = {what: count for what, count in sorted(world.done.items()) if what.startswith("correct")}
    assert sum(what.startswith("corrected") for what in made) > 1, made
    print(f"seed {seed}: {LASTING} steps; {made}")
