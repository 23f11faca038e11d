"""JSON in and out: orjson, in the order in which it was written, Chinese as Chinese."""

from typing import Any

import orjson
from flask.json.provider import JSONProvider


class Json(JSONProvider):
    """Flask's JSON by orjson: NaN, infinities and unknown types are errors, never surprises."""

    def dumps(self, obj: Any, **_options: Any) -> str:
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **_options: Any) -> Any:
        return orjson.loads(s)
