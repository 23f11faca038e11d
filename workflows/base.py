"""The declarative base of every table and its column types; identifiers are given on."""

from datetime import UTC, datetime
from typing import Annotated, Any, cast

from sqlalchemy import JSON, DateTime, MetaData, String, Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

from workflows.identifiers import new_id as new_id  # written with rows; its module needs no database


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
