"""Tables of reports: those that were frozen."""

from datetime import date

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Code, Moment, PrimaryId


class FrozenReport(Base):
    """The figures of a day with their lists, kept whole under a name: never changed, never deleted (migration 0126).

    `contents` is compressed JSON (`contents.packed`), `sha256` that of the JSON; the event of the freezing carries it.
    """

    __tablename__ = "frozen_report"
    __table_args__ = (Index(None, "as_of"),)

    id: Mapped[PrimaryId]
    name: Mapped[str] = mapped_column(String(120))
    as_of: Mapped[date]
    frozen_at: Mapped[Moment]
    frozen_by: Mapped[Code]
    sha256: Mapped[str] = mapped_column(String(64))
    contents: Mapped[bytes] = mapped_column(LargeBinary)
