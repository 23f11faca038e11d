"""The ledger as rows of the opening workbook: the numbers of the schools, the pools, and the posts they have lent."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.opening.planning_numbers import ACCOUNTS, name_of
from service.opening.register import OPENED, Register
from service.opening.vocabulary import written
from service.opening.written import NUMBER
from service.posts.lending import LOAN
from service.posts.posting import ENTRY

Row = dict[str, Any]
Sheets = dict[str, list[Row]]


def number_rows(session: Session, books: Register, today: date) -> Iterator[Row]:
    """A row a school. Once its accounts have moved it is as of today, and the number stated then is of no use."""
    stated = {row.organisation_id: row for row in session.execute(select(NUMBER))}
    opened = _papers(session)
    for unit in sorted(books.units.values(), key=lambda unit: unit.code):
        own = {band: books.accounts.get((unit.id, band, False)) for band in ACCOUNTS}
        headcount = own[None]
        if headcount is None or unit.row is None or unit.row.valid_until is not None:
            continue
        told, paper = stated.get(unit.id), opened[headcount.id]
        moved = any(account is not None and account.id in books.moved for account in own.values())
        yield {
            "organisation": unit.code, "stated": told.persons if told and not moved else None,
            "opened_on": today if moved else told.opened_on if told else paper.decided_on or today,
            "document": told.document if told else paper.document or "–", **_figures(own),
        }  # fmt: skip


def _figures(own: Mapping[str | None, Any]) -> Row:
    row: Row = {}
    for band, account in own.items():
        if account is not None:
            excess = max(0, account.occupied - account.approved)
            figures = {"approved": account.approved, "occupied": account.occupied, "excess": excess}
            row |= {f"{name_of(band)}_{name}": value for name, value in figures.items()}
    return row


def pool_rows(session: Session, books: Register, who: Mapping[str, Row], locale: str, today: date) -> Sheets:
    """The pools and what they have lent: a row a holder (`who`: person → what names one), the rest as a number."""
    papers, held = _papers(session), _held(session, who)
    found: Sheets = {"pools": [], "loans": []}
    for (place, band, pool), account in sorted(books.accounts.items(), key=lambda item: str(item[0])):
        if not pool:
            continue
        common = {"organisation": books.units[place].code, "band": written("band", band, locale)}
        paper = papers[account.id]
        opened = today if account.id in books.moved else paper.decided_on or today
        told = {"approved": account.approved, "opened_on": opened, "document": paper.document or "–"}
        found["pools"].append({**common, **told})
        lent = books.lent.get(account.id, {})
        found["loans"] += [{**common, **row} for row in _loans(books, lent, held.get(account.id, []), who)]
    return found


def _papers(session: Session) -> dict[str, Any]:
    """Account → the entry that opened it."""
    opened = select(ENTRY).where(ENTRY.c.event == OPENED, ENTRY.c.line == "balance").order_by(ENTRY.c.id.desc())
    return {row.account_id: row for row in session.execute(opened)}


def _held(session: Session, who: Mapping[str, Row]) -> dict[str, list[Any]]:
    """Pool account → loans whose holders have taken the post up."""
    held: dict[str, list[Any]] = {}
    found = select(LOAN).where(LOAN.c.ended_on.is_(None), LOAN.c.appointed_on.is_not(None))
    for loan in session.execute(found.order_by(LOAN.c.from_on, LOAN.c.id)):
        if loan.person_id in who:
            held.setdefault(loan.account_id, []).append(loan)
    return held


def _loans(books: Register, lent: Mapping[str, int], loans: Iterable[Any], who: Mapping[str, Row]) -> Iterator[Row]:
    left, rows = dict(lent), []
    for loan in loans:
        left[loan.borrower_id] = left.get(loan.borrower_id, 0) - 1
        named = {name: who[loan.person_id][name] for name in ("id_number", "person_key")}
        term = {"from_on": loan.from_on, "until": loan.until}
        rows.append({"school": books.units[loan.borrower_id].code, "count": 1, **named, **term})
    yield from sorted(rows, key=lambda row: (row["school"], row["id_number"] or "", row["person_key"] or ""))
    for school, count in sorted(left.items(), key=lambda item: books.units[item[0]].code):
        if count > 0:
            yield {"school": books.units[school].code, "count": count}
