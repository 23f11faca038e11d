"""What the schemas share: strict fields, pages, versions, and the shape of every error."""

from typing import Any

from apiflask import Schema
from marshmallow import RAISE, ValidationError, fields, validate


class Strict(Schema):
    """A body or query: a field that is not declared is an error, never dropped in silence."""

    class Meta:
        unknown = RAISE


class Text(fields.String):
    """A text of bounded length (default 200 characters), trimmed of blanks around it; NUL is no character of a text."""

    def __init__(self, *, most: int = 200, least: int = 0, **options: Any) -> None:
        super().__init__(validate=validate.Length(least or None, most), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **options)).strip()
        if "\0" in text:
            raise ValidationError("Not a valid string.")
        return text


def reference(**options: Any) -> fields.Field[Any]:
    """The id of a row: short, and nothing but what ids are made of."""
    return fields.String(validate=validate.Regexp(r"\A[0-9A-Za-z_.@:-]{1,64}\Z"), **options)


def count(**options: Any) -> fields.Integer:
    """A whole number that fits every database's integer."""
    least, most = options.pop("least", 0), options.pop("most", 1_000_000)
    return fields.Integer(strict=True, validate=validate.Range(least, most), **options)


class PageQuery(Strict):
    """Keyset paging: `cursor` from the page before, `limit` at most 200."""

    cursor = Text(most=400, load_default=None, metadata={"description": "The `next` of the page before."})
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200), metadata={"description": "At most 200."})


class Versioned(Strict):
    """A change carries the version that the caller saw; it may stand in If-Match instead."""

    version = count(allow_none=True, load_default=None, most=2**31 - 1)


class Reasoned(Versioned):
    """A change that is explained."""

    reason = Text(most=500, allow_none=True, load_default=None)


class Moment(fields.AwareDateTime):
    """RFC 3339 with zone; the far sentinel of "no deadline" is null."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> Any:
        if value is not None and value.year == 9999:
            return None
        return super()._serialize(value, attr, obj, **options)


class FaultOut(Schema):
    """One thing that is wrong: where, what, in words."""

    path = fields.String(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True)


class FindingOut(Schema):
    """One finding of the deploy gate."""

    severity = fields.String(required=True, validate=validate.OneOf(["error", "warning"]))
    rule = fields.String(required=True)
    element_id = fields.String(required=True, allow_none=True)
    line = fields.Integer(required=True)
    message = fields.String(required=True)
    remedy = fields.String(required=True)
    file = fields.String(required=True)


class Problem(Schema):
    """An error (RFC 9457); `findings` only where a deployment is refused."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)
    params = fields.Dict(keys=fields.String(), required=True)
    errors = fields.List(fields.Nested(FaultOut), required=True)
    findings = fields.List(fields.Nested(FindingOut))


def page_of(item: type[Schema], name: str) -> type[Schema]:
    """The schema of one page: `{"items": […], "next": cursor or null}`."""
    listed: Any = Schema.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next": fields.String(allow_none=True, required=True),
        },
        name=name,
    )
    found: type[Schema] = listed
    return found
