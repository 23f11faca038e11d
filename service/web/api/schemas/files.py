"""Shapes of attachments."""

from apiflask import Schema
from marshmallow import fields

from service.web.api.schemas.base import Moment, Strict, reference


class UploadIn(Strict):
    """One file; with `process_instance_id` it belongs to that case at once."""

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})
    process_instance_id = reference(load_default=None, allow_none=True)


class AttachmentQuery(Strict):
    """The files of a case."""

    process_instance_id = reference(required=True)


class AttachmentOut(Schema):
    """A stored file; `size` in bytes, `checksum` the SHA-256 of its contents."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    size = fields.Integer(required=True)
    media_type = fields.String(required=True)
    checksum = fields.String(required=True)
    process_instance_id = fields.String(required=True, allow_none=True, attribute="instance_id")
    uploaded_by = fields.String(required=True)
    at = Moment(required=True)


class AttachmentList(Schema):
    """The files of a case, oldest first."""

    items = fields.List(fields.Nested(AttachmentOut), required=True)
