"""A publicity period stops by the message of its flow: at once, when a person says so, or where its end has come."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, column, select, table

from service.audit.chain import Head, NewEvent
from service.flows.publicity import sources
from service.flows.publicity.declaring import PUBLISHED
from service.flows.publicity.periods import TIMER
from service.flows.publicity.running import SUBSCRIPTION
from service.tasks import advance
from service.tasks.facts import SYSTEM, CaseFacts
from workflows import engine, store
from workflows.base import Json
from workflows.surroundings import Surroundings

TASK = table("task", column("instance_id"), column("token"), column("properties", Json))
SEEN_IN_THE_CASE = "收到公示异议，内容由人事科在“公示异议”中查看。"
"""What the case tells of it: who objected, and in which words, is for bureau HR alone."""


def stop(around: Surroundings, held: store.Held, case: CaseFacts, period: Row[Any], head: Head | None = None) -> bool:
    """Bring the message; False where the case waits for none (an older version, or the period stands still)."""
    found = PUBLISHED[period.flow]
    waits = select(SUBSCRIPTION).where(
        SUBSCRIPTION.c.instance_id == held.id,
        SUBSCRIPTION.c.name == found.message,
        SUBSCRIPTION.c.correlation_key == period.subject,
    )
    subscription = around.session.execute(waits).first()
    if subscription is None:
        return False
    told: Mapping[str, Any] = {"objection_from": None, "objection_text": SEEN_IN_THE_CASE}
    step = engine.deliver(held, subscription, told, around)
    body = {"name": found.message, "message_id": "", "passed": list(step.passed)}
    event = NewEvent("message.delivered", SYSTEM, element_id=subscription.element_id, body=body)
    advance.apply(around, case, step, [event], head=head)
    return True


def stops_at_its_end(
    around: Surroundings, held: store.Held, case: CaseFacts, timer: Row[Any], head: Head | None
) -> bool:
    """Whether the end of a period has come while an objection waits to be heard: then it stops instead of ending.

    A flow that keeps what its inquiry has to answer looks for that itself.
    """
    if timer.element_id != TIMER:
        return False
    step = select(TASK.c.properties["about"].as_string()).where(
        TASK.c.instance_id == held.id, TASK.c.token == timer.host
    )
    period = sources.waiting(around.session, held.id, around.session.scalar(step) if timer.host else None)
    if period is None or PUBLISHED[period.flow].receive is not None:
        return False
    return stop(around, held, case, period, head)
