"""A decision on paper as pages show it: whose it is, where it stands, who recorded it, whether it is disputed."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from service.access.days import day_of
from service.errors import Conflict, Invalid
from service.people import queries as people
from service.tasks import queries_papers
from service.tasks.facts import TaskFacts
from service.tasks.view import TaskView, view
from service.tasks.voting import VOTE
from service.web import edge
from service.web.casetitles import case_title
from service.web.formview import errors, form_of, with_files
from service.web.naming import decision_words, named, role_name
from service.web.pages import seatview
from service.web.words import words
from workflows.catalogue import Definition

SCAN = {"components": [{"key": "scan", "type": "filepicker"}]}
"""The one file field of the page, as forms write it."""


def papers(task: TaskFacts) -> list[dict[str, Any]]:
    """The decisions on paper of a task, as they were recorded; none where it was decided here."""
    found = queries_papers.papers_of(task.id)
    holders = {seat.id: seat.on_behalf_of or seat.person_id for seat in task.seats}
    spoken_of = [one for row in found for one in (row.recorded_by, row.disputed_by, holders.get(row.seat_id)) if one]
    names = people.names(spoken_of) if spoken_of else {}
    return [_paper(task, row, names.get(holders.get(row.seat_id, ""), ""), names) for row in found]


def _paper(task: TaskFacts, found: Any, holder: str, names: Mapping[str, str]) -> dict[str, Any]:
    """One of them; `seat` names whose seat it is, where that is not who decided."""
    return {
        "seat_id": found.seat_id,
        "seat": holder if holder != found.decided_by else "",
        "decided_by": found.decided_by,
        "document": found.document,
        "decided_on": found.decided_on,
        "recorded_by": names.get(found.recorded_by, ""),
        "recorded_at": found.recorded_at,
        "scan_url": url_for("pages.attachment", attachment_id=found.attachment_id),
        "disputed_by": names.get(found.disputed_by or "", ""),
        "disputed_at": found.disputed_at,
        "dispute": found.dispute,
        "may_dispute": queries_papers.may_dispute(edge.actor(), task, found),
    }


def disputes(definition: Definition, instance_id: str) -> list[dict[str, str]]:
    """What flags a case: decisions on paper that who made them does not know as theirs."""
    return [
        {
            "title": _(
                "The decision on paper at “%(step)s” is disputed", step=named(definition, row.element_id, row.name)
            ),
            "words": row.dispute,
            "task_id": row.task_id,
        }
        for row in queries_papers.disputed(edge.actor(), instance_id)
    ]


def form(task_id: str, given: Mapping[str, Any], refused: Conflict | Invalid | None = None) -> dict[str, Any]:
    """What tasks/paper.html is given; `given` is what was typed, shown again with what is wrong with it."""
    found = view(edge.actor(), task_id)
    task = found.task
    return outside(found, given, given["paper"].get("scan"), refused) | {
        "due_at": task.due_at,
        "opened_at": task.opened_at,
        "office": _(", ").join(role_name(group.partition("@")[0]) for group in task.groups),
        "persons": persons(queries_papers.able(edge.actor(), task_id, day_of(edge.now()))),
        "seats": _places(task, given["paper"].get("seat_id")),
        "vote": task.signing == VOTE,
        "members": persons([seat.person_id for seat in task.seats if seat.state != "removed"]),
    }


def _places(task: TaskFacts, chosen: str | None) -> list[dict[str, Any]]:
    """The seats whose turn it is, to choose whose decision the paper tells; none where it is clear."""
    turn = [] if task.signing == VOTE else [seat for seat in task.seats if seat.state == "open"]
    if len(turn) < 2 and not any(seat.is_live and seat not in turn for seat in task.seats):
        return []
    names = people.names([seat.person_id for seat in turn])
    return [
        {"id": seat.id, "name": names.get(seat.person_id, ""), "tie": seatview.tie_of(task, seat),
         "chosen": seat.id == chosen or len(turn) == 1}
        for seat in turn
    ]  # fmt: skip


def outside(found: TaskView, given: Mapping[str, Any], scan: Any, refused: Conflict | Invalid | None) -> dict[str, Any]:
    """What both forms of a decision made outside, on paper or by a meeting, show of the step and of what is wrong."""
    task, faults = found.task, refused.faults if isinstance(refused, Invalid) else ()
    return {
        "id": task.id,
        "name": named(found.definition, task.element_id, task.name),
        "title": case_title(task.instance_id, task.case.title),
        "business_key": task.case.business_key,
        "version": task.version,
        "decisions": decisions(found),
        "form": form_of(found.form, {**found.data, **given.get("values", {})}, found.rights, faults, task.case.about),
        "asks_interest": bool(task.properties.get("recuse")),
        "given": given,
        "scans": with_files(SCAN, {"scan": scan or []})["scan"],
        "errors": errors(faults),
        "problem": words(refused.code, refused.params, edge.locale()) if refused else None,
    }


def persons(ids: Sequence[str]) -> list[dict[str, str]]:
    """Persons to choose from, by name."""
    names = people.names(list(ids))
    return sorted(({"id": one, "name": names.get(one, "")} for one in ids), key=lambda one: one["name"])


def decisions(found: TaskView) -> list[dict[str, Any]]:
    """The decisions of a step, to be copied from a paper."""
    return [
        {
            "value": choice.value,
            "label": decision_words(found.definition, found.task.element_id, choice.value),
            "needs_reason": choice.needs_reason,
        }
        for choice in found.choices
    ]
