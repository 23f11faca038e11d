"""Persons against numbers, school by school, as of its opening day: what is listed, stated, and in the ledger.

Everything is of the opening day: who is hired, leaves or is promoted later changes nothing here, but a person who was
forgotten, or a number that was put right, does. What somebody has signed is kept by its digest.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from service.access.standing import in_force
from service.opening.planning_numbers import ACCOUNTS, name_of
from service.opening.register import OPENED
from service.opening.written import NUMBER
from service.people.persons import APPOINTMENT
from service.people.queries import ORGANISATION
from service.posts.lending import LOAN
from service.posts.posting import ACCOUNT, ENTRY

_FIGURES = ("approved", "excess", "occupied")
_TOLD = ("person_id", "employment_kind", "post_category", "band", "grade", "title")


@dataclass(frozen=True)
class Account:
    """One account on the opening day; `listed` are the persons who use it by their appointments."""

    name: str
    approved: int
    excess: int
    occupied: int
    listed: int

    @property
    def difference(self) -> int:
        """Persons listed beyond those in the ledger; negative: some are missing."""
        return self.listed - self.occupied


@dataclass(frozen=True)
class School:
    """The reconciliation of one school; `persons` are listed with headcount, `stated` by the staffing office.

    `lent` persons sit in posts of the pool and use none of the school's. `digest` is of all that is signed.
    """

    id: str
    name: str
    name_en: str
    opened_on: date
    document: str
    stated: int | None
    persons: int
    all_persons: int
    lent: int
    accounts: tuple[Account, ...]
    digest: str

    @property
    def difference(self) -> int | None:
        """Persons listed beyond those on the staffing office's books; None where it has not told."""
        return None if self.stated is None else self.persons - self.stated

    @property
    def code(self) -> str:
        """What a printed list says of all that is signed, short enough to be typed."""
        return f"{self.digest[:4]}-{self.digest[4:8]}-{self.digest[8:12]}".upper()

    @property
    def agrees(self) -> bool:
        """Nothing is missing and nothing too much."""
        return self.difference in (None, 0) and all(account.difference == 0 for account in self.accounts)

    @property
    def figures(self) -> dict[str, Any]:
        """What is signed, as plain values."""
        accounts = [asdict(account) for account in self.accounts]
        return {"stated": self.stated, "persons": self.persons, "lent": self.lent, "accounts": accounts}


def schools(session: Session, organisation_ids: Collection[str]) -> list[School]:
    """Those of the organisations that have opening numbers, by code; five statements for any number."""
    ids = list(organisation_ids)
    found = select(NUMBER, ORGANISATION.c.name, ORGANISATION.c.name_en).join(
        ORGANISATION, ORGANISATION.c.id == NUMBER.c.organisation_id
    )
    rows = session.execute(found.where(NUMBER.c.organisation_id.in_(ids)).order_by(ORGANISATION.c.code)).all()
    figures, people, lent = _figures(session, ids), _people(session, rows), _lent(session, rows)
    return [_school(row, figures[row.organisation_id], people[row.organisation_id], lent) for row in rows]


def _figures(session: Session, ids: Sequence[str]) -> Mapping[str, dict[str | None, Row[Any]]]:
    """School → band → the opening balance, summed from its entries."""
    sums = [func.sum(ENTRY.c[name]).label(name) for name in _FIGURES]
    key = (ACCOUNT.c.organisation_id, ACCOUNT.c.band)
    opened = select(*key, *sums).join(ENTRY, ENTRY.c.account_id == ACCOUNT.c.id).where(ENTRY.c.event == OPENED)
    mine = opened.where(ACCOUNT.c.organisation_id.in_(ids), ACCOUNT.c.pool.is_(False)).group_by(*key)
    found: dict[str, dict[str | None, Row[Any]]] = defaultdict(dict)
    for row in session.execute(mine):
        found[row.organisation_id][row.band] = row
    return found


def _people(session: Session, rows: Sequence[Row[Any]]) -> Mapping[str, list[Row[Any]]]:
    """School → appointments in force on its own opening day."""
    columns = (APPOINTMENT.c.organisation_id, *(APPOINTMENT.c[name] for name in _TOLD))
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for day, ids in _by_day(rows).items():
        there = select(*columns).where(APPOINTMENT.c.organisation_id.in_(ids), in_force(APPOINTMENT.c, day))
        for row in session.execute(there.order_by(APPOINTMENT.c.person_id)):
            found[row.organisation_id].append(row)
    return found


def _lent(session: Session, rows: Sequence[Row[Any]]) -> set[tuple[str, str]]:
    """(School, person) of those who sat in a lent post on the opening day of the school."""
    found = set()
    for day, ids in _by_day(rows).items():
        sat = (LOAN.c.borrower_id.in_(ids), LOAN.c.appointed_on <= day)
        loans = select(LOAN.c.borrower_id, LOAN.c.person_id, LOAN.c.ended_on).where(*sat)
        found |= {
            (row.borrower_id, row.person_id)
            for row in session.execute(loans)
            if row.ended_on is None or row.ended_on > day
        }
    return found


def _by_day(rows: Sequence[Row[Any]]) -> Mapping[date, list[str]]:
    days: dict[date, list[str]] = defaultdict(list)
    for row in rows:
        days[row.opened_on].append(row.organisation_id)
    return days


def _school(
    row: Row[Any],
    figures: Mapping[str | None, Row[Any]],
    people: Sequence[Row[Any]],
    lent: Collection[tuple[str, str]],
) -> School:
    own = [one for one in people if (row.organisation_id, one.person_id) not in lent]
    listed: dict[str | None, int] = {band: sum(one.band == band for one in own) for band in ACCOUNTS}
    listed[None] = sum(one.employment_kind == "staffed" for one in people)
    accounts = tuple(
        _account(name_of(band), figures.get(band), listed[band]) for band in ACCOUNTS if band in figures or listed[band]
    )
    signed = {
        "stated": row.persons, "opened_on": row.opened_on, "document": row.document,
        "accounts": [asdict(account) for account in accounts],
        "people": [[getattr(one, name) for name in _TOLD] for one in people],
    }  # fmt: skip
    digest = sha256(orjson.dumps(signed, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return School(
        row.organisation_id, row.name, row.name_en, row.opened_on, row.document, row.persons, listed[None],
        len(people), len(people) - len(own), accounts, digest,
    )  # fmt: skip


def _account(name: str, row: Row[Any] | None, listed: int) -> Account:
    approved, excess, occupied = (0 if row is None else int(getattr(row, figure)) for figure in _FIGURES)
    return Account(name, approved, excess, occupied, listed)
