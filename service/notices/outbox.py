"""Posts messages in the transaction that causes them; they leave after its commit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from service.notices.models import OutboxMessage
from workflows.base import new_id

OUTBOX = cast("Table", OutboxMessage.__table__)
THROWN = "message.thrown"
IN_APP = "in_app"
MESSAGE = "message"

_POST = insert(OUTBOX)


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody is told: `kind` names the words, `holder` is `person:<id>`, `role@<organisation>` or `role:<role>`.

    A message that a diagram throws (`message.thrown`) goes to another case instead, as a command of its own.
    """

    kind: str
    holder: str
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def channel(self) -> str:
        return MESSAGE if self.kind == THROWN else IN_APP


def post(session: Session, messages: Sequence[Message], now: datetime) -> list[str]:
    """Write messages with one statement; their ids, under which a receiver knows a repeated delivery."""
    if not messages:
        return []
    rows = [_row(message, now) for message in messages]
    session.connection().execute(_POST, rows)
    return [row["id"] for row in rows]


def _row(message: Message, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "channel": message.channel,
        "kind": message.kind,
        "holder": message.holder,
        "body": dict(message.body),
        "created_at": now,
        "state": "waiting",
        "next_at": now,
        "attempts": 0,
        "sent_at": None,
        "last_error": None,
    }
