"""The ledger as the yearly round sees it: the pool of each band, vacant posts that it might take."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from service.flows.reserved.allotting import FROM_POOL, Spare
from service.flows.reserved.rounds import ORGANISATION
from service.flows.reserved.rules import BANDS, PoolFigures
from service.posts import pools as lending
from service.posts import queueing, uplift
from service.posts.posting import ACCOUNT
from service.posts.uplift import Reading

_FREE = ACCOUNT.c.approved + ACCOUNT.c.excess - ACCOUNT.c.occupied - ACCOUNT.c.reserved - ACCOUNT.c.lent


def figures(session: Session) -> list[PoolFigures]:
    """Senior, then middle: every post of the county, and what the pool has of them."""
    in_pool = [
        func.sum(case((ACCOUNT.c.pool, value), else_=0)).label(name)
        for name, value in (("approved", ACCOUNT.c.approved), ("lent", ACCOUNT.c.lent), ("free", _FREE))
    ]
    found = select(ACCOUNT.c.band, func.sum(ACCOUNT.c.approved).label("total"), *in_pool)
    rows = session.execute(found.where(ACCOUNT.c.band.in_(BANDS)).group_by(ACCOUNT.c.band))
    by_band = {row.band: row for row in rows}
    return [
        PoolFigures(band, *(int(getattr(by_band[band], name)) for name in ("total", "approved", "lent", "free")))
        for band in BANDS
        if band in by_band
    ]


def over_offered(session: Session, rows: Sequence[Mapping[str, Any]]) -> tuple[int, str, int, int] | None:
    """(Row, band, offered, free) of the first row that offers more than its pool has free now; None where none does."""
    free = {band.band: max(0, band.free) for band in figures(session)}
    for number, row in enumerate(rows):
        offered = int(row.get("offered") or 0)
        if offered > free.get(row["band"], 0):
            return number, row["band"], offered, free.get(row["band"], 0)
    return None


def as_now(session: Session, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows with what each pool has once posts have moved; floor and offer stay as they were decided by.

    A row told from paper names no floor, so that it has no shortage.
    """
    now = {band.band: band for band in figures(session)}
    return [_as_now(row, now[row["band"]]) for row in rows]


def _as_now(row: Mapping[str, Any], one: PoolFigures) -> dict[str, Any]:
    short = {"shortage": max(0, int(row["floor"]) - one.approved)} if "floor" in row else {}
    return {**row, "approved": one.approved, "lent": one.lent, "free": one.free, **short}


def surplus(pool: list[dict[str, Any]], session: Session) -> list[Spare]:
    """What the pool has free beyond its floor, band by band."""
    accounts = lending.accounts(session)
    found = {row["band"]: min(int(row["free"]), int(row["approved"]) - int(row["floor"])) for row in pool}
    return [
        Spare(accounts[band], FROM_POOL, band, count) for band, count in found.items() if count > 0 and band in accounts
    ]


def vacant(session: Session, reading: Reading, on: date) -> list[Spare]:
    """Free posts of schools that may go elsewhere by a dated decision.

    A post for which somebody waits stays, and a remote or weak school gives only what it can spare of its uplift.
    """
    columns = (ACCOUNT.c.id.label("account_id"), ORGANISATION.c.id, ORGANISATION.c.name, ACCOUNT.c.band,
               _FREE.label("free"))  # fmt: skip
    found = select(*columns).join(ORGANISATION, ORGANISATION.c.id == ACCOUNT.c.organisation_id)
    free = found.where(~ACCOUNT.c.pool, ACCOUNT.c.band.in_(BANDS), _FREE > 0)
    rows = session.execute(free.order_by(ACCOUNT.c.band.desc(), ORGANISATION.c.name)).all()
    waiting, spare = queueing.waiting(session, {row.id for row in rows}, on), []
    spared = uplift.spared(session, reading)
    for row in rows:
        free_of_claims = int(row.free) - waiting[row.id, row.band]
        count = max(min(free_of_claims, spared.get(row.id, free_of_claims)), 0)
        if row.id in spared:
            spared[row.id] -= count
        if count:
            spare.append(Spare(row.account_id, row.name, row.band, count))
    return spare
