"""A vote on its page: the ballot paper, how many have voted, what the reader did, and the result once it is closed."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from service.tasks import voting
from service.tasks.discretion import COUNTED, RECORDED
from service.tasks.facts import TaskFacts
from service.tasks.view import TaskView
from service.web import edge
from service.web.naming import decision_words

TONES = {voting.PASSED: "good", voting.FAILED: "bad", voting.NO_QUORUM: "wait"}


def ballot(found: TaskView) -> dict[str, Any] | None:
    """What components/ballot.html is given; None for a task that is signed otherwise."""
    task = found.task
    if task.signing != voting.VOTE:
        return None
    terms = voting.terms_of(task.properties)
    seats = [seat for seat in task.seats if seat.state != "removed"]
    recused = sum(seat.state == "recused" for seat in seats)
    return {
        "secret": terms.secret,
        "state": _state(found, edge.now()),
        "members": len(seats),
        "voted": len(voting.voted(seats)),
        "recused": recused,
        "waiting": sum(seat.state == "open" for seat in seats),
        "quorum": voting.quorum_of(terms, len(seats)),
        "ratio": str(terms.ratio),
        "voted_at": _voted_at(task),
        "result": _result(found),
    }


def _state(found: TaskView, now: datetime) -> str:
    """paper (the reader may vote) | voted | aside | counting | closed | watching."""
    task = found.task
    seat = task.seat_of(edge.actor().person_id)
    if task.state != "open":
        return "closed"
    if now >= task.due_at:
        return "counting"
    if found.may_act and found.recused is None:
        return "paper"
    own = {"signed": "voted", "recused": "aside"}
    return own.get(seat.state, "watching") if seat else "watching"


def _voted_at(task: TaskFacts) -> datetime | None:
    seat = task.seat_of(edge.actor().person_id)
    return seat.signed_at if seat else None


def _result(found: TaskView) -> dict[str, Any] | None:
    """The count, once it is there: the closing event is what everybody who sees the task may read."""
    task = found.task
    told = [event.body for event in found.events if event.kind in (COUNTED, RECORDED) and event.body]
    count = next((body for body in told if body.get("task_id") == task.id), None)
    if count is None:
        return None
    labels = (
        (voting.YES, decision_words(found.definition, task.element_id, voting.YES)),
        (voting.NO, decision_words(found.definition, task.element_id, voting.NO)),
        (voting.ABSTAIN, decision_words(found.definition, task.element_id, voting.ABSTAIN)),
        ("present", _("Voted")),
        ("members", _("Members")),
        ("recused", _("Stepped aside")),
    )
    return {
        "words": decision_words(found.definition, task.element_id, task.decision),
        "tone": TONES.get(str(task.decision), ""),
        "figures": [{"label": words, "value": count[name]} for name, words in labels],
    }


def choices(found: TaskView, offered: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The choices of a ballot paper, none lighter to take than another, each asked about once more."""
    if _state(found, edge.now()) != "paper":
        return []
    asked = [
        _("You vote “%(choice)s”. A ballot cannot be changed or taken back.", choice=one["label"]) for one in offered
    ]
    return [{**one, "tone": "plain", "confirm": words} for one, words in zip(offered, asked, strict=True)]
