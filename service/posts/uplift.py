"""The uplift of remote and weak schools: what each must have of senior and middle posts, and keeps when posts move.

When posts are reallocated, remote and weak schools get so many points more (policy §3.P 1, example 6): nothing is moved
away from one below that, and the yearly round shows what each still lacks. A school of which it is not known whether it
is weak is none of them.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session

from service.errors import Conflict
from service.people.queries import ORGANISATION
from service.posts.posting import ACCOUNT, ENTRY
from service.posts.rules import Percent, SchoolPosts, Structure, lacking, structure

UPPER = ("senior", "middle")


class Reading(NamedTuple):
    """The parameters by which a structure is read: percents of both bands, points of the uplift, combined or not."""

    senior: Percent
    middle: Percent
    points: Percent
    combined: bool

    def least(self, school: SchoolPosts) -> Structure:
        """What a remote or weak school must have at least."""
        return structure(school.posts, self.senior, self.middle, uplift=self.points, combined=self.combined)


def reading_of(parameters: Mapping[str, Any]) -> Reading:
    """By the parameters in force."""
    combined = parameters["structure_uplift_reading"] == "combined"
    return Reading(
        parameters["structure_senior_percent"],
        parameters["structure_middle_percent"],
        parameters["structure_uplift_points"],
        combined,
    )


def schools(session: Session, organisation_id: str | None = None) -> list[SchoolPosts]:
    """The remote and the weak schools with their posts, lent ones included; all, or that one if it is one of them."""
    found = _schools()
    if organisation_id is not None:
        found = found.where(ORGANISATION.c.id == organisation_id)
    lent = _borrowed(session)
    return [
        SchoolPosts(
            row.id,
            row.name,
            int(row.posts) + sum(lent.get((row.id, band), 0) for band in UPPER),
            *(int(getattr(row, band)) + lent.get((row.id, band), 0) for band in UPPER),
        )
        for row in session.execute(found)
    ]


def expect_kept(session: Session, organisation_id: str, reading: Reading) -> None:
    """Conflict("ledger.uplift") when a remote or weak school has fewer posts of the higher bands now than it must."""
    for school in schools(session, organisation_id):
        short = lacking(school, reading.least(school))
        if short:
            raise Conflict("ledger.uplift", organisation_id=organisation_id, school=school.name, lacking=short)


def expect_left(session: Session, account_id: str, parameters: Mapping[str, Any]) -> None:
    """The same after a post of this account was moved away; a pool, and posts of the lowest band, are free to give."""
    account = session.execute(select(ACCOUNT).where(ACCOUNT.c.id == account_id)).one()
    if account.band in UPPER and not account.pool:
        expect_kept(session, account.organisation_id, reading_of(parameters))


def spared(session: Session, reading: Reading) -> dict[str, int]:
    """Remote or weak school → how many posts of the higher bands it could give and still have what it must."""
    found = {school.id: (school, reading.least(school)) for school in schools(session)}
    return {one: max(0, school.senior + school.middle - least.combined) for one, (school, least) in found.items()}


def _schools() -> Select[Any]:
    lifted = or_(ORGANISATION.c.area == "remote", ORGANISATION.c.weak.is_(True))
    own = [func.sum(case((ACCOUNT.c.band == band, ACCOUNT.c.approved), else_=0)).label(band) for band in UPPER]
    return (
        select(ORGANISATION.c.id, ORGANISATION.c.name, func.sum(ACCOUNT.c.approved).label("posts"), *own)
        .join(ACCOUNT, ACCOUNT.c.organisation_id == ORGANISATION.c.id)
        .where(ORGANISATION.c.kind == "school", ORGANISATION.c.valid_until.is_(None), lifted, ACCOUNT.c.kind == "post")
        .group_by(ORGANISATION.c.id, ORGANISATION.c.name)
        .order_by(ORGANISATION.c.name)
    )


def _borrowed(session: Session) -> dict[tuple[str, str], int]:
    """(School, band) → posts on loan from the pool."""
    found = select(ENTRY.c.borrower_id, ACCOUNT.c.band, func.sum(ENTRY.c.lent).label("lent"))
    lent = found.join(ACCOUNT, ACCOUNT.c.id == ENTRY.c.account_id).where(ENTRY.c.borrower_id.is_not(None))
    rows = session.execute(lent.group_by(ENTRY.c.borrower_id, ACCOUNT.c.band))
    return {(row.borrower_id, row.band): int(row.lent) for row in rows}
