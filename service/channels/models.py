"""Tables of channels: what an admin declared, what a person chose, what a digest will tell."""

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Id, JsonList, JsonObject, Moment


class NoticeChannel(Base):
    """An HTTP gateway or webhook; `url`, `headers` and `body` are templates (`channels.templates`).

    `recipient` none: each notice goes there once, whoever it is for; phone or own (a name in that system): once for
    each person who chose the channel. `expect` is `field=value` that a JSON reply must hold. `kinds` limits a channel
    without recipients; empty is all. The secret stays in the environment, under `secret_name`.
    """

    __tablename__ = "notice_channel"
    __table_args__ = (
        CheckConstraint("format IN ('json', 'form')", name="format"),
        CheckConstraint("signing IN ('none', 'hmac', 'dingtalk')", name="signing"),
        CheckConstraint("recipient IN ('none', 'phone', 'own')", name="recipient"),
    )

    key: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    url: Mapped[str] = mapped_column(Text)
    headers: Mapped[JsonObject]
    body: Mapped[str] = mapped_column(Text)
    format: Mapped[str] = mapped_column(String(8))
    signing: Mapped[str] = mapped_column(String(10))
    secret_name: Mapped[str | None] = mapped_column(String(64))
    recipient: Mapped[str] = mapped_column(String(8))
    expect: Mapped[str] = mapped_column(String(80))
    kinds: Mapped[JsonList]
    active: Mapped[bool]
    version: Mapped[int]
    changed_at: Mapped[Moment]


class NoticeSetting(Base):
    """What one person wants: `choices` is group of kinds → channels; without a row nothing leaves the pages.

    `mail` is proven by a mailed code; `mail_asked` waits for its code. Both are encrypted and bound to the row.
    `quiet_from`, `quiet_until` are hours (0 to 23), None: the installation's. `handles`: channel → name there.
    """

    __tablename__ = "notice_setting"
    __table_args__ = (CheckConstraint("digest IN ('none', 'daily', 'weekly')", name="digest"),)

    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"), primary_key=True)
    choices: Mapped[JsonObject]
    digest: Mapped[str] = mapped_column(String(8))
    locale: Mapped[str | None] = mapped_column(String(8))
    quiet_from: Mapped[int | None]
    quiet_until: Mapped[int | None]
    mail: Mapped[bytes | None] = mapped_column(LargeBinary)
    mail_proven_at: Mapped[Moment | None]
    mail_asked: Mapped[bytes | None] = mapped_column(LargeBinary)
    mail_asked_at: Mapped[Moment | None]
    mail_tries: Mapped[int]
    handles: Mapped[JsonObject]
    version: Mapped[int]
    changed_at: Mapped[Moment]


class NoticeDigestItem(Base):
    """A notice that the digest of this outbox message will tell."""

    __tablename__ = "notice_digest_item"

    digest_id: Mapped[Id] = mapped_column(primary_key=True)
    notice_id: Mapped[Id] = mapped_column(ForeignKey("notice.id", ondelete="CASCADE"), primary_key=True)
