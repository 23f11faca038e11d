"""Who acts in an operation, and the cause under which it moves the ledger: what all flows have in common."""

from service.posts.posting import Cause
from workflows.surroundings import Call


def cause_of(call: Call) -> Cause:
    """The case, element and token of an operation, and who acts in it."""
    return Cause(call.instance_id, call.element_id, call.token, actor_of(call), call.recorded_at)


def actor_of(call: Call) -> str:
    """The person who acts, else the account; `system` for a timer."""
    actor = call.actor
    return getattr(actor, "person_id", None) or getattr(actor, "account_id", None) or "system"
