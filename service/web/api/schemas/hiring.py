"""Shapes of hiring requests and their candidates."""

from apiflask import Schema
from marshmallow import fields, validate

from service.web.api.schemas.base import PageQuery, Strict, Text, Versioned, count, page_of, reference
from service.web.api.schemas.instances import InstanceItem, InstanceOut
from service.web.api.schemas.ledger import HoldOut

SCORE = {"description": "Points of 100, at most two decimals."}


class RequestQuery(PageQuery):
    """Which hiring requests."""

    mine = fields.Boolean(load_default=False)
    state = Text(most=12, load_default=None)
    organisation_id = reference(load_default=None)


class RequestIn(Strict):
    """A school's demand; `variables` are the fields of the flow's start form."""

    organisation_id = reference(load_default=None, allow_none=True)
    variables = fields.Dict(keys=fields.String(), load_default=dict)


class RequestOut(InstanceOut):
    """A hiring request: its case, what it holds of the ledger, and which fields of candidates may be written now."""

    holds = fields.List(fields.Nested(HoldOut), required=True)
    open_fields = fields.List(fields.String(), required=True)
    registers = fields.Boolean(required=True)


class CandidateQuery(Strict):
    """The candidates of one row of the demand."""

    line = count(least=1, load_default=None)


class CandidateOut(Schema):
    """A candidate; numbers are masked, scores in points."""

    id = fields.String(required=True)
    line = fields.Integer(required=True)
    name = fields.String(required=True)
    id_number = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    degree = fields.String(required=True)
    graduated_from = fields.String(required=True)
    certificate = fields.String(required=True)
    written = fields.Float(required=True, allow_none=True)
    interview = fields.Float(required=True, allow_none=True)
    inspection = fields.String(required=True, allow_none=True)
    total = fields.Float(required=True, allow_none=True)
    rank = fields.Integer(required=True, allow_none=True)
    chosen = fields.Boolean(required=True)
    state = fields.String(required=True)
    reason = fields.String(required=True)
    person_id = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)


class CandidateList(Schema):
    """All candidates of a case, by row and rank."""

    items = fields.List(fields.Nested(CandidateOut), required=True)


class CandidateIn(Strict):
    """An applicant for the post in row `line`."""

    line = count(least=1, most=10_000, required=True)
    name = Text(most=80, least=1, required=True)
    id_number = Text(most=24, least=1, required=True)
    phone = Text(most=20, load_default=None, allow_none=True)
    degree = Text(most=24, required=True)
    graduated_from = Text(most=120, load_default="")
    certificate = Text(most=120, load_default="")


class CandidateEdit(Versioned):
    """The fields that change, as the step where the case stands allows."""

    line = count(least=1, most=10_000)
    name = Text(most=80, least=1)
    id_number = Text(most=24, least=1)
    phone = Text(most=20, allow_none=True)
    degree = Text(most=24)
    graduated_from = Text(most=120)
    certificate = Text(most=120)
    state = Text(most=16)
    reason = Text(most=500)
    written = fields.Float(allow_none=True, metadata=SCORE)
    interview = fields.Float(allow_none=True, metadata=SCORE)
    inspection = fields.String(allow_none=True, validate=validate.OneOf(["passed", "failed"]))
    chosen = fields.Boolean()


class RemoveIn(Versioned):
    """Why the entry was wrong."""

    reason = Text(most=500, least=1, required=True)


class SheetQuery(Strict):
    """`keep_good` writes the right rows although others are wrong."""

    keep_good = fields.Boolean(load_default=False)


class SheetIn(Strict):
    """The XLSX as downloaded, filled in."""

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})


class ImportFault(Schema):
    """What is wrong in one cell."""

    path = fields.String(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True)
    row = fields.Integer(required=True, allow_none=True)
    column = fields.String(required=True, allow_none=True)


class ImportedOut(Schema):
    """What an import wrote, and the cells that kept rows out."""

    rows = fields.Integer(required=True)
    inserted = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    errors = fields.List(fields.Nested(ImportFault), required=True)


RequestPage = page_of(InstanceItem, "HiringRequestPage")
