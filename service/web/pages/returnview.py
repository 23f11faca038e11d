"""What returns and recalls add to the page of a task: why it came back, what was changed, what can be taken back."""

from typing import Any

from service.people import queries as people
from service.tasks import queries
from service.tasks.facts import TaskFacts
from service.tasks.standing import unrecalled
from service.tasks.view import TaskView
from service.web import edge
from service.web.pages import frame, story
from service.web.pages.factview import fact
from service.web.words import words

BACK = ("return", "object")


def remarks(found: TaskView) -> list[dict[str, str]]:
    """To who corrects: what the others wrote when they returned the case, since it was last handed in."""
    returned = found.task.reentry is not None or found.task.properties.get("owedBy") == "applicant"
    if not returned or found.task.state != "open":
        return []
    said: list[Any] = []
    for event in unrecalled(found.events):
        body = event.body or {}
        if event.kind == "task.signed" and event.element_id == found.task.element_id:
            said.clear()
        elif event.kind == "task.signed" and body.get("decision") in BACK and body.get("opinion"):
            said.append(event)
    names = people.names([event.actor_id for event in said])
    return [
        {
            "by": names.get(event.actor_id, ""),
            "text": event.body["opinion"],
            "step": story.step_of(found.definition, event),
        }
        for event in said
    ]


def panels(found: TaskView) -> dict[str, Any]:
    """What the page asks for: whether it offers a return, what was changed, what can be taken back."""
    returns = bool(found.return_targets)
    return {"may_return": returns, "changes": changed(found), "recall": recallable(found.task)}


def changed(found: TaskView) -> list[dict[str, str]] | None:
    """To who has a returned case back: the fields that were changed, in words."""
    if found.changes is None or found.task.state != "open":
        return None
    show = frame.show()
    return [
        {"label": show.label(one.component), "old": fact(one.component, one.old), "new": fact(one.component, one.new)}
        for one in found.changes
    ]


def recallable(task: TaskFacts) -> dict[str, Any] | None:
    """Whether the reader may take the own decision back, and why not."""
    offer = queries.recall_offer(edge.actor(), task.id, edge.now())
    if offer is None:
        return None
    refused = words(offer.refused.code, offer.refused.params, edge.locale()) if offer.refused else None
    return {"until": offer.until, "refused": refused}
