"""String functions; positions count characters (code points) from 1."""

from decimal import Decimal
from typing import Any

from workflows.feel import regex
from workflows.feel.builtins.registry import builtin
from workflows.feel.frame import Frame
from workflows.feel.values import touch

_NEVER_EMPTY = ("replace", "split")
"""Functions whose pattern may not match the empty string (XPath FORX0003)."""


def _made(frame: Frame, text: str) -> str:
    frame.meter.text(len(text))
    return text


@builtin("substring", "string: string, start position: number, length?: number")
def substring(frame: Frame, string: str, start: Decimal, length: Decimal | None) -> Any:
    """`length` characters from a position on (negative: from the end); the rest without a length."""
    at = int(start)
    if not at or abs(at) > len(string) or (length is not None and length < 1):
        return frame.warn("feel.warning.value", function="substring", value=start)
    first = at - 1 if at > 0 else len(string) + at
    return string[first:] if length is None else string[first : first + min(int(length), len(string))]


@builtin("string length", "string: string")
def string_length(_: Frame, string: str) -> Decimal:
    """The number of characters."""
    return Decimal(len(string))


@builtin("upper case", "string: string")
def upper_case(frame: Frame, string: str) -> str:
    """The string in capitals."""
    return _made(frame, string.upper())


@builtin("lower case", "string: string")
def lower_case(frame: Frame, string: str) -> str:
    """The string in small letters."""
    return _made(frame, string.lower())


@builtin("substring before", "string: string, match: string")
def substring_before(_: Frame, string: str, match: str) -> str:
    """What stands before the first match; empty when there is none."""
    return string.partition(match)[0] if match and match in string else ""


@builtin("substring after", "string: string, match: string")
def substring_after(_: Frame, string: str, match: str) -> str:
    """What stands after the first match; empty when there is none, all for an empty match."""
    return string.partition(match)[2] if match else string


@builtin("contains", "string: string, match: string")
def contains(_: Frame, string: str, match: str) -> bool:
    """Whether the string holds the match."""
    return match in string


@builtin("starts with", "string: string, match: string")
def starts_with(_: Frame, string: str, match: str) -> bool:
    """Whether the string begins with the match."""
    return string.startswith(match)


@builtin("ends with", "string: string, match: string")
def ends_with(_: Frame, string: str, match: str) -> bool:
    """Whether the string ends with the match."""
    return string.endswith(match)


@builtin("trim", "string: string")
def trim(_: Frame, string: str) -> str:
    """The string without blanks at both ends."""
    return string.strip()


def _pattern(frame: Frame, name: str, pattern: str, flags: str | None) -> regex.Program | None:
    """The program of a pattern; null for a wrong one, and when it matches the empty string unless that may be."""
    try:
        program = regex.compile_pattern(pattern, flags or "")
    except regex.PatternError as error:
        frame.warn("feel.warning.value", function=name, value=f"{pattern} ({error})")
        return None
    if name in _NEVER_EMPTY and regex.search(program, "", 0, frame.meter.charge) is not None:
        frame.warn("feel.warning.value", function=name, value=pattern)
        return None
    return program


@builtin("matches", "input: string, pattern: string, flags?: string?")
def matches(frame: Frame, string: str, pattern: str, flags: str | None) -> bool | None:
    """Whether a part of the input matches the pattern (XPath regular expressions)."""
    program = _pattern(frame, "matches", pattern, flags)
    return None if program is None else regex.search(program, string, 0, frame.meter.charge) is not None


@builtin("replace", "input: string, pattern: string, replacement: string, flags?: string?")
def replace(frame: Frame, string: str, pattern: str, replacement: str, flags: str | None) -> Any:
    """The input with every match replaced; $1 is the first group, $0 the match; null if the pattern matches nothing."""
    program = _pattern(frame, "replace", pattern, flags)
    if program is None:
        return None
    try:
        parts = regex.template(replacement, program)
    except regex.PatternError:
        return frame.warn("feel.warning.value", function="replace", value=replacement)
    made, end = "", 0
    for groups in regex.finditer(program, string, frame.meter.charge):
        inserted = "".join(part if isinstance(part, str) else regex.group(string, groups, part) for part in parts)
        made = _made(frame, made + string[end : groups[0]] + inserted)
        end = groups[1]
    return _made(frame, made + string[end:])


@builtin("split", "string: string, delimiter: string")
def split(frame: Frame, string: str, delimiter: str) -> Any:
    """The parts of the string between the matches of the delimiter, a pattern."""
    program = _pattern(frame, "split", delimiter, "")
    if program is None:
        return None
    parts, end = [], 0
    for groups in regex.finditer(program, string, frame.meter.charge):
        parts.append(string[end : groups[0]])
        end = groups[1]
    frame.meter.items(len(parts) + 1)
    return [*parts, string[end:]]


@builtin("extract", "string: string, pattern: string")
def extract(frame: Frame, string: str, pattern: str) -> Any:
    """All matches of the pattern."""
    program = _pattern(frame, "extract", pattern, "")
    if program is None:
        return None
    return [string[groups[0] : groups[1]] for groups in regex.finditer(program, string, frame.meter.charge)]


@builtin("string join", "list: list, delimiter?: string?, prefix?: string?, suffix?: string?")
def string_join(frame: Frame, items: list[Any], delimiter: str | None, prefix: str | None, suffix: str | None) -> Any:
    """The strings with a delimiter between them, prefix and suffix around all; null items are left out.

    Null for items of another kind.
    """
    texts = [touch(item) for item in items if item is not None]
    if any(type(text) is not str for text in texts):
        return frame.warn("feel.warning.type", expected="string", found="list")
    around = len(prefix or "") + len(suffix or "")
    frame.meter.text(sum(map(len, texts)) + len(texts) * len(delimiter or "") + around)
    return f"{prefix or ''}{(delimiter or '').join(texts)}{suffix or ''}"
