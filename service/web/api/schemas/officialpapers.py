"""Shapes of official papers and their templates."""

from apiflask import Schema
from marshmallow import fields

from service.papers.kinds import KINDS
from service.web.api.schemas.base import Moment, Strict, Text, reference

FILES = ("pdf", "docx", "xlsx")


class OfficialScanIn(Strict):
    """The scan of the printed paper with seal and signature, uploaded before."""

    attachment_id = reference(required=True)


class OfficialPaperAsked(Strict):
    """A paper to be issued. `given` are the fields that its kind asks for; `subject` whom it is about, of several."""

    kind = Text(most=64, required=True, metadata={"enum": list(KINDS)})
    subject = Text(most=64, load_default="")
    given = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)


class OfficialPaperIn(OfficialPaperAsked):
    """The same; `blanks` confirms that fields stay empty, `replaces_id` names the paper in whose place it comes."""

    blanks = fields.Boolean(load_default=False)
    replaces_id = reference(load_default=None, allow_none=True)
    reason = Text(most=500, load_default="")


class OfficialScanOut(Schema):
    """A sealed scan of a paper."""

    attachment_id = fields.String(required=True)
    at = Moment(required=True)


class OfficialPaperOut(Schema):
    """A paper as it was issued; `code` is what its QR code says, `digest` the SHA-256 of its text."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    kind_name = fields.String(required=True)
    number = fields.String(required=True)
    about = fields.String(required=True)
    instance_id = fields.String(required=True)
    business_key = fields.String(required=True)
    code = fields.String(required=True)
    digest = fields.String(required=True)
    personal = fields.Boolean(required=True)
    template_version = fields.Integer(required=True)
    template_checksum = fields.String(required=True)
    replaces_id = fields.String(required=True, allow_none=True)
    replaced_by = fields.String(required=True, allow_none=True)
    replaced_by_number = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True)
    issued_by = fields.String(required=True)
    at = Moment(required=True)
    files = fields.List(fields.String(), required=True)
    scans = fields.List(fields.Nested(OfficialScanOut), required=True)


class OfficialPaperList(Schema):
    """Papers; of a year the latest first and at most 200."""

    items = fields.List(fields.Nested(OfficialPaperOut), required=True)


class OfficialPaperQuery(Strict):
    """The papers of a year, of one kind."""

    year = fields.Integer(load_default=None, allow_none=True)
    kind = Text(most=64, load_default="")


class AskedFieldOut(Schema):
    """Something that whoever issues a paper types."""

    name = fields.String(required=True)
    label = fields.String(required=True)
    required = fields.Boolean(required=True)
    long = fields.Boolean(required=True)
    day = fields.Boolean(required=True)
    example = fields.String(required=True)


class PaperFieldOut(Schema):
    """A field of a template, as FEEL reads it; `[]` stands for each item of a list."""

    name = fields.String(required=True)
    words = fields.String(required=True)
    example = fields.String(required=True)


class PaperKindOut(Schema):
    """A kind of paper: `public` bears no personal data, `about` is notice, persons or person."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    public = fields.Boolean(required=True)
    about = fields.String(required=True)
    roster = fields.Boolean(required=True)
    flows = fields.List(fields.String(), required=True)
    fields_ = fields.List(fields.Nested(PaperFieldOut), required=True, data_key="fields", attribute="fields")
    asked = fields.List(fields.Nested(AskedFieldOut), required=True)


class PaperKindList(Schema):
    """All kinds."""

    items = fields.List(fields.Nested(PaperKindOut), required=True)


class TemplateUpload(Strict):
    """A .docx, and what is new in it."""

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})
    note = Text(most=500, required=True)


class TemplateMade(Schema):
    """The version that was kept as a draft."""

    template_id = fields.String(required=True)


class TemplateVersionOut(Schema):
    """A version of a template: draft, published or retired; who did what and when, as ids."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    state = fields.String(required=True)
    checksum = fields.String(required=True)
    note = fields.String(required=True)
    made_by = fields.String(required=True)
    made_at = Moment(required=True)
    published_by = fields.String(required=True, allow_none=True)
    published_at = Moment(required=True, allow_none=True)
    retired_by = fields.String(required=True, allow_none=True)
    retired_at = Moment(required=True, allow_none=True)
    retired_because = fields.String(required=True, allow_none=True)


class TemplateVersionList(Schema):
    """The versions of a kind, the newest first."""

    items = fields.List(fields.Nested(TemplateVersionOut), required=True)


class TemplateRetirement(Strict):
    """Why a version is retired."""

    reason = Text(most=500, least=1, required=True)


class TriedCase(Schema):
    """One case that a template was filled with; `refused` says why such a paper could not be issued of it."""

    id = fields.String(required=True)
    business_key = fields.String(required=True)
    about = fields.String(required=True)
    unfilled = fields.List(fields.String(), required=True)
    refused = fields.String(required=True)


class TemplateTried(Schema):
    """The cases, and the fields that none of them fills."""

    cases = fields.List(fields.Nested(TriedCase), required=True)
    never = fields.List(fields.String(), required=True)
