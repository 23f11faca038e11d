"""What marshmallow finds wrong, as faults with codes of our own, so that they can be said in both languages."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from service.errors import Fault

FIELD = "field."
TEXTS: tuple[tuple[str, str], ...] = (
    (r"Missing data for required field\.", "required"),
    (r"Field may not be null\.", "null"),
    (r"Unknown field\.", "unknown"),
    (r"Not a valid string\.", "text"),
    (r"Not a valid (?:integer|number)\.", "number"),
    (r"(?:Number too large|Special numeric values.*)\.?", "number"),
    (r"Not a valid boolean\.", "boolean"),
    (r"Not a valid date\.", "date"),
    (r"Not a valid (?:aware )?datetime\.", "moment"),
    (r"Not a valid list\.", "list"),
    (r"Not a valid mapping type\.", "object"),
    (r"Invalid (?:input )?type\.", "object"),
    (r'".*" cannot be formatted as a .*\.', "date"),
    (r"Must be one of: (?P<choices>.*)\.", "choice"),
    (r"Must be greater than or equal to (?P<least>.*?) and less than or equal to (?P<most>.*)\.", "range"),
    (r"Must be greater than or equal to (?P<least>.*)\.", "least"),
    (r"Must be less than or equal to (?P<most>.*)\.", "most"),
    (r"Length must be between (?P<least>\d+) and (?P<most>\d+)\.", "length"),
    (r"Longer than maximum length (?P<most>\d+)\.", "longest"),
    (r"Shorter than minimum length (?P<least>\d+)\.", "shortest"),
    (r"String does not match expected pattern\.", "pattern"),
)
"""marshmallow's sentence → our code below `field.`."""
KNOWN = tuple((re.compile(pattern, re.DOTALL), FIELD + code) for pattern, code in TEXTS)


def faults_of(messages: Any) -> tuple[Fault, ...]:
    """Faults for `{location: {field: [sentence, …]}}`; the path leaves the location out."""
    if not isinstance(messages, Mapping):
        return (fault("", str(messages)),)
    return tuple(found for place in messages.values() for found in _walk("", place))


def _walk(path: str, messages: Any) -> Iterator[Fault]:
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            here = path if name == "_schema" else f"{path}.{name}".lstrip(".")
            yield from _walk(here, inner)
    else:
        for sentence in messages if isinstance(messages, list) else [messages]:
            yield fault(path, str(sentence))


def fault(path: str, sentence: str) -> Fault:
    """The fault that a sentence of marshmallow stands for; one that is not known keeps its own words."""
    for pattern, code in KNOWN:
        found = pattern.fullmatch(sentence)
        if found:
            return Fault(path, code, params=found.groupdict())
    return Fault(path, "field.invalid", params={"sentence": sentence})
