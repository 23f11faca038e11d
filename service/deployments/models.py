"""Tables of the life of a flow: drafts with their files, who released which version why, who takes it out of use."""

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Code, Id, JsonList, Moment, PrimaryId

OPEN_DRAFT = text("state IN ('editing', 'asked')")
OPEN_REQUEST = text("state = 'open'")


class DefinitionDraft(Base):
    """What a flow or library is to become: diagram, decisions, forms and flow.toml together; one open draft a key.

    `state` is editing | asked (waits for a second person) | published | discarded; `version` rises with every save and
    every act. `base_id` is the version it began from; `authors` are all who have saved it, as events name actors.
    `answer` is why it was refused last, and stays until it is asked for again. `report` is what an import from another
    engine has changed and left open: [{state, code, file, line, element_id, params}].
    """

    __tablename__ = "definition_draft"
    __table_args__ = (
        Index("ux_definition_draft_key", "key", unique=True, sqlite_where=OPEN_DRAFT, postgresql_where=OPEN_DRAFT),
        Index("ix_definition_draft_state", "state", "saved_at"),
    )

    id: Mapped[PrimaryId]
    key: Mapped[Code]
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10))
    version: Mapped[int]
    base_id: Mapped[Id | None] = mapped_column(ForeignKey("process_definition.id"))
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[Moment]
    saved_by: Mapped[str] = mapped_column(String(80))
    saved_at: Mapped[Moment]
    authors: Mapped[JsonList]
    asked_by: Mapped[str | None] = mapped_column(String(80))
    asked_at: Mapped[Moment | None]
    reason: Mapped[str | None] = mapped_column(String(500))
    answered_by: Mapped[str | None] = mapped_column(String(80))
    answered_at: Mapped[Moment | None]
    answer: Mapped[str | None] = mapped_column(String(500))
    definition_id: Mapped[Id | None] = mapped_column(ForeignKey("process_definition.id"))
    report: Mapped[JsonList] = mapped_column(default=list, server_default="[]")


class DraftFile(Base):
    """One file of a draft as it was saved last."""

    __tablename__ = "draft_file"

    draft_id: Mapped[Id] = mapped_column(ForeignKey("definition_draft.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    content: Mapped[str] = mapped_column(Text)
    checksum: Mapped[str] = mapped_column(String(64))


class Release(Base):
    """Who made a version, why, and who approved it; `files` are the names of the flow's own files in its manifest.

    A version that the house itself brought (`lectern deploy`) is by `system` and approved by nobody.
    """

    __tablename__ = "definition_release"

    definition_id: Mapped[Id] = mapped_column(ForeignKey("process_definition.id"), primary_key=True)
    authors: Mapped[JsonList]
    approved_by: Mapped[str | None] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(500))
    files: Mapped[JsonList]
    retired_by: Mapped[str | None] = mapped_column(String(80))
    retired_at: Mapped[Moment | None]
    retirement: Mapped[str | None] = mapped_column(String(500))


class RetirementRequest(Base):
    """That a flow shall take no new cases, as one admin asks and a second one approves or refuses; one open a key.

    `state` is open | approved | refused; `definition_id` is the version that was looked at.
    """

    __tablename__ = "retirement_request"
    __table_args__ = (
        Index("ux_retirement_request_key", "key", unique=True, sqlite_where=OPEN_REQUEST,
              postgresql_where=OPEN_REQUEST),
        Index("ix_retirement_request_state", "state", "id"),
    )  # fmt: skip

    id: Mapped[PrimaryId]
    key: Mapped[Code]
    definition_id: Mapped[Id] = mapped_column(ForeignKey("process_definition.id"))
    reason: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(10))
    asked_by: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[Moment]
    answered_by: Mapped[str | None] = mapped_column(String(80))
    answered_at: Mapped[Moment | None]
    answer: Mapped[str | None] = mapped_column(String(500))
