"""Tables of reports: those that were frozen, and the turns of the school years."""

from datetime import date

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Code, JsonList, Moment, PrimaryId


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


class YearlyTurn(Base):
    """The turn of a school year (年度结转), once a year: what was proposed then. It decides nothing about a person.

    `year` is that in which the school year begins, `proposals` rows {kind, id, person_id, name, organisation_id, day}.
    """

    __tablename__ = "yearly_turn"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    turned_at: Mapped[Moment]
    turned_by: Mapped[Code]
    proposals: Mapped[JsonList]
    cases: Mapped[JsonList]
