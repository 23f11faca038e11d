"""Tables of the opening: loads with what each has written, remembered headings, stated numbers, signatures."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Code, Id, Json, JsonList, JsonObject, Moment, PrimaryId


class OpeningImport(Base):
    """A workbook from its arrival to its load, and to its being taken back.

    state: mapping (headings wait for a person) → checking → checked → loading → loaded → revoking → revoked. `sheets`
    are its rows and `faults` what is wrong with them, both encrypted; both go once it is loaded. `counts` are the rows
    of each sheet that are new, changed, the same.
    """

    __tablename__ = "opening_import"
    __table_args__ = (
        CheckConstraint(
            "state IN ('mapping', 'checking', 'checked', 'loading', 'loaded', 'revoking', 'revoked')", name="state"
        ),
        Index(None, "account_id"),
        Index(None, "at"),
    )

    id: Mapped[PrimaryId]
    account_id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10))
    total: Mapped[int]
    wrong: Mapped[int]
    counts: Mapped[JsonObject]
    mapping: Mapped[JsonList]
    sheets: Mapped[bytes | None] = mapped_column(LargeBinary)
    faults: Mapped[bytes | None] = mapped_column(LargeBinary)
    run_id: Mapped[Id | None]
    at: Mapped[Moment]
    loaded_at: Mapped[Moment | None]
    loaded_by: Mapped[Code | None]
    revoked_at: Mapped[Moment | None]
    revoked_by: Mapped[Code | None]
    reason: Mapped[str] = mapped_column(String(400))


class OpeningEffect(Base):
    """What one load has done to one person, organisation or the ledger, so that it can be taken back.

    `inserted` are [table, key, sheet] of the rows that it made; `kept` holds, encrypted, what it changed or removed.
    """

    __tablename__ = "opening_effect"
    __table_args__ = (Index(None, "import_id"),)

    id: Mapped[PrimaryId]
    import_id: Mapped[Id] = mapped_column(ForeignKey("opening_import.id"))
    subject: Mapped[str] = mapped_column(String(80))
    inserted: Mapped[JsonList]
    kept: Mapped[bytes | None] = mapped_column(LargeBinary)


class OpeningHeading(Base):
    """A heading of a foreign file and the column that somebody has confirmed for it; NULL: it is left out."""

    __tablename__ = "opening_heading"

    table_key: Mapped[str] = mapped_column(String(16), primary_key=True)
    heading: Mapped[str] = mapped_column(String(120), primary_key=True)
    column_name: Mapped[str | None] = mapped_column(String(40))


class OpeningNumber(Base):
    """What the staffing office says of a school on its opening day; `persons` NULL: it has not told."""

    __tablename__ = "opening_number"

    organisation_id: Mapped[PrimaryId] = mapped_column(ForeignKey("organisation.id"))
    persons: Mapped[int | None]
    opened_on: Mapped[date]
    document: Mapped[str] = mapped_column(String(200))


class OpeningSignature(Base):
    """A school (its head) or bureau HR has signed the reconciliation of a school; `digest` is of what was signed.

    It holds as long as the digest is that of the books; what was signed afterwards anew stands beside it. What a school
    has signed and sealed on paper names the paper, its scan, and who of the bureau has written it down.
    """

    __tablename__ = "opening_signature"
    __table_args__ = (
        CheckConstraint("side IN ('school', 'bureau')", name="side"),
        Index(None, "organisation_id", "signed_at"),
    )

    id: Mapped[PrimaryId]
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    side: Mapped[str] = mapped_column(String(8))
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(80))
    signed_at: Mapped[Moment]
    digest: Mapped[str] = mapped_column(String(64))
    figures: Mapped[JsonObject] = mapped_column(Json)
    note: Mapped[str] = mapped_column(String(400))
    document: Mapped[str | None] = mapped_column(String(200))
    decided_on: Mapped[date | None]
    attachment_id: Mapped[Id | None] = mapped_column(ForeignKey("attachment.id"))
    recorded_by: Mapped[Id | None] = mapped_column(ForeignKey("person.id"))
