"""Fields in the text of a template: `{= expression}`, `{each name in list}`, `{if condition}`; expressions are FEEL.

`each` and `if` stand at the beginning of a paragraph, or of the first cell of a table row, which is then repeated for
every item, or left out.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from service.errors import Fault
from service.papers.places import BREAK
from workflows.feel import Expression, FeelSyntaxError, compile_expression
from workflows.feel.errors import text_of as words_of

NUMBER = "row"
"""The name by which a repeated row knows its own number, from 1 on."""
_EACH = re.compile(r"each\s+(\w+)\s+in\s+(.+)", re.DOTALL)
_IF = re.compile(r"if\s+(.+)", re.DOTALL)
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"'})
"""Word turns straight quotes into these while one types."""
WIDE = "｛｝"


@dataclass(frozen=True)
class Token:
    """One field: its characters [start, end) in the paragraph, what it does, and with which expression."""

    start: int
    end: int
    kind: Literal["value", "each", "if"]
    source: str
    name: str = ""


class Wrong(Exception):
    """A field that cannot be read; `code` and `params` as a fault's."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code, self.params = code, params

    def at(self, path: str) -> Fault:
        return Fault(path, self.code, params=dict(self.params))


def tokens(text: str) -> list[Token]:
    """The fields of a paragraph in order; raises Wrong for a brace that is none."""
    if any(sign in text for sign in WIDE):
        raise Wrong("paper.field.fullwidth")
    found, at = [], 0
    while (start := text.find("{", at)) >= 0:
        if "}" in text[at:start]:
            raise Wrong("paper.field.stray", text=_near(text, text.index("}", at)))
        end = _end(text, start)
        found.append(_token(text, start, end))
        at = end
    if "}" in text[at:]:
        raise Wrong("paper.field.stray", text=_near(text, text.index("}", at)))
    return found


def _end(text: str, start: int) -> int:
    """Behind the brace that closes the field; braces of a FEEL context and in strings are the field's own."""
    depth, quoted = 0, False
    for at in range(start, len(text)):
        sign = text[at].translate(_QUOTES)
        if sign == '"' and text[at - 1] != "\\":
            quoted = not quoted
        elif not quoted and sign in "{}":
            depth += 1 if sign == "{" else -1
            if depth == 0:
                return at + 1
    raise Wrong("paper.field.open", text=_near(text, start))


def _token(text: str, start: int, end: int) -> Token:
    inner = text[start + 1 : end - 1].strip().translate(_QUOTES)
    if BREAK in inner:
        raise Wrong("paper.field.split", text=_near(text, start).replace(BREAK, " "))
    if inner.startswith("="):
        return Token(start, end, "value", inner[1:].strip())
    if each := _EACH.fullmatch(inner):
        return Token(start, end, "each", each[2].strip(), each[1])
    if condition := _IF.fullmatch(inner):
        return Token(start, end, "if", condition[1].strip())
    raise Wrong("paper.field.unknown", text=_near(text, start))


def _near(text: str, at: int) -> str:
    return text[at : at + 24]


def compiled(source: str, known: Iterable[str]) -> Expression:
    """The expression of a field; Wrong with what FEEL says of it, or the names that nobody knows."""
    try:
        found = compile_expression(source, sorted(known))
    except FeelSyntaxError as mistake:
        said = {locale: words_of(mistake.code, mistake.params, locale) for locale in ("zh", "en")}
        raise Wrong("paper.field.syntax", text=source, column=mistake.column, **said) from mistake
    strange = sorted(found.names - set(known))
    if strange:
        raise Wrong("paper.field.name", name=strange[0], known="、".join(sorted(known)))
    return found


def leading(found: list[Token], text: str) -> list[Token]:
    """The `each` and `if` with which a paragraph begins; Wrong where one stands anywhere else."""
    head: list[Token] = []
    at = 0
    for token in found:
        if token.kind == "value":
            continue
        if text[at : token.start].strip():
            raise Wrong("paper.field.not_first", text=_near(text, token.start))
        head.append(token)
        at = token.end
    return head


def mentions(sources: Iterable[str], names: Iterable[str]) -> set[str]:
    """Which of these names a template's expressions speak of, in whatever way."""
    spoken = {word for source in sources for word in re.findall(r"\w+", source)}
    return spoken & set(names)
