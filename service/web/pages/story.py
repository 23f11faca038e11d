"""The timeline of a case in words: what stands now, then what happened, the latest first."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from service.access.case_rows import CONFIDENTIAL
from service.audit.timeline import Event
from service.flows.hiring import queries as candidates
from service.people import queries as people
from service.tasks.assignment import place_of
from service.tasks.discretion import CONFIRMED, COUNTED, RECORDED, SEATING, SIGNED
from service.tasks.facts import TaskFacts
from service.tasks.moving import EXTENDED, MOVED, RECOMPUTED, RESUMED
from service.tasks.signing import SIGNER
from service.tasks.voting import FAILED, NO_QUORUM
from service.web import edge
from service.web.naming import (
    advice_words,
    count_words,
    decision_words,
    holder_names,
    meeting_words,
    named,
    operation_words,
    outcome_words,
    paper_words,
    seat_words,
)
from service.web.pages.frame import show
from service.web.words import words

QUIET = frozenset(
    {"task.opened", "decision.made", "parameters.used", "timer.scheduled", "task.completed", "task.claimed",
     "task.unclaimed", "attachment.added", "task.cancelled"}
)  # fmt: skip
"""Events that the chain keeps and the timeline does not tell one by one."""
DEADLINES = frozenset({EXTENDED, RECOMPUTED, MOVED, RESUMED})


def timeline(definition: Any, events: Sequence[Event], standing: Sequence[TaskFacts]) -> list[dict[str, Any]]:
    """What components/timeline.html is given."""
    events = _told_once(events)
    people_ids = {event.actor_id for event in events} | {event.on_behalf_of for event in events if event.on_behalf_of}
    seated = {seat.person_id for task in standing for seat in task.seats}
    names = people.names([*people_ids, *seated, *(one for event in events for one in _spoken_of(event))])
    subjects, places = _subjects(events), _places(standing)
    told = [_event(definition, event, names, subjects) for event in events if event.kind not in QUIET]
    current = [_current(definition, task, holder_names(task, names, places), subjects) for task in standing]
    return [*current, *reversed(told)]


def _places(standing: Sequence[TaskFacts]) -> Mapping[str, str]:
    """Organisation → its name where one step is open at several, as that of an exchange is at every school."""
    found = {place_of(group)[1] for task in standing for group in task.groups}
    several = len({task.element_id for task in standing}) < len(standing)
    return people.organisation_names(found, edge.locale()) if several else {}


def _told_once(events: Sequence[Event]) -> list[Event]:
    """A return is one line: the signature that it is made of gives it its reason."""
    returned = {_decided(event) for event in events if event.kind == "task.returned"}
    signed = {_decided(event): event for event in events if event.kind == SIGNED and _decided(event) in returned}
    return [
        replace(event, body={**event.body, "opinion": (signed[_decided(event)].body or {}).get("opinion")})
        if event.kind == "task.returned" and event.body is not None and _decided(event) in signed
        else event
        for event in events
        if not (event.kind == SIGNED and event is signed.get(_decided(event)))
    ]


def _decided(event: Event) -> tuple[Any, datetime]:
    return (event.body or {}).get("task_id"), event.at


def _subjects(events: Sequence[Event]) -> dict[str, str]:
    """Task id → name of the candidate that the task was opened about, for who may know the candidates."""
    about = {event.body["task_id"]: event.body["about"] for event in events if event.body and "about" in event.body}
    names = candidates.told_names(edge.actor(), list(set(about.values())))
    return {task_id: names[one] for task_id, one in about.items() if one in names}


def _of(step: str, subject: str | None) -> str:
    """A step, and whom it is about."""
    return _("%(step)s · %(name)s", step=step, name=subject) if subject else step


def _current(definition: Any, task: TaskFacts, holders: Sequence[str], subjects: Mapping[str, str]) -> dict[str, Any]:
    return {
        "state": "current",
        "text": _of(named(definition, task.element_id, task.name), subjects.get(task.id)),
        "due_at": task.due_at if task.has_deadline else None,
        "note": _("waits for %(names)s", names=_(", ").join(holders)),
    }


def _event(definition: Any, event: Event, names: Mapping[str, str], subjects: Mapping[str, str]) -> dict[str, Any]:
    body = event.body or {}
    told = {
        "state": "refused"
        if body.get("kind", SIGNER) == SIGNER and body.get("decision") in ("reject", FAILED, NO_QUORUM)
        else "done",
        "actor": (event.kind != "operation.performed" and names.get(event.actor_id)) or _("System"),
        "on_behalf_of": names.get(event.on_behalf_of or ""),
        "at": event.at,
    }
    if body.get(CONFIDENTIAL):
        return {**told, "text": words("confidential.done", {}, edge.locale()), "note": step_of(definition, event)}
    if event.kind == "task.signed":
        step = _of(named(definition, event.element_id, body.get("name", "")), subjects.get(body.get("task_id", "")))
        opinion = body.get("opinion")
        note = _("%(step)s: %(opinion)s", step=step, opinion=opinion) if opinion else step
        said = decision_words(definition, event.element_id, body.get("decision"))
        return {**told, "text": advice_words(body, said, names), "note": note}
    if event.kind == RECORDED:
        return {**told, **_recorded(definition, event, names)}
    if event.kind == CONFIRMED:
        return {**told, **_met(definition, event, names)}
    if event.kind == COUNTED:
        result, step = decision_words(definition, event.element_id, body.get("decision")), step_of(definition, event)
        return {**told, "text": _("Vote: %(result)s", result=result), "note": f"{step} · {count_words(body)}"}
    if event.kind == "task.returned" and body.get("opinion"):
        told["note"] = body["opinion"]
    return {**told, "text": words(f"event.{event.kind}", _params(definition, event, names), edge.locale())}


def _recorded(definition: Any, event: Event, names: Mapping[str, str]) -> dict[str, str]:
    """A decision on paper: whose it is comes first, who recorded it is the actor of the line."""
    body = event.body or {}
    decision = advice_words(body, decision_words(definition, event.element_id, body.get("decision")), names)
    whose = body["paper"]["decided_by"]
    counted = count_words(body) if "present" in body else ""
    parts = [step_of(definition, event), seat_words(body, names), paper_words(body["paper"]), counted,
             body.get("opinion")]  # fmt: skip
    return {
        "text": _("recorded the decision of %(body)s on paper: %(decision)s", body=whose, decision=decision),
        "note": " · ".join(filter(None, parts)),
    }


def _met(definition: Any, event: Event, names: Mapping[str, str]) -> dict[str, str]:
    """A collective decision: confirmed by the actor of the line, entered by another."""
    body = event.body or {}
    decision = decision_words(definition, event.element_id, body.get("decision"))
    secretary = _("entered by %(name)s", name=names.get(body["meeting"]["entered_by"], ""))
    parts = [step_of(definition, event), meeting_words(body["meeting"]), secretary, body.get("opinion")]
    return {
        "text": _("confirmed the collective decision: %(decision)s", decision=decision),
        "note": " · ".join(filter(None, parts)),
    }


def _spoken_of(event: Event) -> list[str]:
    """The persons of whom an operation on seats speaks."""
    body = event.body or {}
    if event.kind not in (*SEATING, "task.copied"):
        spoken = ("for", "seat_of") if event.kind in (SIGNED, RECORDED) else ()
        return [body[name] for name in spoken if name in body]
    return [*(body[name] for name in ("from", "to", "person") if name in body), *body.get("persons", ())]


def _message_words(name: str) -> str:
    """What a message says, where it is one of the house's."""
    code = f"message.{name}"
    told = words(code, {}, edge.locale())
    return name if told == code else told


def _params(definition: Any, event: Event, names: Mapping[str, str]) -> dict[str, Any]:
    body = dict(event.body or {})
    if event.kind in (*SEATING, "task.copied"):
        body |= {f"{name}_name": names.get(body[name], "") for name in ("from", "to", "person") if name in body}
        body["persons_names"] = _(", ").join(names.get(one, "") for one in body.get("persons", ()))
        body.setdefault("reason", "")
    if event.kind == "operation.performed":
        body["operation"] = operation_words(str(body.get("operation")))
    if event.kind == "message.delivered":
        body["name"] = _message_words(str(body.get("name")))
    if event.kind == "instance.ended":
        body["outcome"] = outcome_words(definition, str(body.get("outcome")))
    if event.kind == "task.returned":
        body["reentry"] = words(f"return.{body['reentry']}", {}, edge.locale())
        body["target_name"] = named(definition, body["target"], body["target_name"])
    if event.kind in DEADLINES:
        body |= {name: _moment(body[name]) for name in ("old", "new")}
    step = step_of(definition, event)
    return {**body, "step": step} if step else body


def _moment(text: str | None) -> str:
    """A moment of an event; a timer that stood still had none."""
    return show().moment(datetime.fromisoformat(text)) if text else "—"


def step_of(definition: Any, event: Event) -> str:
    """The name of the step in which an event happened, "" for events of the whole case."""
    place = definition.spec.element(event.element_id)
    return named(definition, event.element_id, place.name) if place else ""
