"""Tables of the calendar: exceptional days, years, school holidays, the revision, and what each change moves."""

from datetime import date

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Id, Moment, PrimaryId

_OPEN = text("done_at IS NULL")


class CalendarDay(Base):
    """A day that is not what its weekday says; `source` is `published` (State Council) or `local` (an admin).

    A day may have a row of each: then the local one holds, and the published one is there again when it is taken back.
    """

    __tablename__ = "calendar_day"
    __table_args__ = (CheckConstraint("source IN ('published', 'local')", name="source"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    name: Mapped[str] = mapped_column(String(80))
    source: Mapped[str] = mapped_column(String(12), primary_key=True)


class CalendarYear(Base):
    """A year whose notice was loaded: by which document, by which account (`system` at `lectern init`), and when."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(200))
    loaded_by: Mapped[Id]
    loaded_at: Mapped[Moment]


class SchoolHoliday(Base):
    """A winter or summer holiday of the schools: working days all the same, but deadlines may pause on it."""

    __tablename__ = "school_holiday"
    __table_args__ = (CheckConstraint("first_day <= last_day", name="order"),)

    id: Mapped[PrimaryId]
    name: Mapped[str] = mapped_column(String(80))
    first_day: Mapped[date]
    last_day: Mapped[date]


class CalendarRevision(Base):
    """One row: how often the days were changed; deadline rows keep the revision that they were counted by."""

    __tablename__ = "calendar_revision"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[int]
    at: Mapped[Moment]


class CalendarChange(Base):
    """A change that may move open deadlines, and how far these were looked at: work that survives a crash.

    `revision` is the one that the change made, `kind` days | hours | holidays, `first_day` to `last_day` what changed.
    `cursor_due` and `cursor_id` say where this pass over the deadlines stands, `looked`, `moved` and `failed` count
    cases, `done_at` is set when no deadline of an older revision depends on the change any more.
    """

    __tablename__ = "calendar_change"
    __table_args__ = (
        CheckConstraint("kind IN ('days', 'hours', 'holidays')", name="kind"),
        Index("ix_calendar_change_open", "revision", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(12))
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[str] = mapped_column(String(300))
    at: Mapped[Moment]
    cursor_due: Mapped[Moment | None]
    cursor_id: Mapped[Id | None]
    looked: Mapped[int] = mapped_column(default=0)
    moved: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[Moment | None]
