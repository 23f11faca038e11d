"""Brings a message that one case has thrown to the case that waits for it: a command of its own, after the commit."""

from datetime import datetime

from service.access.actor import Actor
from service.errors import Conflict
from service.instances.commands_messages import DeliverMessage, deliver_message
from service.notices.delivery import NotYetError
from service.notices.outbox import Message


def deliver_thrown(message_id: str, message: Message, now: datetime) -> None:
    """Deliver one message of the outbox, once per its id; what nobody waits for stays there and is tried again.

    NotYetError while the case is suspended: it gets the message when it goes on, after months as well.
    """
    body = message.body
    sent = DeliverMessage(body["name"], body["correlation_key"], body["payload"], message_id)
    try:
        deliver_message(Actor.system(), sent, now=now)
    except Conflict as refused:
        if refused.code == "instance.not_running" and refused.params.get("state") == "suspended":
            raise NotYetError(refused.code) from refused
        raise
