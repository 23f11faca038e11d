"""Shapes of drafts: what a flow is to become, and what a second person says to it."""

from apiflask import Schema
from marshmallow import fields, validate

from service.web.api.schemas.base import (
    FindingOut,
    Moment,
    PageQuery,
    Reasoned,
    Strict,
    Text,
    Versioned,
    count,
    page_of,
    reference,
)

STATES = ("editing", "asked", "published", "discarded")
KINDS = ("bpmn", "dmn", "form", "toml")
LONGEST_FILE = 5_000_000


class FileText(fields.String):
    """The text of a file, kept character by character."""

    def __init__(self) -> None:
        super().__init__(validate=validate.Length(0, LONGEST_FILE))


def contents(**options: object) -> fields.Dict:
    """Files by name."""
    return fields.Dict(
        keys=fields.String(validate=validate.Length(1, 200)),
        values=FileText(),
        metadata={"description": "File name → text (UTF-8): .bpmn, .dmn, .form and flow.toml."},
        **options,  # type: ignore[arg-type]
    )


class DraftQuery(PageQuery):
    """Of a flow, in a state; without a state those that are edited or wait for a second person."""

    key = Text(most=64, load_default=None)
    state = fields.String(load_default=None, validate=validate.OneOf(STATES))


class DraftIn(Strict):
    """A copy of a version (`definition_id`), or a new flow by `key` and `name`."""

    definition_id = reference(load_default=None, allow_none=True)
    key = Text(most=64, load_default=None, allow_none=True)
    name = Text(most=200, load_default=None, allow_none=True)


class DraftFilesIn(Strict):
    """Files, or one ZIP of them, as a new draft; `key` where they name none."""

    files = fields.List(
        fields.Raw(metadata={"type": "string", "format": "binary"}), required=True, validate=validate.Length(1, 200)
    )


class ImportQuery(Strict):
    """The key of the draft where the files do not name one."""

    key = Text(most=64, load_default=None)


class DraftSave(Strict):
    """What was edited: `files` are added or replaced, `removed` taken away, every other file stays.

    `check` runs the gate over the result; what it finds keeps nothing from being saved.
    """

    version = count(required=True, most=2**31 - 1)
    files = contents(load_default=dict)
    removed = fields.List(fields.String(validate=validate.Length(1, 200)), load_default=list)
    check = fields.Boolean(load_default=True)


class WhoOut(Schema):
    """A person; without a name for an account that belongs to nobody."""

    id = fields.String(required=True)
    name = fields.String(required=True)


class SaidOut(Schema):
    """Who said something when, and why."""

    by = fields.Nested(WhoOut, required=True)
    at = Moment(required=True)
    reason = fields.String(required=True)


class VersionOut(Schema):
    """A published version."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)


class DraftFileOut(Schema):
    """One file of a draft."""

    name = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    size = fields.Integer(required=True, metadata={"description": "Bytes."})
    checksum = fields.String(required=True, metadata={"description": "SHA-256."})


class MayOut(Schema):
    """What the caller may do with a draft in its state."""

    save = fields.Boolean(required=True)
    ask = fields.Boolean(required=True)
    withdraw = fields.Boolean(required=True)
    approve = fields.Boolean(required=True)
    refuse = fields.Boolean(required=True)
    discard = fields.Boolean(required=True)


class NoteOut(Schema):
    """One thing that an import from another engine did: changed, dropped, or left open for a person."""

    state = fields.String(required=True, validate=validate.OneOf(("open", "changed", "dropped")))
    file = fields.String(required=True)
    line = fields.Integer(required=True)
    element_id = fields.String(required=True)
    message = fields.String(required=True)


class DraftOut(Schema):
    """A draft: `version` rises with every save and act; `behind` says that its base is not the newest version."""

    id = fields.String(required=True)
    key = fields.String(required=True, metadata={"description": "Of the flow; `@…` of a library."})
    shown_key = fields.String(required=True)
    name = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    version = fields.Integer(required=True)
    shared = fields.Boolean(required=True)
    base = fields.Nested(VersionOut, required=True, allow_none=True)
    newest = fields.Nested(VersionOut, required=True, allow_none=True)
    behind = fields.Boolean(required=True)
    files = fields.List(fields.Nested(DraftFileOut), required=True)
    created_by = fields.Nested(WhoOut, required=True)
    created_at = Moment(required=True)
    saved_by = fields.Nested(WhoOut, required=True)
    saved_at = Moment(required=True)
    authors = fields.List(fields.Nested(WhoOut), required=True)
    asked = fields.Nested(SaidOut, required=True, allow_none=True)
    answer = fields.Nested(SaidOut, required=True, allow_none=True, metadata={"description": "The last refusal."})
    may = fields.Nested(MayOut, required=True)
    why_not_approve = fields.String(required=True, allow_none=True)
    definition_id = fields.String(required=True, allow_none=True)
    report = fields.List(fields.Nested(NoteOut), required=True, metadata={"description": "Of an import."})


class DraftContentsOut(DraftOut):
    """A draft with its files."""

    contents = contents(required=True)


class DraftSavedOut(DraftOut):
    """A draft as it was saved; `findings` null when the gate was not asked."""

    findings = fields.List(fields.Nested(FindingOut), required=True, allow_none=True)


class DraftBegunOut(DraftContentsOut):
    """A new draft with its files and what the gate finds in them."""

    findings = fields.List(fields.Nested(FindingOut), required=True)


class FindingsOut(Schema):
    """What the gate finds, errors first."""

    findings = fields.List(fields.Nested(FindingOut), required=True)


class DiffQuery(Strict):
    """The version to compare with; without it the one before, of a draft its base."""

    against = reference(load_default=None)


class DetailOut(Schema):
    """One thing that differs in a part; "" for nothing."""

    what = fields.String(required=True, metadata={"description": "An attribute (@…) or a place in the part."})
    old = fields.String(required=True)
    new = fields.String(required=True)


class ChangeOfPartOut(Schema):
    """A part that differs: an element, decision, rule, form field, setting or file."""

    file = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    part = fields.String(required=True, metadata={"description": "Its id; the key of a field or setting."})
    type = fields.String(required=True)
    name = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(("added", "removed", "changed", "moved")))
    details = fields.List(fields.Nested(DetailOut), required=True)


class DiffOut(Schema):
    """What differs between two versions; `old` null where there is nothing before, `new` null for a draft.

    `changes` of the flow's own files, `shared` of those of libraries and other flows that it is pinned to (of a draft:
    would be, were it published now), of which `pinned` are the names.
    """

    old = fields.Nested(VersionOut, required=True, allow_none=True)
    new = fields.Nested(VersionOut, required=True, allow_none=True)
    changes = fields.List(fields.Nested(ChangeOfPartOut), required=True)
    shared = fields.List(fields.Nested(ChangeOfPartOut), required=True)
    pinned = fields.List(fields.String(), required=True)


class DraftAct(Versioned):
    """An act on a draft with the version that was seen, here or in If-Match; 422 version.missing without it."""


class DraftReasoned(Reasoned):
    """An act on a draft with the version that was seen, here or in If-Match, and why: 422 version.missing."""


DraftPage = page_of(DraftOut, "DraftPage")
