"""Shapes of personnel changes."""

from apiflask import Schema
from marshmallow import fields, validate

from service.flows.personnel.queries import STATES
from service.flows.personnel.rules import KINDS
from service.web.api.schemas.base import Moment, PageQuery, page_of, reference


class ChangeQuery(PageQuery):
    """Open changes, those that were carried out, or all; of one kind, of one school."""

    state = fields.String(load_default="open", validate=validate.OneOf(STATES))
    kind = fields.String(load_default=None, validate=validate.OneOf(list(KINDS)))
    organisation_id = reference(load_default=None)


class PersonnelChangeOut(Schema):
    """One change; start one with `POST /process-instances`, key `personnel`."""

    process_instance_id = fields.String(required=True, attribute="instance_id")
    business_key = fields.String(required=True)
    title = fields.String(required=True)
    kind = fields.String(required=True)
    organisation_id = fields.String(required=True)
    to_organisation_id = fields.String(required=True, allow_none=True)
    person_id = fields.String(required=True, allow_none=True)
    effective_on = fields.Date(required=True)
    document = fields.String(required=True)
    state = fields.String(required=True)
    waiting = fields.Boolean(required=True, metadata={"description": "Confirmed; carried out on its day."})
    entered_at = Moment(required=True)
    due_at = Moment(required=True, allow_none=True)


ChangePage = page_of(PersonnelChangeOut, "ChangePage")
