"""Tables of work: tasks, seats, the queue, drafts."""

from datetime import date
from typing import Annotated, Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from service.access.case_rows import WAITING as WAITING
from workflows.base import Base, Code, Id, Json, JsonList, JsonObject, Moment, PrimaryId
from workflows.spans import NEVER as NEVER

Marks = Annotated[int, mapped_column(BigInteger)]
LEAST_URGENT = 100
EVERY_MARK = 2**63 - 1
"""Marks by which nothing is passed by: of a case of which no words are kept."""
MARKS = ("marks_0", "marks_1", "marks_2", "marks_3")


class Task(Base):
    """A user task that was opened; what lists show of its case is written here too, so that a page is one range.

    `state` is open | done | cancelled, `signing` single | all | any | sequence | vote; `groups` are the holders
    (`role@organisation`) that may claim it; `version` rises when data, seats or state change by other than a ballot.
    `due_at` is never null (NEVER without a deadline), so that one index range is one page. `reentry` is set when it
    was opened by a return or straight back after one (tasks/reentry.py).
    """

    __tablename__ = "task"
    __table_args__ = (
        Index("ix_task_instance_id_state", "instance_id", "state"),
        Index("ix_task_initiator_id", "initiator_id", "state", "id"),
        Index(
            "ix_task_done",
            "closed_at",
            "definition_key",
            "element_id",
            "opened_at",
            "decision",
            sqlite_where=text("state = 'done'"),
            postgresql_where=text("state = 'done'"),
        ),
        Index(
            "ix_task_cancelled",
            "closed_at",
            "opened_at",
            sqlite_where=text("state = 'cancelled'"),
            postgresql_where=text("state = 'cancelled'"),
        ),
        Index(
            "ix_task_late",
            "due_at",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[PrimaryId]
    instance_id: Mapped[Id] = mapped_column(ForeignKey("process_instance.id"))
    definition_id: Mapped[Id]
    definition_key: Mapped[Code]
    token: Mapped[Id]
    element_id: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10))
    signing: Mapped[str] = mapped_column(String(10))
    version: Mapped[int]
    business_key: Mapped[Code]
    title: Mapped[str] = mapped_column(String(300))
    initiator_id: Mapped[Id]
    organisation_id: Mapped[Id]
    groups: Mapped[JsonList]
    properties: Mapped[JsonObject]
    item: Mapped[Any | None] = mapped_column(Json)
    form_id: Mapped[str | None] = mapped_column(String(200))
    priority: Mapped[int]
    due_at: Mapped[Moment]
    opened_at: Mapped[Moment]
    closed_at: Mapped[Moment | None]
    decision: Mapped[str | None] = mapped_column(String(64))
    reentry: Mapped[Any | None] = mapped_column(Json)


class Seat(Base):
    """One person who signs, or has signed, a task.

    `state` is waiting | open | signed | recorded (a paper, `PaperDecision`) | removed | recused | superseded.
    `kind` is signer, adviser or delegate; `for_seat_id` the seat whose holder has drawn this person in.
    In a secret vote `decision`, `opinion` and `values` say nothing: signed means has voted (`BoxedBallot`).
    A seat is that of who is represented until a substitute signs it: then `person_id` is the substitute and
    `on_behalf_of` whose it was.
    """

    __tablename__ = "seat"
    __table_args__ = (Index("ix_seat_task_id", "task_id", "position"), Index("ix_seat_person_id", "person_id", "state"))

    id: Mapped[PrimaryId]
    task_id: Mapped[Id] = mapped_column(ForeignKey("task.id"))
    position: Mapped[int]
    person_id: Mapped[Id]
    state: Mapped[str] = mapped_column(String(10))
    decision: Mapped[str | None] = mapped_column(String(64))
    opinion: Mapped[str | None] = mapped_column(Text)
    values: Mapped[Any | None] = mapped_column(Json)
    signed_at: Mapped[Moment | None]
    on_behalf_of: Mapped[Id | None]
    kind: Mapped[str] = mapped_column(String(10))
    for_seat_id: Mapped[Id | None] = mapped_column(ForeignKey("seat.id"))


class BoxedBallot(Base):
    """One ballot of a secret vote: what was chosen, and nothing that leads to a person, a moment or an order.

    `id` is random (UUIDv4) and new whenever the box is touched; the table is clustered by it where the database can.
    `choice` is sealed until the vote closes, then yes | no | abstain.
    """

    __tablename__ = "ballot_box"
    __table_args__ = (Index("ix_ballot_box_task_id", "task_id", "id"), {"sqlite_with_rowid": False})

    id: Mapped[PrimaryId]
    task_id: Mapped[Id] = mapped_column(ForeignKey("task.id"))
    choice: Mapped[str] = mapped_column(Text)


class QueueEntry(Base):
    """Where a task waits: `holder` is `person:<id>` or `role@organisation`, `box` todo | claimable | done | copied.

    `due_at` orders a box; in `done` it is the moment of signing, or of handing over or asking; in `copied` of copying.
    `urgency` is 100 − the task's priority, so that the most urgent come first. The marks are those of the case
    (`CaseWords`): they end the index that a search walks along.
    """

    __tablename__ = "queue_entry"
    __table_args__ = (
        Index("ix_queue_entry_page", "holder", "box", "due_at", "id", *MARKS),
        Index("ix_queue_entry_arrival", "holder", "box", "id"),
        Index("ix_queue_entry_urgency", "holder", "box", "urgency", "due_at", "id"),
        Index("ix_queue_entry_task_id", "task_id"),
    )

    id: Mapped[PrimaryId]
    holder: Mapped[str] = mapped_column(String(120))
    box: Mapped[str] = mapped_column(String(10))
    due_at: Mapped[Moment]
    task_id: Mapped[Id] = mapped_column(ForeignKey("task.id"))
    urgency: Mapped[int]
    marks_0: Mapped[Marks]
    marks_1: Mapped[Marks]
    marks_2: Mapped[Marks]
    marks_3: Mapped[Marks]


class TaskRead(Base):
    """A person has looked at a task: in their boxes it is no longer marked as unread."""

    __tablename__ = "task_read"

    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"), primary_key=True)
    task_id: Mapped[Id] = mapped_column(ForeignKey("task.id"), primary_key=True)
    at: Mapped[Moment]


class Bulk(Base):
    """Many tasks that a person decides at once (批量审批); without a `decision` the agreeing one of each step.

    `run_id` is the background work that decides a long one; the run is forgotten before its bulk.
    """

    __tablename__ = "bulk"
    __table_args__ = (Index("ix_bulk_person_id", "person_id", "at"),)

    id: Mapped[PrimaryId]
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    decision: Mapped[str | None] = mapped_column(String(64))
    opinion: Mapped[str | None] = mapped_column(Text)
    run_id: Mapped[Id | None]
    at: Mapped[Moment]


class BulkRow(Base):
    """One task of a bulk; `state` is waiting | done | refused, then `code` and `params` say why."""

    __tablename__ = "bulk_row"

    bulk_id: Mapped[Id] = mapped_column(ForeignKey("bulk.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[str] = mapped_column(String(64))
    version: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(10))
    code: Mapped[str | None] = mapped_column(String(100))
    params: Mapped[JsonObject]
    decided_at: Mapped[Moment | None]


class Draft(Base):
    """What a person has filled in and not yet sent; kept without validation."""

    __tablename__ = "draft"

    task_id: Mapped[Id] = mapped_column(ForeignKey("task.id"), primary_key=True)
    person_id: Mapped[Id] = mapped_column(primary_key=True)
    values: Mapped[JsonObject]
    decision: Mapped[str | None] = mapped_column(String(64))
    opinion: Mapped[str | None] = mapped_column(Text)
    saved_at: Mapped[Moment]


class Overdue(Base):
    """A task whose deadline has passed: it counts against who owed it, also after it was done late.

    `organisation_id` and `role` are the office that had it, `role` "" for a person who was named; `owed_by` applicant |
    authority. Goes when more time is granted, or when the calendar or a decision on paper says afterwards that it was
    not late. When it fell due and was done the task itself says, `decided_at` when it was decided on paper before that.
    `rule` to `used` are those of the deadline that passed, to count it again (workflows/spans.py); None where that is
    not known any more.
    """

    __tablename__ = "overdue"
    __table_args__ = (Index("ix_overdue_organisation_id", "organisation_id", "task_id"),)

    task_id: Mapped[Id] = mapped_column(ForeignKey("task.id"), primary_key=True)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    role: Mapped[Code]
    owed_by: Mapped[str] = mapped_column(String(10))
    rule: Mapped[str | None] = mapped_column(String(200))
    start_day: Mapped[date | None]
    start_at: Mapped[Moment | None]
    used: Mapped[int | None]
    calendar_revision: Mapped[int] = mapped_column(default=0, server_default="0")
    decided_at: Mapped[Moment | None]


class Urging(Base):
    """Somebody has asked the holders of a task to hurry (催办): what the limits are counted by."""

    __tablename__ = "urging"
    __table_args__ = (Index("ix_urging_task_id", "task_id", "at"), Index("ix_urging_person_id", "person_id", "at"))

    id: Mapped[PrimaryId]
    task_id: Mapped[Id] = mapped_column(ForeignKey("task.id"))
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]


class CaseWords(Base):
    """What a case is found by: number, title, school and initiator as named at its start, normalised, a line each.

    The marks are 4 × 63 bits, three of them set for each character, each two neighbours, the flow and the
    organisation: where a bit that a query asks for is missing, the case need not be looked at.
    """

    __tablename__ = "case_words"

    instance_id: Mapped[Id] = mapped_column(ForeignKey("process_instance.id"), primary_key=True)
    words: Mapped[str] = mapped_column(Text)
    marks_0: Mapped[Marks]
    marks_1: Mapped[Marks]
    marks_2: Mapped[Marks]
    marks_3: Mapped[Marks]


class CaseGram(Base):
    """What stands at one place in the words of a case that has not ended: up to four characters.

    A word is looked up by its beginning, in the order of code points on both databases.
    """

    __tablename__ = "case_gram"

    gram: Mapped[str] = mapped_column(String(4).with_variant(String(4, "C"), "postgresql"), primary_key=True)
    instance_id: Mapped[Id] = mapped_column(ForeignKey("process_instance.id"), primary_key=True)
