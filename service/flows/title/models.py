"""Tables of title evaluation: yearly batches, applications, certificates."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Code, Id, JsonList, Moment, PrimaryId


class TitleBatch(Base):
    """One year's evaluation: applications are taken from `opens_on` to the end of `closes_on` while it is open.

    `levels` are rows {level, outside}: the titles that may be applied for, and whether a committee outside of this
    house decides. `criteria` names the criteria by version and document.
    """

    __tablename__ = "title_batch"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'closed')", name="state"),
        CheckConstraint("closes_on >= opens_on", name="days"),
        UniqueConstraint("year"),
    )

    id: Mapped[PrimaryId]
    year: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    levels: Mapped[JsonList]
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    criteria: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(8))
    opened_by: Mapped[Code]
    opened_at: Mapped[Moment]
    closed_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column(default=1)


class TitleApplication(Base):
    """One person's application: the case `instance_id`, in a batch. Where it stands is what the case says.

    `school_score` and the two marks of the committee are hundredths of a point (0 to 10000). `session_id` is the
    sitting on whose list it stands; `called_at` when its vote was opened. `promised_at`: recommended within the
    vacancies and no post held yet, as the list is public in the school. `waiting_since`: passed, no post free yet; the
    queue of a school's band goes by that moment, then by `school_score`. `called` counts the calls for a post.
    `decided_on` is the day of the result: of the confirmation of who passed, of the step that recorded a failure.
    `revoked_on` is that from which a title is void, `decided_on` itself where it should never have been granted.
    """

    __tablename__ = "title_application"
    __table_args__ = (
        CheckConstraint("school_score BETWEEN 0 AND 10000", name="school_score"),
        CheckConstraint("demonstration BETWEEN 0 AND 10000", name="demonstration"),
        CheckConstraint("interview BETWEEN 0 AND 10000", name="interview"),
        CheckConstraint("result IN ('passed', 'failed', 'revoked')", name="result"),
        Index(None, "batch_id", "organisation_id"),
        Index(None, "person_id"),
        Index(None, "session_id"),
        Index(None, "waiting_since"),
    )

    instance_id: Mapped[PrimaryId]
    batch_id: Mapped[Id] = mapped_column(ForeignKey("title_batch.id"))
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    target: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(40))
    from_title: Mapped[str | None] = mapped_column(String(16))
    from_band: Mapped[str | None] = mapped_column(String(8))
    committee: Mapped[str | None] = mapped_column(String(24))
    school_score: Mapped[int | None]
    session_id: Mapped[Id | None] = mapped_column(ForeignKey("title_session.id"))
    demonstration: Mapped[int | None]
    interview: Mapped[int | None]
    called_at: Mapped[Moment | None]
    result: Mapped[str | None] = mapped_column(String(8))
    decided_on: Mapped[date | None]
    revoked_on: Mapped[date | None]
    promised_at: Mapped[Moment | None]
    waiting_since: Mapped[Moment | None]
    post_called_at: Mapped[Moment | None]
    appointed_on: Mapped[date | None]
    applied_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1)


class TitleCertificate(Base):
    """An electronic certificate; `code` stands on the paper and is what an outsider asks by.

    Revoked for fraud, or void by a correction: `revoked_because` is fraud | correction. Issued anew after a correction
    of its details: the new one `replaces_id` the old one, which is then `replaced` and can still be looked up.
    """

    __tablename__ = "title_certificate"
    __table_args__ = (
        CheckConstraint("state IN ('valid', 'revoked', 'replaced')", name="state"),
        CheckConstraint("revoked_because IN ('fraud', 'correction')", name="revoked_because"),
        UniqueConstraint("number"),
        UniqueConstraint("replaces_id"),
        Index(
            "uq_title_certificate_standing",
            "instance_id",
            unique=True,
            sqlite_where=text("state <> 'replaced'"),
            postgresql_where=text("state <> 'replaced'"),
        ),
        Index(None, "person_id"),
    )

    id: Mapped[PrimaryId]
    number: Mapped[str] = mapped_column(String(40))
    code: Mapped[Code]
    instance_id: Mapped[Id] = mapped_column(ForeignKey("process_instance.id"))
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    level: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(40))
    confirmed_on: Mapped[date]
    document: Mapped[str] = mapped_column(String(200))
    issued_at: Mapped[Moment]
    state: Mapped[str] = mapped_column(String(8))
    revoked_on: Mapped[date | None]
    revoked_by_document: Mapped[str | None] = mapped_column(String(200))
    revoked_because: Mapped[str | None] = mapped_column(String(12))
    replaces_id: Mapped[Id | None] = mapped_column(ForeignKey("title_certificate.id"))
