"""The table of what may be taken back."""

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Code, Id, JsonObject, Moment, PrimaryId


class Undo(Base):
    """What a decision or a ballot replaced, so that it can be taken back (撤回) for a short while.

    `id` is the case for its last decision, which the next one replaces, and the seat for a ballot that decided nothing.
    A decision is useless once the case is of another `version`. `barred` is the code of what makes it final at once;
    then nothing else is kept. `tokens` is the marking before, `kept` the other rows (tasks/undo.py).
    """

    __tablename__ = "undo"
    __table_args__ = (Index("ix_undo_instance_id", "instance_id"), Index("ix_undo_until", "until"))

    id: Mapped[PrimaryId]
    instance_id: Mapped[Id] = mapped_column(ForeignKey("process_instance.id"))
    task_id: Mapped[Id]
    person_id: Mapped[Id]
    version: Mapped[int]
    at: Mapped[Moment]
    until: Mapped[Moment]
    barred: Mapped[Code | None]
    tokens: Mapped[bytes] = mapped_column(LargeBinary)
    kept: Mapped[JsonObject]
