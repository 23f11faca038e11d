"""Templates by version, and the papers that were issued by them."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Code, Id, Moment, PrimaryId


class PaperTemplate(Base):
    """One version of the template of a kind; `content` is the .docx and never changes, `note` says what is new.

    The published one with the highest version is in use; a `draft` waits for a second person; `retired` is what nobody
    issues a paper by any more.
    """

    __tablename__ = "paper_template"
    __table_args__ = (
        UniqueConstraint("kind", "version"),
        CheckConstraint("state IN ('draft', 'published', 'retired')", name="state"),
    )

    id: Mapped[PrimaryId]
    kind: Mapped[Code]
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    checksum: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(500))
    made_by: Mapped[Code]
    made_at: Mapped[Moment]
    published_by: Mapped[Code | None]
    published_at: Mapped[Moment | None]
    retired_by: Mapped[Code | None]
    retired_at: Mapped[Moment | None]
    retired_because: Mapped[str | None] = mapped_column(String(500))


class OfficialPaper(Base):
    """A paper of a case, the `seq`-th of its kind in a year, `number` as it stands on it.

    `about` names whom it concerns; `code` is printed with its QR code; `digest` is the SHA-256 of its text, recorded
    in the event that the code speaks of. The filled .docx is written with the row; `pdf_id` when it is first drawn
    from that, `roster_id` the list of names as XLSX. `personal`: an ID number or a phone stands on it. `replaces_id`
    is the paper in whose place it was issued again, and `reason` why.
    """

    __tablename__ = "official_paper"
    __table_args__ = (
        UniqueConstraint("replaces_id"),
        Index(None, "instance_id"),
    )

    id: Mapped[PrimaryId]
    kind: Mapped[Code]
    instance_id: Mapped[Id] = mapped_column(ForeignKey("process_instance.id"))
    template_id: Mapped[Id] = mapped_column(ForeignKey("paper_template.id"))
    year: Mapped[int]
    seq: Mapped[int]
    number: Mapped[str] = mapped_column(String(100), unique=True)
    about: Mapped[str] = mapped_column(String(200))
    code: Mapped[str] = mapped_column(String(140))
    digest: Mapped[str] = mapped_column(String(64))
    personal: Mapped[bool]
    replaces_id: Mapped[Id | None] = mapped_column(ForeignKey("official_paper.id"))
    reason: Mapped[str] = mapped_column(String(500))
    docx_id: Mapped[Id] = mapped_column(ForeignKey("attachment.id"))
    roster_id: Mapped[Id | None] = mapped_column(ForeignKey("attachment.id"))
    pdf_id: Mapped[Id | None] = mapped_column(ForeignKey("attachment.id"))
    issued_by: Mapped[Code]
    at: Mapped[Moment]
