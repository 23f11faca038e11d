"""Tables of notices: the outbox, what stands in the pages, and who has read it."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Code, Id, JsonObject, Moment, PrimaryId

UNDELIVERED = "state <> 'sent' AND attempts > 0"
"""What has failed at least once: the words of the index are those of the query, so that both databases use it."""


class OutboxMessage(Base):
    """One message to leave the transaction that wrote it; `holder` is a queue holder, `channel` how it leaves.

    state: waiting | sent | failed (given up after the last attempt, shown to the admin). `next_at` is when it is tried
    next; while a sender works on it, the moment from which another may take it over. `not_before` is the end of the
    time in which it may still be taken back (None: it leaves at once); until then nothing of it has been shown.
    """

    __tablename__ = "outbox_message"

    id: Mapped[PrimaryId]
    channel: Mapped[str] = mapped_column(String(16))
    kind: Mapped[Code]
    holder: Mapped[str] = mapped_column(String(120))
    body: Mapped[JsonObject]
    created_at: Mapped[Moment]
    state: Mapped[str] = mapped_column(String(8))
    next_at: Mapped[Moment]
    not_before: Mapped[Moment | None]
    attempts: Mapped[int]
    sent_at: Mapped[Moment | None]
    last_error: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sent', 'failed')", name="state"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent"),
        Index(
            "ix_outbox_message_waiting",
            "channel",
            "next_at",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_outbox_message_undelivered",
            "id",
            sqlite_where=text(UNDELIVERED),
            postgresql_where=text(UNDELIVERED),
        ),
        Index(None, "sent_at"),
    )


class Notice(Base):
    """A notice in the pages: its kind names the words, `params` fill them. The id is that of its outbox message."""

    __tablename__ = "notice"

    id: Mapped[PrimaryId]
    holder: Mapped[str] = mapped_column(String(120))
    kind: Mapped[Code]
    params: Mapped[JsonObject]
    instance_id: Mapped[Id | None]
    task_id: Mapped[Id | None]
    at: Mapped[Moment]

    __table_args__ = (Index(None, "holder", "id"), Index("ix_notice_at", "at", "holder"))


class NoticeRead(Base):
    """Who has read a notice: one to a role is read by each holder on their own. `holder` is the notice's."""

    __tablename__ = "notice_read"
    __table_args__ = (Index("ix_notice_read_person_id", "person_id", "holder"),)

    notice_id: Mapped[Id] = mapped_column(ForeignKey("notice.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[Id] = mapped_column(primary_key=True)
    at: Mapped[Moment]
    holder: Mapped[str] = mapped_column(String(120))
