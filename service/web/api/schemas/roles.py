"""Shapes of role assignments and of the accounts with which people log in."""

from apiflask import Schema
from marshmallow import fields, validate

from service.access.roles import ROLES
from service.web.api.schemas.base import Moment, PageQuery, Strict, Text, count, page_of, reference
from service.web.api.schemas.substitutes import SubstituteOut
from service.web.api.schemas.tasks import TaskItem

KINDS = ("holder", "alternate")


class AssignmentQuery(PageQuery):
    """Assignments in force or to come, of an organisation, a person or a role."""

    organisation_id = reference(load_default=None)
    person_id = reference(load_default=None)
    role = fields.String(load_default=None, validate=validate.OneOf(ROLES))


class AssignmentOut(Schema):
    """A role held by a person at an organisation, valid_from ≤ day < valid_until."""

    id = fields.String(required=True)
    person_id = fields.String(required=True)
    person_name = fields.String(required=True)
    role = fields.String(required=True)
    organisation_id = fields.String(required=True)
    kind = fields.String(required=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True, allow_none=True)
    absent_from = fields.Date(required=True, allow_none=True)
    absent_until = fields.Date(required=True, allow_none=True)
    document = fields.String(required=True)


class AssignmentIn(Strict):
    """A role from a day on."""

    person_id = reference(required=True)
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    organisation_id = reference(required=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(load_default=None, allow_none=True)
    kind = fields.String(load_default="holder", validate=validate.OneOf(KINDS))
    document = Text(load_default="")


class EndedOut(Schema):
    """What the end of a role leaves behind: who stands for it now, and the person's open tasks to hand over."""

    assignment_id = fields.String(required=True)
    person_id = fields.String(required=True)
    role = fields.String(required=True)
    organisation_id = fields.String(required=True)
    on = fields.Date(required=True)
    standing = fields.List(fields.String(), required=True, metadata={"description": "Persons who stand for the role."})
    is_vacant = fields.Boolean(required=True)
    open_tasks = fields.List(fields.Nested(TaskItem), required=True)
    substitutes = fields.List(
        fields.Nested(SubstituteOut), required=True,
        metadata={"description": "Who stands in for the person, and for whom the person stands in, from today on."},
    )  # fmt: skip


class AbsenceIn(Strict):
    """The holder is away: first ≤ day < until (open when null); `first` null ends the absence."""

    first = fields.Date(required=True, allow_none=True)
    until = fields.Date(load_default=None, allow_none=True)


class UserAccountIn(Strict):
    """An account with which a person logs in."""

    username = Text(most=64, least=1, required=True)
    password = fields.String(required=True, validate=validate.Length(1, 400), metadata={"format": "password"})
    person_id = reference(load_default=None, allow_none=True)
    organisation_id = reference(load_default=None, allow_none=True)
    locale = fields.String(load_default="zh", validate=validate.OneOf(["zh", "en"]))


class UserAccountOut(Schema):
    """The account that was made."""

    id = fields.String(required=True)


class PasswordIn(Strict):
    """A new password for somebody else's account."""

    password = fields.String(required=True, validate=validate.Length(1, 400), metadata={"format": "password"})


class OwnPasswordIn(Strict):
    """One's own password; the present one proves that it is one's own screen."""

    current = fields.String(required=True, validate=validate.Length(1, 400), metadata={"format": "password"})
    new = fields.String(required=True, validate=validate.Length(1, 400), metadata={"format": "password"})


class TokenIn(Strict):
    """A bearer token for a program of mine."""

    label = Text(most=120, least=1, required=True)
    days = count(least=1, most=365, required=True)


class TokenOut(Schema):
    """A live token; never the token itself."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    label = fields.String(required=True)
    address = fields.String(required=True)
    created_at = Moment(required=True)
    expires_at = Moment(required=True)
    last_seen_at = Moment(required=True, allow_none=True)


AssignmentPage = page_of(AssignmentOut, "AssignmentPage")
