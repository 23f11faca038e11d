"""My absence: the days, who takes over my roles, who acts for me, and what would lie. Bureau HR: of somebody else."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.wrappers import Response

from service.access.days import day_of
from service.deployments import queries as definitions
from service.errors import Conflict, Fault, Forbidden, Invalid
from service.people import commands_absence, commands_substitutes
from service.people import queries as people
from service.people import queries_substitutes as substitutes
from service.people.commands_absence import EndAbsence, PlanAbsence
from service.people.commands_substitutes import EndSubstitution
from service.web import edge
from service.web.absenceview import Absence, absence
from service.web.api.schemas.base import Text, reference
from service.web.casetitles import case_title
from service.web.naming import flow_name, role_name, step_name
from service.web.pages import pages, sent
from service.web.pages.files import stored
from service.web.words import words

DAY = timedelta(days=1)


class AbsenceAsked(sent.Query):
    """Whose absence, and days to come for which is asked what would lie; both days included."""

    person = reference(load_default=None)
    first = fields.Date(load_default=None)
    last = fields.Date(load_default=None)


class AbsenceForm(sent.Form):
    """The days, both included, and who acts meanwhile."""

    person = reference(load_default=None, allow_none=True)
    first = fields.Date(required=True)
    last = fields.Date(required=True)
    substitute_id = reference(load_default=None, allow_none=True)
    flows = fields.List(Text(most=64), load_default=list)
    reason = Text(most=500, load_default="")
    paper = fields.Raw(load_default=None)


class Whose(sent.Form):
    """Whose absence ends; mine when nobody is named."""

    person = reference(load_default=None, allow_none=True)


@pages.get("/absence")
def my_absence() -> str:
    """What is noted and, for days in the address, what would lie."""
    asked = sent.query(AbsenceAsked)
    return _page(asked["person"] or _own(), asked)


@pages.post("/absence")
def plan_absence() -> Response | tuple[str, int]:
    """Note the absence and name the substitute; or the form again with what is wrong."""
    given = sent.form(AbsenceForm)
    person_id = given["person"] or _own()
    command = PlanAbsence(
        person_id, given["first"], given["last"] + DAY, given["substitute_id"], given["flows"], given["reason"],
        stored(given["paper"]) or None,
    )  # fmt: skip
    try:
        commands_absence.plan_absence(edge.actor(), command, now=edge.now())
    except (Conflict, Invalid) as refused:
        status = 422 if isinstance(refused, Invalid) else 409
        problem = words(refused.code, refused.params, edge.locale())
        return _page(person_id, given, problem, getattr(refused, "faults", ())), status
    flash(_("The absence is noted."))
    return redirect(url_for("pages.my_absence", person=given["person"]))


@pages.post("/absence/end")
def end_absence() -> Response:
    """There again."""
    person = sent.form(Whose)["person"]
    commands_absence.end_absence(edge.actor(), EndAbsence(person or _own()), now=edge.now())
    flash(_("The absence is over; everything is with its own people again."))
    return redirect(url_for("pages.my_absence", person=person))


@pages.post("/substitutes/<substitution_id>/end")
def end_substitute(substitution_id: str) -> Response:
    """End one substitution; also for who stands in and cannot."""
    commands_substitutes.end_substitution(edge.actor(), EndSubstitution(substitution_id), now=edge.now())
    flash(_("The substitution has ended; what was begun is with the other person again."))
    return redirect(request.referrer or url_for("pages.my_absence"))


def _own() -> str:
    person_id = edge.actor().person_id
    if person_id is None:
        raise Forbidden("access.no_person")
    return person_id


def _page(person_id: str, given: Any, problem: str | None = None, faults: Sequence[Fault] = ()) -> str:
    first, last = given["first"], given["last"]
    found = absence(person_id, first, last and last + DAY)
    return render_template(
        "settings/absence.html",
        absence=_shown(found),
        other=None if person_id == edge.actor().person_id else {"id": person_id, "name": _name(person_id)},
        given=given,
        problem=problem,
        errors={fault.path.partition(".")[0]: words(fault.code, fault.params, edge.locale()) for fault in faults},
        able=_able(person_id, first),
        flows=[{"key": flow.key, "name": flow_name(flow)} for flow in definitions.newest()],
    )


def _name(person_id: str) -> str:
    return people.names([person_id]).get(person_id, "")


def _shown(found: Absence) -> dict[str, Any]:
    places = people.organisation_names([role.organisation_id for role in found.roles], edge.locale())
    names = people.names([one for role in found.roles for one in role.alternates])
    return {
        "first": found.first,
        "last": found.until and found.until - DAY,
        "noted": any(_runs(role.absent_from, role.absent_until) for role in found.roles),
        "roles": [
            {
                "role": role_name(role.role),
                "organisation": places.get(role.organisation_id, ""),
                "alternates": [names[one] for one in role.alternates if one in names],
                "first": role.absent_from if _runs(role.absent_from, role.absent_until) else None,
                "last": role.absent_until and role.absent_until - DAY,
            }
            for role in found.roles
        ],
        "mine": [_row(row) for row in found.substitutes if row.represented_id == found.person_id],
        "for_others": [_row(row) for row in found.substitutes if row.substitute_id == found.person_id],
        "unattended": [_task(one.task, one.day) for one in found.unattended],
        "more": found.more,
    }


def _runs(first: date | None, until: date | None) -> bool:
    """Whether an absence has not passed."""
    return first is not None and (until is None or until > day_of(edge.now()))


def _row(row: Any) -> dict[str, Any]:
    known = {flow.key: flow_name(flow) for flow in definitions.newest()}
    return {
        "id": row.id,
        "represented": row.represented_name,
        "substitute": row.substitute_name,
        "first": row.valid_from,
        "last": row.valid_until - DAY,
        "flows": [known.get(key, key) for key in row.flows],
    }


def _task(task: Any, day: date) -> dict[str, Any]:
    step = step_name(task.case.definition_id, task.element_id, task.name)
    return {
        "id": task.id,
        "title": case_title(task.instance_id, task.case.title),
        "step": step,
        "business_key": task.case.business_key,
        "day": day,
    }


def _able(person_id: str, first: date | None) -> list[dict[str, str]]:
    """Who may be named, with the role by which."""
    rows = substitutes.able(edge.actor(), person_id, max(first or date.min, day_of(edge.now())))
    places = people.organisation_names([row.organisation_id for row in rows], edge.locale())
    return [
        {"id": row.person_id, "name": row.name, "words": f"{places.get(row.organisation_id, '')} {role_name(row.role)}"}
        for row in rows
    ]
