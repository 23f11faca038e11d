"""In which order a box is read, and the place in it from which the next page goes on: one index range each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, FromClause, literal, tuple_

from service.errors import Invalid

Place = tuple[Any, ...]
"""The values of an order's columns at one row."""


@dataclass(frozen=True)
class Order:
    """Columns of `queue_entry` by which a box is sorted, all of them one way; the last is the entry's id."""

    columns: tuple[str, ...]
    newest_first: bool = False

    def by(self, source: FromClause) -> list[ColumnElement[Any]]:
        """What to sort by."""
        return [source.c[name].desc() if self.newest_first else source.c[name].asc() for name in self.columns]

    def backwards(self, source: FromClause) -> list[ColumnElement[Any]]:
        """What to sort by so that the last comes first."""
        return [source.c[name].asc() if self.newest_first else source.c[name].desc() for name in self.columns]

    def beyond(self, source: FromClause, place: Place) -> ColumnElement[bool]:
        """Rows after a place; compared as a whole, so that the index goes straight to it."""
        columns = [source.c[name] for name in self.columns]
        values = [_valued(value, column) for value, column in zip(place, columns, strict=True)]
        if len(columns) == 1:
            return columns[0] < values[0] if self.newest_first else columns[0] > values[0]
        return tuple_(*columns) < tuple_(*values) if self.newest_first else tuple_(*columns) > tuple_(*values)

    def place(self, row: Any) -> Place:
        """The place of a row that has the order's columns."""
        return tuple(getattr(row, name) for name in self.columns)

    def read(self, cursor: str | None) -> Place | None:
        """What `written` wrote for this order; Invalid("cursor.unreadable") for anything else."""
        if not cursor:
            return None
        try:
            found = orjson.loads(bytes.fromhex(cursor))
            return tuple(_read(name, value) for name, value in zip(self.columns, found, strict=True))
        except (ValueError, TypeError, OverflowError):
            raise Invalid("cursor.unreadable", cursor=cursor[:80]) from None


DUE = Order(("due_at", "id"))
ARRIVAL = Order(("id",), newest_first=True)
URGENCY = Order(("urgency", "due_at", "id"))
NEWEST = Order(("due_at", "id"), newest_first=True)
SORTS = {"due": DUE, "arrival": ARRIVAL, "priority": URGENCY}


def order_of(box: str, sort: str) -> Order:
    """What is open by what is asked for; what is done by when, what was copied by its arrival."""
    fixed = {"done": NEWEST, "copied": ARRIVAL}
    return fixed[box] if box in fixed else SORTS[sort]


def written(place: Sequence[Any]) -> str:
    """The opaque place after a row, for the next page."""
    return orjson.dumps([value.isoformat() if isinstance(value, datetime) else value for value in place]).hex()


def _valued(value: Any, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A value of a place, or the parameter that stands for it."""
    return value if isinstance(value, ColumnElement) else literal(value, column.type)


def _read(name: str, value: Any) -> Any:
    if name == "due_at":
        return datetime.fromisoformat(value).astimezone(UTC)
    if name == "urgency":
        return int(value)
    if not str(value).replace("-", "").isalnum():
        raise ValueError(value)
    return str(value)
