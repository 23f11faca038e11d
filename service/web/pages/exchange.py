"""The exchange: one's plans, a plan against its goals by schools, a school's page, the list as a sheet."""

from collections.abc import Mapping
from typing import Any

from flask import Response as Answer
from flask import render_template, url_for
from flask_babel import gettext as _

from service import sheets
from service.access import policy
from service.access.actor import Actor
from service.access.policy import Target
from service.access.roles import BUREAU_HR
from service.errors import NotFound
from service.flows.exchange import (
    casework,
    queries,
    queries_list,
    queries_openings,
    queries_published,
    queries_rounds,
)  # fmt: skip
from service.flows.exchange.commands_rounds import SOLVE
from service.flows.exchange.queries import PlanView
from service.flows.exchange.queries_list import EntryQuery, EntryView
from service.people import queries as people
from service.runs import queries as runs
from service.sheets import Heading
from service.tasks import queries as tasks
from service.web import edge, runview
from service.web.api.schemas.base import reference
from service.web.naming import step_name
from service.web.pages import pages, sent
from service.web.pages.runs import part_of
from service.web.words import words


class Filter(sent.Query):
    """Where the page of the list begins."""

    after = reference(load_default=None)


def said(kind: str, code: str | None) -> str:
    """A code of the exchange in words: `said("result", "REQUIRED")`."""
    return words(f"exchange.{kind}.{code}", {}, edge.locale()) if code else ""


@runview.leads(SOLVE)
def _to_round(run: Any) -> str:
    return url_for("pages.matching_round", matching_id=run.result["round_id"])


@pages.get("/exchange")
def exchange() -> str:
    """My own place on lists, and the plans in which my office has a part."""
    actor = edge.actor()
    plans = queries.plans(actor)
    years = {row.instance_id: row.year for row in plans}
    listed = queries_list.own_entries(actor, locale=edge.locale()) if actor.person_id else []
    own = [{**entry_row(one), "year": years.get(one.instance_id)} for one in listed]
    found = [_plan_row(actor, row) for row in plans]
    return render_template("exchange/index.html", own=own, plans=found, starts=actor.has(*BUREAU_HR))


@pages.get("/exchange/<plan_id>")
def exchange_plan(plan_id: str) -> str:
    """A plan: its goals in whole persons, every school's part, rounds, and what waits for an answer."""
    return plan_page(plan_id)


def plan_page(plan_id: str, problem: str = "", entered: Mapping[str, Any] | None = None) -> str:
    """The page of a plan; what was refused, with what was typed."""
    actor, found = edge.actor(), queries.plan(edge.actor(), plan_id)
    waiting, parts = _waiting(actor, plan_id), queries.progress(actor, plan_id)
    names = people.organisation_names([one.organisation_id for one in parts], edge.locale())
    return render_template(
        "exchange/plan.html",
        plan=head_of(found),
        problem=problem,
        entered=entered or {},
        sees_case=_sees(actor, plan_id),
        schools=[
            {**vars(one), "name": names[one.organisation_id], "waiting": waiting.get(one.organisation_id)}
            for one in parts
        ],
        published=[
            {**vars(one), "manner_words": said("manner", one.manner)}
            for one in queries_published.published(actor, plan_id, locale=edge.locale())
        ],
        **_bureau(actor, found),
    )


def _plan_row(actor: Actor, row: Any) -> dict[str, Any]:
    """A plan with its goals, and with the schools for which it waits where the actor may see that."""
    found = queries.plan(actor, row.instance_id)
    waiting = _waiting(actor, row.instance_id) if found.state == "running" else {}
    steps = list(dict.fromkeys(str(task["name"]) for task in waiting.values()))
    return {
        **head_of(found),
        "state": words(f"state.{found.state}", {}, edge.locale()),
        "over": found.state != "running",
        "steps": steps,
        "late": sum(bool(task["late"]) for task in waiting.values()),
        "appeals": found.appeals if actor.has(*BUREAU_HR) else 0,
        "corrections": found.corrections if actor.has(*BUREAU_HR) else 0,
    }


def head_of(found: PlanView) -> dict[str, Any]:
    """What every page of a plan shows of it."""
    goals = [{**vars(goal), "words": said("goal", goal.name), "met": goal.reached >= goal.needed}
             for goal in found.goals]  # fmt: skip
    return {**vars(found), "id": found.instance_id, "goals": goals}


def _waiting(actor: Actor, plan_id: str) -> dict[str, dict[str, Any]]:
    """School → its open task of the plan, where the actor may see the case's tasks, and whether it is late."""
    if not _sees(actor, plan_id):
        return {}
    late, found = edge.now(), {}
    for task in tasks.open_of(plan_id):
        for group in task.groups:
            place = group.partition("@")[2]
            name = step_name(task.case.definition_id, task.element_id, task.name)
            found[place] = {"name": name, "due_at": task.due_at, "late": task.due_at < late, "id": task.id}
    return found


def _sees(actor: Actor, plan_id: str) -> bool:
    """Whether the actor may open the case of the plan; a teacher on the list may not."""
    return actor.is_system or policy.sees(actor, "instance", _Case(plan_id))


class _Case:
    def __init__(self, instance_id: str) -> None:
        self.instance_id = instance_id


def _bureau(actor: Actor, found: PlanView) -> dict[str, Any]:
    """What the bureau alone sees: rounds, objections, exceptions."""
    reads = policy.allows(actor, "exchange_round.read", Target())
    rounds = queries_rounds.rounds(actor, found.instance_id) if reads else []
    is_hr = actor.has(*BUREAU_HR)
    kinds = ("correction", "appeal") if is_hr else ()
    objections = [
        {**vars(one), "outcome": said("outcome", one.outcome)}
        for kind in kinds
        for one in queries_list.objections(actor, found.instance_id, kind, locale=edge.locale())
    ]
    exceptions = queries_list.asked_exceptions(actor, found.instance_id, locale=edge.locale()) if is_hr else []
    return {
        "rounds": rounds,
        "objections": objections,
        "exceptions": [entry_row(one) for one in exceptions],
        "matches": is_hr and "match" in found.open,
        "begins": is_hr and "begin" in found.open,
        "reads": reads,
        "run": _run(actor, rounds),
    }


def _run(actor: Actor, rounds: Any) -> dict[str, Any] | None:
    """How far the newest round is, for who asked for it, while it has no result."""
    if not rounds or rounds[0].done_at is not None or rounds[0].run_id is None:
        return None
    try:
        return part_of(runs.run_of(actor, rounds[0].run_id))
    except NotFound:
        return None


def _called(organisation_id: str) -> dict[str, str]:
    return {"name": people.organisation_names([organisation_id], edge.locale())[organisation_id]}


@pages.get("/exchange/<plan_id>/schools/<organisation_id>")
def exchange_school(plan_id: str, organisation_id: str) -> str:
    """A school's own part: its staff on the list, what it offers, who wishes to come."""
    return school_page(plan_id, organisation_id, sent.query(Filter)["after"])


def school_page(
    plan_id: str, organisation_id: str, after: str | None = None, problem: str = "",
    entered: Mapping[str, Any] | None = None,
) -> str:  # fmt: skip
    """The page of a school; what was refused, with what was typed."""
    actor, found = edge.actor(), queries.plan(edge.actor(), plan_id)
    part = next((one for one in queries.progress(actor, plan_id) if one.organisation_id == organisation_id), None)
    if part is None:
        raise NotFound("organisation.absent")
    listed = queries_list.entries(actor, plan_id, EntryQuery(organisation_id, after=after), locale=edge.locale())
    offers = casework.opens_at(found.at, "offer", actor, organisation_id)
    return render_template(
        "exchange/school.html",
        plan=head_of(found),
        problem=problem,
        entered=entered or {},
        school={**vars(part), **_called(organisation_id)},
        entries=[entry_row(one) for one in listed],
        openings=[
            opening_row(one) for one in queries_openings.openings(actor, plan_id, organisation_id, locale=edge.locale())
        ],
        offers=offers and policy.allows(actor, "exchange_opening.offer", part),
        opens=policy.allows(actor, "exchange_opening.rank", part),
        next=listed[-1].id if len(listed) == queries_list.PAGE else None,
    )


def opening_row(one: Any) -> dict[str, Any]:
    """An opening in words."""
    return {**vars(one), "manner_words": said("manner", one.manner)}


def entry_row(one: EntryView) -> dict[str, Any]:
    return {
        **vars(one),
        "result_words": said("result", one.result),
        "reason_words": said("reason", one.reason),
        "state_words": said("state", one.state),
        "exception_words": said("exception", one.exception),
        "manner_words": said("manner", one.manner),
    }


@pages.get("/exchange/<plan_id>/list.xlsx")
def exchange_sheet(plan_id: str) -> Answer:
    """The list as far as I see it, as a workbook."""
    year = queries.plan(edge.actor(), plan_id).year
    listed = queries_list.entries(edge.actor(), plan_id, EntryQuery(limit=None), locale=edge.locale())
    headings = [Heading(text, width) for text, width in (
        (_("School"), 24), (_("Name"), 12), (_("Subject"), 10), (_("Result"), 16), (_("Reason"), 24),
        (_("State"), 12), (_("Placed at"), 24), (_("How"), 16),
    )]  # fmt: skip
    rows = (
        (one["school"], one["name"], one["subject"], one["result_words"], one["reason_words"], one["state_words"],
         one["target"] or "", one["manner_words"])
        for one in map(entry_row, listed)
    )  # fmt: skip
    content = sheets.workbook(_("Exchange and rotation"), headings, rows)
    named = {"Content-Disposition": f'attachment; filename="exchange-{year}.xlsx"'}
    return Answer(content, mimetype=sheets.XLSX, headers=named)
