"""The tables of dated parameter values and of what is proposed; values are only ever added."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Code, Id, Json, Moment, PrimaryId


class ParameterValue(Base):
    """A value in force from a day on, for good or to a last day; `scopes.holding` says which of several (ids rise).

    `scope` is for whom (scopes.py): "" the whole county, else organisation:<id>, weak, area:…, stage:… or flow:….
    A value of null ends what was set apart for a scope.
    """

    __tablename__ = "parameter"
    __table_args__ = (Index("ix_parameter_key", "key", "valid_from", "id"),)

    id: Mapped[PrimaryId]
    key: Mapped[Code]
    scope: Mapped[str] = mapped_column(String(80), default="", server_default=text("''"))
    value: Mapped[Any] = mapped_column(Json)
    unit: Mapped[str] = mapped_column(String(20))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(300))
    entered_by: Mapped[str] = mapped_column(String(80))
    entered_at: Mapped[Moment]


class ParameterProposal(Base):
    """A value that one person has entered and a second one confirms or refuses.

    `valid_until` is its last day; None: until another follows. `state` is open | confirmed | refused. A confirmed one
    has become the row `parameter_id`.
    """

    __tablename__ = "parameter_proposal"
    __table_args__ = (Index("ix_parameter_proposal_key", "key", "state", "id"),)

    id: Mapped[PrimaryId]
    key: Mapped[Code]
    scope: Mapped[str] = mapped_column(String(80), default="", server_default=text("''"))
    value: Mapped[Any] = mapped_column(Json)
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(10))
    proposed_by: Mapped[str] = mapped_column(String(80))
    proposed_at: Mapped[Moment]
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[Moment | None]
    reason: Mapped[str | None] = mapped_column(String(500))
    parameter_id: Mapped[Id | None] = mapped_column(ForeignKey("parameter.id"))
