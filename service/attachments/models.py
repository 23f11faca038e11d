"""The table of uploads."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Id, Moment, PrimaryId


class Attachment(Base):
    """One upload; its contents lie in the folder under `checksum`, where several uploads may share them.

    `organisation_id` is the uploader's; `instance_id` null until the file is handed in with a case. `name` is what
    the uploader called it and may hold personal data. `kept_for` names the room that alone hands it out (`objection`,
    `paper`), asking who may read it; None: everybody who may read the case.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        Index("ix_attachment_checksum", "checksum"),
        Index("ix_attachment_instance_id", "instance_id"),
        Index("ix_attachment_uploaded_by", "uploaded_by", "at"),
    )

    id: Mapped[PrimaryId]
    checksum: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(100))
    organisation_id: Mapped[Id | None] = mapped_column(ForeignKey("organisation.id"))
    instance_id: Mapped[Id | None] = mapped_column(ForeignKey("process_instance.id"))
    uploaded_by: Mapped[Id]
    at: Mapped[Moment]
    kept_for: Mapped[str | None] = mapped_column(String(20))
