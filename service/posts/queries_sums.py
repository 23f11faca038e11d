"""Sums of the ledger: what a case holds, what the county has, and whether the books agree with their entries."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, case, func, select

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.posts.posting import ACCOUNT, ENTRY
from service.posts.queries import FIGURES
from service.posts.rules import Figures


@dataclass(frozen=True, slots=True)
class Hold:
    """What a case holds of one account under one line."""

    account_id: str
    line: str
    count: int


@dataclass(frozen=True, slots=True)
class County:
    """Sums of one kind and band over the visible accounts.

    `decided` is the approved total by opening balances and dated approvals alone, `moved` what moving posts between
    accounts has changed of it: 0, or a post was made or lost on the way.
    """

    kind: str
    band: str | None
    schools: Figures
    pool: Figures
    decided: int
    moved: int

    @property
    def approved(self) -> int:
        """School-owned posts and the reserved pool."""
        return self.schools.approved + self.pool.approved

    @property
    def is_conserved(self) -> bool:
        """The sums of policy §2: schools + pool = approved total; pool = free + reserved + lent."""
        in_pool = self.pool.free + self.pool.reserved + self.pool.lent
        return self.approved == self.decided and self.moved == 0 and self.pool.approved == in_pool


@dataclass(frozen=True, slots=True)
class Difference:
    """An account whose figures are not the sums of its entries."""

    account_id: str
    stands: Figures
    entered: Figures


def holds_of(actor: Actor, instance_id: str) -> tuple[Hold, ...]:
    """What a visible case holds now, by account and line."""
    held = func.sum(ENTRY.c.reserved)
    found = (
        select(ENTRY.c.account_id, ENTRY.c.line, held.label("held"))
        .where(ENTRY.c.instance_id == instance_id, policy.visible(actor, "ledger_entry"))
        .group_by(ENTRY.c.account_id, ENTRY.c.line)
        .having(held > 0)
        .order_by(ENTRY.c.account_id, ENTRY.c.line)
    )
    return tuple(Hold(row.account_id, row.line, int(row.held)) for row in db.session.execute(found))


def county(actor: Actor) -> tuple[County, ...]:
    """Sums by kind and band; of the whole county for those who see every account."""
    decided = {(row.kind, row.band): row for row in db.session.execute(_decided(actor))}
    columns = [func.sum(ACCOUNT.c[name]).label(name) for name in FIGURES]
    key = (ACCOUNT.c.kind, ACCOUNT.c.band, ACCOUNT.c.pool)
    found = select(*key, *columns).where(policy.visible(actor, "ledger_account")).group_by(*key)
    rows = db.session.execute(found.order_by(*key)).all()
    groups = dict.fromkeys((row.kind, row.band) for row in rows)
    return tuple(_county(group, [r for r in rows if (r.kind, r.band) == group], decided[group]) for group in groups)


def _decided(actor: Actor) -> Select[*tuple[Any, ...]]:
    moved = ENTRY.c.event == "moved"
    return (
        select(
            ACCOUNT.c.kind,
            ACCOUNT.c.band,
            func.sum(case((moved, 0), else_=ENTRY.c.approved)).label("decided"),
            func.sum(case((moved, ENTRY.c.approved), else_=0)).label("moved"),
        )
        .join(ENTRY, ENTRY.c.account_id == ACCOUNT.c.id)
        .where(policy.visible(actor, "ledger_account"))
        .group_by(ACCOUNT.c.kind, ACCOUNT.c.band)
    )


def _county(
    group: tuple[str, str | None], rows: Sequence[Row[*tuple[Any, ...]]], decided: Row[*tuple[Any, ...]]
) -> County:
    sums = {bool(row.pool): Figures(*(int(getattr(row, name)) for name in FIGURES)) for row in rows}
    nothing = Figures()
    return County(*group, sums.get(False, nothing), sums.get(True, nothing), int(decided.decided), int(decided.moved))


def reconcile(actor: Actor) -> tuple[Difference, ...]:
    """The visible accounts whose figures differ from their entries summed up; empty when the books agree."""
    sums = [func.coalesce(func.sum(ENTRY.c[name]), 0).label(f"entered_{name}") for name in FIGURES]
    found = (
        select(ACCOUNT.c.id, *(ACCOUNT.c[name] for name in FIGURES), *sums)
        .outerjoin(ENTRY, ENTRY.c.account_id == ACCOUNT.c.id)
        .where(policy.visible(actor, "ledger_account"))
        .group_by(*ACCOUNT.c)
        .order_by(ACCOUNT.c.id)
    )
    books = [
        Difference(
            row.id,
            Figures(*(int(getattr(row, name)) for name in FIGURES)),
            Figures(*(int(getattr(row, f"entered_{name}")) for name in FIGURES)),
        )
        for row in db.session.execute(found)
    ]
    return tuple(book for book in books if book.stands != book.entered)
