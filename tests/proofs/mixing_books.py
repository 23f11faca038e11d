"""The ledger beside the people: what the accounts count is what the appointments and loans say, to the last post."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import event, select

from service.audit import chain
from service.db import db
from service.people.models import Appointment
from service.posts import posting
from service.posts.models import PostLoan

Account = tuple[str, str | None]
"""Organisation, and band or None for headcount."""


def in_use() -> Counter[Account]:
    """What the open appointments use of their own schools, read without the house's own functions."""
    taken_up = select(PostLoan.person_id).where(PostLoan.ended_on.is_(None), PostLoan.appointed_on.is_not(None))
    lent = set(db.session.scalars(taken_up))
    used: Counter[Account] = Counter()
    for job in db.session.scalars(select(Appointment).where(Appointment.valid_until.is_(None))):
        if job.employment_kind == "staffed":
            used[job.organisation_id, None] += 1
        if job.band is not None and job.person_id not in lent:
            used[job.organisation_id, job.band] += 1
    db.session.rollback()
    return used


def nameless() -> dict[Account, int]:
    """Account of a school → occupied without anybody whom the house knows: the same from the opening day on."""
    used = in_use()
    own = select(posting.ACCOUNT).where(posting.ACCOUNT.c.pool.is_(False))
    found = {
        (row.organisation_id, row.band): row.occupied - used[row.organisation_id, row.band]
        for row in db.session.execute(own)
    }
    db.session.rollback()
    return found


class LockOrder:
    """Listens to every transaction: persons in the order of their ids, all of them before any account, and accounts in
    the order of theirs, however many calls lock them.
    """

    def __init__(self) -> None:
        self.persons: list[str] = []
        self.accounts: set[str] = set()
        self.faults: list[str] = []
        event.listen(db.engine, "before_execute", self._seen)
        for ending in ("commit", "rollback"):
            event.listen(db.engine, ending, self._over)

    def stop(self) -> None:
        event.remove(db.engine, "before_execute", self._seen)
        for ending in ("commit", "rollback"):
            event.remove(db.engine, ending, self._over)

    def taken(self) -> list[str]:
        """What was wrong since the last call."""
        found, self.faults = self.faults, []
        return found

    def _seen(self, connection: Any, statement: Any, many: Any, one: Any, _options: Any) -> None:
        if statement is posting._LOCK:
            for values in [*many, *([one] if one else [])]:
                self._locked(connection, values)
        if statement is chain._LOCK:
            for name in self._names(many, one):
                self._person(name)

    def _locked(self, connection: Any, values: Mapping[str, Any]) -> None:
        """A call locks the accounts that it names and all that its case has touched."""
        touched = select(posting.ENTRY.c.account_id).where(posting.ENTRY.c.instance_id == values["b_instance"])
        new = {*values["b_ids"], *connection.scalars(touched)} - self.accounts
        if new and self.accounts and min(new) < max(self.accounts):
            self.faults.append(f"account {min(new)} is locked after {max(self.accounts)}")
        self.accounts |= new

    def _names(self, many: Any, one: Any) -> Iterator[str]:
        for values in [*many, *([one] if one else [])]:
            if str(values.get("name", "")).startswith("person:"):
                yield values["name"]

    def _person(self, name: str) -> None:
        if name in self.persons:
            return
        if self.accounts:
            self.faults.append(f"{name} is locked after an account")
        elif self.persons and name < max(self.persons):
            self.faults.append(f"{name} is locked after {max(self.persons)}")
        self.persons.append(name)

    def _over(self, _connection: Any) -> None:
        self.persons, self.accounts = [], set()
