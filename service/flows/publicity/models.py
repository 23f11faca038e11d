"""What is published, and what was objected to it by anybody on the public page."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Code, Id, Moment, PrimaryId


class Publicity(Base):
    """The publicity period of one subject of a case: a person, or a whole list.

    `subject` is what the flow calls it by, also to its message of an objection. `open_to_all` is false for what is
    published inside a school alone. Whether the period runs is what the case says; `until` is its last day as it was
    counted when it began, or went on; the page asks the timer, which may have been moved since. What was published
    again after a correction runs by its days alone, whatever the case does.
    """

    __tablename__ = "publicity"
    __table_args__ = (UniqueConstraint("instance_id", "subject"), Index(None, "flow", "subject"))

    id: Mapped[PrimaryId]
    instance_id: Mapped[Id] = mapped_column(ForeignKey("process_instance.id"))
    flow: Mapped[Code]
    subject: Mapped[Id]
    open_to_all: Mapped[bool]
    from_on: Mapped[date]
    until: Mapped[date]
    correction_id: Mapped[Id | None] = mapped_column(ForeignKey("case_correction.id"))


class PublicityObjection(Base):
    """Somebody objected. What was said, by whom, is sealed in the case's event `event_seq`.

    `about` is the published name; `named` whether the objector gave a name. `number` is what the receipt says (none
    before there were receipts). `channel` is `page`, or how it reached the clerk `registered_by` on `received_on`;
    the letter itself is `attachment_id`. `reached` is false where no period ran any more that it could stop, and
    where the same source has stopped one of the case before: `sender` and `alias` are keyed digests of case and
    address, and of case and name, which tell nothing of another case. `hearing` is null for what stopped its period or
    came too late; else waits | inquired | nothing_new | made_up (publicity/sources.py).
    """

    __tablename__ = "publicity_objection"
    __table_args__ = (
        Index(None, "at"),
        Index(None, "publicity_id"),
        CheckConstraint("hearing IN ('waits', 'inquired', 'nothing_new', 'made_up')", name="hearing"),
    )

    id: Mapped[PrimaryId]
    publicity_id: Mapped[Id] = mapped_column(ForeignKey("publicity.id"))
    about: Mapped[str] = mapped_column(String(200))
    named: Mapped[bool]
    event_seq: Mapped[int]
    at: Mapped[Moment]
    number: Mapped[str | None] = mapped_column(String(40), unique=True)
    channel: Mapped[str] = mapped_column(String(20), server_default="page")
    received_on: Mapped[date | None]
    registered_by: Mapped[Id | None]
    attachment_id: Mapped[Id | None] = mapped_column(ForeignKey("attachment.id"))
    reached: Mapped[bool] = mapped_column(server_default=true())
    sender: Mapped[str | None] = mapped_column(String(64))
    alias: Mapped[str | None] = mapped_column(String(64))
    hearing: Mapped[str | None] = mapped_column(String(12))
