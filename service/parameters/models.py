"""The table of dated parameter values; rows are only ever added."""

from datetime import date
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Code, Json, Moment, PrimaryId


class ParameterValue(Base):
    """A value in force from a day on; of several rows for one day the one entered last holds (ids rise in time)."""

    __tablename__ = "parameter"
    __table_args__ = (Index("ix_parameter_key", "key", "valid_from", "id"),)

    id: Mapped[PrimaryId]
    key: Mapped[Code]
    value: Mapped[Any] = mapped_column(Json)
    unit: Mapped[str] = mapped_column(String(20))
    valid_from: Mapped[date]
    source: Mapped[str] = mapped_column(String(300))
    entered_by: Mapped[str] = mapped_column(String(80))
    entered_at: Mapped[Moment]
