"""Ends cases that have lost their ground: told by the outbox, a command for each (policy.md §3.C, §3.T).

Somebody has left, and the own applications end; or what a case rests on is void, and that case ends.
"""

from datetime import datetime

from service.access.actor import Actor
from service.flows import registry
from service.instances.commands import CaseCommand, cancel_instance
from service.instances.queries_departed import is_under_way, own_cases
from service.notices.outbox import Message

REASON = "申请人已离开：{because}"


def close_applications(_message_id: str, message: Message, now: datetime) -> None:
    """Take the person off the flows' lists, and cancel each open case of the person's own; holds are released.

    Told again, it finds what was left over.
    """
    person_id, because = message.body["person_id"], message.body["because"]
    registry.departed(person_id, because, now)
    for instance_id in own_cases(person_id):
        reason = REASON.format(because=because)
        cancel_instance(Actor.system(), CaseCommand(instance_id, reason=reason), now=now)


def close_case(_message_id: str, message: Message, now: datetime) -> None:
    """Cancel the case that the message names, if it has not ended; told again, it finds nothing to do."""
    instance_id, because = message.body["instance_id"], message.body["because"]
    if is_under_way(instance_id):
        cancel_instance(Actor.system(), CaseCommand(instance_id, reason=because), now=now)
