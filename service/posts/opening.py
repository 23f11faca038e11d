"""Opens accounts with their balances as they are, excess included (policy §2, §8)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from service.errors import Conflict, Invalid
from service.posts import posting
from service.posts.posting import ACCOUNT, ENTRY, Cause
from workflows.base import new_id

OPENED = "opened"
"""The event of an opening balance, and of every change of it before anything else has moved the account."""

BANDS = ("senior", "middle", "junior")


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An opening balance; more people than posts are its excess. A pool has `lent_to` (school → posts), no people."""

    organisation_id: str
    kind: str
    band: str | None
    approved: int
    occupied: int = 0
    pool: bool = False
    lent_to: Mapping[str, int] = field(default_factory=dict)

    @property
    def excess(self) -> int:
        return 0 if self.pool else max(0, self.occupied - self.approved)

    @property
    def lent(self) -> int:
        return sum(self.lent_to.values())


def open_accounts(session: Session, cause: Cause, accounts: Sequence[NewAccount]) -> list[str]:
    """The ids of new accounts, in order; two statements for any number.

    Invalid("ledger.opening") for figures that no account can have; a second account of the same kind, band and
    organisation breaks a unique constraint.
    """
    for account in accounts:
        _expect_possible(account)
    if not accounts:
        return []
    ids = [new_id() for _ in accounts]
    session.execute(insert(ACCOUNT), [_account(i, a) for i, a in zip(ids, accounts, strict=True)])
    entries = [row for i, a in zip(ids, accounts, strict=True) for row in _entries(cause, i, a)]
    session.execute(insert(ENTRY), entries)
    return ids


def reopen(session: Session, cause: Cause, wanted: Mapping[str, NewAccount]) -> dict[str, NewAccount]:
    """Set other opening balances of accounts and post the differences; account id → the balance of before.

    Conflict("ledger.not_opening") for an account that anything but an opening has moved, Invalid("ledger.opening").
    """
    for account in wanted.values():
        _expect_possible(account)
    locked = posting.lock(session, cause, wanted)
    _expect_untouched(session, list(wanted))
    lent = _lent(session, list(wanted))
    before = {one: _balance(locked[one].row, lent.get(one, {})) for one in wanted}
    entries = [row for one, account in wanted.items() for row in _differences(cause, one, before[one], account)]
    for one, account in wanted.items():
        figures = _account(one, account)
        changed = {name: figures[name] for name in ("approved", "excess", "occupied", "lent")}
        session.execute(update(ACCOUNT).where(ACCOUNT.c.id == one).values(changed))
    if entries:
        session.execute(insert(ENTRY), entries)
    return before


def _expect_untouched(session: Session, account_ids: list[str]) -> None:
    moved = select(ENTRY.c.account_id).where(ENTRY.c.account_id.in_(account_ids), ENTRY.c.event != OPENED)
    account_id = session.scalar(moved.limit(1))
    if account_id is not None:
        raise Conflict("ledger.not_opening", account_id=account_id)


def _lent(session: Session, account_ids: list[str]) -> dict[str, dict[str, int]]:
    """Account → school → posts on loan."""
    found = select(ENTRY.c.account_id, ENTRY.c.borrower_id, func.sum(ENTRY.c.lent).label("lent"))
    mine = found.where(ENTRY.c.account_id.in_(account_ids), ENTRY.c.borrower_id.is_not(None))
    lent: dict[str, dict[str, int]] = {}
    for row in session.execute(mine.group_by(ENTRY.c.account_id, ENTRY.c.borrower_id)):
        if row.lent:
            lent.setdefault(row.account_id, {})[row.borrower_id] = int(row.lent)
    return lent


def _balance(row: Any, lent_to: Mapping[str, int]) -> NewAccount:
    return NewAccount(row.organisation_id, row.kind, row.band, row.approved, row.occupied, row.pool, lent_to)


def _differences(cause: Cause, account_id: str, old: NewAccount, new: NewAccount) -> Iterator[dict[str, Any]]:
    """Entries that lead from one opening balance to another; none where they are the same."""
    change = {name: getattr(new, name) - getattr(old, name) for name in ("approved", "excess", "occupied")}
    nothing = {"approved": 0, "excess": 0, "occupied": 0}
    if any(change.values()):
        yield {**_common(cause, account_id), **change, "lent": 0, "line": "balance", "borrower_id": None}
    for school in sorted({*old.lent_to, *new.lent_to}):
        lent = new.lent_to.get(school, 0) - old.lent_to.get(school, 0)
        if lent:
            yield {**_common(cause, account_id), **nothing, "lent": lent, "line": school, "borrower_id": school}


def _common(cause: Cause, account_id: str) -> dict[str, Any]:
    return {
        "id": new_id(), "account_id": account_id, "event": OPENED, "reserved": 0, "instance_id": None,
        "element_id": cause.element_id, "token": cause.token, "document": cause.document,
        "decided_on": cause.decided_on, "at": cause.now, "actor_id": cause.actor_id,
    }  # fmt: skip


def _expect_possible(account: NewAccount) -> None:
    figures = (account.approved, account.occupied, *account.lent_to.values())
    fits = account.occupied == 0 and account.lent <= account.approved if account.pool else not account.lent_to
    known = account.band in BANDS if account.kind == "post" else account.band is None and not account.pool
    if min(figures) < 0 or not fits or not known:
        raise Invalid("ledger.opening", organisation_id=account.organisation_id, kind=account.kind, band=account.band)


def _account(account_id: str, account: NewAccount) -> dict[str, Any]:
    return {
        "id": account_id,
        "organisation_id": account.organisation_id,
        "kind": account.kind,
        "band": account.band,
        "pool": account.pool,
        "approved": account.approved,
        "excess": account.excess,
        "occupied": account.occupied,
        "reserved": 0,
        "lent": account.lent,
    }


def _entries(cause: Cause, account_id: str, account: NewAccount) -> Iterator[dict[str, Any]]:
    """One entry for the balance, and one for each school that had borrowed before the opening day."""
    balance = {"approved": account.approved, "excess": account.excess, "occupied": account.occupied, "lent": 0}
    yield {**_common(cause, account_id), **balance, "line": "balance", "borrower_id": None}
    for borrower_id, count in account.lent_to.items():
        loan = {"approved": 0, "excess": 0, "occupied": 0, "lent": count}
        yield {**_common(cause, account_id), **loan, "line": borrower_id, "borrower_id": borrower_id}
