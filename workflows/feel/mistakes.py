"""What people type who know other languages, or Chinese punctuation, and what FEEL has instead."""

from collections.abc import Sequence
from difflib import get_close_matches
from functools import lru_cache

from workflows.feel.errors import FeelSyntaxError
from workflows.feel.scanner import Lexeme, syntax_error

_PHRASES: dict[tuple[str, ...], tuple[int, str]] = {
    ("=", "="): (1, "="), ("=", "<"): (1, "<="), ("=", ">"): (1, ">="), ("<", ">"): (1, "!="), ("!=", "="): (1, "!="),
    (":", "="): (0, "="), ("not", "in"): (0, "not(… in …)"), ("is", "not"): (0, "!="), ("is",): (0, "="),
    ("AND",): (0, "and"), ("And",): (0, "and"), ("OR",): (0, "or"), ("Or",): (0, "or"), ("NOT",): (0, "not(…)"),
    ("IN",): (0, "in"), ("like",): (0, "matches(…)"), ("mod",): (0, "modulo(…)"),
    ("并且",): (0, "and"), ("且",): (0, "and"), ("和",): (0, "and"), ("与",): (0, "and"), ("或",): (0, "or"),
    ("或者",): (0, "or"), ("等于",): (0, "="), ("不等于",): (0, "!="), ("大于",): (0, ">"), ("小于",): (0, "<"),
    ("?",): (0, "if … then … else …"), ("..",): (0, "[… .. …]"),
}  # fmt: skip
"""Tokens about the one that does not fit → how many stand before it, and what to write."""
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_WORDS = {
    "True": "true", "False": "false", "TRUE": "true", "FALSE": "false", "None": "null", "NULL": "null", "Null": "null",
    "nil": "null", "undefined": "null", "是": "true", "否": "false",
}  # fmt: skip
_FUNCTIONS = {
    "len": "count / string length", "length": "count / string length", "size": "count", "strlen": "string length",
    "avg": "mean", "average": "mean", "round": "round half up", "ceil": "ceiling", "pow": "**", "power": "**",
    "substr": "substring", "concat": "concatenate", "upper": "upper case", "lower": "lower case",
    "toUpperCase": "upper case", "toLowerCase": "lower case", "startsWith": "starts with", "endsWith": "ends with",
    "includes": "contains", "indexOf": "index of", "unique": "distinct values", "distinct": "distinct values",
    "join": "string join", "str": "string", "int": "number", "float": "number", "isEmpty": "count(…) = 0",
    "dateTime": "date and time", "datetime": "date and time", "filter": "list[condition]", "map": "for … in … return …",
    "workdays": "working days between",
}  # fmt: skip
_LONGEST_NAME = 40


def instead(text: str, lexemes: Sequence[Lexeme], offset: int) -> FeelSyntaxError | None:
    """The error that names what to write, for a token that does not fit; None when it is no known mistake."""
    at = next((index for index, lexeme in enumerate(lexemes) if lexeme.start >= offset), len(lexemes))
    if at == 0 and lexemes[:1] and lexemes[0].text == "=":
        return syntax_error(text, 0, "feel.syntax.leading")
    for start, length in ((at - 1, 2), (at, 2), (at - 1, 1), (at, 1)):
        found = lexemes[start : start + length] if start >= 0 else ()
        before, remedy = _PHRASES.get(tuple(lexeme.text for lexeme in found), (-1, ""))
        if before == at - start:
            joined = text[found[0].start : found[-1].start + len(found[-1].text)]
            return syntax_error(text, found[0].start, "feel.syntax.instead", found=joined, remedy=remedy)
    return _sided(text, lexemes, at) or _bracket(text, lexemes, at)


def _sided(text: str, lexemes: Sequence[Lexeme], at: int) -> FeelSyntaxError | None:
    """A comparison without its left side ("a > 1 and < 5"), a decimal comma, a key without a colon."""
    here, before = (lexemes[index].text if 0 <= index < len(lexemes) else "" for index in (at, at - 1))
    start = lexemes[at].start if at < len(lexemes) else len(text)
    if here in ("<", "<=", ">", ">=", "=", "!=") and before in ("and", "or"):
        return syntax_error(text, start, "feel.syntax.sided", found=here)
    numbers = [lexemes[index].kind for index in (at - 1, at + 1) if 0 <= index < len(lexemes)]
    if here == "," and numbers == ["number", "number"] and lexemes[max(at - 2, 0)].text != "between":
        remedy = f"{lexemes[at - 1].text}.{lexemes[at + 1].text}"
        found = f"{lexemes[at - 1].text},{lexemes[at + 1].text}"
        return syntax_error(text, lexemes[at - 1].start, "feel.syntax.instead", found=found, remedy=remedy)
    if here == "=" and at > 1 and lexemes[at - 2].text in ("{", ","):
        return syntax_error(text, start, "feel.syntax.instead", found="=", remedy=":")
    return None


def _bracket(text: str, lexemes: Sequence[Lexeme], at: int) -> FeelSyntaxError | None:
    """A bracket that is never closed when the text ends early, or one that closes nothing."""
    opened: list[Lexeme] = []
    for lexeme in lexemes[:at]:
        if lexeme.text in _CLOSING:
            opened.append(lexeme)
        elif lexeme.text in _CLOSING.values() and opened:
            opened.pop()
    if at == len(lexemes) and opened:
        missing, there = _CLOSING[opened[-1].text], opened[-1].start
        return syntax_error(text, there, "feel.syntax.open", found=opened[-1].text, remedy=missing)
    if at < len(lexemes) and lexemes[at].text in (")", "}") and not opened:
        return syntax_error(text, lexemes[at].start, "feel.syntax.close", found=lexemes[at].text)
    return None


def word_instead(name: str) -> str:
    """FEEL's spelling of a constant of other languages; empty for any other name."""
    return _WORDS.get(name, "")


@lru_cache(maxsize=512)
def function_instead(name: str, known: frozenset[str]) -> str:
    """The function that was probably meant; empty when none is near."""
    if name in _FUNCTIONS:
        return _FUNCTIONS[name]
    near = get_close_matches(name.lower(), known, 1, 0.7) if len(name) <= _LONGEST_NAME else []
    return near[0] if near else ""
