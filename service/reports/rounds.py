"""The rounds that a school year needs: which have been begun, and what a new one would be begun with.

What is proposed is what the round before had, a year later, and what the parameters say. It is a draft and nothing
else: whoever may begin the round looks at it, changes it, and begins it by its own command.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.flows.exchange.casework import PLAN
from service.flows.exchange.rules import first_day
from service.flows.reserved.models import ReservedRound
from service.flows.title.models import TitleBatch
from service.parameters.queries import county
from service.records.rules_days import plus_months
from service.reports.case_rows import DROPPED, INSTANCE
from workflows.base import table_of

_BATCH, _ROUND = table_of(TitleBatch), table_of(ReservedRound)
YEAR = 12


@dataclass(frozen=True)
class Round:
    """One round: `kind` is titles | exchange | reserved.

    `draft` is what it may be begun with, as JSON, None where it has been begun or its days are over.
    """

    kind: str
    year: int
    is_begun: bool
    draft: Mapping[str, Any] | None = None


def rounds(session: Session, year: int, today: date) -> list[Round]:
    """The rounds of the school year that begins in `year`, and those that are got ready in it for the next one."""
    return [*_titles(session, year, today), *_exchanges(session, year, today), _reserved(session, year)]


def _titles(session: Session, year: int, today: date) -> Iterator[Round]:
    """The evaluation of this calendar year, and of the next."""
    for one in (year, year + 1):
        row = _latest(session, _BATCH, one)
        begun = row is not None and row.year == one
        yield Round("titles", one, begun, None if begun else _batch(row, one, today))


def _batch(row: Row[Any] | None, year: int, today: date) -> dict[str, Any] | None:
    """Levels, days and criteria of the evaluation before; nothing to go by without one, or when its days are over."""
    if row is None:
        return None
    days = {name: plus_months(getattr(row, name), YEAR * (year - row.year)) for name in ("opens_on", "closes_on")}
    if days["closes_on"] < today:
        return None
    told = {name: day.isoformat() for name, day in days.items()}
    name = row.name.replace(str(row.year), str(year))
    return {"year": year, "name": name, "levels": row.levels, **told, "criteria": row.criteria}


def _exchanges(session: Session, year: int, today: date) -> Iterator[Round]:
    """The exchange that begins with the school year, and that of the next, which is drawn up during this one."""
    for one in (year, year + 1):
        row = _latest(session, PLAN, one, PLAN.c.instance_id.in_(_standing()))
        begun = row is not None and row.year == one
        first = first_day(one, county(session, today))
        yield Round("exchange", one, begun, None if begun else _plan(row, first, today))


def _plan(row: Row[Any] | None, first: date, today: date) -> dict[str, Any] | None:
    """The first day by its parameter, and the term of the plan before; the flow itself counts what is needed."""
    if first < today:
        return None
    days = {"year": first.year, "effective_on": first.isoformat()}
    return days if row is None else {**days, "term_years": row.term_years}


def _latest(session: Session, table: Any, year: int, *wanted: Any) -> Row[Any] | None:
    """The latest round up to that year."""
    found = select(table).where(table.c.year <= year, *wanted)
    return session.execute(found.order_by(table.c.year.desc()).limit(1)).first()


def _standing() -> Any:
    """Cases that were not dropped: a plan that was rejected makes room for another one of its year."""
    return select(INSTANCE.c.id).where(INSTANCE.c.state.not_in(DROPPED))


def _reserved(session: Session, year: int) -> Round:
    mine = (_ROUND.c.year == year, _ROUND.c.state.not_in(("cancelled", "rejected")))
    begun = session.execute(select(_ROUND.c.instance_id).where(*mine).limit(1)).first() is not None
    return Round("reserved", year, begun, None if begun else {"year": year})
