"""What the schemas share: strict fields, pages, versions."""

from typing import Any

from apiflask import Schema
from marshmallow import RAISE, fields, validate


class Strict(Schema):
    """A body or query: a field that is not declared is an error, never dropped in silence."""

    class Meta:
        unknown = RAISE


class Text(fields.String):
    """A text of bounded length (default 200 characters), trimmed of blanks around it."""

    def __init__(self, *, most: int = 200, **options: Any) -> None:
        super().__init__(validate=validate.Length(max=most), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        return str(super()._deserialize(value, attr, data, **options)).strip()


class PageQuery(Strict):
    """Keyset paging: `cursor` from the page before, `limit` at most 200."""

    cursor = fields.String(metadata={"description": "The `next` of the page before."})
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200), metadata={"description": "At most 200."})


class Versioned(Strict):
    """A change carries the version that the caller saw; it may stand in If-Match instead."""

    version = fields.Integer(strict=True, allow_none=True, load_default=None)


class Reasoned(Versioned):
    """A change that is explained."""

    reason = Text(most=2000, allow_none=True, load_default=None)


class Moment(fields.AwareDateTime):
    """RFC 3339 with zone; the far sentinel of "no deadline" is null."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> Any:
        if value is not None and value.year == 9999:
            return None
        return super()._serialize(value, attr, obj, **options)


def page_of(item: type[Schema], name: str) -> type[Schema]:
    """The schema of one page: `{"items": […], "next": cursor or null}`."""
    listed: Any = Schema.from_dict(
        {"items": fields.List(fields.Nested(item), required=True), "next": fields.String(allow_none=True, required=True)},
        name=name,
    )
    found: type[Schema] = listed
    return found
