"""Shapes of organisations, their authorisations, and roles that nobody holds."""

from apiflask import Schema
from marshmallow import fields, validate

from service.people.rules import AUTHORISATIONS, PARENTS
from service.schools import AREAS, STAGES
from service.web.api.schemas.base import PageQuery, Strict, Text, Versioned, page_of, reference


class OrganisationQuery(PageQuery):
    """Which organisations exist on a day (today); `below` is the id of one whose subtree is wanted."""

    kind = fields.String(load_default=None, validate=validate.OneOf(PARENTS))
    below = reference(load_default=None)
    on = fields.Date(load_default=None)


class OrganisationOut(Schema):
    """A unit of the tree; `weak` null is unknown."""

    id = fields.String(required=True)
    parent_id = fields.String(required=True, allow_none=True)
    kind = fields.String(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    name_en = fields.String(required=True)
    stage = fields.String(required=True, allow_none=True)
    area = fields.String(required=True, allow_none=True)
    weak = fields.Boolean(required=True, allow_none=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True, allow_none=True)
    version = fields.Integer(required=True)


class OrganisationIn(Strict):
    """A new unit."""

    kind = fields.String(required=True, validate=validate.OneOf(PARENTS))
    code = Text(most=64, least=1, required=True)
    name = Text(most=120, least=1, required=True)
    name_en = Text(most=160, load_default="")
    valid_from = fields.Date(required=True)
    parent_id = reference(load_default=None, allow_none=True)
    stage = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(STAGES))
    area = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(AREAS))
    weak = fields.Boolean(load_default=None, allow_none=True)


class OrganisationEdit(Versioned):
    """The fields that change."""

    code = Text(most=64, least=1)
    name = Text(most=120, least=1)
    name_en = Text(most=160)
    stage = fields.String(allow_none=True, validate=validate.OneOf(STAGES))
    area = fields.String(allow_none=True, validate=validate.OneOf(AREAS))
    weak = fields.Boolean(allow_none=True)
    parent_id = reference(allow_none=True)
    valid_until = fields.Date(allow_none=True)


class AuthorisationIn(Strict):
    """What a school may decide itself, from a day on, by a document."""

    kind = fields.String(required=True, validate=validate.OneOf(AUTHORISATIONS))
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(load_default=None, allow_none=True)
    document = Text(least=1, required=True)


class AuthorisationOut(Schema):
    """A dated authorisation."""

    id = fields.String(required=True)
    organisation_id = fields.String(required=True)
    kind = fields.String(required=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True, allow_none=True)
    document = fields.String(required=True)


class EndIn(Strict):
    """The first day on which it no longer holds."""

    on = fields.Date(required=True)


class StandInOut(Schema):
    """Whose queue takes over while nobody stands for a role."""

    role = fields.String(required=True)
    organisation_id = fields.String(required=True)


class VacancyOut(Schema):
    """A role that cases need and that lacks its holder or, where nobody else may decide, its alternate (`missing`)."""

    organisation_id = fields.String(required=True)
    organisation_name = fields.String(required=True)
    role = fields.String(required=True)
    alternates = fields.List(fields.String(), required=True)
    holder_away = fields.Boolean(required=True)
    stand_in = fields.Nested(StandInOut, allow_none=True, required=True)
    missing = fields.String(required=True, validate=validate.OneOf(("holder", "alternate")))


OrganisationPage = page_of(OrganisationOut, "OrganisationPage")
