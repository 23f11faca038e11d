"""Counts figures on a day: those over the same rows in one statement, and the rows behind one."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Select, bindparam, case, func, literal, null, select
from sqlalchemy.orm import Session

from service.access.days import day_of, start_of
from service.errors import Invalid
from service.parameters.queries import county
from service.reports.declaring import Base, Clause, Day, Figure, Found, Line, everything
from service.reports.rules import Measure
from workflows.base import Instant

END: Any = bindparam("report_end", type_=Instant())
LEAST = timedelta(microseconds=1)
"""What happens at midnight is of the next day."""


def day_at(session: Session, on: date, now: datetime) -> Day:
    """The day of a report; Invalid("report.future") for one that has not come."""
    today = day_of(now)
    if on > today:
        raise Invalid("report.future", day=on.isoformat())
    end = now if on == today else start_of(date.fromordinal(on.toordinal() + 1)) - LEAST
    return Day(on, end, on < today, county(session, on))


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
    zone = current_app.extensions["lectern.settings"].zone
    found = _statement(base, tuple(figures), day.on, day.is_past, tuple(day.parameters.items()), zone)
    numbers = iter([int(number) for number in session.execute(found, {END.key: day.end}).one()])
    return {one.key: _found(one, day, numbers) for one in figures}


@lru_cache(maxsize=64)
def _statement(
    base: Base,
    figures: tuple[Figure, ...],
    on: date,
    is_past: bool,
    parameters: tuple[tuple[str, Any], ...],
    _zone: Any,
) -> Select[Any]:
    """The sums of the figures over a base. Building it costs as much as running it: it is kept by all that it rests on.

    Only the moment at which the day ends is not in it. What each row is worth is worked out once and then added up: a
    sum and a count would each work it out again.
    """
    day = Day(on, END, is_past, dict(parameters))
    rows = base.source(day)
    scopes = list(dict.fromkeys(one.scope for one in figures))
    inside = [_inside(scope, rows, day).label(f"inside_{n}") for n, scope in enumerate(scopes)]
    worth = [amount for n, one in enumerate(figures) for amount in _worth(one, n, rows, day)]
    terms = select(*inside, *worth).select_from(rows).cte("terms").prefix_with("MATERIALIZED")
    sums = [amount for n, one in enumerate(figures) for amount in _sums(terms.c, n, scopes.index(one.scope), one)]
    return select(*sums)


def _worth(figure: Figure, place: int, rows: Any, day: Day) -> Iterator[ColumnElement[Any]]:
    """What a row adds to a figure: its part, the whole where it is an amount, and each share that is told apart."""
    part = _part(figure, rows, day)
    yield part.label(f"part_{place}")
    if figure.whole:
        inside = _inside(figure.scope, rows, day)
        yield case((inside == 1, figure.whole(rows.c, day))).label(f"whole_{place}")
    for number, told in enumerate(figure.parts):
        yield case((part > 0, _amount(told.met(rows.c, day)))).label(f"share_{place}_{number}")


def _sums(terms: Any, place: int, scope: int, figure: Figure) -> list[ColumnElement[Any]]:
    """The sum of the parts, how many are known, how many rows belong; the whole where it is an amount; shares."""
    part = terms[f"part_{place}"]
    rest = [f"whole_{place}"] if figure.whole else []
    rest += [f"share_{place}_{number}" for number in range(len(figure.parts))]
    amounts = (func.sum(part), func.count(part), func.count(terms[f"inside_{scope}"]))
    return [func.coalesce(amount, 0) for amount in (*amounts, *(func.sum(terms[name]) for name in rest))]


def _found(figure: Figure, day: Day, numbers: Iterator[int]) -> Found:
    part, known, inside = (next(numbers) for _ in range(3))
    whole = next(numbers) if figure.whole else inside
    measure = Measure(part, known if figure.mean else whole, inside - known)
    return Found(figure, measure, figure.aim(day.parameters), tuple(next(numbers) for _ in figure.parts))


def _amount(met: Any) -> Any:
    """A condition counts once, an amount as much as it is."""
    return case((met, 1), else_=0) if met.type.python_type is bool else met


def _inside(scope: Clause, rows: Any, day: Day) -> Any:
    """1 for a row that is not known to be outside, else None."""
    return literal(1) if scope is everything else case((scope(rows.c, day) == 0, None), else_=1)


def _part(figure: Figure, rows: Any, day: Day) -> Any:
    """How much of a row counts, where it is known to be inside; else None."""
    part = figure.part(rows.c, day)
    return part if figure.scope is everything else case((figure.scope(rows.c, day) == 1, part))


def rows_behind(figure: Figure, day: Day) -> Select[Any]:
    """The rows of a figure over a base: id, name, organisation_id, part, whole, shown, band, subject."""
    assert figure.base is not None
    rows = figure.base.source(day)
    inside, part = _inside(figure.scope, rows, day), _part(figure, rows, day)
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
