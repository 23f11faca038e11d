"""Templates of channels: `{{name}}` and nothing else; a value is escaped for where it stands and never read again."""

import re
from collections.abc import Callable, Mapping
from urllib.parse import quote

import orjson

from service.errors import Fault

PLACEHOLDERS = ("id", "kind", "text", "flow", "due", "link", "at", "recipient", "secret")
"""What a template may name. `text` is the sentence of the kind; no name, number, opinion or title is here."""
_PLACE = re.compile(r"\{\{\s*([a-z_]*)\s*\}\}")
_LEFT_OVER = re.compile(r"\{\{|\}\}")


def fill_json(template: str, values: Mapping[str, str]) -> str:
    """A JSON text: each value is written as the inside of a JSON string."""
    return _filled(template, values, lambda value: orjson.dumps(value).decode()[1:-1])


def fill_form(template: str, values: Mapping[str, str]) -> str:
    """A form or an address: each value is percent-encoded."""
    return _filled(template, values, lambda value: quote(value, safe=""))


def fill_header(template: str, values: Mapping[str, str]) -> str:
    """A header: no control characters, so that a value cannot begin another one; beyond ASCII percent-encoded."""
    return _filled(template, values, _for_header)


def _for_header(value: str) -> str:
    plain = re.sub(r"[\x00-\x1f\x7f]", " ", value)
    return re.sub(r"[^\x20-\x7e]+", lambda found: quote(found.group()), plain)


def faults_of(path: str, template: str, allowed: tuple[str, ...] = PLACEHOLDERS) -> list[Fault]:
    """What is wrong with a template: an unknown placeholder, or braces that are none."""
    unknown = [name for name in _PLACE.findall(template) if name not in allowed]
    left_over = _LEFT_OVER.search(_PLACE.sub("", template))
    if not unknown and not left_over:
        return []
    names = ", ".join(unknown) or "{{ }}"
    return [Fault(path, "channel.placeholder", names, {"names": names, "allowed": ", ".join(allowed)})]


def is_json(template: str) -> bool:
    """Whether the template is JSON once values stand in it."""
    try:
        orjson.loads(fill_json(template, dict.fromkeys(PLACEHOLDERS, '"\\\n')))
    except orjson.JSONDecodeError:
        return False
    return True


def _filled(template: str, values: Mapping[str, str], escaped: Callable[[str], str]) -> str:
    return _PLACE.sub(lambda found: escaped(values[found.group(1)]), template)
