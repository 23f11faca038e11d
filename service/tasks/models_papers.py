"""Tables of what was decided outside: on paper, or by a meeting with minutes."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Id, Json, JsonList, JsonObject, Moment, PrimaryId

_OF_STEP = text("seat_id IS NULL")


class PaperDecision(Base):
    """A decision that was made outside, on paper, and recorded here (代录) for a seat.

    `seat_id` is null where nobody sat: of a step that nobody had claimed, and of the minutes of a whole vote.
    `decided_by` is the body or person as the paper names it, `person_id` the person where it is one of the house, then
    `on_behalf_of` whom that substitute represented; `decided_on` counts for deadlines, `recorded_at` stands beside it.
    `disputed_at` is set once, by who decided.
    """

    __tablename__ = "paper_decision"
    __table_args__ = (
        Index("ix_paper_decision_task_id", "task_id"),
        Index("uq_paper_decision_seat", "seat_id", unique=True),
        Index("uq_paper_decision_step", "task_id", unique=True, sqlite_where=_OF_STEP, postgresql_where=_OF_STEP),
    )

    id: Mapped[PrimaryId]
    task_id: Mapped[Id] = mapped_column(ForeignKey("task.id"))
    seat_id: Mapped[Id | None] = mapped_column(ForeignKey("seat.id"))
    decided_by: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[Id | None] = mapped_column(ForeignKey("person.id"))
    on_behalf_of: Mapped[Id | None] = mapped_column(ForeignKey("person.id"))
    document: Mapped[str] = mapped_column(String(100))
    decided_on: Mapped[date]
    decision: Mapped[str] = mapped_column(String(64))
    attachment_id: Mapped[Id] = mapped_column(ForeignKey("attachment.id"))
    recorded_by: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[Moment]
    disputed_by: Mapped[Id | None] = mapped_column(ForeignKey("person.id"))
    disputed_at: Mapped[Moment | None]
    dispute: Mapped[str | None] = mapped_column(Text)


class Minutes(Base):
    """What a meeting decided of a step (集体研究): entered by a secretary, in force once its chair has confirmed it.

    `due`, `present` and `recused` are ids of persons, the latter two of those due; `version` rises with each correction
    before the confirmation. `values` are the form's, those that are sensitive sealed; `rests_on` what else they rest
    on, as the flow knows it (`flows.declaring.minuted`).
    """

    __tablename__ = "minutes"

    task_id: Mapped[Id] = mapped_column(ForeignKey("task.id"), primary_key=True)
    meeting: Mapped[str] = mapped_column(String(200))
    held_on: Mapped[date]
    due: Mapped[JsonList]
    present: Mapped[JsonList]
    recused: Mapped[JsonList]
    chair_id: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    decision: Mapped[str] = mapped_column(String(64))
    opinion: Mapped[str | None] = mapped_column(Text)
    values: Mapped[JsonObject]
    rests_on: Mapped[Any | None] = mapped_column(Json)
    attachment_id: Mapped[Id] = mapped_column(ForeignKey("attachment.id"))
    entered_by: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[Moment]
    version: Mapped[int]
    confirmed_at: Mapped[Moment | None]
