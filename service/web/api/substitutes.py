"""Substitutes (代理) and absences: who acts for whom, and what would lie while somebody is away."""

from typing import Any

from service.access.days import day_of
from service.people import commands_absence, commands_substitutes
from service.people import queries_substitutes as queries
from service.people.commands_absence import EndAbsence, PlanAbsence
from service.people.commands_substitutes import EndSubstitution, NameSubstitute
from service.web import edge
from service.web.absenceview import Absence, absence
from service.web.api import api
from service.web.api.schemas import substitutes as shapes
from service.web.api.shaping import facts_item, paged

TAGS = ["Substitutes"]


@api.get("/substitutes")
@api.input(shapes.SubstituteQuery, location="query", arg_name="query")
@api.output(shapes.SubstitutePage)
@api.doc(tags=TAGS)
def list_substitutes(query: dict[str, Any]) -> Any:
    """Substitutions that run or will, as far as I may see them."""
    rows = queries.substitutions(edge.actor(), day_of(edge.now()), person_id=query["person_id"])
    return paged([dict(row._mapping) for row in rows], query)


@api.post("/substitutes")
@api.input(shapes.SubstituteIn, arg_name="body")
@api.output(shapes.SubstituteOut, status_code=201)
@api.doc(tags=TAGS)
def name_substitute(body: dict[str, Any]) -> Any:
    """Name my substitute for a period; bureau HR names one for somebody who cannot, with reason and paper."""
    substitution_id = edge.repeatable(
        body,
        201,
        lambda: commands_substitutes.name_substitute(edge.actor(), NameSubstitute(**body), now=edge.now()),
        lambda ids: str(ids["substitution_id"]),
    )
    return queries.substitution(edge.actor(), substitution_id)


@api.post("/substitutes/<substitution_id>/end")
@api.output(shapes.SubstituteOut)
@api.doc(tags=TAGS)
def end_substitution(substitution_id: str) -> Any:
    """End it now: by either of the two, or by bureau HR. What was begun is with the represented person again."""
    sent = EndSubstitution(substitution_id)
    edge.repeatable(
        {},
        200,
        lambda: commands_substitutes.end_substitution(edge.actor(), sent, now=edge.now()),
        lambda _ids: None,
    )
    return queries.substitution(edge.actor(), substitution_id)


@api.get("/absences/<person_id>")
@api.input(shapes.AbsenceQuery, location="query", arg_name="query")
@api.output(shapes.AbsenceOut)
@api.doc(tags=TAGS)
def read_absence(person_id: str, query: dict[str, Any]) -> Any:
    """Who takes over while a person is away, and which open tasks nobody could act on; for days to come too."""
    return _shown(absence(person_id, query["first"], query["until"]))


@api.post("/absences/<person_id>")
@api.input(shapes.AbsencePlanIn, arg_name="body")
@api.output(shapes.AbsenceOut, status_code=201)
@api.doc(tags=TAGS)
def plan_absence(person_id: str, body: dict[str, Any]) -> Any:
    """Be away: standing alternates take over the roles, the substitute what lies with the person."""
    sent = PlanAbsence(person_id, **body)
    edge.repeatable(
        body, 201, lambda: commands_absence.plan_absence(edge.actor(), sent, now=edge.now()), lambda _ids: None
    )
    return _shown(absence(person_id))


@api.post("/absences/<person_id>/end")
@api.output(shapes.AbsenceOut)
@api.doc(tags=TAGS)
def end_absence(person_id: str) -> Any:
    """Be there again: every absence and every substitution of the person ends now."""
    sent = EndAbsence(person_id)
    edge.repeatable(
        {}, 200, lambda: commands_absence.end_absence(edge.actor(), sent, now=edge.now()), lambda _ids: None
    )
    return _shown(absence(person_id))


def _shown(found: Absence) -> dict[str, Any]:
    lying = [{"task": facts_item(one.task), "day": one.day} for one in found.unattended]
    return {
        **vars(found),
        "roles": [vars(role) for role in found.roles],
        "substitutes": [dict(row._mapping) for row in found.substitutes],
        "unattended": lying,
    }
