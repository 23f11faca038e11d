"""Ready steps of a diagram as element templates (Camunda 8): what an admin adds by a click and configures by a form."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from service.flows.declaring import Declared
from service.flows.registry import declared
from service.tasks.voting import VOTE

SCHEMA = "https://unpkg.com/@camunda/zeebe-element-templates-json-schema/resources/schema.json"
VERSION = 1
RELEASES = ("release", "release_slot", "give_up", "close")
"""The last words of operations that let go of what is held and take nothing up."""
WORKDAYS = "5 workdays"
NOTIFY = "case.notify"
Property = Mapping[str, Any]


@dataclass(frozen=True)
class Block:
    """A ready step: `settings` are its zeebe:properties, `bindings` whatever else it begins with."""

    key: str
    icon: str
    name: str
    description: str
    kind: str = "bpmn:UserTask"
    settings: Mapping[str, str] = field(default_factory=dict)
    bindings: Sequence[Property] = ()
    event: str | None = None


def templates(flow: str) -> list[dict[str, Any]]:
    """All blocks for the diagram of a flow; operations of that flow come first where one must be chosen."""
    return [_template(block) for block in (*_decisions(), *_periods(), *_notices(), *_ledger(flow))]


def _decisions() -> Iterable[Block]:
    """Steps that persons decide."""
    decided = {"decisions": "approve,return,reject", "owedBy": "authority", "dueIn": WORKDAYS, "onExpiry": "escalate",
               "remindBefore": "1 workday"}  # fmt: skip
    voted = {"signing": VOTE, "quorum": "2/3", "ratio": "2/3", "secret": "true", "dueIn": WORKDAYS}
    filed = {**decided, "decisions": "accept,return,object", "onExpiry": "decide:deemed_filed"}
    return (
        Block("approval", "user-check", _("Approval"), _("One person approves, returns or rejects."), settings=decided),
        Block("countersign", "users", _("Countersignature"), _("All who are asked must agree."),
              settings={**decided, "signing": "all"}),
        Block("vote", "checkbox", _("Vote"), _("Members vote for, against or abstain; quorum and ratio decide."),
              settings=voted),
        Block("collective", "users-group", _("Collective decision"),
              _("A meeting decides; minutes are entered and confirmed by its chair."),
              settings={**decided, "collective": "ordinary"}),
        Block("paper", "file-certificate", _("Decision on paper"),
              _("Decided here, or outside on paper and recorded by a clerk."),
              settings={**decided, "paper": "allowed"}),
        Block("information", "eye", _("For information"),
              _("Somebody reads it and confirms that; the case waits meanwhile."),
              settings={**decided, "decisions": "complete"}),
        Block("filing", "archive", _("Filing"), _("Accept, return or object; silence may count as filed."),
              settings=filed),
    )  # fmt: skip


def _periods() -> Iterable[Block]:
    """Waiting for days to pass."""
    lasts = {"type": "bpmn:TimerEventDefinition#property", "name": "timeDuration"}
    days = {"id": "days", "label": _("How long"), "type": "String", "feel": "optional", "value": WORKDAYS,
            "description": _("As 5 workdays, or an expression with a parameter"), "binding": lasts}  # fmt: skip
    return (
        Block("publicity", "speakerphone", _("Publicity period"), _("Wait until a period of publicity is over."),
              "bpmn:IntermediateCatchEvent", bindings=(days,), event="bpmn:TimerEventDefinition"),
    )  # fmt: skip


def _notices() -> Iterable[Block]:
    """What the system tells somebody."""
    sends = {"type": "Hidden", "value": NOTIFY, "binding": {"type": "zeebe:taskDefinition", "property": "type"}}
    whom = _input("to", _("To whom"), "initiator",
                  _('initiator, a role (bureau_hr_chief), or a role of a school: ="principal@" + school'))  # fmt: skip
    text = _input("text", _("Text"), _("There is news of your case."), _("One or two sentences, or an expression"))
    return (
        Block("notice", "bell", _("Notice"), _("The system tells somebody; the case goes on at once."),
              "bpmn:ServiceTask", bindings=(sends, whom, text)),
    )  # fmt: skip


def _input(name: str, label: str, value: str, description: str) -> Property:
    """An input of an operation that an admin fills in, as text or FEEL."""
    bound = {"type": "zeebe:input", "name": name}
    return {"id": name, "label": label, "type": "String", "feel": "optional", "value": value,
            "description": description, "constraints": {"notEmpty": True}, "binding": bound}  # fmt: skip


def _ledger(flow: str) -> Iterable[Block]:
    """What the system does with headcount and posts, and whom it tells."""
    known = declared()
    reserving = [one for one in known.values() if one.ledger == "reserves"]
    settling = [one for one in known.values() if one.ledger in ("settles", "occupies")]
    releasing = [one for one in settling if one.name.rpartition(".")[2] in RELEASES]
    taking = [one for one in settling if one not in releasing]
    found = (
        ("reserve", "lock", _("Reserve"), _("Hold headcount and posts for the case."), reserving),
        ("release", "lock-open", _("Release"), _("Let go of what the case holds."), releasing),
        ("occupy", "briefcase", _("Take up a post"), _("Turn what is held into an appointment."), taking),
    )
    for key, icon, name, description, operations in found:
        yield Block(key, icon, name, description, "bpmn:ServiceTask", bindings=(_operation(operations, flow),))


def _operation(operations: Iterable[Declared], flow: str) -> Property:
    """The operation of a block: the first of the flow itself; the panel of settings offers the others."""
    mine = sorted(operations, key=lambda one: (one.name.partition(".")[0] != flow.partition("-")[0], one.name))
    return {"type": "Hidden", "value": mine[0].name, "binding": {"type": "zeebe:taskDefinition", "property": "type"}}


def _template(block: Block) -> dict[str, Any]:
    element: dict[str, Any] = {"value": block.kind}
    if block.event:
        element["eventDefinition"] = block.event
    named = {"type": "Hidden", "value": block.name, "binding": {"type": "property", "name": "name"}}
    settings = [
        {"type": "Hidden", "value": value, "binding": {"type": "zeebe:property", "name": name}}
        for name, value in block.settings.items()
    ]
    return {
        "$schema": SCHEMA,
        "id": f"lectern.{block.key}",
        "name": block.name,
        "description": block.description,
        "version": VERSION,
        "appliesTo": ["bpmn:Task", block.kind] if block.event is None else [block.kind],
        "elementType": element,
        "metadata": {"icon": block.icon},
        "properties": [named, *settings, *block.bindings],
    }
