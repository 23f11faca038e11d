"""Which cells of a table can be compared without evaluating a case, and the constants they compare with.

A cell is plain when it only compares the input with literals: numbers, texts, dates, times, durations, true, false,
null, in ranges, lists and not(…). Its answer is then the same everywhere between two neighbouring constants.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from workflows.feel import FeelError, YearsMonths, compile_expression
from workflows.feel.scanner import Lexeme, scan

_WORDS = frozenset(("true", "false", "null", "not", "and", "or", "between", "in", "?"))
_MAKERS = ("date and time", "date", "time", "duration")
_SYMBOLS = frozenset(("<", "<=", ">", ">=", "=", "!=", "(", ")", "[", "]", "..", ","))
_ORDERED = frozenset((Decimal, str, bool, date, time, datetime, timedelta, YearsMonths))
"""Kinds with one order of all their values: no times in zones, no dates before the year 1 or after 9999."""
_ENDS = frozenset(("number", "string", "at", "name"))


@lru_cache(maxsize=8192)
def literals(text: str) -> tuple[Any, ...] | None:
    """The constants of a plain cell (null among them when it is named); None for a cell that is not plain."""
    try:
        lexemes = scan(text)
    except FeelError:
        return None
    if text.strip() == "-":
        return ()
    found: list[Any] = []
    at = 0
    while at < len(lexemes):
        length = _literal(lexemes, at)
        if length:
            value = _value(text, lexemes, at, length)
            if value is _BROKEN:
                return None
            found.append(value)
        elif not (lexemes[at].text in _WORDS and lexemes[at].kind == "name") and lexemes[at].text not in _SYMBOLS:
            return None
        at += length or 1
    return tuple(found)


_BROKEN = object()


def _literal(lexemes: list[Lexeme], at: int) -> int:
    """How many lexemes the literal at a place has; 0 when there is none."""
    lexeme = lexemes[at]
    if lexeme.kind in ("number", "string", "at") or lexeme.text in ("true", "false", "null"):
        return 1
    if lexeme.text == "-" and at + 1 < len(lexemes) and lexemes[at + 1].kind == "number":
        before = lexemes[at - 1] if at else None
        subtracts = before is not None and (before.text in (")", "]") or _is_operand(before))
        return 0 if subtracts else 2
    return _made(lexemes, at)


def _is_operand(lexeme: Lexeme) -> bool:
    return lexeme.kind in _ENDS and lexeme.text not in ("not", "and", "or", "between", "in")


def _made(lexemes: list[Lexeme], at: int) -> int:
    """date("…") and its like."""
    for maker in _MAKERS:
        words = maker.split()
        end = at + len(words)
        if [one.text for one in lexemes[at:end]] == words:
            inside = [(one.kind if one.kind == "string" else one.text) for one in lexemes[end : end + 3]]
            return len(words) + 3 if inside == ["(", "string", ")"] else 0
    return 0


def _value(text: str, lexemes: list[Lexeme], at: int, length: int) -> Any:
    end = lexemes[at + length].start if at + length < len(lexemes) else len(text)
    literal = text[lexemes[at].start : end]
    try:
        value = compile_expression(literal).evaluate({})
    except FeelError:
        return _BROKEN
    if value is None:
        return None if literal.strip() == "null" else _BROKEN
    return value if type(value) in _ORDERED and getattr(value, "tzinfo", None) is None else _BROKEN
