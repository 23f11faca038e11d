"""Messages from outside: each brought to the one case that waits for it, once per message id (design §5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.audit.chain import NewEvent
from service.db import answer, transaction
from service.errors import Conflict, NotFound
from service.instances import facts
from service.instances.models import DeliveredMessage
from service.tasks import advance
from service.tasks.around import surroundings
from workflows import engine, store
from workflows.base import table_of
from workflows.models import MessageSubscription

_DELIVERED = table_of(DeliveredMessage)
_SUBSCRIPTION = table_of(MessageSubscription)
_CLAIM = {
    "postgresql": postgresql.insert(_DELIVERED).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(_DELIVERED).on_conflict_do_nothing(),
}


@dataclass(frozen=True)
class DeliverMessage:
    """A message by name and correlation key; `message_id` is the sender's, who may send it again."""

    name: str
    correlation_key: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    message_id: str = ""


def deliver_message(actor: Actor, command: DeliverMessage, *, now: datetime) -> str:
    """The id of the case that took the message; one with a known message id changes nothing.

    NotFound("message.unmatched") when no case waits for it, Conflict("message.ambiguous") when several do,
    Conflict("instance.not_running" | "subscription.gone").
    """
    with transaction() as session:
        policy.require(actor, "message.deliver")
        earlier = _earlier(session, command)
        subscription = _only_one(session, command) if earlier is None else None
        earlier = earlier or _claim(session, command, subscription, now)
        if earlier is not None:
            answer(session, instance_id=earlier)
            return earlier
        assert subscription is not None
        held = store.lock(session, subscription.instance_id)
        case = facts.read(session, held)
        around = surroundings(session, actor, now, case.about)
        step = engine.deliver(held, subscription, command.variables, around)
        body = {"name": command.name, "message_id": command.message_id, "passed": list(step.passed)}
        event = NewEvent("message.delivered", advance.actor_of(around), element_id=subscription.element_id, body=body)
        advance.apply(around, case, step, [event], head=None)
        answer(session, instance_id=held.id)
        return held.id


def _only_one(session: Session, command: DeliverMessage) -> Row[Any] | None:
    waiting = select(_SUBSCRIPTION).where(
        _SUBSCRIPTION.c.name == command.name, _SUBSCRIPTION.c.correlation_key == command.correlation_key
    )
    found = session.execute(waiting.order_by(_SUBSCRIPTION.c.id).limit(2)).all()
    if len(found) > 1:
        raise Conflict("message.ambiguous", name=command.name, correlation_key=command.correlation_key)
    return found[0] if found else None


def _claim(session: Session, command: DeliverMessage, subscription: Row[Any] | None, now: datetime) -> str | None:
    """None when the message id is new and now taken; else the case that had it. A twin waits here."""
    if subscription is not None:
        row = {"message_id": command.message_id, "instance_id": subscription.instance_id, "at": now}
        connection = session.connection()
        claimed = connection.execute(
            _CLAIM[connection.dialect.name], row, execution_options={"preserve_rowcount": True}
        )
        if claimed.rowcount == 1:
            return None
    earlier = _earlier(session, command)
    if earlier is None:
        raise NotFound("message.unmatched", name=command.name, correlation_key=command.correlation_key)
    return earlier


def _earlier(session: Session, command: DeliverMessage) -> str | None:
    """The case that a message of this id went to before."""
    known = select(_DELIVERED.c.instance_id).where(_DELIVERED.c.message_id == command.message_id)
    return session.scalar(known)
