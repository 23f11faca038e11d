"""The table of Idempotency-Keys: what was asked and what was answered."""

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Id, JsonObject, Moment


class IdempotencyKey(Base):
    """One answered request; `reply` holds the ids it made, from which the answer is rendered again.

    `route` is the method and path as requested ("POST /api/v1/tasks/<id>/claim"): the ids in it belong to the key.
    """

    __tablename__ = "idempotency_key"
    __table_args__ = (Index("ix_idempotency_key_at", "at"),)

    actor_id: Mapped[Id] = mapped_column(primary_key=True)
    route: Mapped[str] = mapped_column(String(300), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    reply: Mapped[JsonObject]
    at: Mapped[Moment]
