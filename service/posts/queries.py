"""Reads of the ledger: accounts with their figures, entries with the case of each, sums of the county."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, column, func, select, table
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.errors import NotFound
from service.posts.posting import ACCOUNT, ENTRY
from service.posts.rules import Figures

ORGANISATION = table("organisation", column("id"), column("path"), column("code"), column("name"), column("name_en"))
CASE = table(
    "process_case",
    column("instance_id"),
    column("organisation_id"),
    column("initiator_id"),
    column("business_key"),
    column("title"),
)
FIGURES = ("approved", "excess", "occupied", "reserved", "lent")
_BAND_ORDER = case({"senior": 1, "middle": 2, "junior": 3}, value=ACCOUNT.c.band, else_=0)
_BORROWED = (
    select(ENTRY.c.account_id, ENTRY.c.borrower_id, func.sum(ENTRY.c.lent).label("lent"))
    .where(ENTRY.c.borrower_id.is_not(None))
    .group_by(ENTRY.c.account_id, ENTRY.c.borrower_id)
    .subquery()
)


@dataclass(frozen=True, slots=True)
class AccountView:
    """One account; `borrowed` are posts that the school has on loan from a pool, outside its own figures."""

    id: str
    organisation_id: str
    organisation_name: str
    organisation_name_en: str
    kind: str
    band: str | None
    pool: bool
    figures: Figures
    borrowed: int

    @property
    def free(self) -> int:
        return self.figures.free


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry; number and title of its case are None when no case caused it or the actor may not see that case."""

    id: str
    account_id: str
    event: str
    delta: Figures
    instance_id: str | None
    business_key: str | None
    title: str | None
    element_id: str
    line: str
    borrower_id: str | None
    document: str | None
    decided_on: date | None
    at: datetime
    actor_id: str


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Entries, newest first; `next` is the cursor of the page after, None at the end."""

    entries: tuple[EntryView, ...]
    next: str | None


def accounts(
    actor: Actor, *, organisation_id: str | None = None, kind: str | None = None, pool: bool | None = None
) -> tuple[AccountView, ...]:
    """The visible accounts in the order of the tree: headcount, then senior, middle and junior posts."""
    wanted: list[ColumnElement[bool]] = [policy.visible(actor, "ledger_account")]
    if organisation_id is not None:
        wanted.append(ACCOUNT.c.organisation_id == organisation_id)
    if kind is not None:
        wanted.append(ACCOUNT.c.kind == kind)
    if pool is not None:
        wanted.append(ACCOUNT.c.pool.is_(pool))
    return _accounts(wanted)


def account(actor: Actor, account_id: str) -> AccountView:
    """One account; NotFound("ledger_account.absent") also when the actor may not see it."""
    found = _accounts([ACCOUNT.c.id == account_id, policy.visible(actor, "ledger_account")])
    if not found:
        raise NotFound("ledger_account.absent")
    return found[0]


def _accounts(wanted: Sequence[ColumnElement[bool]]) -> tuple[AccountView, ...]:
    names = (ORGANISATION.c.name, ORGANISATION.c.name_en)
    found = (
        select(ACCOUNT, *names)
        .join(ORGANISATION, ORGANISATION.c.id == ACCOUNT.c.organisation_id)
        .where(*wanted)
        .order_by(ORGANISATION.c.path, ACCOUNT.c.pool, ACCOUNT.c.kind, _BAND_ORDER)
    )
    rows = db.session.execute(found).all()
    loans = _loans({row.organisation_id for row in rows})
    return tuple(_account(row, loans) for row in rows)


def _loans(borrowers: Iterable[str]) -> dict[tuple[str, str | None], int]:
    """(Borrower, band) → posts on loan."""
    found = (
        select(_BORROWED.c.borrower_id, ACCOUNT.c.band, func.sum(_BORROWED.c.lent).label("lent"))
        .join(ACCOUNT, ACCOUNT.c.id == _BORROWED.c.account_id)
        .where(_BORROWED.c.borrower_id.in_(list(borrowers)))
        .group_by(_BORROWED.c.borrower_id, ACCOUNT.c.band)
    )
    return {(row.borrower_id, row.band): int(row.lent) for row in db.session.execute(found)}


def _figures(row: Row[*tuple[Any, ...]]) -> Figures:
    return Figures(*(int(getattr(row, name)) for name in FIGURES))


def _account(row: Row[*tuple[Any, ...]], loans: dict[tuple[str, str | None], int]) -> AccountView:
    own_band = row.kind == "post" and not row.pool
    return AccountView(
        row.id,
        row.organisation_id,
        row.name,
        row.name_en,
        row.kind,
        row.band,
        row.pool,
        _figures(row),
        loans.get((row.organisation_id, row.band), 0) if own_band else 0,
    )


def entries(actor: Actor, account_id: str, *, before: str | None = None, limit: int = 50) -> EntryPage:
    """A page of an account's entries, newest first, below the entry id `before`; NotFound for an unseen account."""
    account(actor, account_id)
    return _entries(actor, [account_id], before, limit)


def organisation_entries(
    actor: Actor, organisation_id: str, *, before: str | None = None, limit: int = 50
) -> EntryPage:
    """The same over all accounts that the actor sees of an organisation; a movement of two accounts is two entries."""
    return _entries(actor, [found.id for found in accounts(actor, organisation_id=organisation_id)], before, limit)


def _entries(actor: Actor, account_ids: Sequence[str], before: str | None, limit: int) -> EntryPage:
    seen_case = and_(CASE.c.instance_id == ENTRY.c.instance_id, policy.visible(actor, "instance", CASE))
    found = (
        select(ENTRY, CASE.c.business_key, CASE.c.title)
        .select_from(ENTRY)
        .outerjoin(CASE, seen_case)
        .where(ENTRY.c.account_id.in_(account_ids))
        .order_by(ENTRY.c.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        found = found.where(ENTRY.c.id < before)
    rows = db.session.execute(found).all()
    return EntryPage(tuple(map(_entry, rows[:limit])), rows[limit - 1].id if len(rows) > limit else None)


def _entry(row: Row[*tuple[Any, ...]]) -> EntryView:
    return EntryView(
        row.id,
        row.account_id,
        row.event,
        _figures(row),
        row.instance_id,
        row.business_key,
        row.title,
        row.element_id,
        row.line,
        row.borrower_id,
        row.document,
        row.decided_on,
        row.at,
        row.actor_id,
    )


def sharing_accounts(session: Session, instance_id: str, most: int = 50) -> frozenset[str]:
    """The latest other cases with entries on the accounts that this case has entries on."""
    touched = select(ENTRY.c.account_id).where(ENTRY.c.instance_id == instance_id)
    others = (ENTRY.c.instance_id.is_not(None), ENTRY.c.instance_id != instance_id)
    latest = select(ENTRY.c.instance_id).where(ENTRY.c.account_id.in_(touched), *others).order_by(ENTRY.c.id.desc())
    return frozenset(session.scalars(latest.limit(most)))


def holds_anything(session: Session, instance_id: str) -> bool:
    """Whether a case holds headcount or a post that is neither occupied nor released."""
    mine = select(ENTRY.c.account_id).where(ENTRY.c.instance_id == instance_id)
    held = mine.group_by(ENTRY.c.account_id, ENTRY.c.line).having(func.sum(ENTRY.c.reserved) > 0)
    return session.execute(held.limit(1)).first() is not None
