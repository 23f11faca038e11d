"""Tables of a person's desk: filters of the inbox and phrases for opinions."""

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Id, Moment, PrimaryId


class SavedFilter(Base):
    """A list of the inbox under a name: its owner's, and of whoever it is shared with.

    `due` is told from the day on which it is used (`tasks.dues`). `shared_with` is `role@organisation` or
    `organisation:<id>`, None for nobody.
    """

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("person_id", "name"), Index("ix_saved_filter_shared_with", "shared_with"))

    id: Mapped[PrimaryId]
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(40))
    box: Mapped[str] = mapped_column(String(10))
    flow: Mapped[str | None] = mapped_column(String(64))
    q: Mapped[str | None] = mapped_column(String(100))
    organisation_id: Mapped[Id | None]
    due: Mapped[str | None] = mapped_column(String(10))
    sort: Mapped[str] = mapped_column(String(10))
    shared_with: Mapped[str | None] = mapped_column(String(120))
    at: Mapped[Moment]


class Phrase(Base):
    """A phrase for opinions (意见模板): a person's, or without one the whole bureau's."""

    __tablename__ = "phrase"
    __table_args__ = (Index("ix_phrase_person_id", "person_id", "position"),)

    id: Mapped[PrimaryId]
    person_id: Mapped[Id | None] = mapped_column(ForeignKey("person.id"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(200))
    at: Mapped[Moment]
