"""The ledger as the yearly round sees it: the pool of each band, schools to lift, vacant posts."""

from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from service.flows.reserved.rounds import ORGANISATION
from service.flows.reserved.rules import BANDS, PoolFigures, SchoolPosts
from service.posts.posting import ACCOUNT, ENTRY

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


def schools_to_lift(session: Session) -> list[SchoolPosts]:
    """The remote and the weak schools with their posts; a school of which weakness is unknown is not among them."""
    lifted = or_(ORGANISATION.c.area == "remote", ORGANISATION.c.weak.is_(True))
    own = {band: func.sum(case((ACCOUNT.c.band == band, ACCOUNT.c.approved), else_=0)) for band in BANDS}
    found = (
        select(
            ORGANISATION.c.id,
            ORGANISATION.c.name,
            func.sum(ACCOUNT.c.approved).label("posts"),
            own["senior"].label("senior"),
            own["middle"].label("middle"),
        )
        .join(ACCOUNT, ACCOUNT.c.organisation_id == ORGANISATION.c.id)
        .where(ORGANISATION.c.kind == "school", ORGANISATION.c.valid_until.is_(None), lifted, ACCOUNT.c.kind == "post")
        .group_by(ORGANISATION.c.id, ORGANISATION.c.name)
        .order_by(ORGANISATION.c.name)
    )
    lent = _borrowed(session)
    return [
        SchoolPosts(
            row.name,
            int(row.posts) + sum(lent.get((row.id, band), 0) for band in BANDS),
            int(row.senior) + lent.get((row.id, "senior"), 0),
            int(row.middle) + lent.get((row.id, "middle"), 0),
        )
        for row in session.execute(found)
    ]


def _borrowed(session: Session) -> dict[tuple[str, str], int]:
    """(School, band) → posts on loan from the pool."""
    found = select(ENTRY.c.borrower_id, ACCOUNT.c.band, func.sum(ENTRY.c.lent).label("lent"))
    lent = found.join(ACCOUNT, ACCOUNT.c.id == ENTRY.c.account_id).where(ENTRY.c.borrower_id.is_not(None))
    rows = session.execute(lent.group_by(ENTRY.c.borrower_id, ACCOUNT.c.band))
    return {(row.borrower_id, row.band): int(row.lent) for row in rows}


def vacant(session: Session, bands: list[str]) -> list[dict[str, Any]]:
    """Free posts of schools in bands whose pool is below its floor: proposed for it, moved by a dated decision."""
    if not bands:
        return []
    columns = (ORGANISATION.c.name.label("school_name"), ACCOUNT.c.band, _FREE.label("free"))
    found = select(*columns).join(ORGANISATION, ORGANISATION.c.id == ACCOUNT.c.organisation_id)
    free = found.where(~ACCOUNT.c.pool, ACCOUNT.c.band.in_(bands), _FREE > 0)
    return [dict(row._mapping) for row in session.execute(free.order_by(ACCOUNT.c.band.desc(), ORGANISATION.c.name))]
