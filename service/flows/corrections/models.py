"""Corrections of cases: proposed by one person, confirmed by another; both versions stay."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Code, Id, JsonObject, Moment, PrimaryId


class CaseCorrection(Base):
    """One correction. `before` and `after` are the values of its item; `effects` what it was foreseen to do.

    `effects` is {ledger: [{account_id, event, organisation_id, kind, band, pool, approved, excess, occupied, reserved,
    lent}], told: [{code, params}], published}; once it is confirmed it says what was done. `attachment_id` is the paper
    that it rests on. `event_seq` is the event of the case's stream that records it.
    """

    __tablename__ = "case_correction"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'confirmed', 'refused', 'withdrawn')", name="state"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
        Index(
            "uq_case_correction_open",
            "instance_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index(None, "instance_id", "proposed_at"),
        Index(None, "state", "proposed_at"),
    )

    id: Mapped[PrimaryId]
    instance_id: Mapped[Id] = mapped_column(ForeignKey("process_instance.id"))
    kind: Mapped[str] = mapped_column(String(40))
    item: Mapped[str] = mapped_column(String(36))
    about: Mapped[str] = mapped_column(String(200))
    before: Mapped[JsonObject]
    after: Mapped[JsonObject]
    effects: Mapped[JsonObject]
    reason: Mapped[str] = mapped_column(String(500))
    document: Mapped[str] = mapped_column(String(200))
    decided_on: Mapped[date]
    attachment_id: Mapped[Id] = mapped_column(ForeignKey("attachment.id"))
    state: Mapped[str] = mapped_column(String(12))
    proposed_by: Mapped[Code]
    proposed_at: Mapped[Moment]
    decided_by: Mapped[Code | None]
    decided_at: Mapped[Moment | None]
    answer: Mapped[str | None] = mapped_column(String(500))
    event_seq: Mapped[int | None]
