"""The ledger on a day, one row an account, and who holds posts that the pool has lent."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import FromClause, case, exists, func, select
from sqlalchemy.orm import Session

from service.people.members import PERSON
from service.people.queries import ORGANISATION
from service.posts import uplift
from service.posts.lending import LOAN
from service.posts.posting import ACCOUNT, ENTRY
from service.posts.queries import FIGURES
from service.posts.rules import SchoolPosts, lacking
from service.records.reading import CHECK, RECORD
from service.reports.declaring import Base, Day, Line

KEYS = ("organisation_id", "kind", "band", "pool")


def accounts(day: Day) -> FromClause:
    """Every account with its figures at the end of the day; `free` as policy §2 has it."""
    since = _since(day) if day.is_past else None
    figures = {name: _then(name, since) for name in FIGURES}
    free = figures["approved"] + figures["excess"] - figures["occupied"] - figures["reserved"] - figures["lent"]
    columns = [ACCOUNT.c.id, ORGANISATION.c.name, *(ACCOUNT.c[name] for name in KEYS)]
    found = select(*columns, *(figures[name].label(name) for name in FIGURES), free.label("free"))
    joined = found.select_from(ACCOUNT).join(ORGANISATION, ORGANISATION.c.id == ACCOUNT.c.organisation_id)
    if since is not None:
        opened = exists().where(ENTRY.c.account_id == ACCOUNT.c.id, ENTRY.c.at <= day.end)
        joined = joined.outerjoin(since, since.c.account_id == ACCOUNT.c.id).where(opened)
    return joined.subquery("accounts")


def _then(name: str, since: Any) -> Any:
    """A figure of an account without what was posted since; the present one today."""
    return ACCOUNT.c[name] if since is None else ACCOUNT.c[name] - func.coalesce(since.c[name], 0)


def _since(day: Day) -> Any:
    """Account → its entries after the end of the day, added up: fewer than all before, and found by their moment."""
    told = select(ENTRY.c.account_id, *(ENTRY.c[name] for name in FIGURES)).where(ENTRY.c.at > day.end)
    entries = told.cte("entries").prefix_with("MATERIALIZED")
    sums = [func.sum(entries.c[name]).label(name) for name in FIGURES]
    return select(entries.c.account_id, *sums).group_by(entries.c.account_id).subquery("since")


def loans(day: Day) -> FromClause:
    """Lent posts on the day, one row a holder; `exchanged` is who has begun an exchange by then, None: not known."""
    went = select(RECORD.c.person_id).where(
        RECORD.c.kind == "exchange", RECORD.c.voided_at.is_(None), RECORD.c.valid_from <= day.on
    )
    looked = select(CHECK.c.person_id).where(CHECK.c.topic == "career")
    exchanged = case((LOAN.c.person_id.in_(went), 1), (LOAN.c.person_id.in_(looked), 0))
    open_then = (LOAN.c.from_on <= day.on) & (LOAN.c.ended_on.is_(None) | (LOAN.c.ended_on > day.on))
    return (
        select(
            PERSON.c.id, PERSON.c.name, LOAN.c.borrower_id.label("organisation_id"), ACCOUNT.c.band, LOAN.c.from_on,
            LOAN.c.until, exchanged.label("exchanged"),
        )
        .join(PERSON, PERSON.c.id == LOAN.c.person_id)
        .join(ACCOUNT, ACCOUNT.c.id == LOAN.c.account_id)
        .where(open_then)
        .subquery("loans")
    )  # fmt: skip


def lifted(session: Session, day: Day) -> Sequence[Line]:
    """Remote and weak schools; one counts when it lacks no senior or middle post of what it must have (example 6).

    Of a school that is neither remote nor known to be weak or not, nothing is known.
    """
    reading = uplift.reading_of(day.parameters)
    lent = _lent(session, day)
    rows = session.execute(_posts(day))
    return [_lifted(row, lent, reading) for row in rows]


def _lifted(row: Any, lent: dict[tuple[str, str], int], reading: uplift.Reading) -> Line:
    borrowed = {band: lent.get((row.id, band), 0) for band in uplift.UPPER}
    senior, middle = (int(getattr(row, band)) + borrowed[band] for band in uplift.UPPER)
    school = SchoolPosts(row.id, row.name, int(row.posts) + sum(borrowed.values()), senior, middle)
    short = lacking(school, reading.least(school))
    known = row.area == "remote" or row.weak is not None
    return Line(row.id, row.name, row.id, int(short == 0) if known else None, 1, short)


def _posts(day: Day) -> Any:
    here = accounts(day)
    lifted_ones = (ORGANISATION.c.area == "remote") | ORGANISATION.c.weak.is_(True) | ORGANISATION.c.weak.is_(None)
    own = [func.sum(case((here.c.band == band, here.c.approved), else_=0)).label(band) for band in uplift.UPPER]
    place = (ORGANISATION.c.id, ORGANISATION.c.name, ORGANISATION.c.area, ORGANISATION.c.weak)
    return (
        select(*place, func.sum(here.c.approved).label("posts"), *own)
        .join(here, here.c.organisation_id == ORGANISATION.c.id)
        .where(ORGANISATION.c.kind == "school", here.c.kind == "post", ~here.c.pool, lifted_ones)
        .group_by(*place)
        .order_by(ORGANISATION.c.name, ORGANISATION.c.id)
    )


def _lent(session: Session, day: Day) -> dict[tuple[str, str], int]:
    found = select(ENTRY.c.borrower_id, ACCOUNT.c.band, func.sum(ENTRY.c.lent).label("lent"))
    lent = found.join(ACCOUNT, ACCOUNT.c.id == ENTRY.c.account_id)
    then = lent.where(ENTRY.c.borrower_id.is_not(None), ENTRY.c.at <= day.end)
    rows = session.execute(then.group_by(ENTRY.c.borrower_id, ACCOUNT.c.band))
    return {(row.borrower_id, row.band): int(row.lent) for row in rows}


ACCOUNTS = Base("accounts", "organisation", accounts)
LOANS = Base("loans", "person", loans)
