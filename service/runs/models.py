"""The run: one piece of background work, from asking for it to its end."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Code, Id, Json, JsonObject, Moment, PrimaryId

OPEN = "state IN ('waiting', 'running')"
"""What may be worked on: the words of the index are those of the query, so that both databases use it."""


class Run(Base):
    """What is to be done (`kind`, `arguments`), for whom, and how far it is: `done` of `total` (None: not known yet).

    state: waiting | running | done | failed | cancelled. While it runs, `holder` names who works on it and
    `held_until` is the moment from which another may take it over; `attempts` counts who has begun. Whoever sees the
    organisation's cases sees the run too; without one it is its asker's own.
    """

    __tablename__ = "run"

    id: Mapped[PrimaryId]
    kind: Mapped[Code]
    state: Mapped[str] = mapped_column(String(9))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    account_id: Mapped[Id]
    person_id: Mapped[Id | None] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[Id | None] = mapped_column(ForeignKey("organisation.id"))
    arguments: Mapped[JsonObject]
    result: Mapped[JsonObject] = mapped_column(Json, default=dict)
    fault: Mapped[str | None] = mapped_column(String(100))
    fault_params: Mapped[JsonObject] = mapped_column(Json, default=dict)
    asked_at: Mapped[Moment]
    began_at: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]
    cancel_asked_at: Mapped[Moment | None]
    holder: Mapped[Id | None]
    held_until: Mapped[Moment | None]
    attempts: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name="state"),
        CheckConstraint(f"({OPEN}) = (ended_at IS NULL)", name="ended"),
        CheckConstraint("(state = 'running') = (holder IS NOT NULL)", name="holder"),
        CheckConstraint("(holder IS NULL) = (held_until IS NULL)", name="held_until"),
        CheckConstraint("(state = 'failed') = (fault IS NOT NULL)", name="fault"),
        Index("ix_run_open", "asked_at", "id", sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        Index("ix_run_account_id", "account_id", "id"),
        Index(None, "ended_at"),
    )
