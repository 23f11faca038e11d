"""The incident: one failure of one element of one case, open until it is resolved."""

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Id, Moment, PrimaryId


class Incident(Base):
    """`kind` is command | timer | message | assignment; `subject_id` the task, timer or message that failed."""

    __tablename__ = "incident"
    __table_args__ = (Index("ix_incident_open", "resolved_at", "at"),)

    id: Mapped[PrimaryId]
    instance_id: Mapped[Id | None] = mapped_column(ForeignKey("process_instance.id"), index=True)
    element_id: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(12))
    subject_id: Mapped[str | None] = mapped_column(String(36))
    code: Mapped[str] = mapped_column(String(100))
    message: Mapped[str] = mapped_column(Text)
    request_id: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[Moment]
    resolved_at: Mapped[Moment | None]
    resolved_by: Mapped[Id | None]
