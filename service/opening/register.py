"""What stands in the books while a workbook is looked at: organisations, accounts, and which of them a case uses."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from service.people.queries import AUTHORISATION, ORGANISATION
from service.posts.posting import ACCOUNT, ENTRY
from service.posts.queries import CASE

OPENED = "opened"
"""The event of an opening balance; an account that has another one has moved since."""
CHUNK = 5_000
T = TypeVar("T")

AccountKey = tuple[str, str | None, bool]
"""(organisation, band or None for headcount, pool)."""


@dataclass(frozen=True)
class Unit:
    """An organisation of the books or of the file."""

    id: str
    code: str
    name: str
    kind: str
    path: str
    row: Row[Any] | None = None


@dataclass(frozen=True)
class Register:
    """The books: `used` are organisations that a case was begun for, with its number; `moved` accounts, likewise."""

    units: Mapping[str, Unit]
    authorisations: Sequence[Row[Any]]
    accounts: Mapping[AccountKey, Row[Any]]
    lent: Mapping[str, Mapping[str, int]]
    used: Mapping[str, str]
    moved: Mapping[str, str]

    def case_at(self, unit: Unit | None) -> str | None:
        """The number of a case that was begun for the organisation or one above it, so that its people are in use."""
        if unit is None:
            return None
        return next((self.used[one] for one in unit.path.split("/") if one in self.used), None)


def register(session: Session) -> Register:
    """The books as they stand; six statements."""
    rows = session.execute(select(ORGANISATION)).all()
    units = {row.id: Unit(row.id, row.code, row.name, row.kind, row.path, row) for row in rows}
    accounts = {(row.organisation_id, row.band, row.pool): row for row in session.execute(select(ACCOUNT))}
    return Register(
        units, session.execute(select(AUTHORISATION).order_by(AUTHORISATION.c.valid_from)).all(), accounts,
        _lent(session), _used(session), _moved(session),
    )  # fmt: skip


def _lent(session: Session) -> dict[str, dict[str, int]]:
    """Pool account → school → posts on loan."""
    found = select(ENTRY.c.account_id, ENTRY.c.borrower_id, func.sum(ENTRY.c.lent).label("lent"))
    lent: dict[str, dict[str, int]] = {}
    grouped = found.where(ENTRY.c.borrower_id.is_not(None)).group_by(ENTRY.c.account_id, ENTRY.c.borrower_id)
    for row in session.execute(grouped):
        if row.lent:
            lent.setdefault(row.account_id, {})[row.borrower_id] = int(row.lent)
    return lent


def _used(session: Session) -> dict[str, str]:
    """Organisation → the number of its first case."""
    first = select(CASE.c.organisation_id, func.min(CASE.c.instance_id).label("first"))
    firsts = first.group_by(CASE.c.organisation_id).subquery()
    found = select(CASE.c.organisation_id, CASE.c.business_key).join(firsts, firsts.c.first == CASE.c.instance_id)
    return {row.organisation_id: row.business_key for row in session.execute(found)}


def _moved(session: Session) -> dict[str, str]:
    """Account → number of the first case that has moved it, or the document of a decision."""
    first = select(func.min(ENTRY.c.id).label("first")).where(ENTRY.c.event != OPENED)
    firsts = first.group_by(ENTRY.c.account_id).subquery()
    found = select(ENTRY.c.account_id, ENTRY.c.document, CASE.c.business_key).join(firsts, firsts.c.first == ENTRY.c.id)
    rows = session.execute(found.outerjoin(CASE, CASE.c.instance_id == ENTRY.c.instance_id))
    return {row.account_id: row.business_key or row.document or "" for row in rows}


def chunks(values: Iterable[T]) -> Iterable[list[T]]:
    """The values in parts that one statement may name."""
    every = list(values)
    return (every[start : start + CHUNK] for start in range(0, len(every), CHUNK))
