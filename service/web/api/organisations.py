"""Organisations: the tree, one unit, its authorisations and its staff."""

from typing import Any

from service.access.days import day_of
from service.errors import Fault, Invalid
from service.people import commands_organisations as commands
from service.people import persons, queries
from service.people.commands_organisations import Authorise, EditOrganisation
from service.people.units import CreateOrganisation
from service.web import edge
from service.web.api import api
from service.web.api.schemas import organisations as shapes
from service.web.api.schemas.persons import MemberPage, StaffQuery
from service.web.api.shaping import paged, split_cursor

PEOPLE = ["Organisations"]


@api.get("/organisations")
@api.input(shapes.OrganisationQuery, location="query", arg_name="query")
@api.output(shapes.OrganisationPage)
@api.doc(tags=PEOPLE)
def list_organisations(query: dict[str, Any]) -> Any:
    """The organisations that exist on a day, parents before children."""
    actor, on = edge.actor(), query["on"] or day_of(edge.now())
    below = query["below"] and queries.organisation(actor, query["below"]).path
    rows = queries.organisations(actor, on, kind=query["kind"], below=below)
    return paged([dict(row._mapping) for row in rows], query)


@api.post("/organisations")
@api.input(shapes.OrganisationIn, arg_name="body")
@api.output(shapes.OrganisationOut, status_code=201)
@api.doc(tags=PEOPLE)
def create_organisation(body: dict[str, Any]) -> Any:
    """A new unit of the tree."""
    sent = CreateOrganisation(**body)
    organisation_id = edge.repeatable(
        body,
        201,
        lambda: commands.create_organisation(edge.actor(), sent, now=edge.now()),
        lambda ids: str(ids["organisation_id"]),
    )
    return queries.organisation(edge.actor(), organisation_id)


@api.get("/organisations/<organisation_id>")
@api.output(shapes.OrganisationOut)
@api.doc(tags=PEOPLE)
def get_organisation(organisation_id: str) -> Any:
    """One unit."""
    return queries.organisation(edge.actor(), organisation_id)


@api.patch("/organisations/<organisation_id>")
@api.input(shapes.OrganisationEdit, arg_name="body")
@api.output(shapes.OrganisationOut)
@api.doc(tags=PEOPLE)
def edit_organisation(organisation_id: str, body: dict[str, Any]) -> Any:
    """Change fields of a unit; a new parent moves everything below it."""
    version, changes = versioned(body)
    commands.edit_organisation(edge.actor(), EditOrganisation(organisation_id, version, changes), now=edge.now())
    return queries.organisation(edge.actor(), organisation_id)


def versioned(body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """The version that the editor saw, which an edit needs, and the fields that change."""
    version = edge.version_seen(body)
    if version is None:
        raise Invalid("version.missing", faults=(Fault("version", "version.missing"),))
    return version, {name: value for name, value in body.items() if name != "version"}


@api.get("/organisations/<organisation_id>/people")
@api.input(StaffQuery, location="query", arg_name="query")
@api.output(MemberPage)
@api.doc(tags=PEOPLE)
def list_staff(organisation_id: str, query: dict[str, Any]) -> Any:
    """The staff of a unit on a day that I may see, by name; ID numbers and phones are masked."""
    actor, on, limit = edge.actor(), query["on"] or day_of(edge.now()), query["limit"]
    queries.organisation(actor, organisation_id)
    after = split_cursor(query["cursor"])
    found = persons.people_of(actor, organisation_id, on, limit=limit + 1, after=after, name=query["name"])
    last = found[limit - 1] if len(found) > limit else None
    return {"items": found[:limit], "next": last and f"{last.id}{last.name}"}


@api.get("/organisations/<organisation_id>/authorisations")
@api.output(shapes.AuthorisationOut(many=True))
@api.doc(tags=PEOPLE)
def list_authorisations(organisation_id: str) -> Any:
    """What a school was and is authorised to decide itself, newest first."""
    queries.organisation(edge.actor(), organisation_id)
    return queries.authorisations(edge.actor(), organisation_id)


@api.post("/organisations/<organisation_id>/authorisations")
@api.input(shapes.AuthorisationIn, arg_name="body")
@api.output(shapes.AuthorisationOut(many=True), status_code=201)
@api.doc(tags=PEOPLE)
def authorise(organisation_id: str, body: dict[str, Any]) -> Any:
    """Authorise a school from a day on, by a document."""
    sent = Authorise(organisation_id, **body)
    edge.repeatable(body, 201, lambda: commands.authorise(edge.actor(), sent, now=edge.now()), lambda _ids: "")
    return queries.authorisations(edge.actor(), organisation_id)


@api.post("/organisations/<organisation_id>/authorisations/<authorisation_id>/end")
@api.input(shapes.EndIn, arg_name="body")
@api.output(shapes.AuthorisationOut(many=True))
@api.doc(tags=PEOPLE)
def end_authorisation(organisation_id: str, authorisation_id: str, body: dict[str, Any]) -> Any:
    """End an authorisation on a day."""
    edge.repeatable(
        body,
        200,
        lambda: commands.end_authorisation(edge.actor(), authorisation_id, body["on"], now=edge.now()),
        lambda _ids: None,
    )
    return queries.authorisations(edge.actor(), organisation_id)
