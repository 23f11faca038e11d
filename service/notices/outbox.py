"""Posts messages in the transaction that causes them; they leave after its commit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, delete, insert
from sqlalchemy.orm import Session

from service.notices.models import OutboxMessage
from workflows.base import new_id
from workflows.writing import write

OUTBOX = cast("Table", OutboxMessage.__table__)
THROWN = "message.thrown"
IN_APP = "in_app"
LEFT = "person.left"
VOID = "case.void"
MESSAGE = "message"
DEPARTURE = "departure"
CLOSING = "closing"
INSIDE = (IN_APP, MESSAGE, DEPARTURE, CLOSING)
"""Channels that never leave the house."""
INCIDENT, ADMINS = "incident.opened", "role:admin"
"""What the admins are told when a timer has used up its attempts."""
AT_ONCE = timedelta(0)

_POST = insert(OUTBOX)


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody is told: `kind` names the words, `holder` is `person:<id>`, `role@<organisation>` or `role:<role>`.

    A message that a diagram throws (`message.thrown`) goes to another case instead, and that somebody has left
    (`person.left`) to the cases in which that person applies, and that a case has lost its ground (`case.void`) to that
    case: each as a command of its own.
    """

    kind: str
    holder: str
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def channel(self) -> str:
        return {THROWN: MESSAGE, LEFT: DEPARTURE, VOID: CLOSING}.get(self.kind, IN_APP)


def post(session: Session, messages: Sequence[Message], now: datetime, hold: timedelta = AT_ONCE) -> list[str]:
    """Write messages with one statement; their ids, under which a receiver knows a repeated delivery.

    Notices wait for `hold`, so that a step that is taken back has told nobody; messages to cases leave at once.
    """
    if not messages:
        return []
    rows = [
        row_of(message, message.channel, now, hold if message.channel == IN_APP else AT_ONCE) for message in messages
    ]
    insert_rows(session, rows)
    return [row["id"] for row in rows]


def withdraw(session: Session, ids: Sequence[str]) -> int:
    """Delete messages that have not left; how many there were."""
    if not ids:
        return 0
    waiting = delete(OUTBOX).where(OUTBOX.c.id.in_(ids), OUTBOX.c.state == "waiting")
    return session.connection().execute(waiting).rowcount


def insert_rows(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows that `row_of` made."""
    write(session, _POST, rows)


def row_of(message: Message, channel: str, now: datetime, hold: timedelta = AT_ONCE) -> dict[str, Any]:
    """A message as a row that leaves by a channel, not before `now + hold`."""
    return {
        "id": new_id(),
        "channel": channel,
        "kind": message.kind,
        "holder": message.holder,
        "body": dict(message.body),
        "created_at": now,
        "state": "waiting",
        "next_at": now + hold,
        "not_before": now + hold if hold else None,
        "attempts": 0,
        "sent_at": None,
        "last_error": None,
    }
