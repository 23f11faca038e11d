"""The run by which a case begins many others: one short transaction each, then the message that its asker waits for."""

from collections.abc import Mapping
from typing import Any

from service.access.actor import Actor
from service.clock import Clock
from service.instances.commands_asked import BeginAsked, begin_asked
from service.instances.commands_messages import DeliverMessage, deliver_message
from service.runs.declaring import Progress, Running, runner


@runner(
    "case.begin_many", "逐件启动事项", "Begin cases", said=("共 {total} 件", "{total} cases"), lane="long",
)  # fmt: skip
def begin_many(running: Running, progress: Progress, clock: Clock) -> Mapping[str, Any]:
    """Begin the cases that are not begun yet, each by its own number; a repeat goes on where an earlier one ended."""
    asked, begun = running.arguments, 0
    for done, case in enumerate(asked["cases"]):
        progress(done, len(asked["cases"]))
        command = BeginAsked(
            running, asked["parent_id"], case["number"], asked["definition_key"], asked["initiator_id"],
            case["organisation_id"], case["variables"],
        )  # fmt: skip
        begun += begin_asked(Actor.system(), command, now=clock.now())
    message = DeliverMessage(asked["message"], asked["parent_id"], {}, f"{asked['message']}:{asked['parent_id']}")
    deliver_message(Actor.system(), message, now=clock.now())
    return {"begun": begun, "total": len(asked["cases"]), "parent_id": asked["parent_id"]}
