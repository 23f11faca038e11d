"""Table of the changes that cases of this flow are about."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Id, Moment, PrimaryId


class PersonnelChange(Base):
    """One change of one person, one case; `person_id` is null until somebody from outside has come."""

    __tablename__ = "personnel_change"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'waiting', 'done')", name="state"),
        Index(None, "person_id"),
        Index(None, "organisation_id", "effective_on"),
    )

    instance_id: Mapped[PrimaryId]
    person_id: Mapped[Id | None] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    to_organisation_id: Mapped[Id | None] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(24))
    effective_on: Mapped[date]
    document: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(8))
    entered_at: Mapped[Moment]
    done_at: Mapped[Moment | None]
