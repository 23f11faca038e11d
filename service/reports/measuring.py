"""Counts figures on a day: those over the same rows in one statement, and the rows behind one."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, null, select
from sqlalchemy.orm import Session

from service.access.days import day_of, start_of
from service.errors import Invalid
from service.parameters.queries import view
from service.reports.declaring import Base, Day, Figure, Found, Line, everything
from service.reports.rules import Measure

LEAST = timedelta(microseconds=1)
"""What happens at midnight is of the next day."""


def day_at(session: Session, on: date, now: datetime) -> Day:
    """The day of a report; Invalid("report.future") for one that has not come."""
    today = day_of(now)
    if on > today:
        raise Invalid("report.future", day=on.isoformat())
    end = now if on == today else start_of(date.fromordinal(on.toordinal() + 1)) - LEAST
    return Day(on, end, on < today, view(session, on))


def measured(session: Session, day: Day, figures: Iterable[Figure]) -> dict[str, Found]:
    """Figure key → what it came to, in the order given; a statement for each base, and one for each computed figure."""
    wanted = list(figures)
    found: dict[str, Found] = {}
    for base in dict.fromkeys(one.base for one in wanted if one.base is not None):
        here = [one for one in wanted if one.base is base]
        found |= _of_base(session, day, base, here)
    for one in wanted:
        if one.computed is not None:
            found[one.key] = Found(one, summed(one.computed(session, day)), one.aim(day.parameters))
    return {one.key: found[one.key] for one in wanted}


def summed(lines: Sequence[Line], *, mean: bool = False) -> Measure:
    """The measure of rows; a mean counts only those that are known."""
    known = [line for line in lines if line.part is not None]
    whole = len(known) if mean else sum(line.whole for line in lines)
    return Measure(sum(line.part or 0 for line in known), whole, len(lines) - len(known))


def _of_base(session: Session, day: Day, base: Base, figures: Sequence[Figure]) -> dict[str, Found]:
    rows = base.source(day)
    amounts = [func.coalesce(amount, 0) for one in figures for amount in _amounts(one, rows, day)]
    numbers = iter([int(number) for number in session.execute(select(*amounts).select_from(rows)).one()])
    found = {}
    for one in figures:
        part, known, inside = (next(numbers) for _ in range(3))
        whole = next(numbers) if one.whole else inside
        measure = Measure(part, known if one.mean else whole, inside - known)
        parts = tuple(next(numbers) for _ in one.parts)
        found[one.key] = Found(one, measure, one.aim(day.parameters), parts)
    return found


def _amounts(figure: Figure, rows: Any, day: Day) -> list[ColumnElement[Any]]:
    """The sum of the parts, how many are known, how many rows belong; the whole where it is an amount; parts apart."""
    inside, part = _terms(figure, rows, day)
    whole = [func.sum(case((inside == 1, figure.whole(rows.c, day))))] if figure.whole else []
    return [
        func.sum(part),
        func.count(part),
        func.count(inside),
        *whole,
        *(func.sum(case((part > 0, _amount(told.met(rows.c, day))))) for told in figure.parts),
    ]


def _amount(met: Any) -> Any:
    """A condition counts once, an amount as much as it is."""
    return case((met, 1), else_=0) if met.type.python_type is bool else met


def _terms(figure: Figure, rows: Any, day: Day) -> tuple[Any, Any]:
    """(1 for a row that is not known to be outside, its part where it is known to be inside), else None."""
    part = figure.part(rows.c, day)
    if figure.scope is everything:
        return literal(1), part
    scope = figure.scope(rows.c, day)
    return case((scope == 0, None), else_=1), case((scope == 1, part))


def rows_behind(figure: Figure, day: Day) -> Select[Any]:
    """The rows of a figure over a base: id, name, organisation_id, part, whole, shown, band, subject."""
    assert figure.base is not None
    rows = figure.base.source(day)
    inside, part = _terms(figure, rows, day)
    whole = figure.whole(rows.c, day) if figure.whole else literal(1)
    shown = figure.shown[2](rows.c, day) if figure.shown else null()
    own = [rows.c[name] if name in rows.c else null().label(name) for name in ("band", "subject")]
    told = (
        rows.c.id,
        rows.c.name,
        rows.c.organisation_id,
        part.label("part"),
        whole.label("whole"),
        shown.label("shown"),
    )
    return (
        select(*told, *own)
        .select_from(rows)
        .where(inside == 1)
        .order_by(rows.c.organisation_id, rows.c.name, rows.c.id)
    )


def lines(session: Session, figure: Figure, day: Day) -> list[Line]:
    """Every row behind a figure, whoever asks: a building block for queries and frozen reports."""
    if figure.computed is not None:
        return list(figure.computed(session, day))
    return [line_of(row) for row in session.execute(rows_behind(figure, day))]


def line_of(row: Any) -> Line:
    """A row of `rows_behind`; years of age come as decimals from PostgreSQL."""
    shown = int(row.shown) if isinstance(row.shown, Decimal) else row.shown
    part = None if row.part is None else int(row.part)
    return Line(row.id, row.name, row.organisation_id, part, int(row.whole), shown, row.band, row.subject)
