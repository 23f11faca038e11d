"""A county in which all flows run at once, at random, and what must hold of its ledger after each step."""

import random
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select, update

from service.access.actor import Actor
from service.clock import SetClock
from service.db import db, transaction
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.flows.title import commands as titles
from service.flows.title.commands import OpenBatch
from service.people.persons import APPOINTMENT
from service.posts import commands_loans, opening, posting
from service.posts.commands_loans import NameHolder
from service.posts.ledger import Cause
from service.posts.lending import LOAN
from service.posts.opening import NewAccount
from service.posts.posting import ENTRY
from service.posts.queries_sums import county, reconcile
from service.posts.rules import Figures
from service.records import writing
from service.records.rules import Entry
from tests.conftest import START
from tests.flows.hiring.county import folder
from tests.flows.title import county as title_county
from tests.proofs.mixing_books import LockOrder, nameless
from tests.proofs.mixing_people import SCHOOLS
from tests.proofs.mixing_steps import Walking
from tests.service.people import county as counties
from workflows import catalogue
from workflows.models import ProcessInstance

FLOWS = (
    "hiring", "personnel", "title", "title-revocation", "exchange", "exchange-placement", "reserved-round",
    "reserved-posts",
)  # fmt: skip
OWN = {"headcount": (40, 34), "senior": (8, 6), "middle": (16, 18), "junior": (16, 12)}
"""Approved and occupied of each school: the middle band is over its number, so that excess falls first."""
POOLS = {"senior": (5, 2), "middle": (3, 0)}
LENT_BEFORE = {("senior", "s01"): 1}
"""Posts that were lent before the opening day and whose holder nobody has named; another one is t0's."""
WAITING = {"senior": 1, "junior": 2}
"""How many wait for a post of s02 all the time."""
EMPLOYED = (*("staffed",) * 5, "special", "staffed", "contract")
"""Of the teachers: who is no staff uses no headcount, and who is in a special post no post either."""
REFUSED = (Conflict, Forbidden, Invalid, NotFound)
Word = Callable[[], str]


class Mixture(Walking):
    """Schools, teachers, pools and every flow; `step` does one random thing and says which."""

    own: Mapping[str, tuple[int, int]] = OWN

    def __init__(self, clock: SetClock, seed: int) -> None:
        super().__init__(counties.build(), clock)
        self.dice = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.number = 300
        with transaction() as session:
            for school in SCHOOLS:
                self._open(session, school, self.own)
            for band, (posts, lent) in POOLS.items():
                to = {self.county.organisations["s01"]: lent} if lent else {}
                pool = NewAccount(self.county.organisations["bureau"], "post", band, posts, pool=True, lent_to=to)
                opening.open_accounts(session, Cause(None, "", "", "system", START), [pool])
            self.teachers = [self._teacher(session, number) for number in range(24)]
            catalogue.deploy_library(session, folder("shared"), now=START)
            for name in FLOWS:
                catalogue.deploy(session, folder(name), now=START)
        levels = {**dict.fromkeys(("三级", "二级", "一级", "高级"), False), "正高": True}
        batch = OpenBatch(2026, "2026 年职称评审", levels, date(2026, 9, 1), date(2026, 12, 31), "标准")
        self.batch = titles.open_batch(self.actor("bureau.hr"), batch, now=START)
        title_county.experts(self, 9)
        self._name_holder("t0")
        self.nameless = nameless()
        self.locks = LockOrder()

    def _open(self, session: Any, school: str, figures: Mapping[str, tuple[int, int]]) -> None:
        place = self.county.organisations[school]
        kinds = [("headcount", None) if name == "headcount" else ("post", name) for name in figures]
        new = [NewAccount(place, *kind, *used) for kind, used in zip(kinds, figures.values(), strict=True)]
        opening.open_accounts(session, Cause(None, "", "", "system", START), new)

    def _teacher(self, session: Any, number: int) -> str:
        """Half of them at each school, on a post of their own, with a file that was looked through."""
        who, school = f"t{number}", SCHOOLS[number % 2]
        counties._write(session, self.county, 200 + number, who, "teacher", self.county.organisations[school])
        person = self.county.persons[who]
        band, grade, title = (("senior", 7, "高级"), ("middle", 9, "一级"), ("junior", 12, "二级"))[number % 3]
        kind = EMPLOYED[number % len(EMPLOYED)]
        mine = update(APPOINTMENT).where(APPOINTMENT.c.person_id == person)
        terms = {"band": band, "grade": grade} if kind != "special" else {"band": None, "grade": None}
        session.execute(mine.values(**terms, employment_kind=kind, subject="语文", stage="primary", title=title))
        entries = [Entry("title", date(2012 + number % 4, 6, 1), value=title)]
        if number % 4:
            entries.append(Entry("exchange", date(2023, 9, 1), value="lent", organisation_id=self.place("s02")))
        writing.add_many(session, {person: entries}, by="system", now=START)
        for topic in ("career", "discipline"):
            writing.confirm(session, [person], topic, START.date(), by="system", now=START)
        return who

    def _name_holder(self, who: str) -> None:
        pool = self.row(select(posting.ACCOUNT.c.id).where(posting.ACCOUNT.c.pool, posting.ACCOUNT.c.band == "senior"))
        term = (START.date() - timedelta(days=300), START.date() + timedelta(days=300))
        sent = NameHolder(pool.id, self.place("s01"), self.county.persons[who], *term, "借〔2026〕1号", START.date())
        commands_loans.name_holder(self.actor("bureau.hr"), sent, now=START)

    def step(self) -> str:
        """One random thing; what is refused says so and must not have changed anything (the caller looks)."""
        decide = (self.decide,) * 9
        starts = (
            self.hire,
            self.change,
            self.change,
            self.title,
            self.round,
            self.apply,
            self.apply,
            self.sit,
            self.plan,
            self.cut,
        )
        verb = self.dice.choice((*decide, *starts, self.fire, self.fire, self.deliver, self.withdraw, self.wait))
        return self.tried(verb)

    def tried(self, verb: Word) -> str:
        """What a step has come to; a refusal is told and changes nothing."""
        try:
            what = verb()
        except REFUSED as refused:
            what = f"{verb.__name__} refused: {refused.code}"
        db.session.rollback()
        self.done[what] += 1
        return what

    def shown(self) -> dict[str, Figures]:
        rows = db.session.execute(select(posting.ACCOUNT)).all()
        db.session.rollback()
        return {row.id: Figures(row.approved, row.excess, row.occupied, row.reserved, row.lent) for row in rows}

    def queue(self, _session: Any, _places: Collection[str], _on: date) -> Mapping[tuple[str, str], int]:
        """A queue for the flows to respect: nobody in it ever comes to a post."""
        return {(self.place("s02"), band): count for band, count in WAITING.items()}

    def overtaken(self, before: Mapping[str, Figures]) -> list[str]:
        """Accounts from which a post was taken since then that somebody waits for."""
        own = (posting.ACCOUNT.c.kind == "post", ~posting.ACCOUNT.c.pool)
        rows = db.session.execute(select(posting.ACCOUNT).where(*own)).all()
        db.session.rollback()
        queue = self.queue(None, (), START.date())
        waits = {row.id: queue.get((row.organisation_id, row.band), 0) for row in rows}
        now = self.shown()
        return [one for one, count in waits.items() if now[one].free < min(count, before[one].free)]

    def check(self, *, books: bool = False) -> None:
        """Free is never below 0, nothing is made or lost, holds are of running cases, every lent post is somebody's."""
        for figures in self.shown().values():
            assert figures.free >= 0
            assert figures.excess == 0 or figures.free == 0, "no vacancy while there is excess"
        assert all(sums.is_conserved for sums in county(Actor.system()))
        held = func.sum(ENTRY.c.reserved)
        holding = select(ENTRY.c.instance_id).group_by(ENTRY.c.instance_id).having(held > 0)
        ended = select(ProcessInstance.id).where(ProcessInstance.ended_at.is_not(None))
        assert list(db.session.scalars(holding.where(ENTRY.c.instance_id.in_(ended)))) == [], (
            "an ended case holds nothing"
        )
        self._check_loans()
        assert nameless() == self.nameless, "an account counts those who sit there, and nobody else"
        assert self.locks.taken() == [], "a person is locked before any account, persons by id"
        if books:
            assert reconcile(Actor.system()) == ()
        db.session.rollback()

    def _check_loans(self) -> None:
        lent = select(ENTRY.c.account_id, ENTRY.c.borrower_id, func.sum(ENTRY.c.lent))
        booked = db.session.execute(
            lent.where(ENTRY.c.borrower_id.is_not(None)).group_by(*ENTRY.c["account_id", "borrower_id"])
        )
        bands = dict(db.session.execute(select(posting.ACCOUNT.c.id, posting.ACCOUNT.c.band)).all())
        named: Counter[tuple[str, str]] = Counter(
            (row.account_id, row.borrower_id)
            for row in db.session.execute(select(LOAN).where(LOAN.c.ended_on.is_(None)))
        )
        codes = {place: code for code, place in self.county.organisations.items()}
        for account, borrower, count in booked:
            before = LENT_BEFORE.get((bands[account], codes[borrower]), 0)
            assert count == before + named.pop((account, borrower), 0), "a lent post is one person's"
        assert not named
