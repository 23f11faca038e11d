"""From rows and facts to the replies of the API, in the caller's language."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.calendar import queries as calendars
from service.errors import Invalid
from service.instances import queries as instances
from service.people.members import names as names_of
from service.tasks import forms, outlook
from service.tasks import queries as tasks
from service.tasks import queries_papers as papers
from service.tasks.choices import Choice
from service.tasks.discretion import reads_contents
from service.tasks.facts import TaskFacts
from service.tasks.reasons import Reason
from service.tasks.targets import ReturnTarget
from service.tasks.view import TaskView
from service.web import edge
from service.web.casetitles import case_title
from service.web.conditions import reason_of
from service.web.naming import named
from service.web.outlookview import outlooks
from service.web.words import words

ID_LENGTH = 36


def task_item(row: Any) -> dict[str, Any]:
    """A task row as lists show it."""
    fields = ("id", "name", "element_id", "definition_key", "business_key", "state", "signing", "due_at",
              "opened_at", "priority", "version")  # fmt: skip
    return {
        **{field: getattr(row, field) for field in fields},
        "title": case_title(row.instance_id, row.title),
        "process_instance_id": row.instance_id,
        "workdays_left": calendars.installed().workdays_left(row.due_at, edge.now()),
        "overdue": row.due_at <= edge.now(),
        "on_behalf_of": represented_at(row),
    }


def represented_at(row: Any) -> list[str]:
    """Whom the reader represents where a row of a box lies; empty for what lies with the reader."""
    return [one.person_id for one in edge.actor().represented.get(getattr(row, "holder", ""), ())]


def facts_item(task: TaskFacts) -> dict[str, Any]:
    """A task's facts as lists show it."""
    return task_item(_Row(task))


def task_of(view: TaskView) -> dict[str, Any]:
    """A task as its page shows it."""
    task, locale = view.task, edge.locale()
    item = task_item(_Row(task))
    on_paper = {row.seat_id: row for row in papers.papers_of(task.id)}
    item["name"] = named(view.definition, task.element_id, task.name)
    return {
        **item,
        "assignee": task.assignee_id,
        "candidate_groups": list(task.groups),
        "decision": task.decision,
        "seats": seats(task, on_paper),
        "form": {
            "id": task.form_id,
            "schema": forms.visible(view.form, view.rights),
            "data": view.data,
            "rights": view.rights,
        },
        "decisions": [choice_of(choice, locale) for choice in view.choices],
        "acting_for": view.stands_for.person_id if view.stands_for else None,
        "reasons": [reason_out(view.definition, reason) for reason in view.reasons],
        "draft": draft_of(view.draft),
        "minutes": papers.minutes_of(task.id),
        "paper": on_paper.get(None),
        "return_targets": [target_of(view, target) for target in view.return_targets],
        "reentry": reentry_of(view),
        "recall": recall_of(task.id),
        "next": outlooks(
            view.definition, task.element_id, outlook.of_task(edge.actor(), view, now=edge.now()), view.hidden
        ),
    }


def recall_of(task_id: str) -> dict[str, Any] | None:
    """Whether the caller may take a decision back, and why not."""
    found = tasks.recall_offer(edge.actor(), task_id, edge.now())
    if found is None:
        return None
    refused = found.refused
    said = words(refused.code, refused.params, edge.locale()) if refused else None
    return {"until": found.until, "refused": refused.code if refused else None, "words": said}


def target_of(view: TaskView, target: ReturnTarget) -> dict[str, Any]:
    """A step to return to, in the caller's language."""
    fields = ("initiator", "previous", "straight", "persons")
    name = named(view.definition, target.element_id, target.name)
    return {"target": target.element_id, "name": name, **{field: getattr(target, field) for field in fields}}


def reentry_of(view: TaskView) -> dict[str, Any] | None:
    """How a task came to be open again, and what was changed meanwhile."""
    found = view.task.reentry
    if found is None:
        return None
    changes = None
    if view.changes is not None:
        changes = [{"field": one.field, "old": one.old, "new": one.new} for one in view.changes]
    return {"kind": found.kind, "task_id": found.task_id, "straight": found.next is not None, "changes": changes}


class _Row:
    """A task's facts under the names of its row."""

    def __init__(self, task: TaskFacts) -> None:
        self._task = task

    def __getattr__(self, name: str) -> Any:
        of_case = name in ("definition_key", "business_key", "title")
        return getattr(self._task.case if of_case else self._task, name)


def draft_of(draft: Any) -> dict[str, Any] | None:
    """A draft as the API shows it."""
    if draft is None:
        return None
    saved_at = draft.saved_at.isoformat()
    return {"values": draft.values, "decision": draft.decision, "opinion": draft.opinion, "saved_at": saved_at}


def seats(task: TaskFacts, on_paper: Mapping[str | None, Any]) -> list[dict[str, Any]]:
    """The seats of a task with names; `on_paper` gives the decisions that were recorded: those nobody has signed."""
    names = names_of([*task.person_ids])
    return [
        {
            "id": seat.id,
            "person_id": seat.person_id,
            "name": names.get(seat.person_id, ""),
            "state": seat.state,
            "decision": seat.decision,
            "opinion": seat.opinion,
            "signed_at": None if seat.id in on_paper else seat.signed_at,
            "paper": on_paper.get(seat.id),
            "on_behalf_of": seat.on_behalf_of,
            "kind": seat.kind,
            "for_seat_id": seat.for_seat_id,
        }
        for seat in task.seats
    ]


def choice_of(choice: Choice, locale: str) -> dict[str, Any]:
    """A decision with its words."""
    return {
        "value": choice.value,
        "label": choice.label.get(locale) or choice.label["zh"],
        "needs_reason": choice.needs_reason,
        "consequence": choice.consequence.get(locale) or choice.consequence.get("zh"),
    }


def reason_out(definition: Any, reason: Reason) -> dict[str, Any]:
    """A reason with its words; of a condition also the flow and the values that it read."""
    found: dict[str, Any] = {"code": reason.code, "text": reason_of(definition, reason)}
    if reason.code == "reason.condition":
        found |= {"flow_id": reason.params["flow"], "read": reason.params["values"]}
    if reason.decision_id is not None:
        found |= {"decision_id": reason.decision_id, "row": reason.row}
    return found


def instance_item(row: Any) -> dict[str, Any]:
    """A case row as lists show it."""
    fields = ("business_key", "definition_key", "definition_version", "state", "organisation_id", "started_at",
              "ended_at", "version")  # fmt: skip
    return {
        "title": case_title(row.instance_id, row.title),
        "id": row.instance_id,
        "initiator": row.initiator_id,
        **{field: getattr(row, field) for field in fields},
    }


def instance_of(actor: Any, instance_id: str) -> dict[str, Any]:
    """A case: where it stands and what it knows."""
    row = instances.case(actor, instance_id)
    return {
        **instance_item(row),
        "variables": instances.variables(actor, instance_id) if reads_contents(actor, instance_id) else {},
        "current": standing(actor, row),
        "suspension_reason": row.suspension_reason,
    }


def standing(actor: Any, row: Any) -> list[dict[str, Any]]:
    """Where the case stands: its live elements, and who holds the tasks among them."""
    definition = instances.definition_of(row)
    held = {task.token: task for task in tasks.open_of(row.instance_id, actor)}
    seen = instances.sight(actor, row.instance_id).tasks
    return [
        {
            "element_id": place.element_id,
            "name": named(definition, place.element_id, place.name),
            "kind": place.kind,
            "task_id": task.id if (task := held.get(place.token)) and task.id in seen else None,
            "holders": holders(held.get(place.token)),
        }
        for place in instances.current(actor, row.instance_id)
    ]


def holders(task: TaskFacts | None) -> list[str]:
    """Who has the task: persons with an open seat, else roles."""
    if task is None:
        return []
    seated = [seat.person_id for seat in task.seats if seat.state == "open"]
    return [f"person:{person_id}" for person_id in seated] or list(task.groups)


def event_of(event: Any, names: Mapping[str, str]) -> dict[str, Any]:
    """An event with its actor's name."""
    fields = ("seq", "at", "kind", "actor_id", "on_behalf_of", "element_id", "body", "redacted_at")
    told = {"actor_name": names.get(event.actor_id), "on_behalf_of_name": names.get(event.on_behalf_of or "")}
    return {**{field: getattr(event, field) for field in fields}, **told}


def events_of(events: Sequence[Any]) -> list[dict[str, Any]]:
    """Events with names."""
    names = names_of(list({one for event in events for one in (event.actor_id, event.on_behalf_of) if one}))
    return [event_of(event, names) for event in events]


def paged(items: Sequence[Mapping[str, Any]], query: Mapping[str, Any], key: str = "id") -> dict[str, Any]:
    """A page of a short list that was read whole; the cursor is the key of the last item, an unknown one is refused."""
    start, limit = 0, int(query["limit"])
    if query["cursor"]:
        places = [number for number, item in enumerate(items) if item[key] == query["cursor"]]
        if not places:
            raise Invalid("cursor.unreadable", cursor=query["cursor"][:80])
        start = places[0] + 1
    page = items[start : start + limit]
    return {"items": page, "next": page[-1][key] if start + limit < len(items) else None}


def split_cursor(text: str | None) -> tuple[str, str] | None:
    """(name, id) out of the cursor of a list that is ordered by name: the id's 36 characters, then the name."""
    if not text:
        return None
    if len(text) <= ID_LENGTH:
        raise Invalid("cursor.unreadable", cursor=text)
    return text[ID_LENGTH:], text[:ID_LENGTH]
