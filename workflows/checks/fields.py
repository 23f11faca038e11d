"""Settings of a form's fields that are read when somebody fills them in: bounds, patterns, options, sections."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from workflows.checks.findings import error

SETTING = error(
    "form.setting",
    ("组件“{component}”的 {place} 不能是“{value}”。", 'The {place} of "{component}" cannot be "{value}".'),
    (
        "界限写数字，pattern 写正则表达式，选项写成 {{value, label}} 且 value 为文本，key 为文本。",
        "Bounds are numbers, a pattern is a regular expression, options are {{value, label}} with a text as value, a "
        "key is a text.",
    ),
)
BOUNDS = ("min", "max", "minLength", "maxLength", "maxItems")
_SECTIONS = ("validate", "properties", "conditional")


def wrong(component: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The settings of a component that cannot be read, each with its value."""
    yield from ((name, component[name]) for name in _SECTIONS if not isinstance(component.get(name) or {}, Mapping))
    key = component.get("key")
    if key is not None and not isinstance(key, str):
        yield "key", key
    validate = component.get("validate") or {}
    if isinstance(validate, Mapping):
        yield from ((f"validate.{n}", validate[n]) for n in BOUNDS if n in validate and not _is_bound(n, validate[n]))
        if validate.get("pattern") and not _compiles(validate["pattern"]):
            yield "validate.pattern", validate["pattern"]
    options = component.get("values")
    if options is not None and not (isinstance(options, list) and all(map(_is_option, options))):
        yield "values", options


def _is_bound(name: str, value: Any) -> bool:
    if value is None:
        return True
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole if name not in ("min", "max") else whole or isinstance(value, float)


def _compiles(pattern: Any) -> bool:
    try:
        re.compile(pattern)
    except (re.error, TypeError, RecursionError, OverflowError):
        return False
    return True


def _is_option(option: Any) -> bool:
    return isinstance(option, Mapping) and isinstance(option.get("value"), str)
