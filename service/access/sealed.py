"""Sealed values: what is sensitive stands in JSON and texts as a ciphertext wherever it is carried (policy §7).

A value is bound to its place (the case, or the draft of a person), so that it cannot be moved to another; what does not
open there is no ciphertext of ours and stays the text that it is. Expressions see the sealed text only.
"""

import base64
import re
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from service import crypto
from service.errors import Invalid

WHOLE = "sealed"
FORM = re.compile("⟦sealed:([A-Za-z0-9+/=]+)⟧")


def case(instance_id: str) -> str:
    """The place of what belongs to a case: seats, variables and their history."""
    return f"case/{instance_id}"


def draft(person_id: str, subject: str) -> str:
    """The place of what a person has not yet sent; `subject` is the task or the flow."""
    return f"draft/{person_id}/{subject}"


def seal(place: str, value: Any) -> Any:
    """The value as a sealed text; None stays None, because an empty field tells nothing."""
    if value is None:
        return None
    return _text(crypto.ring().encrypt(orjson.dumps(value), place.encode()))


def seal_some(place: str, values: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The values with those of these names sealed."""
    return {**values, **{name: seal(place, values[name]) for name in names if name in values}}


def hidden(place: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values sealed as one, their names too."""
    return {WHOLE: seal(place, dict(values))}


def shown(place: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What `hidden` has sealed, in plain; values that were never sealed as they are."""
    found: dict[str, Any] = opened(place, values[WHOLE] if values.keys() == {WHOLE} else values)
    return found


def is_sealed(value: Any) -> bool:
    """Whether a value holds a ciphertext, of whatever place."""
    return isinstance(value, str) and FORM.search(value) is not None


def opened(place: str, value: Any) -> Any:
    """The value with everything that is sealed in it in plain; what does not open stays as it is, nothing is lost."""
    if isinstance(value, str):
        return _opened(place, value)
    if isinstance(value, Mapping):
        return {name: opened(place, item) for name, item in value.items()}
    return [opened(place, item) for item in value] if isinstance(value, list) else value


def resealed(place: str, text: str) -> str:
    """A text (JSON too) with everything sealed in it under the newest key; the same text when it already is."""
    return FORM.sub(lambda found: _renewed(place, found), text)


def _opened(place: str, text: str) -> Any:
    found = FORM.fullmatch(text)
    plain = _plain(place, found.group(1)) if found else None
    return text if plain is None else orjson.loads(plain)


def _renewed(place: str, found: re.Match[str]) -> str:
    plain = _plain(place, found.group(1))
    if plain is None or crypto.ring().is_current(base64.b64decode(found.group(1))):
        return found.group(0)
    return _text(crypto.ring().encrypt(plain, place.encode()))


def _plain(place: str, text: str) -> bytes | None:
    """What a ciphertext says; None for what is none of ours here: anybody may type the brackets."""
    try:
        return crypto.ring().decrypt(base64.b64decode(text, validate=True), place.encode())
    except (Invalid, ValueError):
        return None


def _text(sealed: bytes) -> str:
    return f"⟦sealed:{base64.b64encode(sealed).decode()}⟧"
