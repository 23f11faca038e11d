"""Tables of what is known of a person over time, and of what has been looked through."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from service.records.rules import KINDS, TOPICS
from workflows.base import Base, Code, Id, Moment, PrimaryId


def _among(column: str, words: Iterable[str]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


_STANDING_ASSESSMENT = text("kind = 'assessment' AND voided_at IS NULL")


class PersonRecord(Base):
    """One dated fact of a person, in force on valid_from ≤ day < valid_until; `rules.KINDS` says what each kind holds.

    A record is never changed but for its end: a correction voids it and puts another one in its place. Of a `hidden`
    record (sanctions, ethics, health) everything but kind and days lies in `sealed`, of an absence its value (policy
    §7).
    """

    __tablename__ = "person_record"
    __table_args__ = (
        CheckConstraint(_among("kind", KINDS), name="kind"),
        CheckConstraint("valid_until >= valid_from", name="days"),
        Index(None, "person_id", "kind"),
        Index(None, "kind", "value"),
        Index(None, "instance_id"),
        Index(
            "uq_person_record_assessment",
            "person_id",
            "year",
            unique=True,
            sqlite_where=_STANDING_ASSESSMENT,
            postgresql_where=_STANDING_ASSESSMENT,
        ),
    )

    id: Mapped[PrimaryId]
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(24))
    value: Mapped[str | None] = mapped_column(String(40))
    year: Mapped[int | None]
    amount: Mapped[int | None]
    organisation_id: Mapped[Id | None] = mapped_column(ForeignKey("organisation.id"))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    document: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(String(400), default="")
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    hidden: Mapped[bool]
    instance_id: Mapped[Id | None]
    entered_by: Mapped[Code]
    entered_at: Mapped[Moment]
    replaces_id: Mapped[Id | None] = mapped_column(ForeignKey("person_record.id"))
    voided_at: Mapped[Moment | None]
    voided_by: Mapped[Code | None]
    void_reason: Mapped[str | None] = mapped_column(String(200))


class RecordCheck(Base):
    """HR has looked through a person's file on one topic: what is not on record there is not, instead of unknown."""

    __tablename__ = "record_check"
    __table_args__ = (CheckConstraint(_among("topic", TOPICS), name="topic"),)

    person_id: Mapped[PrimaryId] = mapped_column(ForeignKey("person.id"))
    topic: Mapped[str] = mapped_column(String(16), primary_key=True)
    checked_on: Mapped[date]
    checked_by: Mapped[Code]
    at: Mapped[Moment]


class CorrectionRequest(Base):
    """A person asks to have something in the own file looked at; the text is sealed, it may name what is hidden."""

    __tablename__ = "correction_request"
    __table_args__ = (Index(None, "person_id", "asked_at"), Index(None, "answered_at"))

    id: Mapped[PrimaryId]
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    record_id: Mapped[Id | None] = mapped_column(ForeignKey("person_record.id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    asked_at: Mapped[Moment]
    answered_at: Mapped[Moment | None]
    answered_by: Mapped[Code | None]
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
