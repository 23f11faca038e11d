"""Text → lexemes: numbers, strings, words and symbols, with the offset of each."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from workflows.feel.errors import FeelSyntaxError

MAX_TEXT = 8_000
"""Characters in one expression."""
MAX_TOKENS = 2_000
"""Tokens in one expression: with MAX_TEXT the bound on the time of a compilation."""

_SPACE = r"(?:[\s\u180E\u200B\uFEFF]|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)+"
_START = r"(?:[^\W\d]|[?_\U00010000-\U000EFFFF])"
_PART = r"(?:\w|[?\u00B7\u0300-\u036F\u203F\u2040\U00010000-\U000EFFFF])"
_RAW = re.compile(
    rf"""(?P<space>{_SPACE})
    |(?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<at>@\s*"(?:[^"\\]|\\.)*")
    |(?P<string>"(?:[^"\\]|\\.)*")
    |(?P<name>{_START}{_PART}*)
    |(?P<symbol>\*\*|\.\.|->|<=|>=|!=|[-+*/=<>(){{}}\[\],:.'])""",
    re.VERBOSE | re.DOTALL,
)
FULLWIDTH = dict(
    zip("，：（）［］｛｝＝＞＜＋－＊／“”。！；、＂．【】＠？｜＆", ',:()[]{}=><+-*/"".!;,".[]@?|&', strict=True)
)
_FOREIGN = {
    "&&": "and", "||": "or", "&": "and", "|": "or", "!": "not(…)", "'": '"', "‘": '"', "’": '"', "`": '"', "「": '"',
    "」": '"', "『": '"', "』": '"', "%": "modulo(…)", "^": "**", "≥": ">=", "≤": "<=", "≠": "!=", "×": "*", "÷": "/",
    "—": "-", "–": "-", "−": "-", "…": "..", ";": ",", "～": "..",
}  # fmt: skip
"""Signs of other languages, and what FEEL writes; two characters before one."""


class Lexeme(NamedTuple):
    """One lexeme before names are joined: its class, its text and its offset in characters."""

    kind: str
    text: str
    start: int


def place(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both counted from 1."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def syntax_error(text: str, offset: int, code: str, **params: Any) -> FeelSyntaxError:
    """A syntax error at an offset of the text."""
    line, column = place(text, offset)
    return FeelSyntaxError(code, line=line, column=column, **params)


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """The lexemes of a name ("Pre-bureau risk" → Pre - bureau risk); a name that has none is returned whole."""
    found = tuple(match.group() for match in _RAW.finditer(name) if match.lastgroup != "space")
    return found if "".join(found) == "".join(name.split()) and found else (name,)


def several(names: Iterable[str]) -> frozenset[str]:
    """Those names that are more than one lexeme: only they change how a text is read."""
    return frozenset(name for name in names if len(words(name)) > 1)


def scan(text: str) -> list[Lexeme]:
    """All lexemes of a text without spaces and comments."""
    if len(text) > MAX_TEXT:
        raise FeelSyntaxError("feel.syntax.long", line=1, column=1, limit=MAX_TEXT)
    found: list[Lexeme] = []
    offset = 0
    while offset < len(text):
        match = _RAW.match(text, offset)
        if match is None or (match.lastgroup == "symbol" and text.startswith("/*", offset)):
            raise _unreadable(text, offset)
        if match.lastgroup != "space":
            found.append(Lexeme(str(match.lastgroup), match.group(), offset))
        offset = match.end()
    if len(found) > MAX_TOKENS:
        raise syntax_error(text, found[MAX_TOKENS].start, "feel.syntax.long", limit=MAX_TOKENS)
    return found


def _unreadable(text: str, offset: int) -> FeelSyntaxError:
    """Why no lexeme starts here, with what to type instead when that is known."""
    found = text[offset]
    if text[offset : offset + 2] in ("${", "#{"):
        return syntax_error(text, offset, "feel.syntax.template", found=text[offset : offset + 2])
    if found in FULLWIDTH:
        return syntax_error(text, offset, "feel.syntax.fullwidth", found=found, remedy=FULLWIDTH[found])
    if found in '"@':
        return syntax_error(text, offset, "feel.syntax.string")
    if text.startswith("/*", offset):
        return syntax_error(text, offset, "feel.syntax.comment")
    return foreign(text, offset)


def foreign(text: str, offset: int) -> FeelSyntaxError:
    """A sign that FEEL does not have, with its own for the same thing."""
    for found in (text[offset : offset + 2], text[offset]):
        if found in _FOREIGN:
            return syntax_error(text, offset, "feel.syntax.instead", found=found, remedy=_FOREIGN[found])
    return syntax_error(text, offset, "feel.syntax.character", found=text[offset])
