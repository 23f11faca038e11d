"""flow.toml: reading it, its schema, and merging the one of a flow with those of shared parts (docs/flow-format.md)."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from workflows.errors import Invalid

OWN = "flow.toml"

_TEXT, _TEXTS, _LABEL, _NUMBER, _TRUTH, _ANY = (
    "text",
    "list of texts",
    "text or {zh, en}",
    "number",
    "true or false",
    "",
)

# section → key → what it must be; "*" stands for any key (an element, a lane, a role …) of that section.
SCHEMA: Mapping[str, Any] = {
    "flow": {
        "key": _TEXT,
        "name": _TEXT,
        "name_en": _TEXT,
        "description": _LABEL,
        "case_number": _TEXT,
        "title": _TEXT,
        "icon": _TEXT,
        "order": _NUMBER,
    },
    "title": {"zh": _TEXT, "en": _TEXT, "parts": {"*": _TEXT}, "words": {"*": {"*": _LABEL}}},
    "start": {"roles": _TEXTS, "form": _TEXT, "fields": _TEXTS, "organisation_kinds": _TEXTS, "hidden": _TRUTH},
    "lanes": {"*": _TEXT},
    "roles": {"*": _LABEL},
    "decisions": {
        "*": {"values": _TEXTS, "labels": {"*": _LABEL}, "consequences": {"*": _LABEL}, "needs_reason": _TEXTS}
    },
    "asks": {"*": _LABEL},
    "names": {"*": {"*": _TEXT}},
    "outcomes": {"*": _LABEL},
    "conditions": {"*": _LABEL},
    "parameters": {"*": _ANY},
    "mandatory": {"*": _TEXTS},
    "ledger": {"held": _TEXTS},
}


@dataclass(frozen=True)
class Flaw:
    """A key of flow.toml that the schema does not know or a value of the wrong kind; `path` is dotted."""

    path: str
    expected: str | None


def read_settings(file: str, content: bytes) -> dict[str, Any]:
    """The TOML as plain data; raises Invalid `flow.malformed` (params `file`, `line`, `reason`)."""
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid("flow.malformed", file=file, line=_line_in(str(error)), reason=str(error)) from None


def flaws(settings: Mapping[str, Any], schema: Mapping[str, Any] = SCHEMA, path: str = "") -> Iterable[Flaw]:
    """What in `settings` the schema does not allow, in the order of the file."""
    for name, value in settings.items():
        here = f"{path}.{name}" if path else name
        wanted = schema.get(name, schema.get("*"))
        if wanted is None:
            yield Flaw(here, None)
        elif isinstance(wanted, Mapping):
            if isinstance(value, Mapping):
                yield from flaws(value, wanted, here)
            else:
                yield Flaw(here, "table")
        elif not _fits(value, wanted):
            yield Flaw(here, wanted)


def merged(settings: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Several flow.toml as one: the first has the say, the others (of shared parts) add what it lacks.

    `[flow]`, `[title]` and `[start]` are taken from the first only: they are about the flow itself.
    """
    result: dict[str, Any] = {}
    for position, one in enumerate(settings):
        for section, values in one.items():
            if position == 0:
                result[section] = values
            elif section not in ("flow", "title", "start"):
                result[section] = _under(result.get(section, {}), values)
    return result


def _under(first: Any, second: Any) -> Any:
    if not isinstance(first, Mapping) or not isinstance(second, Mapping):
        return first
    return {**second, **{name: _under(value, second.get(name)) for name, value in first.items()}}


def _fits(value: Any, wanted: str) -> bool:
    texts = isinstance(value, list) and all(isinstance(item, str) for item in value)
    label = isinstance(value, Mapping) and all(k in ("zh", "en") and isinstance(v, str) for k, v in value.items())
    match wanted:
        case "text":
            return isinstance(value, str)
        case "list of texts":
            return texts
        case "text or {zh, en}":
            return isinstance(value, str) or label
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "true or false":
            return isinstance(value, bool)
    return True


def _line_in(reason: str) -> int:
    """tomllib names the line only in its text: "… (at line 3, column 5)"."""
    digits = reason.partition("at line ")[2].partition(",")[0]
    return int(digits) if digits.isdigit() else 1
