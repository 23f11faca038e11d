"""Tables of committees: the expert pool, sittings, and who was drawn for one."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Code, Id, Moment, PrimaryId


class TitleExpert(Base):
    """A term of an expert in the pool of an office (the bureau's, or a school's own): from ≤ day < until.

    `highest` is the highest title that the expert may judge; `subject` null: every subject.
    """

    __tablename__ = "title_expert"
    __table_args__ = (
        CheckConstraint("valid_until > valid_from", name="days"),
        Index(None, "organisation_id", "valid_until"),
        Index(None, "person_id"),
    )

    id: Mapped[PrimaryId]
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    highest: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str | None] = mapped_column(String(40))
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    document: Mapped[str] = mapped_column(String(200))
    entered_by: Mapped[Code]
    entered_at: Mapped[Moment]


class TitleSession(Base):
    """One sitting of a committee: it judges the candidates on its list for one title, each by a vote of its own.

    `kind` is series | specialty | other and says how many must sit (policy §3.T 5). `filing` is the document of the
    committee's filing on `filed_on`, None for sittings of before it was asked. `seed` is the seed of the draw in
    hexadecimal, `pool_hash` the hash of the pool that was drawn from: with both anybody can draw again;
    `drawn_because` says why it was drawn where another draw like it had not been used.
    """

    __tablename__ = "title_session"
    __table_args__ = (
        CheckConstraint("kind IN ('series', 'specialty', 'other')", name="kind"),
        CheckConstraint("state IN ('planned', 'drawn', 'voting', 'cancelled')", name="state"),
        CheckConstraint("seats % 2 = 1", name="odd"),
        Index(None, "batch_id"),
        Index(None, "organisation_id"),
    )

    id: Mapped[PrimaryId]
    batch_id: Mapped[Id] = mapped_column(ForeignKey("title_batch.id"))
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(120))
    level: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(12))
    subject: Mapped[str | None] = mapped_column(String(40))
    seats: Mapped[int]
    filing: Mapped[str] = mapped_column(String(200))
    filed_on: Mapped[date | None]
    meets_on: Mapped[date]
    vote_until: Mapped[date]
    state: Mapped[str] = mapped_column(String(12))
    seed: Mapped[str | None] = mapped_column(String(64))
    pool_hash: Mapped[str | None] = mapped_column(String(64))
    drawn_at: Mapped[Moment | None]
    drawn_because: Mapped[str | None] = mapped_column(String(200))
    cancelled_because: Mapped[str | None] = mapped_column(String(200))
    created_by: Mapped[Code]
    created_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1)


class TitleMember(Base):
    """An expert in the order of the draw: the first ones sit, the others follow when somebody cannot.

    `state` is seated | next | excused; all of the pool stand here, so that the draw can be repeated.
    """

    __tablename__ = "title_member"
    __table_args__ = (
        CheckConstraint("state IN ('seated', 'next', 'excused')", name="state"),
        UniqueConstraint("session_id", "position"),
        UniqueConstraint("session_id", "person_id"),
        Index(None, "person_id"),
    )

    id: Mapped[PrimaryId]
    session_id: Mapped[Id] = mapped_column(ForeignKey("title_session.id"))
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    expert_id: Mapped[Id] = mapped_column(ForeignKey("title_expert.id"))
    position: Mapped[int]
    state: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(200), default="")
