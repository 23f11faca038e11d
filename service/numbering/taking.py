"""Takes the next number of a series: without gaps, because who rolls back gives it back; without races, by its row."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from service.numbering.models import NumberSeries

_COUNT_UP: dict[str, Any] = {
    name: builder(NumberSeries)
    .on_conflict_do_update(index_elements=("series", "year"), set_={"last": NumberSeries.last + 1})
    .returning(NumberSeries.last)
    for name, builder in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


def take(session: Session, series: str, year: int) -> int:
    """The next number, from 1 on. Locks the series until the end of the transaction: take it last.

    One statement counts up or begins the year, so that two firsts at once do not both begin it.
    """
    connection = session.connection()
    values = {"series": series, "year": year, "last": 1}
    return int(connection.execute(_COUNT_UP[connection.dialect.name], values).scalar_one())
