"""The operations on seats in words: what each is called, what it does, what was done."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from service.tasks import queries_seats
from service.tasks.facts import TaskFacts
from service.web import edge
from service.web.pages import seatview

MANY = frozenset({"before", "after", "copy"})
"""Operations that several people may be chosen for."""


@dataclass(frozen=True)
class Label:
    """`name` on menus and buttons, `does` a sentence, `ask` the label of the reason, `done` the note afterwards."""

    name: str
    does: str
    ask: str
    done: str


def labelled(operation: str) -> Label:
    """The words of an operation."""
    return {
        "before": _before,
        "after": _after,
        "transfer": _transfer,
        "delegate": _delegate,
        "copy": _copy,
        "remove": _remove,
    }[operation]()


def _before() -> Label:
    return Label(
        _("Ask before I decide"),
        _("They read the step and write their advice. When all have answered it is yours again, and you decide."),
        _("What you ask them"),
        _("Asked. It comes back to you when they have answered."),
    )


def _after() -> Label:
    return Label(
        _("Add signers after me"),
        _("They sign when you have agreed. The step is done when they agree too."),
        _("What you ask them"),
        _("Added. They sign after you."),
    )


def _transfer() -> Label:
    return Label(
        _("Hand over"),
        _("The task is theirs from now on. What has been filled in and not sent is dropped."),
        _("Reason"),
        _("Handed over."),
    )


def _delegate() -> Label:
    return Label(
        _("Let somebody act for me"),
        _("They fill in the form and say what they think. Then it comes back to you with both, and you decide."),
        _("What you ask them"),
        _("Passed on. It comes back to you when they are done."),
    )


def _copy() -> Label:
    return Label(
        _("Send a copy"),
        _("They may read this step. Nothing is asked of them."),
        _("Note"),
        _("Copied."),
    )


def _remove() -> Label:
    return Label(
        _("Remove a signer"),
        _("Whoever has not signed yet need not. With them go those whom they have drawn in."),
        _("Reason"),
        _("Removed."),
    )


def described(operation: str) -> dict[str, Any]:
    """An operation for a template."""
    label = labelled(operation)
    return {"key": operation, "name": label.name, "does": label.does, "ask": label.ask, "many": operation in MANY,
            "reason_required": operation != "copy"}  # fmt: skip


def shown(task: TaskFacts, instance_state: str) -> dict[str, Any]:
    """What a task's page says of its seats: what its menu offers, and that the reader only advises."""
    possible = queries_seats.possible(edge.actor(), task) if instance_state == "running" else ()
    return {"operations": [described(name) for name in possible], "advises": seatview.advises(task)}
