"""Tables of the engine room: definitions, instances, variable history, timers, message subscriptions."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Code, Id, Json, JsonObject, Moment, PrimaryId


class Resource(Base):
    """One deployed file, stored once under the SHA-256 of its bytes."""

    __tablename__ = "resource"

    checksum: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))  # bpmn | dmn | form | toml
    name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ProcessDefinition(Base):
    """One version of one flow; `manifest` names every file it runs by (design §3.9)."""

    __tablename__ = "process_definition"
    __table_args__ = (UniqueConstraint("key", "version"),)

    id: Mapped[PrimaryId]
    key: Mapped[Code]
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(8))  # active | retired
    checksum: Mapped[str] = mapped_column(String(64))
    manifest: Mapped[JsonObject]  # {"bpmn": {file: checksum}, "dmn": {…}, "form": {…}, "toml": {…}}
    deployed_at: Mapped[Moment]


class ProcessInstance(Base):
    """A running or ended case: live tokens with local scopes in `tokens`, root variables in `variables`."""

    __tablename__ = "process_instance"

    id: Mapped[PrimaryId]
    definition_id: Mapped[Id] = mapped_column(ForeignKey("process_definition.id"), index=True)
    state: Mapped[str] = mapped_column(String(12))
    version: Mapped[int]
    tokens: Mapped[bytes] = mapped_column(LargeBinary)
    variables: Mapped[JsonObject]
    started_at: Mapped[Moment]
    ended_at: Mapped[Moment | None] = mapped_column(index=True)


class VariableChange(Base):
    """What one step did to one variable; `version` is the instance version that the step made."""

    __tablename__ = "variable_change"

    instance_id: Mapped[Id] = mapped_column(ForeignKey("process_instance.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(String(36), primary_key=True)  # "" is the root, else the token of the scope
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    element_id: Mapped[str] = mapped_column(String(200))
    old: Mapped[Any | None] = mapped_column(Json)
    new: Mapped[Any | None] = mapped_column(Json)
    at: Mapped[Moment]


class Timer(Base):
    """A deadline: the row is the only truth about *when* (design §3.5).

    `kind` is `event` for a timer drawn in the diagram (`token` set, and where it is attached to an activity `host`, the
    token of that) and `due`, `remind`, `overdue` for deadlines of a
    task (`subject_id` set; `overdue` reminds of one that has passed; `remind` is counted back from the deadline, which
    its `start_day` and `start_at` name). `rule` is the text of the diagram, counted from
    `start_day` less the days in `used`, or from the moment `start_at` less its seconds (workflows/spans.py), `unit`
    workdays | days | workhours | instant | cycle | still, `remaining` the rounds that a cycle has left, `paused` what
    the timer of a suspended case still has: (working) days, else seconds, `extended` how often more time was granted.
    `retry_at` is set while firing it fails: the moment of the next attempt, far away once its case has failed.
    """

    __tablename__ = "timer"
    __table_args__ = (Index("ix_timer_due", "due_at", "id"), Index("ix_timer_subject", "subject_id"))

    id: Mapped[PrimaryId]
    instance_id: Mapped[Id] = mapped_column(ForeignKey("process_instance.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    element_id: Mapped[str] = mapped_column(String(200))
    token: Mapped[str | None] = mapped_column(String(36))
    host: Mapped[str | None] = mapped_column(String(36))
    subject_id: Mapped[str | None] = mapped_column(String(36))
    due_at: Mapped[Moment]
    rule: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(10))
    start_day: Mapped[date]
    start_at: Mapped[Moment | None]
    used: Mapped[int] = mapped_column(default=0)
    remaining: Mapped[int | None]
    paused: Mapped[int | None]
    extended: Mapped[int] = mapped_column(default=0, server_default="0")
    calendar_revision: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    retry_at: Mapped[Moment | None]


class MessageSubscription(Base):
    """A message catch event or receive task that waits; kept in the step that opens or closes it."""

    __tablename__ = "message_subscription"
    __table_args__ = (Index("ix_message_subscription_match", "name", "correlation_key"),)

    id: Mapped[PrimaryId]
    instance_id: Mapped[Id] = mapped_column(ForeignKey("process_instance.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    correlation_key: Mapped[str] = mapped_column(String(200))
    element_id: Mapped[str] = mapped_column(String(200))
    token: Mapped[str] = mapped_column(String(36))


class StartTimer(Base):
    """When the active version of a flow next begins by itself; one row a flow, drawn as its timer start event.

    `due_at` is far away after the last moment of the series. `active` is what an admin switches; a newer version of
    the flow takes the row over.
    """

    __tablename__ = "start_timer"
    __table_args__ = (Index("ix_start_timer_due", "due_at"),)

    definition_key: Mapped[Code] = mapped_column(primary_key=True)
    definition_id: Mapped[Id] = mapped_column(ForeignKey("process_definition.id"))
    element_id: Mapped[str] = mapped_column(String(200))
    rule: Mapped[str] = mapped_column(String(200))
    due_at: Mapped[Moment]
    active: Mapped[bool]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    retry_at: Mapped[Moment | None]
