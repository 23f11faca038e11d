"""Events as they are stored, read without trust: SQLite keeps whatever a forger writes into a column."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, type_coerce
from sqlalchemy.types import NullType

from service.audit.chain import EVENT

EVENT_COLUMNS: tuple[ColumnElement[Any], ...] = tuple(type_coerce(c, NullType()).label(c.name) for c in EVENT.c)
"""The columns with the driver's own values: a converter would stop at the first that it cannot read."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One event whose columns have the types they should have; the names are those of `AuditEvent`."""

    seq: int
    at: datetime
    actor_id: str
    on_behalf_of: str | None
    kind: str
    element_id: str
    salt: bytes | None
    digest: bytes
    body: str | None
    sensitive: bytes | None
    redacted_at: datetime | None
    hash: bytes

    @classmethod
    def read(cls, row: Row[*tuple[Any, ...]]) -> "Stored | None":
        """The event of a row; None when a column holds something that was never written there."""
        texts = (row.actor_id, row.kind, row.element_id)
        blobs = (row.digest, row.hash)
        at, redacted_at = _moment(row.at), _moment(row.redacted_at)
        fits = (
            isinstance(row.seq, int)
            and at is not None
            and (redacted_at is not None or row.redacted_at is None)
            and all(isinstance(text, str) for text in texts)
            and all(isinstance(blob, bytes) for blob in blobs)
            and all(text is None or isinstance(text, str) for text in (row.on_behalf_of, row.body))
            and all(blob is None or isinstance(blob, bytes) for blob in (row.salt, row.sensitive))
        )
        if not fits or at is None:
            return None
        who = (row.actor_id, row.on_behalf_of, row.kind, row.element_id)
        return cls(row.seq, at, *who, row.salt, row.digest, row.body, row.sensitive, redacted_at, row.hash)


def _moment(value: Any) -> datetime | None:
    """PostgreSQL gives a moment with its zone, SQLite the text of one in UTC."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
