"""Shapes of what leaves the house about a case."""

from apiflask import Schema
from marshmallow import fields

from service.web.api.schemas.base import Moment, Strict, Text, reference


class EvidenceIn(Strict):
    """What the bundle is for; it is recorded in the case."""

    reason = Text(most=500, least=1, required=True)


class SignatureOut(Schema):
    """One signature, as the sheet shows it."""

    step = fields.String(required=True)
    decision = fields.String(required=True)
    opinion = fields.String(allow_none=True, required=True)
    by = fields.String(required=True)
    on_behalf_of = fields.String(allow_none=True, required=True)
    at = Moment(required=True)


class ScanIn(Strict):
    """The scan of the printed sheet with seal and handwriting, uploaded before."""

    attachment_id = reference(required=True)


class ScanOut(Schema):
    """A scan that lies beside the sheet."""

    attachment_id = fields.String(required=True)
    at = Moment(required=True)


class SheetOut(Schema):
    """The approval sheet; `frozen` once the case has ended. `code` is what its QR code says."""

    business_key = fields.String(required=True)
    title = fields.String(required=True)
    organisation = fields.String(required=True)
    initiator = fields.String(required=True)
    started_at = Moment(required=True)
    ended_at = Moment(allow_none=True, required=True)
    outcome = fields.String(required=True)
    frozen = fields.Boolean(required=True)
    signed = fields.List(fields.Nested(SignatureOut), required=True)
    scans = fields.List(
        fields.Nested(ScanOut), required=True, metadata={"description": "The printed sheet with its seal, scanned."}
    )
    code = fields.String(required=True)
