"""Tables of the ledger: accounts with their figures, and the append-only entries that made them."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Code, Id, Moment, PrimaryId


class LedgerAccount(Base):
    """Headcount or the posts of one band: of a school, or of the reserved pool of a bureau (`pool`).

    A school owns and occupies, the pool reserves and lends; excess stands only where nothing is free.
    """

    __tablename__ = "ledger_account"

    id: Mapped[PrimaryId]
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(12))
    band: Mapped[str | None] = mapped_column(String(8))
    pool: Mapped[bool]
    approved: Mapped[int]
    excess: Mapped[int]
    occupied: Mapped[int]
    reserved: Mapped[int]
    lent: Mapped[int]

    __table_args__ = (
        UniqueConstraint("organisation_id", "kind", "band", "pool"),
        Index(
            "uq_ledger_account_headcount",
            "organisation_id",
            unique=True,
            sqlite_where=text("kind = 'headcount'"),
            postgresql_where=text("kind = 'headcount'"),
        ),
        CheckConstraint("approved + excess - occupied - reserved - lent >= 0", name="free"),
        CheckConstraint(
            "approved >= 0 AND excess >= 0 AND occupied >= 0 AND reserved >= 0 AND lent >= 0", name="figures"
        ),
        CheckConstraint("excess = 0 OR approved + excess = occupied + reserved", name="excess"),
        CheckConstraint(
            "(kind = 'headcount' AND band IS NULL AND NOT pool)"
            " OR (kind = 'post' AND band IS NOT NULL AND band IN ('senior', 'middle', 'junior'))",
            name="kind",
        ),
        CheckConstraint("(pool AND occupied = 0 AND excess = 0) OR (NOT pool AND lent = 0)", name="pool"),
    )


class LedgerEntry(Base):
    """One movement, never changed (triggers of migration 0002): its deltas, and the case and paper it comes from.

    `instance_id` is NULL for what no case caused; `borrower_id` is the school that a lent post went to.
    What a case holds of an account under one line is the sum of `reserved` of its entries there.
    """

    __tablename__ = "ledger_entry"

    id: Mapped[PrimaryId]
    account_id: Mapped[Id] = mapped_column(ForeignKey("ledger_account.id"))
    event: Mapped[str] = mapped_column(String(16))
    approved: Mapped[int]
    excess: Mapped[int]
    occupied: Mapped[int]
    reserved: Mapped[int]
    lent: Mapped[int]
    instance_id: Mapped[Id | None]
    element_id: Mapped[str] = mapped_column(String(200))
    token: Mapped[Code]
    line: Mapped[str] = mapped_column(String(100))
    borrower_id: Mapped[Id | None] = mapped_column(ForeignKey("organisation.id"))
    document: Mapped[str | None] = mapped_column(String(200))
    decided_on: Mapped[date | None]
    at: Mapped[Moment]
    actor_id: Mapped[str] = mapped_column(String(80))

    __table_args__ = (
        UniqueConstraint("instance_id", "element_id", "token", "line", "account_id"),
        Index(None, "account_id", "id"),
        Index(None, "at"),
        Index(
            "ix_ledger_entry_borrower_id",
            "borrower_id",
            sqlite_where=text("borrower_id IS NOT NULL"),
            postgresql_where=text("borrower_id IS NOT NULL"),
        ),
    )


class PostLoan(Base):
    """Who holds a post that a pool has lent to a school: on `from_on` ≤ day < `ended_on`, one open loan a person.

    `until` is the last day of the term; a loan ends by what is recorded, never by that day alone. It is changed only
    under the lock of its account. `instance_id` is NULL where the opening balance lent the post. `reminded_until` is
    the term of which bureau HR was reminded, where no case does that.
    """

    __tablename__ = "post_loan"

    id: Mapped[PrimaryId]
    account_id: Mapped[Id] = mapped_column(ForeignKey("ledger_account.id"))
    borrower_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    instance_id: Mapped[Id | None]
    line: Mapped[str] = mapped_column(String(100))
    from_on: Mapped[date]
    until: Mapped[date]
    appointed_on: Mapped[date | None]
    appointed_by: Mapped[str | None] = mapped_column(String(80))
    ended_on: Mapped[date | None]
    ended_because: Mapped[str | None] = mapped_column(String(16))
    ended_instance_id: Mapped[Id | None]
    reminded_until: Mapped[date | None]

    __table_args__ = (
        Index(
            "uq_post_loan_open",
            "person_id",
            unique=True,
            sqlite_where=text("ended_on IS NULL"),
            postgresql_where=text("ended_on IS NULL"),
        ),
        Index(None, "person_id", "from_on"),
        Index(None, "account_id"),
        Index(None, "borrower_id"),
        Index(None, "instance_id"),
        Index(None, "until"),
        CheckConstraint("until >= from_on AND (ended_on IS NULL OR ended_on >= from_on)", name="days"),
        CheckConstraint("(ended_on IS NULL) = (ended_because IS NULL)", name="ended"),
        CheckConstraint(
            "ended_because IN ('returned', 'transfer', 'retirement', 'demotion', 'exit', 'term_over', 'not_appointed')",
            name="because",
        ),
        CheckConstraint("(appointed_on IS NULL) = (appointed_by IS NULL)", name="appointed"),
    )


class NamedHold(Base):
    """Posts or headcount kept for something that has no case here, such as one under way on paper (policy §8).

    What it holds is the sum of its entries in the ledger, under its own id; `owner` is a person (`person:<id>`) or a
    role (`role@<organisation>`). It ends by its owner or bureau HR, by the clock after `until`, or by the case
    `instance_id` that takes it over; `noticed_until` is the day of whose coming its owner was told.
    """

    __tablename__ = "named_hold"
    __table_args__ = (
        Index("ix_named_hold_organisation_id", "organisation_id", "ended_at"),
        Index("ix_named_hold_until", "until", sqlite_where=text("ended_at IS NULL"),
              postgresql_where=text("ended_at IS NULL")),
        CheckConstraint("(ended_at IS NULL) = (ended_because IS NULL)", name="ended"),
        CheckConstraint("ended_because IN ('owner', 'clock', 'case')", name="because"),
    )  # fmt: skip

    id: Mapped[PrimaryId]
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    owner: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(String(500))
    document: Mapped[str] = mapped_column(String(200))
    decided_on: Mapped[date]
    until: Mapped[date]
    booked_by: Mapped[str] = mapped_column(String(80))
    booked_at: Mapped[Moment]
    ended_by: Mapped[str | None] = mapped_column(String(80))
    ended_at: Mapped[Moment | None]
    ended_because: Mapped[str | None] = mapped_column(String(8))
    end_reason: Mapped[str | None] = mapped_column(String(500))
    instance_id: Mapped[Id | None]
    noticed_until: Mapped[date | None]


class OpenCaseCheck(Base):
    """Somebody says that a school has no case on paper left that is not entered here, or takes that back (policy §8).

    `side` is school (its office) or bureau (HR); of several rows of a side the last one holds. `reason` is why it was
    taken back. What a school has said on a sealed paper names it, and who of the bureau has written it down.
    """

    __tablename__ = "open_case_check"
    __table_args__ = (
        CheckConstraint("side IN ('school', 'bureau')", name="side"),
        Index("ix_open_case_check_organisation_id", "organisation_id", "id"),
    )

    id: Mapped[PrimaryId]
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    side: Mapped[str] = mapped_column(String(8))
    confirmed: Mapped[bool]
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]
    reason: Mapped[str | None] = mapped_column(String(500))
    document: Mapped[str | None] = mapped_column(String(200))
    decided_on: Mapped[date | None]
    attachment_id: Mapped[Id | None] = mapped_column(ForeignKey("attachment.id"))
    recorded_by: Mapped[Id | None] = mapped_column(ForeignKey("person.id"))
