"""Shapes of accounts in bulk, of slips, and of choosing a password."""

from apiflask import Schema
from marshmallow import fields, validate

from service.access.rules import LONGEST_SUBJECT
from service.people.opening_accounts import MOST
from service.web.api.schemas.base import Moment, Strict, Text, reference


class StaffAccountOut(Schema):
    """A person of the staff; `may_issue`: a slip may be issued by who asks; `linked`: with the provider of sign-on."""

    person_id = fields.String(required=True)
    name = fields.String(required=True)
    account_id = fields.String(required=True, allow_none=True)
    username = fields.String(required=True, allow_none=True)
    state = fields.String(
        required=True, validate=validate.OneOf(["none", "new", "waiting", "lapsed", "active", "closed"])
    )
    expires_at = Moment(required=True, allow_none=True)
    may_issue = fields.Boolean(required=True)
    linked = fields.Boolean(required=True)


class StaffAccountList(Schema):
    """The staff by name."""

    items = fields.List(fields.Nested(StaffAccountOut), required=True)


class AccountsQuery(Strict):
    """`dry_run` checks the sheet and writes nothing."""

    dry_run = fields.Boolean(load_default=False)


class AccountsIn(Strict):
    """A sheet (XLSX or CSV) with the columns of the template."""

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})


class CellError(Schema):
    """A wrong cell."""

    path = fields.String(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True)
    params = fields.Dict(required=True)
    row = fields.Integer(required=True)
    column = fields.String(required=True)


class OpenedOut(Schema):
    """How many rows there are, the accounts that were opened, and every wrong cell."""

    rows = fields.Integer(required=True)
    account_ids = fields.List(fields.String(), required=True)
    errors = fields.List(fields.Nested(CellError), required=True)


class AccountOpeningOut(Schema):
    """How many rows there are, the run that opens them (none with a wrong cell or a dry run), and every wrong cell."""

    rows = fields.Integer(required=True)
    run_id = fields.String(required=True, allow_none=True)
    errors = fields.List(fields.Nested(CellError), required=True)


class SlipsIn(Strict):
    """Accounts of one organisation."""

    account_ids = fields.List(reference(), required=True, validate=validate.Length(1, MOST))


class SlipOut(Schema):
    """The only time that a code is seen."""

    account_id = fields.String(required=True)
    username = fields.String(required=True)
    name = fields.String(required=True)
    code = fields.String(required=True)
    expires_at = Moment(required=True)


class SlipsOut(Schema):
    """Slips by name."""

    items = fields.List(fields.Nested(SlipOut), required=True)


class ActivateIn(Strict):
    """User name and code of a slip, and the password that its holder chooses."""

    username = Text(most=64, least=1, required=True)
    code = Text(most=40, least=1, required=True)
    password = fields.String(required=True, validate=validate.Length(1, 400), metadata={"format": "password"})


class IdentityIn(Strict):
    """What the provider of sign-on calls a person (`sub`)."""

    subject = Text(most=LONGEST_SUBJECT, least=1, required=True)


class IdentityOut(Schema):
    """With which subject of which issuer an account is linked; null without a link."""

    account_id = fields.String(required=True, attribute="id")
    username = fields.String(required=True)
    issuer = fields.String(required=True, allow_none=True)
    subject = fields.String(required=True, allow_none=True)
    linked_at = Moment(required=True, allow_none=True)
