"""Tables of the chain: heads of streams, events, and the checkpoints that were signed over them."""

from sqlalchemy import Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Code, Moment


class AuditStream(Base):
    """The head of one stream; `unsealed` marks a head that no checkpoint has signed yet."""

    __tablename__ = "audit_stream"

    stream: Mapped[str] = mapped_column(String(80), primary_key=True)
    seq: Mapped[int]
    head: Mapped[bytes] = mapped_column(LargeBinary)
    unsealed: Mapped[bool]

    __table_args__ = (
        Index("ix_audit_stream_unsealed", "stream", sqlite_where=text("unsealed"), postgresql_where=text("unsealed")),
    )


class AuditEvent(Base):
    """One event. `body` is the exact JSON text under `digest`: a JSON column would not give the bytes back.

    `body`, `salt` and `sensitive` (encrypted JSON) become NULL when a recorded redaction erases them.
    """

    __tablename__ = "audit_event"

    stream: Mapped[str] = mapped_column(String(80), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[Moment]
    actor_id: Mapped[str] = mapped_column(String(80))
    on_behalf_of: Mapped[str | None] = mapped_column(String(80))
    kind: Mapped[Code]
    element_id: Mapped[str] = mapped_column(String(200))
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    body: Mapped[str | None] = mapped_column(Text)
    sensitive: Mapped[bytes | None] = mapped_column(LargeBinary)
    redacted_at: Mapped[Moment | None]
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditCheckpoint(Base):
    """One signed checkpoint: `line` is exactly what stands in the file outside the database."""

    __tablename__ = "audit_checkpoint"
    __table_args__ = (Index("ix_audit_checkpoint_at", "at", "n"),)

    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[Moment]
    line: Mapped[str] = mapped_column(Text)
