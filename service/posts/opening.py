"""Opens accounts with their balances as they are, excess included (policy §2, §8)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from service.errors import Invalid
from service.posts.posting import ACCOUNT, ENTRY, Cause
from workflows.base import new_id

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
    common = {
        "account_id": account_id,
        "event": "opened",
        "reserved": 0,
        "instance_id": None,
        "element_id": cause.element_id,
        "token": cause.token,
        "document": cause.document,
        "decided_on": cause.decided_on,
        "at": cause.now,
        "actor_id": cause.actor_id,
    }
    balance = {"approved": account.approved, "excess": account.excess, "occupied": account.occupied, "lent": 0}
    yield {**common, **balance, "id": new_id(), "line": "balance", "borrower_id": None}
    for borrower_id, count in account.lent_to.items():
        loan = {"approved": 0, "excess": 0, "occupied": 0, "lent": count}
        yield {**common, **loan, "id": new_id(), "line": borrower_id, "borrower_id": borrower_id}
