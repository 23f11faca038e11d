"""JSON in and out: read strictly before any schema sees it, written in order with Chinese as Chinese."""

from typing import Any

import orjson
from apiflask.schema_adapters.marshmallow import parser
from flask import Request
from flask.json.provider import JSONProvider
from marshmallow import missing
from werkzeug.exceptions import UnsupportedMediaType

from service.errors import Invalid

DEEPEST = 64
"""Levels of nested lists and objects in a body."""


class Json(JSONProvider):
    """Flask's JSON by orjson."""

    def dumps(self, obj: Any, **_options: Any) -> str:
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **_options: Any) -> Any:
        return orjson.loads(s)


@parser.location_loader("json")
def read_json(sent: Request, _schema: Any) -> Any:
    """The body of a request for its schema; `{}` without one.

    415 for another media type, 400 `body.unreadable` for what is no JSON, `body.nul` and `body.too_deep` for JSON that
    databases cannot keep.
    """
    content = sent.get_data(cache=True)
    if not content:
        return {}
    if not sent.is_json:
        raise UnsupportedMediaType
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise Invalid("body.unreadable", reason=str(error)[:200]) from error
    if content.count(b"{") + content.count(b"[") > DEEPEST or b"\\u0000" in content:
        _expect_storable(body)
    return missing if body is None else body


def _expect_storable(body: Any) -> None:
    """Neither NUL, which PostgreSQL refuses in JSON, nor nesting without end."""
    level = [body]
    for _ in range(DEEPEST):
        if any("\0" in text for text in level if isinstance(text, str)):
            raise Invalid("body.nul")
        objects = [item for item in level if isinstance(item, dict)]
        inside = [part for item in objects for pair in item.items() for part in pair]
        level = inside + [part for item in level if isinstance(item, list) for part in item]
        if not level:
            return
    raise Invalid("body.too_deep", deepest=DEEPEST)
