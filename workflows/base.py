"""The declarative base of every table, its column types, and identifiers."""

import os
import time
from datetime import UTC, datetime
from typing import Annotated, Any, cast
from uuid import UUID

from sqlalchemy import JSON, DateTime, MetaData, String, Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[datetime]):
    """A moment: an aware datetime in Python, always UTC in the database, on SQLite without its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a zone; pass an aware datetime")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON().with_variant(JSONB(), "postgresql")

Id = Annotated[str, mapped_column(String(36))]
PrimaryId = Annotated[str, mapped_column(String(36), primary_key=True)]
Code = Annotated[str, mapped_column(String(64))]
Moment = Annotated[datetime, mapped_column(Instant())]
JsonObject = Annotated[dict[str, Any], mapped_column(Json)]
JsonList = Annotated[list[Any], mapped_column(Json)]


class Base(DeclarativeBase):
    """Base of all tables of both rooms; migrations compare against its metadata."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def table_of(model: type[Base]) -> Table:
    """The table of a model, for Core statements."""
    return cast("Table", model.__table__)


def new_id() -> str:
    """A UUIDv7 as text (RFC 9562 §5.7, §6.2 method 3): sorts by the quarter of a microsecond in which it was made."""
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction, chance = rest * 4096 // 1_000_000, int.from_bytes(os.urandom(8), "big") >> 2
    value = milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0x2 << 62 | chance
    return str(UUID(int=value))
