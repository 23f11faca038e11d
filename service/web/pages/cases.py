"""Cases: the list, one of them, its diagram, withdrawing."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from flask import Response as Answer
from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import EXCLUDE, Schema, fields
from werkzeug.wrappers import Response

from service.access import policy
from service.attachments import queries as attachments
from service.flows.corrections import queries as correctable
from service.flows.hiring.queries import READERS
from service.instances import commands, queries
from service.instances.commands import CaseCommand
from service.instances.commands_urging import urge_case
from service.instances.queries_preview import preview
from service.papers.queries import may_issue, of_case
from service.people import queries as people
from service.tasks import queries as tasks
from service.tasks import queries_papers
from service.tasks.discretion import reads_contents
from service.tasks.extension import owes
from service.tasks.facts import TaskFacts
from service.web import correctionview, edge, officialpapers
from service.web.casetitles import case_title, look_up, subtitles
from service.web.formview import file_of
from service.web.naming import flow_name, holder_names, named, outcome_words, step_name
from service.web.outlookview import path_of
from service.web.pages import ledgerview, pages, paperview, sent, story
from service.web.pages.diagramview import diagram_of
from service.web.pages.frame import show
from service.web.pages.tasks import Versioned
from service.web.words import words

CANDIDATE_FLOW, EXCHANGE_FLOW = "hiring", "exchange"
ANNOUNCED = frozenset({"announce_school", "announce_bureau"})
"""Steps after which there are candidates to see."""


MINE = "mine"
STATES = ("running", "suspended", "failed", queries.ENDED)
"""What the chips of the list ask for beside "all" and "mine"."""


class CasesQuery(Schema):
    """What the address may ask for."""

    class Meta:
        unknown = EXCLUDE

    state = fields.String(load_default="")
    cursor = fields.String(load_default=None, allow_none=True)


@pages.get("/requests")
def requests() -> str:
    """The cases that I may see (a school's office: those of the school), of one state or only those that I started."""
    asked = sent.query(CasesQuery)
    chosen = asked["state"] if asked["state"] in (MINE, *STATES) else ""
    state = chosen if chosen in STATES else None
    wanted = queries.CaseQuery(mine=chosen == MINE, state=state, cursor=asked["cursor"])
    found = queries.page(edge.actor(), wanted)
    look_up(found.items)
    items = [_item(row) for row in found.items]
    return render_template("requests/list.html", items=items, state=chosen, next=found.next)


def _item(row: Any) -> dict[str, Any]:
    definition = queries.definition_of(row)
    standing = tasks.open_of(row.instance_id, edge.actor())
    return {
        **_facts(row, definition),
        "due_at": _due(standing),
        "current": _together(_current(definition, standing)),
    }


def _together(current: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A line for each step: where forty schools are at the same one, it is told once, with how often."""
    found: dict[str, list[dict[str, Any]]] = {}
    for place in current:
        found.setdefault(place["name"], []).append(place)
    return [
        {"name": _times(name, len(places)), "holders": list(dict.fromkeys(chain(*(one["holders"] for one in places))))}
        for name, places in found.items()
    ]


def _facts(row: Any, definition: Any) -> dict[str, Any]:
    return {
        "id": row.instance_id,
        "business_key": row.business_key,
        "title": case_title(row.instance_id, row.title),
        "state": row.state,
        "flow_name": flow_name(definition),
        "started_at": row.started_at,
        "ended_at": row.ended_at,
        "version": row.version,
    }


def _due(standing: Sequence[TaskFacts]) -> datetime | None:
    return min((task.due_at for task in standing if task.has_deadline), default=None)


def _current(definition: Any, standing: Sequence[TaskFacts]) -> list[dict[str, Any]]:
    names = people.names([seat.person_id for task in standing for seat in task.seats])
    return [
        {
            "element_id": task.element_id,
            "name": named(definition, task.element_id, task.name),
            "task_id": task.id,
            "holders": holder_names(task, names),
        }
        for task in standing
    ]


@pages.get("/cases/<case_id>")
def case(case_id: str) -> str:
    """One case: where it is, what is missing, what happened, what I can do."""
    row = queries.case(edge.actor(), case_id)
    definition = queries.definition_of(row)
    standing = list(tasks.open_of(case_id, edge.actor()))
    events = queries.story(edge.actor(), case_id)
    current = _current(definition, standing)
    path = queries.passed(events)
    shown = {
        **_facts(row, definition),
        "subtitle": subtitles([(case_id, row.definition_id, row.organisation_id)])[0],
        "now": _now(row, definition, current, standing),
        "timeline": story.timeline(definition, events, standing),
        "next": _next(definition, case_id),
        "diagram": diagram_of(definition, case_id, path, standing),
        "missing": _missing(definition, standing),
        "disputes": paperview.disputes(definition, case_id),
        "problem": _problem(row),
        "actions": _actions(row, path, standing),
        "holds": ledgerview.held_by(case_id, row.organisation_id) if reads_contents(edge.actor(), case_id) else None,
        "corrections": [
            correctionview.shown(one) for one in correctable.corrections(edge.actor(), instance_id=case_id)
        ],
        "papers": [officialpapers.shown(one) for one in of_case(edge.actor(), case_id)],
        "documents": [file_of(file) for file in attachments.of_instance(edge.actor(), case_id)],
    }
    return render_template("requests/case.html", case=shown)


def _next(definition: Any, case_id: str) -> list[dict[str, Any]]:
    """What comes after the steps that are open: branches side by side meet, so one of each process tells all."""
    found = preview(edge.actor(), case_id, now=edge.now())
    firsts = {place.parent: path for place, path in reversed(found)}
    return [{"decision": None, "label": None, "path": path_of(definition, path)} for path in firsts.values() if path][
        :1
    ]


def _now(row: Any, definition: Any, current: list[dict[str, Any]], standing: Sequence[TaskFacts]) -> dict[str, Any]:
    if row.ended_at is not None:
        return {"headline": outcome_words(definition, row.state), "waiting_for": ""}
    if not current:
        waiting = [place.name for place in queries.current(edge.actor(), row.instance_id) if place.state == "waiting"]
        return {"headline": _(", ").join(filter(None, waiting)) or _("in progress"), "waiting_for": ""}
    holders = [name for place in current for name in place["holders"]]
    return {
        "headline": _(", ").join(_times(name, n) for name, n in Counter(place["name"] for place in current).items()),
        "waiting_for": _("waits for %(names)s", names=_(", ").join(dict.fromkeys(holders))),
        "due_at": _due(standing),
    }


def _times(name: str, count: int) -> str:
    return name if count == 1 else _("%(name)s × %(n)s", name=name, n=count)


def _missing(definition: Any, standing: Sequence[TaskFacts]) -> list[dict[str, Any]]:
    """What the reader owes this case."""
    actor = edge.actor()
    own = [
        task
        for task in standing
        if actor.person_id in {seat.person_id for seat in task.seats if seat.state == "open"}
        or (task.claimant_id is None and set(task.groups) & set(actor.holders))
    ]
    return [
        {
            "title": named(definition, task.element_id, task.name),
            "words": _("The case waits for you."),
            "due_at": task.due_at if task.has_deadline else None,
            "task_id": task.id,
        }
        for task in own
    ]


def _problem(row: Any) -> dict[str, str] | None:
    if row.state not in ("suspended", "failed"):
        return None
    reason = row.suspension_reason or words("case.failed", {}, edge.locale())
    return {"title": words(f"state.{row.state}", {}, edge.locale()), "words": reason}


def _urging(row: Any, standing: Sequence[TaskFacts]) -> dict[str, Any] | None:
    """Asking those with whom the case lies to hurry; blocked with the moment at which it is possible again."""
    actor = edge.actor()
    waiting = [task for task in standing if not owes(actor, task)]
    if row.state != "running" or not waiting or not policy.allows(actor, "instance.remind", row):
        return None
    free_at = tasks.urging_from(actor, [task.id for task in waiting], edge.now())
    blocked = _("Reminded lately; possible again %(when)s.", when=show().moment(free_at)) if free_at else None
    holders = {holder for task in waiting for holder in task.holders}
    return {
        "label": _("Remind the %(n)s who have it", n=len(holders)),
        "words": _("They get a notice; how often is limited."),
        "blocked": blocked,
    }


def _actions(row: Any, path: Sequence[str], standing: Sequence[TaskFacts]) -> dict[str, Any]:
    actor, live = edge.actor(), row.state in ("running", "suspended", "failed")
    actions: dict[str, Any] = {}
    if row.definition_key == CANDIDATE_FLOW and ANNOUNCED & set(path) and (actor.is_system or actor.has(*READERS)):
        actions["candidates"] = True
    if row.definition_key == EXCHANGE_FLOW:
        actions["exchange"] = True
    if live and policy.allows(actor, "instance.withdraw", row):
        decided = queries.is_decided(row.instance_id)
        actions["withdraw"] = {"blocked": words("instance.decided", {}, edge.locale()) if decided else None}
    urging = _urging(row, standing)
    if urging:
        actions["remind"] = urging
    if row.ended_at is None and policy.allows(actor, "instance.move_back", row):
        actions["operate"] = True
    if policy.allows(actor, "instance.propose_correction", row):
        actions["correct"] = bool(correctable.correctable_of(actor, row.instance_id))
    if may_issue(actor, row):
        actions["papers"] = True
    recorded = [task for task in standing if queries_papers.may_record(actor, task)]
    actions |= (
        {
            "record": [
                {"id": task.id, "step": step_name(row.definition_id, task.element_id, task.name)} for task in recorded
            ]
        }
        if recorded
        else {}
    )
    if row.state == "failed" and policy.allows(actor, "instance.retry", row):
        actions["retry"] = True
    if reads_contents(actor, row.instance_id):
        actions["sheet"] = True
        actions["scan"] = row.ended_at is not None and policy.allows(actor, "instance.attach_scan", row)
    if policy.allows(actor, "instance.export", row):
        actions["evidence"] = True
    return actions


@pages.get("/cases/<case_id>/diagram.bpmn")
def diagram(case_id: str) -> Answer:
    """The diagram's XML, for the viewer."""
    row = queries.case(edge.actor(), case_id)
    return Answer(queries.definition_of(row).xml, mimetype="application/xml")


@pages.post("/cases/<case_id>/remind")
def remind(case_id: str) -> Response:
    """Ask everybody with whom my case lies to hurry."""
    seen = sent.form(Versioned)
    urged = urge_case(edge.actor(), CaseCommand(case_id, seen["version"]), now=edge.now())
    flash(_("Reminded: %(n)s steps.", n=urged))
    return redirect(url_for("pages.case", case_id=case_id))


@pages.post("/cases/<case_id>/withdraw")
def withdraw(case_id: str) -> Response:
    """Take my case back."""
    seen = sent.form(Versioned)
    commands.withdraw_instance(edge.actor(), CaseCommand(case_id, seen["version"]), now=edge.now())
    flash(_("Withdrawn; everything held for it is free again."))
    return redirect(url_for("pages.case", case_id=case_id))
