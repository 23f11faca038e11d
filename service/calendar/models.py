"""Tables of the calendar: exceptional days, and the revision that rises with every change."""

from datetime import date

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Moment


class CalendarDay(Base):
    """A day that is not what its weekday says; `source` is `published` (State Council) or `local` (an admin)."""

    __tablename__ = "calendar_day"
    __table_args__ = (CheckConstraint("source IN ('published', 'local')", name="source"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    name: Mapped[str] = mapped_column(String(80))
    source: Mapped[str] = mapped_column(String(12))


class CalendarRevision(Base):
    """One row: how often the days were changed; deadline rows keep the revision that they were counted by."""

    __tablename__ = "calendar_revision"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[int]
    at: Mapped[Moment]
