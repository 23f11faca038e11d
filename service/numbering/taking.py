"""Takes the next number of a series: without gaps, because who rolls back gives it back; without races, by its row."""

from sqlalchemy import bindparam, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from service.numbering.models import NumberSeries
from workflows.base import table_of

SERIES = table_of(NumberSeries)

_OPENINGS = {
    "sqlite": sqlite.insert(SERIES).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(SERIES).on_conflict_do_nothing(),
}
_NEXT = (
    update(SERIES)
    .where(SERIES.c.series == bindparam("of"), SERIES.c.year == bindparam("within"))
    .values(last=SERIES.c.last + 1)
    .returning(SERIES.c.last)
)


def take(session: Session, series: str, year: int) -> int:
    """The next number, from 1 on. Locks the series until the end of the transaction: take it last."""
    wanted = {"of": series, "within": year}
    taken = session.execute(_NEXT, wanted).scalar()
    if taken is None:
        opening = _OPENINGS[session.get_bind().dialect.name]
        session.execute(opening, {"series": series, "year": year, "last": 0})
        taken = session.execute(_NEXT, wanted).scalar_one()
    return int(taken)
