"""Tables of cases: what people know a process instance by, and the counters of case numbers."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Code, Id, Json, JsonList, JsonObject, Moment, PrimaryId


class ProcessCase(Base):
    """The case of a process instance: its number, title, initiator (a person, or `system`) and organisation.

    `title` is the Chinese one, `title_parts` what it is made of (tasks/titling.py); null where the flow had no words
    for it when the case began.
    """

    __tablename__ = "process_case"
    __table_args__ = (
        Index("ix_process_case_initiator_id", "initiator_id", "started_at"),
        Index("ix_process_case_organisation_id", "organisation_id", "started_at"),
        Index("ix_process_case_started_at", "started_at", "instance_id"),
    )

    instance_id: Mapped[Id] = mapped_column(ForeignKey("process_instance.id"), primary_key=True)
    definition_key: Mapped[Code]
    business_key: Mapped[Code] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(String(300))
    title_parts: Mapped[Any | None] = mapped_column(Json)
    initiator_id: Mapped[Id]
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    started_at: Mapped[Moment]
    suspended_at: Mapped[Moment | None]
    suspension_reason: Mapped[str | None] = mapped_column(String(500))


class RequestDraft(Base):
    """What a person has filled into the start form of a flow and not yet sent; one each, never validated."""

    __tablename__ = "request_draft"

    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"), primary_key=True)
    definition_key: Mapped[Code] = mapped_column(primary_key=True)
    values: Mapped[JsonObject]
    saved_at: Mapped[Moment]


class DeliveredMessage(Base):
    """A message from outside that a case took; its sender may send it again without effect."""

    __tablename__ = "delivered_message"

    message_id: Mapped[Code] = mapped_column(primary_key=True)
    instance_id: Mapped[Id] = mapped_column(ForeignKey("process_instance.id"))
    at: Mapped[Moment]


class StartBatch(Base):
    """Many cases of one flow that a person asks for at once, each a case of its own; a run begins them."""

    __tablename__ = "start_batch"
    __table_args__ = (Index("ix_start_batch_person_id", "person_id", "at"),)

    id: Mapped[PrimaryId]
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    definition_key: Mapped[Code]
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(200))
    files: Mapped[JsonObject]
    run_id: Mapped[Id | None]
    at: Mapped[Moment]


class StartRow(Base):
    """One case of a batch; `state` waiting | done | refused, then `code` and `params` say why.

    `sealed` holds what is filled in, and only while it waits.
    """

    __tablename__ = "start_row"
    __table_args__ = (Index("ix_start_row_batch_id", "batch_id", "position", unique=True),)

    id: Mapped[PrimaryId]
    batch_id: Mapped[Id] = mapped_column(ForeignKey("start_batch.id"))
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(200))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(10))
    instance_id: Mapped[Id | None]
    code: Mapped[str | None] = mapped_column(String(100))
    params: Mapped[JsonObject]
    closed_at: Mapped[Moment | None]


class Migration(Base):
    """Many cases of a flow that shall go on by another version; a run moves them, or where `dry` only foresees it.

    `mapping` names the user tasks of the target that stand in the place of others, old id → new id.
    """

    __tablename__ = "migration"

    id: Mapped[PrimaryId]
    definition_id: Mapped[Id] = mapped_column(ForeignKey("process_definition.id"))
    dry: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(500))
    mapping: Mapped[JsonObject] = mapped_column(default=dict, server_default="{}")
    asked_by: Mapped[str] = mapped_column(String(80))
    run_id: Mapped[Id | None]
    at: Mapped[Moment]


class MigrationRow(Base):
    """One case of a migration; `state` waiting | moved | stayed, then `reasons` [{code, element_id, name, params}]."""

    __tablename__ = "migration_row"

    migration_id: Mapped[Id] = mapped_column(ForeignKey("migration.id"), primary_key=True)
    instance_id: Mapped[Id] = mapped_column(ForeignKey("process_instance.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    reasons: Mapped[JsonList]
    closed_at: Mapped[Moment | None]


class PaperCase(Base):
    """A case that began on paper, told by one person and confirmed or refused by a second one (policy §8).

    `state` open | confirmed | refused; of a workbook (`import_id`) before that draft | ready | faulty, as its dry run
    has found it: `result` says what would be held, or what is wrong, also of a refused confirmation. `sealed` is
    what is told (`told.kept`), encrypted, and only while nobody has decided it; a confirmed one has become the case
    `instance_id`. `label` and `origin` name the case of the workbook and its rows.
    """

    __tablename__ = "paper_case"
    __table_args__ = (Index("ix_paper_case_state", "state", "id"), Index("ix_paper_case_import_id", "import_id"))

    id: Mapped[PrimaryId]
    definition_key: Mapped[Code]
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    element_id: Mapped[str] = mapped_column(String(200))
    initiator_id: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    requested_on: Mapped[date]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(10))
    proposed_by: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[Moment]
    decided_by: Mapped[Id | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[Moment | None]
    reason: Mapped[str | None] = mapped_column(String(500))
    instance_id: Mapped[Id | None] = mapped_column(ForeignKey("process_instance.id"))
    import_id: Mapped[Id | None]
    label: Mapped[str | None] = mapped_column(String(100))
    origin: Mapped[Any | None] = mapped_column(Json)
    result: Mapped[Any | None] = mapped_column(Json)


class PaperCaseFile(Base):
    """A scan that waits with a told case for the second person: it belongs to no case yet, and is not swept."""

    __tablename__ = "paper_case_file"

    paper_case_id: Mapped[Id] = mapped_column(ForeignKey("paper_case.id"), primary_key=True)
    attachment_id: Mapped[Id] = mapped_column(ForeignKey("attachment.id"), primary_key=True)


class PaperImport(Base):
    """A workbook of cases on paper of one flow, handed in by a person; `run_id` is the last work on it."""

    __tablename__ = "paper_import"
    __table_args__ = (Index("ix_paper_import_at", "at"),)

    id: Mapped[PrimaryId]
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    definition_key: Mapped[Code]
    name: Mapped[str] = mapped_column(String(200))
    run_id: Mapped[Id | None]
    at: Mapped[Moment]
