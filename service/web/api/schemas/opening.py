"""Shapes of the opening: workbooks, what their headings mean, wrong cells, loads; reconciliation and signatures."""

from apiflask import Schema
from marshmallow import fields, validate

from service.opening.mapping import GUESSED, NONE, SURE
from service.opening.templates import TABLES
from service.web.api.schemas.base import Moment, Strict, Text, reference

STATES = ("mapping", "checking", "checked", "loading", "loaded", "revoking", "revoked")


class WorkbookIn(Strict):
    """A workbook: the template filled in, or sheets of another system."""

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})


class HeadingMapIn(Strict):
    """A heading of the file and the column that it stands for; null: left out."""

    heading = Text(most=400, required=True)
    column = Text(most=40, required=True, allow_none=True)
    how = fields.String(load_default=GUESSED, validate=validate.OneOf([SURE, GUESSED, NONE]))


class SheetMapIn(Strict):
    """A sheet of the file and the table that it fills; null: not read."""

    sheet = Text(most=120, required=True)
    table = fields.String(required=True, allow_none=True, validate=validate.OneOf(list(TABLES)))
    headings = fields.List(fields.Nested(HeadingMapIn), load_default=list, validate=validate.Length(max=400))


class MappingIn(Strict):
    """What every sheet and heading of the file is."""

    sheets = fields.List(fields.Nested(SheetMapIn), required=True, validate=validate.Length(1, 50))


class HeadingMapOut(Schema):
    """A heading and its column: `how` sure (known), guessed (to be looked at) or none."""

    heading = fields.String(required=True)
    column = fields.String(required=True, allow_none=True)
    how = fields.String(required=True, validate=validate.OneOf([SURE, GUESSED, NONE]))


class SheetMapOut(Schema):
    """A sheet and its table."""

    sheet = fields.String(required=True)
    table = fields.String(required=True, allow_none=True)
    headings = fields.List(fields.Nested(HeadingMapOut), required=True)


class WrongCell(Schema):
    """What is wrong in one cell, and what to do; `cell` as spreadsheets name it, empty where the column is missing."""

    sheet = fields.String(required=True)
    row = fields.Integer(required=True)
    cell = fields.String(required=True)
    column = fields.String(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True)


class RowCounts(Schema):
    """Rows of one sheet that are new, changed, or the same as in the books."""

    new = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    same = fields.Integer(required=True)


class OpeningImportItem(Schema):
    """A workbook or load in the list."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    total = fields.Integer(required=True)
    wrong = fields.Integer(required=True, metadata={"description": "Rows with a wrong cell."})
    run_id = fields.String(required=True, allow_none=True)
    at = Moment(required=True)
    loaded_at = Moment(required=True, allow_none=True)
    revoked_at = Moment(required=True, allow_none=True)
    reason = fields.String(required=True, metadata={"description": "Why it was taken back."})


class OpeningImportOut(OpeningImportItem):
    """A workbook with its mapping, its counts by sheet, and every wrong cell (the first 2,000)."""

    mapping = fields.List(fields.Nested(SheetMapOut), required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Nested(RowCounts), required=True)
    errors = fields.List(fields.Nested(WrongCell), required=True)


class OpeningImportList(Schema):
    """Own workbooks and every load, newest first."""

    items = fields.List(fields.Nested(OpeningImportItem), required=True)


class RunAsked(Schema):
    """The background work that was asked for."""

    run_id = fields.String(required=True)


class WhyIn(Strict):
    """Why."""

    reason = Text(most=400, least=1, required=True)


class ReconciledAccount(Schema):
    """An account on the opening day: `listed` are persons by their appointments, `difference` is listed − occupied."""

    name = fields.String(required=True, validate=validate.OneOf(["headcount", "senior", "middle", "junior"]))
    approved = fields.Integer(required=True)
    excess = fields.Integer(required=True)
    occupied = fields.Integer(required=True)
    listed = fields.Integer(required=True)
    difference = fields.Integer(required=True)


class OpeningSignatureOut(Schema):
    """A signature; one that does not hold was given before the books changed."""

    side = fields.String(required=True, validate=validate.OneOf(["school", "bureau"]))
    name = fields.String(required=True)
    signed_at = Moment(required=True)
    note = fields.String(required=True)
    holds = fields.Boolean(required=True)
    document = fields.String(required=True, allow_none=True, metadata={"description": "Of the sealed paper, if any."})
    decided_on = fields.Date(required=True, allow_none=True)
    attachment_id = fields.String(required=True, allow_none=True)
    recorder = fields.String(required=True, allow_none=True, metadata={"description": "Who has written it down."})


class ReconciliationOut(Schema):
    """A school as of its opening day: `persons` have headcount, `stated` is what the staffing office says of them."""

    organisation_id = fields.String(required=True)
    name = fields.String(required=True)
    opened_on = fields.Date(required=True)
    document = fields.String(required=True)
    stated = fields.Integer(required=True, allow_none=True)
    persons = fields.Integer(required=True)
    all_persons = fields.Integer(required=True)
    lent = fields.Integer(required=True)
    difference = fields.Integer(required=True, allow_none=True)
    agrees = fields.Boolean(required=True)
    signed = fields.Boolean(required=True)
    digest = fields.String(required=True, metadata={"description": "Of what is signed; sent back by who signs."})
    code = fields.String(required=True, metadata={"description": "The same, short, as it stands on a printed list."})
    accounts = fields.List(fields.Nested(ReconciledAccount), required=True)
    signatures = fields.List(fields.Nested(OpeningSignatureOut), required=True)


class ReconciliationList(Schema):
    """Schools by code."""

    items = fields.List(fields.Nested(ReconciliationOut), required=True)


class SignIn(Strict):
    """Who signs for which side what was seen; `note` explains differences."""

    side = fields.String(required=True, validate=validate.OneOf(["school", "bureau"]))
    digest = Text(most=64, required=True)
    note = Text(most=400, load_default="")


class SealedPaperIn(Strict):
    """What a school without a network has signed and sealed: who signed, number, day, and the scan (an upload)."""

    person_id = reference(required=True)
    document = Text(most=200, least=1, required=True)
    decided_on = fields.Date(required=True)
    attachment_id = reference(required=True)


class SealedListIn(SealedPaperIn):
    """The printed list with its code; `note` explains differences."""

    code = Text(most=20, least=1, required=True)
    note = Text(most=400, load_default="")
